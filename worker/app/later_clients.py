"""Opening the clients of services, at once or with the first question: commands may ask none.

To load a client takes longer than all that `postmortem status` does.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

from connectors.chat import Chat
from connectors.connector import Connector, IncidentSource, Memory
from connectors.masking import Masking
from connectors.pacing.rate_limit import NewPace, NoPace, Pace, Rate
from connectors.pages import PagePublisher
from connectors.tickets import TicketTracker
from connectors.tls import Authorities
from worker.app.registry import Services

AnyClient = TypeVar("AnyClient", IncidentSource, TicketTracker, PagePublisher, Chat)


class LaterClient:
    """A client that is not there yet; whatever is asked of it has it opened first."""

    def __init__(self, opens: Callable[[], object]) -> None:
        self._opens = opens
        self._lock = threading.Lock()
        self._client: object = None

    def __getattr__(self, name: str) -> object:
        with self._lock:
            if self._client is None:
                self._client = self._opens()
        return getattr(self._client, name)

    def close(self) -> None:
        """Let go of the client, if there is one."""
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]  # every client has it


def opened(opens: Callable[[], AnyClient], *, asks: bool) -> AnyClient:
    """Open a client now where it is going to be asked; else with the first question."""
    return opens() if asks else cast("AnyClient", LaterClient(opens))


@dataclass(frozen=True, slots=True)
class ClientOpening:
    """Opens the clients of the services that are configured; ``closing`` lets go of each.

    Every method gives None where there is no such service, and may raise ``ConfigurationError``.
    """

    services: Services
    authorities: Authorities
    new_pace: NewPace
    closing: ExitStack
    asks: bool

    def source(
        self, webhook_address: Callable[[Connector], str | None], masking: Masking
    ) -> IncidentSource | None:
        """Open the one that incidents come from."""
        if (kind := self.services.source) is None:
            return None
        more = webhook_address(kind), masking
        return self._opened(partial(kind.open, self._pace(kind), self.authorities, *more))

    def tracker(self, memory: Memory) -> TicketTracker | None:
        """Open the one that keeps tickets."""
        if (kind := self.services.tracker) is None:
            return None
        return self._opened(partial(kind.open, self._pace(kind), self.authorities, memory))

    def publisher(self) -> PagePublisher | None:
        """Open the one that shows documents as pages."""
        if (kind := self.services.publisher) is None:
            return None
        logins = self.services.logins
        return self._opened(partial(kind.open, self._pace(kind), self.authorities, logins))

    def chat(self) -> Chat | None:
        """Open the one in which people talk."""
        if (kind := self.services.chat) is None:
            return None
        own = self.new_pace if kind.calls_per_minute else None
        return self._opened(partial(kind.open, self._pace(kind), self.authorities, own))

    def _opened(self, opens: Callable[[], AnyClient]) -> AnyClient:
        client = opened(opens, asks=self.asks)
        self.closing.callback(client.close)
        return client

    def _pace(self, service: Connector) -> Pace:
        """Give a service's budget of calls, if it has one."""
        limit = service.calls_per_minute
        return self.new_pace(service.name, Rate(limit)) if limit else NoPace()
