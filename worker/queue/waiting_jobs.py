"""Whether anything was written since the engine last looked for jobs; else it need not look again.

Several times a second, for each queue, the engine (version 3.4.0) reads the queue's settings anew
and goes through a transaction that would take jobs out. The database itself tells whether it is as
it was, in a hundredth of the time and without a question about the engine's tables. A release that
looks otherwise looks as often as it did, and the tests of the queue see how often that is.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from worker.log import Log
from worker.queue.jobs_database import InFile, Location

_LOOK_ANYWAY = 5.0
"""Seconds after which there is a look in any case, whatever the database tells."""
_IN_FILE = "PRAGMA data_version"
"""Another number once another connection has written, as long as this one stays the same."""
_ON_SERVER = "SELECT pg_current_snapshot()::text"
"""Which transactions are seen: while they are the same, so is all that there is to see."""
log = Log(__name__)


class WaitingJobs:
    """Spares the engine's ``memory`` (its ``_sys_db``) looks for jobs where nothing was written.

    ``looks`` counts those that were not spared, ``asked`` the questions before them.
    """

    def __init__(self, memory: Any, location: Location) -> None:
        self.asked = self.looks = 0
        self._engine: sa.Engine = memory.engine
        self._question = sa.text(_IN_FILE if isinstance(location, InFile) else _ON_SERVER)
        self._connection: sa.Connection | None = None
        self._lock = threading.Lock()
        self._looking: dict[str, object] = {}
        self._seen: dict[str, tuple[object, float]] = {}
        self._scopes = memory.dequeue_scopes
        memory.dequeue_scopes = self.scopes
        memory.start_queued_workflows = self._noting(memory.start_queued_workflows)
        memory.start_queued_partitioned_workflows = self._noting(
            memory.start_queued_partitioned_workflows
        )
        # The queues' settings change with a release, and no job of the program has a deadline.
        memory.get_queue, memory.list_queues = cache(memory.get_queue), cache(memory.list_queues)
        memory.cancel_timed_out_workflows = lambda *_, **__: ()

    def scopes(self, queue: str) -> Sequence[str | None]:
        """Give where the engine is to look for a queue's jobs: nowhere while all is as it was."""
        state, now = self._state(), time.monotonic()
        before, looked = self._seen.get(queue, (None, now))
        if state is not None and state == before and now - looked < _LOOK_ANYWAY:
            return ()
        self._looking[queue] = state
        self.looks += 1
        found: Sequence[str | None] = self._scopes(queue)
        return found

    def _noting(self, look: Callable[..., Any]) -> Callable[..., Any]:
        """Let a look count once it is over.

        None follows where all places are taken, and one may fail: what waited then was not seen,
        and may be all that is written for long.
        """

        def noted(queue: Any, *args: Any, **kwargs: Any) -> Any:
            found = look(queue, *args, **kwargs)
            self._seen[queue.name] = self._looking.get(queue.name), time.monotonic()
            return found

        return noted

    def _state(self) -> object:
        """Ask the database, always on the same connection; None where it does not tell."""
        with self._lock:
            self.asked += 1
            try:
                if self._connection is None:
                    opened = self._engine.connect()
                    self._connection = opened.execution_options(isolation_level="AUTOCOMMIT")
                    self._connection.detach()  # the pool outlives the engine with what it lent
                return self._connection.scalar(self._question)
            except sa.exc.SQLAlchemyError as why:
                log.info("whether any job waits could not be asked", why=str(why))
                self._close()
                return None

    def let_go(self) -> None:
        """Let go of the connection; what was counted stays."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._seen.clear()  # another connection counts anew
