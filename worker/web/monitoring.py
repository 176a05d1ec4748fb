"""What operators and supervisors are told: `GET /metrics`, `/healthz` and `/readyz`.

Counters are the process's own, in Prometheus' text format; what is told of the queue is read from
its database when somebody asks.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.errors import PostmortemError
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.results import IncidentResult
from worker.log import Log
from worker.store.document_store import StoreAway

LONGEST_READING = 3.0
"""Seconds that reading the queue may take; where it takes longer, its gauges are left out."""

FRESH = 15.0
"""Seconds for which the queue is not read again, however often the gauges are asked for."""

LONGEST_CHECK = 5.0
"""Seconds that a check may take."""

Checks = Mapping[str, Callable[[], object]]

_log = Log(__name__)


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
        """Read within :data:`LONGEST_READING`, and not while an earlier reading still hangs."""
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
        self._reading.join(LONGEST_READING)
        if not found:
            return None
        self._last = (began, found[0])
        return found[0]


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"postmortem_{name}", told, value=value)


class Metrics:
    """The program's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._last_webhooks: dict[str, tuple[datetime, str]] = {}
        ProcessCollector(registry=self.registry)
        self._webhooks = Counter(
            "postmortem_webhooks",
            "Webhooks received, by source and by what became of them.",
            ["source", "outcome"],
            registry=self.registry,
        )
        self._webhook_seconds = Histogram(
            "postmortem_webhook_seconds",
            "Time to answer a webhook. Senders give up after 5 s.",
            ["source"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
        self._attempts = Counter(
            "postmortem_job_attempts",
            "Attempts at jobs that ended, by who asked and by what comes next.",
            ["trigger", "phase"],
            registry=self.registry,
        )
        self._deeds = Counter(
            "postmortem_deeds",
            "Writes to documents and tickets, by kind.",
            ["action"],
            registry=self.registry,
        )
        self._warnings = Counter(
            "postmortem_warnings",
            "Things done in part, such as a ticket without its due date.",
            registry=self.registry,
        )
        Gauge(
            "postmortem_build_info", "The running release.", ["version"], registry=self.registry
        ).labels(_version()).set(1)

    def last_webhooks(self) -> Mapping[str, tuple[datetime, str]]:
        """Give when the last webhook of each source came to this process, and what became of it."""
        return dict(self._last_webhooks)

    def webhook(self, source: str, outcome: str, seconds: float) -> None:
        """Count a webhook that was answered."""
        self._webhooks.labels(source, outcome).inc()
        self._last_webhooks[source] = (datetime.now(UTC), outcome)
        self._webhook_seconds.labels(source).observe(seconds)

    def attempt(self, state: JobState, *, recurs: bool = False) -> None:
        """Count an attempt at a job that ended; one that ``recurs`` is never given up."""
        parked = state.phase is JobPhase.PARKED
        phase = "failed" if recurs and parked else state.phase.name.lower()
        self._attempts.labels(state.trigger, phase).inc()

    def result(self, result: IncidentResult) -> None:
        """Count what one incident's job did."""
        for deed in result.deeds:
            self._deeds.labels(deed.action.value).inc()
        self._warnings.inc(len(result.warnings))

    def watch(self, read: Callable[[], QueueFigures]) -> None:
        """Show the queue, too; ``read`` is called each time the metrics are asked for."""
        self.registry.register(QueueGauges(read))

    def text(self) -> bytes:
        """Give all counters in Prometheus' text format."""
        return generate_latest(self.registry)


def _version() -> str:
    try:
        return version("postmortem-worker")
    except PackageNotFoundError:
        return "unpacked"


def health_routes(checks: Checks, metrics: Metrics) -> Sequence[Route]:
    """Give the routes. A check, by the name it is shown under, raises where something is wrong."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        results = await asyncio.gather(*(_checked(name, check) for name, check in checks.items()))
        found = dict(zip(checks, results, strict=True))
        words: dict[str, object] = {
            name: "ok" if one.holds else "failing" for name, one in found.items()
        }
        if why := {name: one.why for name, one in found.items() if one.why}:
            words["why"] = why
        return JSONResponse(words, 200 if all(one.holds for one in results) else 503)

    def counters(_request: Request) -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_1_0_0})

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", counters)]


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a check holds, and why not, where everybody may know that."""

    holds: bool
    why: str = ""


async def _checked(name: str, check: Callable[[], object]) -> Checked:
    """Make a check. Why the database fails is for the log alone: it may hold addresses."""
    try:
        await asyncio.wait_for(asyncio.to_thread(check), LONGEST_CHECK)
    except Exception as why:  # noqa: BLE001 - whatever it was, the answer is "not ready"
        _log.warning("The program is not ready.", check=name, why=str(why) or type(why).__name__)
        return Checked(holds=False, why=str(why) if isinstance(why, StoreAway) else "")
    return Checked(holds=True)
