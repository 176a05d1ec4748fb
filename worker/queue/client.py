"""Where jobs are asked for and looked at: what fails at once while the database is gone.

The engine waits for its database for as long as it takes: right for a job, and wrong for a webhook.
Its sender must be told within five seconds that an event was not stored, and the thread be free.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, WorkflowStatus, error

from connectors.errors import NotFound, PostmortemError, Unreachable
from connectors.incidents import IncidentId
from worker.jobs.job import JobRequest, JobState, Standing
from worker.jobs.results import Trigger
from worker.queue import dead_letters, engine
from worker.queue.engine import QueueSettings
from worker.queue.job_records import INCIDENT_JOB, TICK, StoredJob, continued_by, moment, state_of
from worker.queue.jobs_database import InFile, SharedClock, locate, patient_engine
from worker.queue.recovery import FileLeases, Leases, ServerLeases

PATIENCE = 3
"""Seconds to wait for a connection, a lock or a statement."""
_CONNECTIONS = 4
_AT_ONCE = 500
"""Jobs looked up by one query: SQLite takes a limited number of values."""
_BARE = {"load_input": False, "load_output": False}
_LOOK_EVERY = 0.1


class Client:
    """Asks for jobs and looks at them, and does none. All methods may raise ``Unreachable``."""

    def __init__(self, database_url: str, settings: QueueSettings | None = None) -> None:
        self._settings = settings or QueueSettings()
        self._location = locate(database_url)
        self._leases: Leases = (
            FileLeases(self._location.path.with_suffix(".alive"))
            if isinstance(self._location, InFile)
            else ServerLeases(self._location.driver_url)
        )
        self._database = patient_engine(self._location, PATIENCE, _CONNECTIONS)
        self._clock = SharedClock(self._database)
        self._client: DBOSClient | None = None

    def start(self) -> None:
        """Connect; where there are no tables, or old ones, let the engine see to them."""
        self._connect()
        with suppress(Unreachable):
            self.list(limit=1)
            return
        try:
            engine.migrate(self._location)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> bool:
        """Let go of the connections; gives True."""
        if self._client is not None:
            self._client.destroy()
            self._database.dispose()
            self._client = None
        return True

    def enqueue(self, incident: IncidentId, trigger: Trigger) -> str:
        """Ask for all of an incident's job; see :meth:`enqueue_all`. Gives the job's id."""
        (job,) = self.enqueue_all([JobRequest(incident, trigger)])
        return job

    def enqueue_all(self, requests: Sequence[JobRequest]) -> Sequence[str]:
        """Ask for jobs and give their ids; when this returns, all are on disk.

        All are stored, or none. Raises ``PayloadError`` where one is about no incident.
        """
        settings, now = self._settings, self._clock()
        pauses = len(settings.retry.pauses)
        jobs = [StoredJob.of(one, settings.settle, pauses, now) for one in requests]
        with self._asking() as client:
            if jobs:
                with self._database.begin() as transaction:
                    for one in jobs:
                        options = engine.options(one)
                        client.enqueue_in_transaction(transaction, options, one.stored())
        return [one.id for one in jobs]

    def list(self, **which: object) -> Sequence[WorkflowStatus]:
        """List jobs, as the engine's ``list_workflows`` does."""
        with self._asking() as client:
            return client.list_workflows(**which)  # type: ignore[arg-type]  # passed on

    def state(self, job: str) -> JobState | None:
        """Tell where a job stands, or the attempt or job that took it over; None if unknown."""
        return self.states([job]).get(job)

    def states(self, jobs: Sequence[str]) -> Mapping[str, JobState]:
        """Do :meth:`state` for many jobs in a few queries; unknown ones are left out.

        The results are those of all attempts, in their order.
        """
        found: dict[str, JobState] = {}
        current = {job: job for job in jobs}
        while current:
            names = list(dict.fromkeys(current.values()))
            parts = [names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE)]
            rows = {row.workflow_id: row for part in parts for row in self.list(workflow_ids=part)}
            current = {job: name for job, name in current.items() if name in rows}
            found |= {job: state_of(rows[name], found.get(job)) for job, name in current.items()}
            followed = {job: continued_by(rows[name]) for job, name in current.items()}
            current = {job: name for job, name in followed.items() if name}
        return {job: replace(one, id=job) for job, one in found.items()}

    def wait(self, job: str, timeout: float) -> JobState:
        """Wait until the job is over, or for ``timeout`` seconds, and tell where it stands then.

        Raises ``NotFound`` for a job that the queue does not know.
        """
        deadline = time.monotonic() + timeout
        while (state := self.state(job)) is not None:
            if state.phase.over or time.monotonic() >= deadline:
                return state
            time.sleep(_LOOK_EVERY)
        raise NotFound(f"The queue knows no job {job}.", "Ended jobs are forgotten after a time.")

    def parked(self) -> Sequence[JobState]:
        """List the jobs that failed for good, newest last, unless a later job made them good."""
        return dead_letters.parked(self.list, self._settings.parked_retention)

    def standing(self) -> Mapping[str, Standing]:
        """Tell, by incident, what is still to be done and what was given up."""
        return dead_letters.standing(self.list, self._settings.parked_retention)

    def backlog(self) -> tuple[int, float]:
        """Count the incidents' jobs that wait, and for how many seconds one could have begun."""
        rows = self.list(name=INCIDENT_JOB, status=["ENQUEUED", "DELAYED"], **_BARE)
        due = [row.delay_until_epoch_ms or row.created_at or 0 for row in rows]
        late = time.time() - min(due) / 1000 if due else 0.0
        return len(rows), max(0.0, late)

    def last_tick(self) -> datetime | None:
        """Tell when scheduled work last ended well, if it ever did."""
        rows = self.list(name=TICK, status="SUCCESS", sort_desc=True, limit=1, **_BARE)
        return moment(rows[0].completed_at) if rows else None

    def workers(self) -> int:
        """Count the processes that work on this database now; needs no :meth:`start`."""
        return self._leases.living()

    def _connect(self) -> None:
        """Make sure of the database, and compare the clocks. Raises ``Unreachable``."""
        self._leases.living()
        self._clock.set()
        self._client = DBOSClient(
            system_database_engine=self._database,
            serializer=DBOSPortableJSONSerializer(),
            application_name=engine.APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    @contextmanager
    def _asking(self) -> Iterator[DBOSClient]:
        """Say in a sentence what went wrong, and begin anew with the connections.

        One that was opened while a file could only be read never writes to it.
        """
        if self._client is None:
            raise PostmortemError("The queue is not running in this process.", "Start it first.")
        try:
            yield self._client
        except (sa.exc.SQLAlchemyError, error.DBOSException) as why:
            self._database.dispose()
            first_line = str(getattr(why, "orig", None) or why).strip().partition("\n")[0]
            raise Unreachable(
                f"The queue's database cannot be used: {first_line}.",
                "Check POSTMORTEM_DATABASE_URL, and that the place has room and can be written.",
            ) from why
