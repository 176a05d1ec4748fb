"""Work that recurs, and the threads that see to it.

Time is cut into periods of equal length, counted from 1970. Each machine finds the same number for
the same moment, and the number is part of the tick's name: so a tick is stored once, whoever is
first. (The engine's own schedules are cron expressions, which cannot say "every seven minutes".)
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from dbos import error
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import ConfigurationError, PostmortemError
from worker.jobs.states import JobOutcome

_PASSING = (PostmortemError, error.DBOSException, SQLAlchemyError, OSError)
_SHORTEST = timedelta(seconds=1)
_log = structlog.get_logger(__name__)


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


class Rounds(ABC):
    """A thread that goes on, round after round, whatever becomes of one of them."""

    def __init__(self, name: str) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a round at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stop.set()
        self._thread.join()

    @abstractmethod
    def look(self) -> None:
        """Make one round."""

    @abstractmethod
    def pause(self) -> float:
        """Tell in how many seconds the next round begins."""

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except _PASSING as why:
                _log.warning("The queue missed a round.", thread=self._thread.name, why=str(why))
            self._stop.wait(self.pause())


class Ticker(Rounds):
    """Calls ``fire`` with a schedule and its period, at the start and in each later period.

    ``clock`` gives the seconds since 1970, the same on all machines.
    """

    def __init__(
        self,
        schedule: Schedule,
        fire: Callable[[Schedule, int], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(f"schedule-{schedule.name}")
        self._schedule = schedule
        self._fire = fire
        self._clock = clock
        self._period = 0

    def look(self) -> None:
        """Fire for the period that is now."""
        self._period = self._schedule.period(self._clock())
        self._fire(self._schedule, self._period)

    def pause(self) -> float:
        """Wait for the period after it."""
        return self._schedule.begins(self._period + 1) - self._clock()
