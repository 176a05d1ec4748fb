"""What operators count: `GET /metrics`, in Prometheus' text format."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from worker.jobs.results import IncidentResult
from worker.jobs.states import JobState
from worker.web.queue_gauges import QueueFigures, QueueGauges

CONTENT_TYPE = CONTENT_TYPE_PLAIN_1_0_0


class Metrics:
    """The program's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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

    def webhook(self, source: str, outcome: str, seconds: float) -> None:
        """Count a webhook that was answered."""
        self._webhooks.labels(source, outcome).inc()
        self._webhook_seconds.labels(source).observe(seconds)

    def attempt(self, state: JobState) -> None:
        """Count an attempt at a job that ended."""
        self._attempts.labels(state.trigger, state.phase.name.lower()).inc()

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
