"""The queue: where jobs are asked for and looked at, and where they are done as well.

Asking fails at once while the database is gone. The engine waits for its database for as long as it
takes: right for a job, and wrong for a webhook. Its sender must be told within five seconds that an
event was not stored, and the thread be free.
"""

import socket
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from dbos import DBOSClient, DBOSPortableJSONSerializer, WorkflowStatus

from connectors.errors import NotFound, PostmortemError, Unreachable
from connectors.incidents import IncidentId
from worker.jobs.job_lifecycle import JobRequest, JobState, Standing
from worker.jobs.results import Trigger
from worker.queue import dead_letters, engine
from worker.queue.engine import QueueSettings
from worker.queue.job_records import (
    INCIDENT_JOB,
    TICK,
    StoredJob,
    continued_by,
    moment,
    state_of,
)
from worker.queue.jobs_database import APPLICATION, SharedClock, locate, patient_engine, told
from worker.queue.leases import leases_of
from worker.queue.recovery import Recovery, UnderWay
from worker.queue.schedule import Rounds, Schedule, ticker
from worker.queue.workflows import OnEnd, RunIncident, Workflows

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
        self._leases = leases_of(self._location)
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
            with told():
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
                    for position, one in enumerate(jobs):
                        options = engine.options(one, position)
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

    def current(self) -> Sequence[JobState]:
        """List the incidents' jobs that wait, run or are tried again, then those :meth:`parked`."""
        return dead_letters.current(self.list, self._settings.parked_retention)

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
            application_name=APPLICATION,
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
            with told():
                yield self._client
        except Unreachable:
            self._database.dispose()
            raise


class Queue(Client):
    """Jobs that are on disk before they are told to be asked for, and run until they are over.

    One job at a time for each incident, over all processes on the database. A job that finds that
    a run for its incident began after it was asked for has nothing left to do, so a burst of
    hints becomes one run, or two. ``on_end`` is told of each attempt. A process has one queue.
    """

    def __init__(
        self,
        database_url: str,
        run_incident: RunIncident,
        schedules: Sequence[Schedule] = (),
        settings: QueueSettings | None = None,
        *,
        on_end: OnEnd = lambda _state: None,
    ) -> None:
        super().__init__(database_url, settings)
        named = {one.name: one for one in schedules}
        self._under_way = UnderWay()
        self._workflows = Workflows(
            run_incident, named, self._settings.retry, on_end, self._clock, self._under_way
        )
        self._threads: list[Rounds] = []

    def start(self) -> None:
        """Begin to run what is waiting. Not to be called from within an event loop.

        Raises ``Unreachable`` where the database cannot be reached, ``PostmortemError`` where
        another queue runs in this process.
        """
        executor = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
        self._connect()
        self._leases.hold(executor)
        try:
            with told():
                engine.launch(self._location, executor, self._workflows.functions(), self._settings)
        except BaseException:
            super().stop()
            self._leases.let_go()
            raise
        hand_on, jobs = self._workflows.hand_on, self._under_way.jobs
        recovery = Recovery(self._leases, self._clock, executor, hand_on, jobs, self._settings)
        schedules = self._workflows.schedules.values()
        tickers = [ticker(one, engine.put_tick, self._clock) for one in schedules]
        self._threads = [Rounds("queue-recovery", recovery.look), *tickers]
        for thread in self._threads:
            thread.start()

    def stop(self, grace: float = 20.0) -> bool:
        """Take on nothing more and wait up to ``grace`` seconds for the jobs under way.

        Gives whether all of them ended. Those that did not are handed on when the process ends;
        the caller should then end it at once (``os._exit``), since their threads keep it alive.
        """
        while self._threads:
            self._threads.pop().stop()
        super().stop()
        engine.stop(grace if self._under_way.lately(seconds=1) else 0)
        ended = not self._under_way.jobs
        if ended:
            self._leases.let_go()
        return ended
