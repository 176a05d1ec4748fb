"""The queue itself: jobs asked for, run, tried again, looked at."""

import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from dbos import DBOS

from connectors.errors import NotFound, PostmortemError, Unreachable
from worker.jobs.results import Trigger
from worker.jobs.states import JobState, Standing
from worker.jobs.wanted import Wanted
from worker.queue import engine, lookup, remaining
from worker.queue.bodies import Bodies, OnEnd, RunIncident, put_tick
from worker.queue.caretaker import Caretaker
from worker.queue.clock import SharedClock
from worker.queue.desk import Backlog, Desk
from worker.queue.leases import leases
from worker.queue.location import locate
from worker.queue.names import INCIDENT_JOB, INCIDENTS, TICK, TICKS
from worker.queue.records import ASKED, ENDED
from worker.queue.schedule import Schedule
from worker.queue.settings import QueueSettings
from worker.queue.ticker import Ticker
from worker.queue.wish import Wish, request

_LOOK_EVERY = 0.1


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
        self._bodies = Bodies(run_incident, named, self._settings.retry, on_end, self._clock)
        self._works = works
        self._threads: list[Caretaker | Ticker] = []
        self._desk: Desk | None = None

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
            engine.launch(self._location, executor, self._workflows(), self._queues())
        except BaseException:
            self._leases.let_go()
            raise
        self._desk = Desk(self._location)
        self._look_after(executor)

    def stop(self, grace: float = 20.0) -> bool:
        """Take on nothing more and wait up to ``grace`` seconds for the jobs under way.

        Gives whether all of them ended. Those that did not are handed on when the process ends;
        the caller should then end it at once (``os._exit``), since their threads keep it alive.
        """
        while self._threads:
            self._threads.pop().stop()
        if self._desk is not None:
            self._desk.close()
            self._desk = None
        if not self._works:
            return True
        engine.stop(grace if self._bodies.busy.lately(seconds=1) else 0)
        if self._bodies.busy:
            return False
        self._leases.let_go()
        return True

    def enqueue(
        self,
        incident: str,
        trigger: Trigger,
        wanted: Wanted | None = None,
        *,
        event_id: str = "",
        delay: float | None = None,
        once: bool = False,
    ) -> str:
        """Ask for an incident's job and give the job's id; when this returns, it is on disk.

        The same ``event_id`` again asks for nothing new. The job may begin in ``delay`` seconds:
        by default at once, or for a webhook after the time to settle. A run that begins when half
        of that is over counts as having seen all, so that the hints of one moment share a run.
        With ``once`` a failure is not tried again by itself. Raises ``Unreachable`` where the job
        cannot be stored within a few seconds, ``PayloadError`` where ``incident`` cannot be an id.
        """
        (job,) = self.enqueue_all([Wish(incident, trigger, wanted, event_id, delay, once)])
        return job

    def enqueue_all(self, wishes: Sequence[Wish]) -> Sequence[str]:
        """Do :meth:`enqueue` for each, in one transaction: all are on disk, or none."""
        settings = self._settings
        pauses = len(settings.retry.pauses)
        now = self._clock()
        requests = [request(one, settings.settle, pauses, now) for one in wishes]
        self._at_desk().put(requests)
        return [one.job for one in requests]

    def state(self, job: str) -> JobState | None:
        """Tell where a job stands, or the attempt or job that took it over; None if unknown."""
        return self.states([job]).get(job)

    def states(self, jobs: Sequence[str]) -> Mapping[str, JobState]:
        """Do :meth:`state` for many jobs in a few queries; unknown ones are left out."""
        return lookup.states(self._at_desk().list, jobs)

    def parked(self) -> Sequence[JobState]:
        """List the jobs that failed for good, newest last, unless a later job made them good."""
        return remaining.parked(self._at_desk(), self._parked_since())

    def standing(self) -> Mapping[str, Standing]:
        """Tell, by incident, what is still to be done and what was given up."""
        return remaining.standing(self._at_desk(), self._parked_since())

    def backlog(self) -> Backlog:
        """Count the jobs that wait. Raises ``Unreachable``."""
        return self._at_desk().backlog()

    def last_tick(self) -> datetime | None:
        """Tell when scheduled work last ended well, if it ever did. Raises ``Unreachable``."""
        return lookup.last_tick(self._at_desk().list)

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

    def _at_desk(self) -> Desk:
        if self._desk is None:
            raise PostmortemError("The queue is not running in this process.", "Start it first.")
        return self._desk

    def _hold_a_lease(self) -> str:
        """Name this process and prove that it lives; raises ``Unreachable``."""
        self._leases.living()
        while True:
            name = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
            if self._leases.hold(name):
                return name

    def _only_ask(self) -> None:
        """Open the desk; where it finds no tables, or old ones, let the engine see to them."""
        self._leases.living()
        self._clock.set()
        desk = Desk(self._location)
        try:
            try:
                desk.list(limit=1)
            except Unreachable:
                engine.prepare(self._location)
        except BaseException:
            desk.close()
            raise
        self._desk = desk

    def _look_after(self, executor: str) -> None:
        settings = self._settings
        caretaker = Caretaker(
            self._leases,
            self._clock,
            executor,
            self._bodies.hand_on,
            self._bodies.busy,
            every=settings.heartbeat,
            retention=settings.retention,
            parked_retention=settings.parked_retention,
        )
        tickers = [Ticker(one, put_tick, self._clock) for one in self._bodies.schedules.values()]
        self._threads = [caretaker, *tickers]
        for thread in self._threads:
            thread.start()

    def _workflows(self) -> Mapping[str, Callable[..., object]]:
        bodies = self._bodies

        def incident_job(stored: object) -> object:
            asked = ASKED.validate_python(stored)
            job = DBOS.workflow_id or ""
            with bodies.busy.one(job):
                return ENDED.dump_python(bodies.incident_job(job, asked), mode="json")

        def tick(name: str, due: float) -> object:
            job = DBOS.workflow_id or ""
            with bodies.busy.one(job):
                return ENDED.dump_python(bodies.tick(job, name, due), mode="json")

        return {INCIDENT_JOB: incident_job, TICK: tick}

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
