"""Where jobs are asked for and looked at: what fails at once while the database is gone.

The engine itself waits for its database for as long as it takes, which is right for a job under
way and wrong for a webhook: PagerDuty must be told within five seconds that an event was not
stored, and the thread that tells it must be free again for the next one.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, WorkflowStatus, error

from connectors.errors import Unreachable
from worker.jobs.states import JobState
from worker.queue import job_names
from worker.queue.database import Location, patient_engine
from worker.queue.engine import APPLICATION, enqueue_options
from worker.queue.job_names import INCIDENT_JOB, TICK
from worker.queue.stored_jobs import StoredJob, end_of, moment, state_of

PATIENCE = 3
"""Seconds to wait for a connection, a lock or a statement."""

_CONNECTIONS = 4
_AT_ONCE = 500
"""Jobs looked up by one query: SQLite takes a limited number of values."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The jobs that wait, and for how many seconds the first of them could have begun."""

    waiting: int = 0
    oldest: float = 0.0


class Client:
    """Connections of its own to the queue's database. All methods may raise ``Unreachable``."""

    def __init__(self, location: Location) -> None:
        self._engine = patient_engine(location, PATIENCE, _CONNECTIONS)
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def put(self, jobs: Sequence[StoredJob]) -> None:
        """Store jobs, all or none; a name that is there already stays as it is."""
        if not jobs:
            return
        with self._told(), self._engine.begin() as connection:
            for one in jobs:
                self._client.enqueue_in_transaction(connection, enqueue_options(one), one.stored())

    def list(self, **which: object) -> Sequence[WorkflowStatus]:
        """List jobs, as the engine's ``list_workflows`` does."""
        with self._told():
            return self._client.list_workflows(**which)  # type: ignore[arg-type]  # passed on

    def states(self, jobs: Sequence[str]) -> dict[str, JobState]:
        """Tell where jobs stand, each followed to the attempt or the job that took it over.

        The results are those of all attempts, in their order. Unknown jobs are left out.
        """
        found: dict[str, JobState] = {}
        current = {job: job for job in jobs}
        while current:
            named = list(dict.fromkeys(current.values()))
            rows = {row.workflow_id: row for row in self._named(named)}
            current = {job: name for job, name in current.items() if name in rows}
            for job, name in current.items():
                found[job] = state_of(rows[name], found.get(job))
            followed = {job: _continued(rows[name]) for job, name in current.items()}
            current = {job: name for job, name in followed.items() if name}
        return {job: replace(one, id=job) for job, one in found.items()}

    def backlog(self) -> Backlog:
        """Count the incidents' jobs that wait."""
        rows = self.list(
            name=INCIDENT_JOB,
            status=["ENQUEUED", "DELAYED"],
            load_input=False,
            load_output=False,
        )
        due = [row.delay_until_epoch_ms or row.created_at or 0 for row in rows]
        late = time.time() - min(due) / 1000 if due else 0.0
        return Backlog(len(rows), max(0.0, late))

    def last_tick(self) -> datetime | None:
        """Tell when scheduled work last ended well, if it ever did."""
        rows = self.list(
            name=TICK,
            status="SUCCESS",
            sort_desc=True,
            limit=1,
            load_input=False,
            load_output=False,
        )
        return next((moment(row.completed_at) for row in rows), None)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.destroy()
        self._engine.dispose()

    def _named(self, jobs: Sequence[str]) -> Iterator[WorkflowStatus]:
        for at in range(0, len(jobs), _AT_ONCE):
            yield from self.list(workflow_ids=list(jobs[at : at + _AT_ONCE]))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in a sentence what went wrong, and begin anew with the connections.

        One that was opened while a file could only be read never writes to it.
        """
        try:
            yield
        except (sa.exc.SQLAlchemyError, error.DBOSException) as why:
            self._engine.dispose()
            first_line = str(getattr(why, "orig", None) or why).strip().partition("\n")[0]
            raise Unreachable(
                f"The queue's database cannot be used: {first_line}.",
                "Check POSTMORTEM_DATABASE_URL, and that the place has room and can be written.",
            ) from why


def _continued(row: WorkflowStatus) -> str:
    if row.status == "CANCELLED":
        return job_names.successor(row.workflow_id)
    end = end_of(row)
    return end.successor or end.covered_by
