"""The connections to the web server: who keeps one open without sending is let go.

uvicorn has no limit of time for the head of a request, nor for an answer that nobody reads, and
counts connections where it means requests. Here every connection is in one register. Once a second
those are closed whose request, or whose reading of the answer, takes too long; and where there are
as many as the process has files for, the one goes that has waited longest for its request, so that
a new one always finds room.
"""

import asyncio
import resource
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 2_000
FEWEST_CONNECTIONS = 16
ACCEPTED_AT_ONCE = 8
"""How many connections a round of the event loop takes: each has a file before it is counted."""
WAITING_OUTSIDE = 1_024
"""How many connections the system keeps until they are taken."""
SWEEP_EVERY = 1.0


class ConnectionPhase(Enum):
    """Where a connection stands."""

    LEAVING = "closed on this side"
    HEAD = "between requests, or within a request's head"
    BODY = "within a request's body"
    UNREAD = "the other side does not read its answer"
    WORKING = "a whole request is being answered"


LONGEST: dict[ConnectionPhase, float] = {
    ConnectionPhase.LEAVING: 5.0,
    ConnectionPhase.HEAD: 10.0,
    ConnectionPhase.BODY: 30.0,
    ConnectionPhase.UNREAD: 30.0,
}
"""Seconds that a connection may stay in a phase: until it is closed on both sides, until a head is
whole, until a body is, until the other side reads on. Work has limits of its own."""
LETTING_WAIT = frozenset(LONGEST)
"""The phases in which the other side lets this one wait."""
LAGGING_REQUESTS = frozenset({ConnectionPhase.BODY, ConnectionPhase.UNREAD})
"""Those of them in which a request is under way."""


@dataclass(slots=True)
class ConnectionRegister:
    """All connections of a server. Used by its event loop alone.

    ``most`` is how many there may be.
    """

    most: int = MOST_CONNECTIONS
    clock: Callable[[], float] = time.monotonic
    _all: dict["GuardedConnection", None] = field(default_factory=dict)
    _sweeping: asyncio.TimerHandle | None = None

    def add(self, connection: "GuardedConnection") -> None:
        """Take in a connection; where there are too many, the one that has idled longest goes."""
        self._all[connection] = None
        if len(self._all) > self.most:
            self.make_room(LETTING_WAIT)
        if self._sweeping is None:
            self._sweep_later()

    def remove(self, connection: "GuardedConnection") -> None:
        """Forget a connection that is closed."""
        self._all.pop(connection, None)

    def make_room(self, phases: Collection[ConnectionPhase] = LAGGING_REQUESTS) -> bool:
        """Let go of what has been in one of these phases for longest; False where none is."""
        waiting = [one for one in self._all if one.phase in phases]
        if not waiting:
            return False
        found = min(waiting, key=lambda one: one.since)
        self.remove(found)
        found.let_go()
        return True

    def sweep(self) -> None:
        """Let go of every connection that takes too long."""
        now = self.clock()
        for one in list(self._all):
            if now - one.since > LONGEST.get(one.look(), float("inf")):
                one.let_go()

    def _sweep_later(self) -> None:
        self._sweeping = asyncio.get_running_loop().call_later(SWEEP_EVERY, self._sweep_on)

    def _sweep_on(self) -> None:
        self._sweeping = None
        self.sweep()
        if self._all:
            self._sweep_later()


class GuardedConnection(H11Protocol):
    """A connection that is in a register, and knows since when it is in its phase."""

    def __init__(self, register: ConnectionRegister, **options: Any) -> None:
        super().__init__(**options)
        self._register = register
        self._unread = False
        self.phase = ConnectionPhase.HEAD
        self.since = register.clock()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin."""
        super().connection_made(transport)
        self._register.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._register.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        super().data_received(data)
        self.look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._enter(ConnectionPhase.HEAD)
        self.look()

    def pause_writing(self) -> None:
        """Note that the other side does not read on."""
        super().pause_writing()
        self._unread = True
        self.look()

    def resume_writing(self) -> None:
        """Note that the other side reads on."""
        super().resume_writing()
        self._unread = False
        self.look()

    def look(self) -> ConnectionPhase:
        """Give the phase as it is now."""
        self._enter(self._phase_now())
        return self.phase

    def let_go(self) -> None:
        """Close the connection at once, whatever is still to be sent."""
        self.transport.abort()

    def _phase_now(self) -> ConnectionPhase:
        if self.transport.is_closing():
            return ConnectionPhase.LEAVING
        if self._unread:
            return ConnectionPhase.UNREAD
        if self.conn.their_state is h11.SEND_BODY:
            return ConnectionPhase.BODY
        working = self.cycle is not None and not self.cycle.response_complete
        return ConnectionPhase.WORKING if working else ConnectionPhase.HEAD

    def _enter(self, phase: ConnectionPhase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.since = self._register.clock()


def files_for_connections() -> int:
    """Give how many connections the process has files for.

    Half of what is free is left to everything else: databases, services, documents.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = 0
    with suppress(OSError):
        used = sum(1 for _ in Path("/proc/self/fd").iterdir())
    free = MOST_CONNECTIONS * 2 if limit == resource.RLIM_INFINITY else limit - used
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, free // 2))


def is_any_address(host: str) -> bool:
    """Tell whether a host means every address of this machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
