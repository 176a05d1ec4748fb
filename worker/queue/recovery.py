"""What keeps the queue running: the jobs of processes that are gone, and records that are old."""

import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from dbos import DBOS, WorkflowStatus
from structlog.contextvars import bound_contextvars

from worker.log import Log
from worker.queue import job_records
from worker.queue.engine import QueueSettings
from worker.queue.jobs_database import SharedClock
from worker.queue.leases import Leases

_log = Log(__name__)
_BATCH = 500
_PRUNE_EVERY = 3600.0


class UnderWay:
    """The ``jobs`` that this process is at work on, by their names."""

    def __init__(self) -> None:
        self.jobs: set[str] = set()
        self._ended = float("-inf")

    @contextmanager
    def one(self, job: str) -> Iterator[None]:
        """Be at work on a job for the block."""
        self.jobs.add(job)
        try:
            yield
        finally:
            self.jobs.discard(job)
            self._ended = time.monotonic()

    def lately(self, seconds: float) -> bool:
        """Tell whether there is work, or was so many seconds ago: its result may be unwritten."""
        return bool(self.jobs) or time.monotonic() - self._ended < seconds


@dataclass(slots=True)
class Recovery:
    """Hands on the jobs of processes that are gone, and forgets what is long done.

    ``hand_on`` is called with each job that a process left behind in the middle: another that is
    gone, or this one, where it is no longer ``under_way`` and yet not recorded as ended.
    """

    leases: Leases
    clock: SharedClock
    executor: str
    hand_on: Callable[[WorkflowStatus], None]
    under_way: Container[str]
    settings: QueueSettings
    _dropped: dict[str, float] = field(default_factory=dict)
    _pruned: float = float("-inf")

    def look(self) -> float:
        """Show that this process lives, see to what others left, and give the seconds to wait."""
        if not self.leases.hold(self.executor):
            _log.error("Another process has taken this one's place.", process=self.executor)
        self.clock.set()
        running: defaultdict[str, list[WorkflowStatus]] = defaultdict(list)
        for row in DBOS.list_workflows(status="PENDING", load_output=False):
            if row.executor_id:
                running[row.executor_id].append(row)
        self._see_to_unrecorded(running.pop(self.executor, []))
        for executor, rows in running.items():
            if self.leases.gone(executor):
                _log.warning("A process ended amid its work.", process=executor, jobs=len(rows))
                for row in rows:
                    self.hand_on(row)
        if time.monotonic() - self._pruned >= _PRUNE_EVERY:
            _forget(["SUCCESS", "CANCELLED"], self.settings.retention)
            _forget(None, self.settings.parked_retention)
            self._pruned = time.monotonic()
        return self.settings.heartbeat

    def _see_to_unrecorded(self, mine: Sequence[WorkflowStatus]) -> None:
        """Hand on what was dropped for long: it may be about to begin, or to be recorded."""
        now = time.monotonic()
        dropped = {row.workflow_id: row for row in mine if row.workflow_id not in self.under_way}
        self._dropped = {job: self._dropped.get(job, now) for job in dropped}
        for job, since in self._dropped.items():
            if now - since < self.settings.unrecorded:
                continue
            with bound_contextvars(**job_records.named(job)):
                _log.warning("The end of a job was not recorded.")
            self.hand_on(dropped[job])


def _forget(status: list[str] | None, older_than: timedelta) -> None:
    before = (datetime.now(UTC) - older_than).isoformat()
    listed = partial(DBOS.list_workflows, load_input=False, load_output=False, limit=_BATCH)
    while old := listed(status=status, completed_before=before):
        DBOS.delete_workflows([row.workflow_id for row in old])
