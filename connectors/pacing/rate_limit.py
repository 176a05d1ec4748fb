"""How many requests a minute a service is sent, and who waits for the next one.

Each request first takes a permit. Permits are evenly spaced, save for a small burst after a pause:
the generic cell rate algorithm, whose whole memory is one time. That is what lets many machines
share a budget through one field of a database (``worker.journal.call_budgets``).
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from connectors.errors import OutOfQuota

BURST = 10
"""Permits to be had at once after a pause: what reading one quiet incident costs."""
LONGEST_WAIT = 60.0
"""Seconds that a request waits for its permit at most, as for a 429's ``retry-after``."""
MINUTE = 60.0
LONGEST_HOLD = 86_400.0
"""Seconds for which a named wait is kept: a day, for no service means more."""


class OverBudget(OutOfQuota):
    """The budget of requests is used up for longer than a request waits; nothing was sent."""


class OnHold(OutOfQuota):
    """The service asked earlier to be left alone for longer than a request waits; not asked."""


def on_hold(service: str, seconds: float) -> OnHold:
    """Make the error for a service that asked to be left alone for so long."""
    return OnHold(
        f"{service} asked for no more requests for now, so it is not asked.",
        f"Try again in {math.ceil(seconds)} s.",
        again_in=seconds,
    )


class Pace(Protocol):
    """What says when the next request may be sent."""

    def take(self) -> None:
        """Wait for a permit. Raises ``OverBudget``, with ``again_in``, where that takes long."""

    def hold(self, seconds: float) -> None:
        """Tell others who share the budget that the service wants to be left alone for so long."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit of requests: no minute holds more than ``calls_per_minute`` plus ``burst``.

    Lengths are seconds; a time is that of whichever clock the budget goes by. Raises ``ValueError``
    for a limit below one call a minute.
    """

    calls_per_minute: int
    longest_wait: float = LONGEST_WAIT
    is_set: bool = True
    """Whether it is what the settings say, rather than the service's own limit."""

    def __post_init__(self) -> None:
        """Refuse what would never give a permit."""
        if self.calls_per_minute < 1:
            raise ValueError("A budget gives one permit a minute at least.")

    @property
    def burst(self) -> int:
        """How many permits are to be had at once after a pause."""
        return min(BURST, self.calls_per_minute)

    @property
    def spacing(self) -> float:
        """How far permits lie apart."""
        return MINUTE / self.calls_per_minute

    @property
    def head_start(self) -> float:
        """How long before its turn a permit may be had, so that a burst may."""
        return (self.burst - 1) * self.spacing

    @property
    def furthest(self) -> float:
        """From how far ahead a next turn shows that the clock was set back: twice what can be."""
        return 2 * (self.longest_wait + self.head_start + self.spacing)

    def wait(self, next_at: float, now: float) -> float:
        """Give how long a permit taken now has to wait, where the next turn is at ``next_at``."""
        turn = next_at if next_at <= now + self.furthest else now
        return max(0.0, turn - self.head_start - now)

    def following(self, next_at: float, now: float) -> float:
        """Give the turn after the one that is taken now."""
        return (next_at if now <= next_at <= now + self.furthest else now) + self.spacing

    def over_budget(self, service: str, wait: float) -> OverBudget:
        """Make the error for a wait that is too long."""
        return OverBudget(
            f"The {self.calls_per_minute} requests a minute that {service} may be sent are used up "
            f"for {math.ceil(wait)} s to come.",
            f"Try again in {math.ceil(wait)} s{', or raise calls_per_minute' * self.is_set}.",
            again_in=wait,
        )


NewPace = Callable[[str, Rate], Pace]
"""Makes a budget of a rate; those of one name are one, in every process on the database."""


@dataclass(slots=True)
class LocalPace:
    """A budget of one process. Safe to share between threads, which wait side by side.

    ``held_for`` is how long the service wanted to be left alone when the budget was made.
    """

    service: str
    rate: Rate
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    held_for: float = 0.0
    _held_until: float = field(init=False)
    _next_at: float = field(default=-math.inf, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        """Count from now."""
        self._held_until = self.clock() + self.held_for

    def take(self) -> None:
        """Wait for a permit. Raises ``OutOfQuota``, with ``again_in``, where that takes long."""
        held = self._held_until - self.clock()
        if 0 < held <= self.held_for:  # more: the clock was set back
            if held > self.rate.longest_wait:
                raise on_hold(self.service, held)
            self.sleep(held)
        with self._lock:
            now = self.clock()
            wait = self.rate.wait(self._next_at, now)
            if wait > self.rate.longest_wait:
                raise self.rate.over_budget(self.service, wait)
            self._next_at = self.rate.following(self._next_at, now)
        if wait:
            self.sleep(wait)

    def hold(self, seconds: float) -> None:
        """Nobody shares it."""


class NoPace:
    """No limit."""

    def hold(self, seconds: float) -> None:
        """Nobody shares it."""

    def take(self) -> None:
        """Give a permit at once."""
