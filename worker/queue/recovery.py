"""What keeps the queue running: the jobs of processes that are gone, and records that are old."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from dbos import DBOS, WorkflowStatus

from worker.queue.leases import Leases, SharedClock
from worker.queue.queue_policy import QueueSettings
from worker.queue.schedule import Rounds

_log = structlog.get_logger(__name__)
_BATCH = 500
_PRUNE_EVERY = 3600.0


class UnderWay:
    """The jobs that this process is at work on, by their names."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: set[str] = set()
        self._ended = float("-inf")

    @contextmanager
    def one(self, job: str) -> Iterator[None]:
        """Be at work on a job for the block."""
        with self._lock:
            self._jobs.add(job)
        try:
            yield
        finally:
            with self._lock:
                self._jobs.discard(job)
                self._ended = time.monotonic()

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __contains__(self, job: object) -> bool:
        return job in self._jobs

    def lately(self, seconds: float) -> bool:
        """Tell whether there is work, or was so many seconds ago: its result may be unwritten."""
        return bool(self) or time.monotonic() - self._ended < seconds


class Recovery(Rounds):
    """Hands on the jobs of processes that are gone, and forgets what is long done.

    ``hand_on`` is called with each job that a process left behind in the middle: another that is
    gone, or this one, where it is no longer ``under_way`` and yet not recorded as ended.
    """

    def __init__(
        self,
        leases: Leases,
        clock: SharedClock,
        executor: str,
        hand_on: Callable[[WorkflowStatus], None],
        under_way: Container[str],
        settings: QueueSettings,
    ) -> None:
        super().__init__("queue-recovery")
        self._leases = leases
        self._clock = clock
        self._executor = executor
        self._hand_on = hand_on
        self._under_way = under_way
        self._settings = settings
        self._dropped: set[str] = set()
        self._pruned = float("-inf")

    def pause(self) -> float:
        """Wait for a heartbeat."""
        return self._settings.heartbeat

    def look(self) -> None:
        """Show that this process lives, and see to what the others left."""
        if not self._leases.hold(self._executor):
            _log.error(
                "Another process has taken this one's place and hands on its jobs.",
                process=self._executor,
            )
        self._clock.set()
        running: defaultdict[str, list[WorkflowStatus]] = defaultdict(list)
        for row in DBOS.list_workflows(status="PENDING", load_output=False):
            if row.executor_id:
                running[row.executor_id].append(row)
        self._see_to_unrecorded(running.pop(self._executor, []))
        for executor, rows in running.items():
            if self._leases.gone(executor):
                _log.warning("A process ended amid its work.", process=executor, jobs=len(rows))
                for row in rows:
                    self._hand_on(row)
        if time.monotonic() - self._pruned >= _PRUNE_EVERY:
            self._forget(["SUCCESS", "CANCELLED"], self._settings.retention)
            self._forget(None, self._settings.parked_retention)
            self._pruned = time.monotonic()

    def _see_to_unrecorded(self, mine: Sequence[WorkflowStatus]) -> None:
        """Hand on what was dropped for two rounds: its end may just be on the way to its record."""
        dropped = {row.workflow_id: row for row in mine if row.workflow_id not in self._under_way}
        for job in self._dropped.intersection(dropped):
            _log.warning("The end of a job was not recorded.", job=job)
            self._hand_on(dropped[job])
        self._dropped = set(dropped)

    def _forget(self, status: list[str] | None, older_than: timedelta) -> None:
        before = (datetime.now(UTC) - older_than).isoformat()
        while old := DBOS.list_workflows(
            status=status,
            completed_before=before,
            limit=_BATCH,
            load_input=False,
            load_output=False,
        ):
            DBOS.delete_workflows([row.workflow_id for row in old])
