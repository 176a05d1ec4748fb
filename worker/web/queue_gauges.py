"""What operators watch of the queue, read from its database when Prometheus asks."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connectors.errors import PostmortemError

PATIENCE = 3.0
"""Seconds that reading the queue may take; where it takes longer, its gauges are left out."""

FRESH = 15.0
"""Seconds for which the queue is not read again, however often the gauges are asked for."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The queue as operators watch it.

    ``oldest`` is for how many seconds the first waiting job could have begun,
    ``last_schedule_success`` when scheduled work last ended well (seconds since 1970).
    """

    waiting: int
    oldest: float
    parked: int
    workers: int
    last_schedule_success: float | None = None


class QueueGauges(Collector):
    """Gauges that are read when they are asked for, and absent where they cannot be."""

    def __init__(self, read: Callable[[], QueueFigures], fresh: float = FRESH) -> None:
        """``fresh`` is for how many seconds a reading is given again."""
        self._read = read
        self._fresh = fresh
        self._reading: threading.Thread | None = None
        self._last: tuple[float, QueueFigures] | None = None

    def collect(self) -> Iterable[Metric]:
        """Give the gauges."""
        figures = self._figures()
        if figures is None:
            return
        yield _gauge(
            "jobs_waiting", "Jobs that wait for their turn or their time.", figures.waiting
        )
        yield _gauge(
            "oldest_waiting_job_seconds",
            "For how long the first waiting job could have begun.",
            figures.oldest,
        )
        yield _gauge("jobs_parked", "Jobs that were given up: see the web page.", figures.parked)
        yield _gauge("workers", "Processes that work on this database.", figures.workers)
        if figures.last_schedule_success is not None:
            yield _gauge(
                "last_schedule_success_timestamp_seconds",
                "When scheduled work last ended well.",
                figures.last_schedule_success,
            )

    def _figures(self) -> QueueFigures | None:
        """Read within :data:`PATIENCE`, and not while an earlier reading still hangs."""
        began = time.monotonic()
        if self._last is not None and began - self._last[0] < self._fresh:
            return self._last[1]
        if self._reading is not None and self._reading.is_alive():
            return None
        found: list[QueueFigures] = []

        def read() -> None:
            try:
                found.append(self._read())
            except PostmortemError as why:
                _log.warning("The queue could not be read for the metrics.", why=str(why))

        self._reading = threading.Thread(target=read, name="metrics", daemon=True)
        self._reading.start()
        self._reading.join(PATIENCE)
        if not found:
            return None
        self._last = (began, found[0])
        return found[0]


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"postmortem_{name}", told, value=value)
