"""Whether anything waits, asked in one cheap question before the engine's own costly looks.

Several times a second, for each queue, the engine (version 3.4.0) reads the queue's settings anew
and goes through a transaction that would take jobs out; each second it moves on jobs whose delay is
over, cancels those past a deadline, and lists its queues. Where nothing waits all that is spared.
It has no public way for it; a release that asks otherwise looks as often as it did, and the tests
of the queue see how often that is.
"""

import sqlite3
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from worker.log import Log
from worker.queue.jobs_database import InFile, Location

if TYPE_CHECKING:
    from dbos import Queue as EngineQueue

SETTINGS_KEPT = 60.0
"""Seconds for which a queue's settings are not read again: they change with a release."""
_WAITS = """SELECT 1 FROM {table} WHERE queue_name = :queue AND status = 'ENQUEUED'
AND status IN ('ENQUEUED', 'PENDING') LIMIT 1"""
"""The second condition on the status is the one by which SQLite knows that its index serves."""
_IS_DUE = """SELECT 1 FROM {table} WHERE status = 'DELAYED' AND delay_until_epoch_ms <= :now
LIMIT 1"""

log = Log(__name__)


class CheapQuestions:
    """Whether a query finds anything; a file is asked on a connection of one's own."""

    def __init__(self, engine: sa.Engine, location: Location) -> None:
        self._engine = engine
        self._path = location.path if isinstance(location, InFile) else None
        self._file: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self.table = "workflow_status" if self._path else "dbos.workflow_status"
        self.asked = 0

    def finds(self, query: str, **values: object) -> bool:
        """Ask; where that fails, the engine's own look is to tell what is wrong."""
        self.asked += 1
        try:
            if self._path is not None:
                return self._in_file(query.format(table=self.table), values)
            with self._engine.connect() as connection:
                return (
                    connection.scalar(sa.text(query.format(table=self.table)), values) is not None
                )
        except (sa.exc.SQLAlchemyError, sqlite3.Error) as why:
            log.info("whether any job waits could not be asked", why=str(why))
            return True

    def _in_file(self, query: str, values: dict[str, object]) -> bool:
        with self._lock:
            try:
                if self._file is None:
                    address = f"{self._path.absolute().as_uri()}?mode=rw" if self._path else ""
                    self._file = sqlite3.connect(
                        address, uri=True, isolation_level=None, check_same_thread=False
                    )
                return self._file.execute(query, values).fetchone() is not None
            except sqlite3.Error:
                self.close()
                raise

    def close(self) -> None:
        """Let go of the connection."""
        if self._file is not None:
            self._file.close()
            self._file = None


class WaitingJobs:
    """Answers for the engine's ``memory`` (its ``_sys_db``) what need not be looked up each time.

    The program sets no job a deadline, so none is looked for. ``looks`` counts the engine's own
    looks for jobs, ``cheap.asked`` the questions before them.
    """

    def __init__(self, memory: Any, location: Location, queues: Sequence[str]) -> None:
        self.cheap = CheapQuestions(memory.engine, location)
        self.looks = 0
        self._own = set(queues)
        self._scopes, self._queue = memory.dequeue_scopes, memory.get_queue
        self._delayed, self._queues = memory.transition_delayed_workflows, memory.list_queues
        self._kept: dict[str, tuple[float, EngineQueue]] = {}
        self._listed: tuple[float, Sequence[EngineQueue]] = (0.0, ())
        memory.dequeue_scopes = self.scopes
        memory.get_queue = self.queue
        memory.list_queues = self.queues
        memory.transition_delayed_workflows = self.move_on
        memory.cancel_timed_out_workflows = lambda *_, **__: ()

    def scopes(self, queue: str) -> Sequence[str | None]:
        """Give where the engine is to look for a queue's jobs: nowhere while none waits."""
        if not self.cheap.finds(_WAITS, queue=queue):
            return ()
        self.looks += 1
        found: Sequence[str | None] = self._scopes(queue)
        return found

    def move_on(self, *given: object, **named: object) -> object:
        """Let jobs wait for their turn whose delay is over, if there are any."""
        if self.cheap.finds(_IS_DUE, now=int(time.time() * 1000)):
            return self._delayed(*given, **named)
        return None

    def queue(self, name: str, **which: object) -> "EngineQueue | None":
        """Give a queue's settings, as they were read a moment ago."""
        until, kept = self._kept.get(name, (0.0, None))
        if kept is None or which or time.monotonic() > until:
            kept = self._queue(name, **which)
            if kept is not None and not which:
                self._kept[name] = (time.monotonic() + SETTINGS_KEPT, kept)
        return kept

    def queues(self, **which: object) -> "Sequence[EngineQueue]":
        """Give the settings of all queues, as they were read a moment ago once ours are there."""
        until, listed = self._listed
        if time.monotonic() < until:
            return listed
        found: Sequence[EngineQueue] = self._queues(**which)
        listed = found
        if self._own <= {one.name for one in listed}:
            self._listed = (time.monotonic() + SETTINGS_KEPT, listed)
        return listed


_latest: WaitingJobs | None = None


def spare_looks(memory: Any, location: Location, queues: Sequence[str]) -> None:
    """Have the engine look for jobs only while any waits."""
    global _latest  # noqa: PLW0603 - DBOS itself is one for the whole process
    _latest = WaitingJobs(memory, location, queues)


def let_go() -> None:
    """Let go of the connection to the queue's file; what was counted stays."""
    if _latest is not None:
        _latest.cheap.close()


def counted() -> tuple[int, int]:
    """Give how many looks for jobs there were in this process, and how many cheap questions."""
    return (_latest.looks, _latest.cheap.asked) if _latest else (0, 0)
