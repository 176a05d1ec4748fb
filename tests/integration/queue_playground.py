"""A started queue whose jobs do what a test says."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.queue_support import database
from worker.jobs.job_lifecycle import JobOutcome, JobRequest, JobRetryPolicy, JobState
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.queue import Queue


@dataclass
class Playground:
    """A started queue, what its jobs do by incident, and what they did."""

    queue: Queue
    url: str
    does: dict[str, Callable[[], JobOutcome]]
    ran: defaultdict[str, list[Trigger]] = field(default_factory=lambda: defaultdict(list))
    asked: defaultdict[str, list[JobRequest]] = field(default_factory=lambda: defaultdict(list))
    ended: list[JobState] = field(default_factory=list)

    def run(self, request: JobRequest) -> JobOutcome:
        self.ran[request.incident].append(request.trigger)
        self.asked[request.incident].append(request)
        return self.does.get(request.incident, lambda: JobOutcome("Nothing had to be done."))()

    def listen(self, state: JobState) -> None:
        if state.subject == "PDEAF":
            raise RuntimeError("the listener's fault")
        self.ended.append(state)


@contextmanager
def opened(kind: str, directory: Path, settle: float = 0.0) -> Iterator[Playground]:
    """A playground on a database without jobs; a webhook's job waits ``settle`` seconds."""
    with database(kind, directory) as url:
        settings = QueueSettings(settle=settle, poll=0.05, retry=JobRetryPolicy(pauses=(0, 0)))
        ground = Playground(None, url, {})  # type: ignore[arg-type] - made in the next line
        ground.queue = Queue(url, ground.run, settings=settings, on_end=ground.listen)
        ground.queue.start()
        yield ground
        ground.queue.stop()
