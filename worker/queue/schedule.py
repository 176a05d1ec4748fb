"""Work that recurs, and the threads that see to it.

Time is cut into periods of equal length, counted from 1970. Each machine finds the same number for
the same moment, and the number is part of the tick's name: so a tick is stored once, whoever is
first. (The engine's own schedules are cron expressions, which cannot say "every seven minutes".)
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dbos import error
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import ConfigurationError, PostmortemError
from worker.jobs.job_lifecycle import JobOutcome
from worker.log import Log

_PASSING = (PostmortemError, error.DBOSException, SQLAlchemyError, OSError)
_AFTER_FAILURE = 5.0
"""Seconds to the next round after one that failed."""
_log = Log(__name__)


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
        if self.every < timedelta(seconds=1):
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

    def next_after(self, at: datetime, quiet_for: Callable[[datetime], timedelta]) -> datetime:
        """Tell when the next period after ``at`` (aware) begins in which it is not quiet.

        ``quiet_for`` gives how long it is quiet from a moment on, nothing where it is not.
        """
        begins = datetime.fromtimestamp(self.begins(self.period(at.timestamp()) + 1), UTC)
        quiet = quiet_for(begins)
        if not quiet:
            return begins
        last = self.period((begins + quiet).timestamp() - 1)
        return datetime.fromtimestamp(self.begins(last + 1), UTC)


class Rounds:
    """A thread that goes round until it is stopped, whatever becomes of one round.

    ``look`` makes a round, and tells in how many seconds the next one begins.
    """

    def __init__(self, name: str, look: Callable[[], float]) -> None:
        self._look = look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a round at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stop.set()
        self._thread.join()

    def _loop(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = self._look()
            except _PASSING as why:
                _log.warning("A round failed; trying again.", of=self._thread.name, why=str(why))
                pause = _AFTER_FAILURE


def ticker(
    schedule: Schedule, fire: Callable[[Schedule, int], None], clock: Callable[[], float]
) -> Rounds:
    """Give a thread that fires for the period that is now and each later one, until it succeeds.

    ``clock`` gives the seconds since 1970, the same on all machines.
    """

    def look() -> float:
        period = schedule.period(clock())
        fire(schedule, period)
        return schedule.begins(period + 1) - clock()

    return Rounds(f"schedule-{schedule.name}", look)
