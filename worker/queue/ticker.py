"""The clock of the schedules."""

import threading
from collections.abc import Callable

import structlog

from worker.queue.caretaker import PASSING
from worker.queue.schedule import Schedule

_log = structlog.get_logger(__name__)


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
