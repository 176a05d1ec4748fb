"""The queue itself: jobs asked for, run, tried again, looked at."""

import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.errors import NotFound, PostmortemError, Unreachable
from connectors.incidents import IncidentId
from worker.jobs.job_request import JobRequest
from worker.jobs.results import Trigger
from worker.jobs.states import JobState, Standing
from worker.queue import dead_letters, engine
from worker.queue.client import Backlog, Client
from worker.queue.database import locate
from worker.queue.job_names import INCIDENTS, TICKS
from worker.queue.leases import SharedClock, leases
from worker.queue.recovery import Recovery, UnderWay
from worker.queue.retry_policy import JobRetryPolicy
from worker.queue.schedule import Schedule, Ticker
from worker.queue.stored_jobs import StoredJob
from worker.queue.workflows import OnEnd, RunIncident, Workflows

_LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How the queue behaves; times in seconds.

    ``settle`` is how long a job that a webhook asked for waits, since the resolution note may
    follow the resolution, and the REST API may lag the webhook. ``parallel`` bounds the incidents
    that one process works on at a time. ``poll`` is how often an idle process looks for work,
    ``heartbeat`` how often it looks for jobs that a dead process left. ``retention`` is how long
    jobs that are done are remembered, and with them which webhooks were seen;
    ``parked_retention`` is how long those that were given up are.
    """

    settle: float = 10.0
    parallel: int = 4
    poll: float = 0.18
    heartbeat: float = 5.0
    retention: timedelta = timedelta(days=30)
    parked_retention: timedelta = timedelta(days=180)
    retry: JobRetryPolicy = field(default_factory=JobRetryPolicy)


class Queue:
    """Jobs that are on disk before :meth:`enqueue` returns and run until they are done or parked.

    One job at a time for each incident, over all processes on the database. A job that finds that
    a run for its incident began after it was asked for has nothing left to do, so a burst of
    hints becomes one run, or two.

    ``run_incident`` does the work; ``on_end`` is told of each attempt that ended. With ``works``
    False the process only asks and looks, without the engine. One queue in a process works.
    """

    def __init__(
        self,
        database_url: str,
        run_incident: RunIncident,
        schedules: Sequence[Schedule] = (),
        settings: QueueSettings | None = None,
        *,
        on_end: OnEnd = lambda _state: None,
        works: bool = True,
    ) -> None:
        self._settings = settings or QueueSettings()
        self._location = locate(database_url)
        self._leases = leases(self._location)
        self._clock = SharedClock(self._leases.ahead)
        named = {one.name: one for one in schedules}
        self._under_way = UnderWay()
        self._workflows = Workflows(
            run_incident, named, self._settings.retry, on_end, self._clock, self._under_way
        )
        self._works = works
        self._threads: list[Recovery | Ticker] = []
        self._client: Client | None = None

    def start(self) -> None:
        """Begin to run what is waiting. Not to be called from within an event loop.

        Raises ``Unreachable`` where the database cannot be reached, ``PostmortemError`` where
        another queue runs in this process.
        """
        if not self._works:
            self._only_ask()
            return
        executor = self._hold_a_lease()
        try:
            self._clock.set()
            engine.launch(self._location, executor, self._workflows.functions(), self._queues())
        except BaseException:
            self._leases.let_go()
            raise
        self._client = Client(self._location)
        self._look_after(executor)

    def stop(self, grace: float = 20.0) -> bool:
        """Take on nothing more and wait up to ``grace`` seconds for the jobs under way.

        Gives whether all of them ended. Those that did not are handed on when the process ends;
        the caller should then end it at once (``os._exit``), since their threads keep it alive.
        """
        while self._threads:
            self._threads.pop().stop()
        if self._client is not None:
            self._client.close()
            self._client = None
        if not self._works:
            return True
        engine.stop(grace if self._under_way.lately(seconds=1) else 0)
        if self._under_way:
            return False
        self._leases.let_go()
        return True

    def enqueue(self, incident: IncidentId, trigger: Trigger) -> str:
        """Ask for all of an incident's job; see :meth:`enqueue_all`. Gives the job's id."""
        (job,) = self.enqueue_all([JobRequest(incident, trigger)])
        return job

    def enqueue_all(self, requests: Sequence[JobRequest]) -> Sequence[str]:
        """Ask for jobs and give their ids, in one transaction: all are on disk, or none.

        A job may begin at once, or for a webhook after the time to settle. Raises ``Unreachable``
        where they cannot be stored within a few seconds, ``PayloadError`` where what is asked
        about cannot be an incident.
        """
        settings, now = self._settings, self._clock()
        pauses = len(settings.retry.pauses)
        jobs = [StoredJob.of(one, settings.settle, pauses, now) for one in requests]
        self._asking().put(jobs)
        return [one.id for one in jobs]

    def state(self, job: str) -> JobState | None:
        """Tell where a job stands, or the attempt or job that took it over; None if unknown."""
        return self.states([job]).get(job)

    def states(self, jobs: Sequence[str]) -> Mapping[str, JobState]:
        """Do :meth:`state` for many jobs in a few queries; unknown ones are left out."""
        return self._asking().states(jobs)

    def parked(self) -> Sequence[JobState]:
        """List the jobs that failed for good, newest last, unless a later job made them good."""
        return dead_letters.parked(self._asking(), self._parked_since())

    def standing(self) -> Mapping[str, Standing]:
        """Tell, by incident, what is still to be done and what was given up."""
        return dead_letters.standing(self._asking(), self._parked_since())

    def backlog(self) -> Backlog:
        """Count the jobs that wait. Raises ``Unreachable``."""
        return self._asking().backlog()

    def last_tick(self) -> datetime | None:
        """Tell when scheduled work last ended well, if it ever did. Raises ``Unreachable``."""
        return self._asking().last_tick()

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

    def workers(self) -> int:
        """Count the processes that work on this database now; needs no :meth:`start`."""
        return self._leases.living()

    def _parked_since(self) -> datetime:
        return datetime.now(UTC) - self._settings.parked_retention

    def _asking(self) -> Client:
        if self._client is None:
            raise PostmortemError("The queue is not running in this process.", "Start it first.")
        return self._client

    def _hold_a_lease(self) -> str:
        """Name this process and prove that it lives; raises ``Unreachable``."""
        self._leases.living()
        while True:
            name = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
            if self._leases.hold(name):
                return name

    def _only_ask(self) -> None:
        """Open a client; where it finds no tables, or old ones, let the engine see to them."""
        self._leases.living()
        self._clock.set()
        client = Client(self._location)
        try:
            try:
                client.list(limit=1)
            except Unreachable:
                engine.prepare(self._location)
        except BaseException:
            client.close()
            raise
        self._client = client

    def _look_after(self, executor: str) -> None:
        settings = self._settings
        recovery = Recovery(
            self._leases,
            self._clock,
            executor,
            self._workflows.hand_on,
            self._under_way,
            every=settings.heartbeat,
            retention=settings.retention,
            parked_retention=settings.parked_retention,
        )
        tickers = [
            Ticker(one, engine.put_tick, self._clock) for one in self._workflows.schedules.values()
        ]
        self._threads = [recovery, *tickers]
        for thread in self._threads:
            thread.start()

    def _queues(self) -> Mapping[str, Mapping[str, object]]:
        poll = self._settings.poll
        unhurried = max(poll, 1.0)  # a tick may be late; each look costs, idle or not
        return {
            INCIDENTS: {
                "partition_concurrency": 1,
                "worker_concurrency": self._settings.parallel,
                "polling_interval_sec": poll,
            },
            TICKS: {"global_concurrency": 1, "polling_interval_sec": unhurried},
        }
