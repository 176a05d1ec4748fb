"""Work that recurs: what runs, how often, which of its periods a moment is in, and its clock.

Time is cut into periods of equal length, counted from 1970. Each machine finds the same number for
the same moment, and the number is part of the tick's name: so a tick is stored once, whoever is
first. (The engine's own schedules are cron expressions, which cannot say "every seven minutes".)
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from dbos import error
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import ConfigurationError, PostmortemError
from worker.jobs.states import JobOutcome

PASSING = (PostmortemError, error.DBOSException, SQLAlchemyError, OSError)
"""What a thread of the queue outlives: it is tried again in the next round."""
_log = structlog.get_logger(__name__)
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


class Ticker:
    """A thread that calls ``fire(schedule, period)`` at the start and in each later period.

    ``clock`` gives the seconds since 1970, the same on all machines.
    """

    def __init__(
        self,
        schedule: Schedule,
        fire: Callable[[Schedule, int], None],
        clock: Callable[[], float],
    ) -> None:
        self._schedule = schedule
        self._fire = fire
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._loop, name=f"schedule-{schedule.name}", daemon=True
        )

    def start(self) -> None:
        """Begin with the period that is now."""
        self._thread.start()

    def stop(self) -> None:
        """Fire no more."""
        self._stop.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._stop.is_set():
            period = self._schedule.period(self._clock())
            try:
                self._fire(self._schedule, period)
            except PASSING as why:
                _log.warning("A tick was lost.", schedule=self._schedule.name, why=str(why))
            self._stop.wait(self._schedule.begins(period + 1) - self._clock())
