"""What keeps the queue running: the jobs of processes that are gone, and records that are old.

Which processes on one database are alive is told without a clock. Each holds a lock that is named
after it for as long as it lives. The lock goes with the process, however that ends; so one that can
be taken belongs to a process that is gone, and its work may be handed on.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog
from dbos import DBOS, WorkflowStatus
from filelock import FileLock
from sqlalchemy import URL, Connection, select
from sqlalchemy.exc import DBAPIError, OperationalError
from structlog.contextvars import bound_contextvars

from connectors.errors import Unreachable
from worker import locks
from worker.queue import job_records
from worker.queue.engine import QueueSettings
from worker.queue.jobs_database import SharedClock

_KIND = 0x706D7721
"""Sets these locks apart from other programs' advisory locks in the same database."""


class Leases(Protocol):
    """The locks of all processes on one database. Methods may raise ``Unreachable``."""

    def hold(self, name: str) -> bool:
        """Take the lock named ``name``, or see that it is still held; False where another has it.

        To be called again now and then: a lost connection is made anew.
        """

    def let_go(self) -> None:
        """Give up the lock that is held."""

    def gone(self, name: str) -> bool:
        """Tell whether the process whose lock this is has ended."""

    def living(self) -> int:
        """Count the processes that hold a lock now."""


class FileLeases:
    """Locked files in a folder beside the SQLite file: all processes are on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: FileLock | None = None

    def hold(self, name: str) -> bool:
        """Take the lock; once taken, nothing but the process's end loses it."""
        if self._held is None:
            self._folder.mkdir(exist_ok=True)
            self._held = locks.take_file(self._folder / name)
        return self._held is not None

    def let_go(self) -> None:
        """Give up the lock and remove its file."""
        if self._held is not None:
            locks.remove_file(self._held)
            self._held = None

    def gone(self, name: str) -> bool:
        """Try the lock; what the ended process left of it is removed."""
        lock = locks.take_file(self._folder / name)
        if lock is not None:
            locks.remove_file(lock)
        return lock is not None

    def living(self) -> int:
        """Count the files that are locked."""
        return sum(not self.gone(path.name) for path in self._folder.glob("*"))


class ServerLeases:
    """Advisory locks of PostgreSQL, each held by a connection that its process keeps open."""

    def __init__(self, url: URL) -> None:
        self._engine = locks.connections(url)
        self._connection: Connection | None = None

    def hold(self, name: str) -> bool:
        """Take the lock, or take it again where the connection was lost meanwhile."""
        if self._connection is not None and not _answers(self._connection):
            self.let_go()
        if self._connection is None:
            connection = self._connect()
            if not locks.take(connection, _key(name)):
                connection.close()
                return False
            self._connection = connection
        return True

    def let_go(self) -> None:
        """Give up the lock and close its connection."""
        if self._connection is not None:
            locks.let_go(self._connection)
            self._connection.close()
            self._connection = None

    def gone(self, name: str) -> bool:
        """Try the lock, on a connection of its own."""
        with self._connect() as connection:
            return locks.take(connection, _key(name))

    def living(self) -> int:
        """Count the locks of this kind that the database knows."""
        with self._connect() as connection:
            return locks.count(connection, _KIND)

    def _connect(self) -> Connection:
        try:
            return self._engine.connect()
        except OperationalError as error:
            first_line = str(error.orig).strip().partition("\n")[0]
            raise Unreachable(
                f"The database cannot be reached: {first_line}.",
                "Check POSTMORTEM_DATABASE_URL and that the server runs.",
            ) from error


def _key(name: str) -> locks.Key:
    return _KIND, locks.number(name, 4)


def _answers(connection: Connection) -> bool:
    try:
        connection.execute(select(1))
    except DBAPIError:
        return False
    return True


_log = structlog.get_logger(__name__)
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
    _dropped: set[str] = field(default_factory=set)
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
        """Hand on what was dropped for two rounds: its end may just be on the way to its record."""
        dropped = {row.workflow_id: row for row in mine if row.workflow_id not in self.under_way}
        for job in self._dropped.intersection(dropped):
            with bound_contextvars(**job_records.named(job)):
                _log.warning("The end of a job was not recorded.")
            self.hand_on(dropped[job])
        self._dropped = set(dropped)


def _forget(status: list[str] | None, older_than: timedelta) -> None:
    before = (datetime.now(UTC) - older_than).isoformat()
    listed = partial(DBOS.list_workflows, load_input=False, load_output=False, limit=_BATCH)
    while old := listed(status=status, completed_before=before):
        DBOS.delete_workflows([row.workflow_id for row in old])
