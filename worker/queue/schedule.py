"""Work that recurs: what runs, how often, and which of its periods a moment is in.

Time is cut into periods of equal length, counted from 1970. Each machine finds the same number for
the same moment, and the number is part of the tick's name: so a tick is stored once, whoever is
first. (The engine's own schedules are cron expressions, which cannot say "every seven minutes".)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from connectors.errors import ConfigurationError
from worker.queue.policy import JobOutcome

_SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """``run`` is called once in every period, by one of all the processes on the database.

    A period that passes while no process runs is left out, but for the one that a process starts
    in. Raises ``ConfigurationError`` for a period shorter than a second.
    """

    name: str
    every: timedelta
    run: Callable[[], JobOutcome]

    def __post_init__(self) -> None:
        if self.every < _SHORTEST:
            raise ConfigurationError(
                f"The schedule {self.name!r} cannot run every {self.every}.",
                "Give it a second or more.",
            )

    def period(self, now: float) -> int:
        """Give the number of the period that ``now`` (seconds since 1970) is in."""
        return int(now // self.every.total_seconds())

    def begins(self, period: int) -> float:
        """Tell when a period begins, in seconds since 1970."""
        return period * self.every.total_seconds()
