"""What the engine runs: the job of one incident, and one tick of a schedule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from dbos import DBOS, EnqueueOptions, WorkflowStatus

from worker.jobs.results import Trigger
from worker.jobs.states import JobPhase, JobState
from worker.jobs.wanted import JobRequest, Wanted
from worker.queue import ids, lookup
from worker.queue.attempts import NOTHING, JobParked, attempted, left_unrecorded, unrecorded
from worker.queue.busy import Busy
from worker.queue.desk import Request, options
from worker.queue.names import INCIDENT_JOB, LOST, TICK, TICKS
from worker.queue.policy import Again, Done, JobOutcome, Parked, RetryPolicy, decide
from worker.queue.records import ASKED, RAN, Asked, Ended, Ran
from worker.queue.schedule import Schedule

_log = structlog.get_logger(__name__)

RunIncident = Callable[[JobRequest], JobOutcome]
OnEnd = Callable[[JobState], None]


def put(job: str, asked: Asked, delay: float) -> None:
    """Store what follows a job; a name that is there already stays as it is.

    ``delay`` is in how many seconds it may begin.
    """
    told = options(Request(job, asked, delay))
    DBOS.enqueue_workflow_with_options(told, ASKED.dump_python(asked, mode="json"))


def put_tick(schedule: Schedule, period: int) -> None:
    """Store the work of one period of a schedule, unless some process did so already."""
    told: EnqueueOptions = {
        "workflow_name": TICK,
        "queue_name": TICKS,
        "workflow_id": ids.tick(schedule.name, schedule.every.total_seconds(), period),
    }
    DBOS.enqueue_workflow_with_options(told, schedule.name, schedule.begins(period))


@dataclass(frozen=True, slots=True)
class Bodies:
    """The functions behind the jobs. ``on_end`` is told of every attempt that ended."""

    run_incident: RunIncident
    schedules: Mapping[str, Schedule]
    retry: RetryPolicy
    on_end: OnEnd
    clock: Callable[[], float]
    busy: Busy = field(default_factory=Busy)

    def incident_job(self, job: str, asked: Asked) -> Ended:
        """Run one attempt and see to what follows it. Raises ``JobParked`` where nothing does.

        Where the database does not take what came of it, the attempt has failed, whatever it did;
        where it does not take that either, ``LeftUnrecorded`` leaves the job to the caretaker.
        """
        began = self.clock()
        try:
            return self._attempt(job, asked)
        except JobParked:
            raise
        except Exception as why:  # noqa: BLE001 - becomes a failure that is told
            with left_unrecorded(job, why):
                ran = Ran(began, JobOutcome(failures=(unrecorded(why),)), NOTHING)
                return self._follow(job, asked, ran)

    def _attempt(self, job: str, asked: Asked) -> Ended:
        if other := _covering(ids.prefix(asked.incident), asked.covered_from, asked.wanted):
            return Ended(covered_by=other)
        if asked.failed > len(self.retry.pauses):
            lost = JobOutcome(failures=(LOST,))
            self._tell(job, asked.incident, asked.trigger, lost, JobPhase.PARKED)
            raise JobParked((LOST,), asked.tried or asked.covered_from)
        request = JobRequest(asked.incident, Trigger(asked.trigger), asked.wanted)
        ran = self._step(asked.incident, lambda: self.run_incident(request), asked.wanted)
        return self._follow(job, asked, ran)

    def _follow(self, job: str, asked: Asked, ran: Ran) -> Ended:
        tell = partial(self._tell, job, asked.incident, asked.trigger)
        match decide(ran.outcome, ids.attempt(job), asked.failed, self.retry):
            case Again(after, failed):
                successor = ids.successor(job)
                put(successor, asked.again(ran.began, self.clock(), failed), after)
                tell(ran.outcome, JobPhase.RETRYING)
                return Ended(ran, successor=successor)
            case Parked(reasons):
                tell(replace(ran.outcome, failures=reasons), JobPhase.PARKED)
                raise JobParked(reasons, ran.began)
            case Done():
                tell(ran.outcome, JobPhase.DONE)
                return Ended(ran)

    def tick(self, job: str, name: str, due: float) -> Ended:
        """Run scheduled work, unless it was begun since it fell due. Raises ``JobParked``.

        A failure is not tried again by itself, since the next tick does the same work.
        """
        schedule = self.schedules.get(name)
        if schedule is None:
            return Ended()  # asked for by a process that was configured otherwise
        began = self.clock()
        try:
            if other := _covering(ids.ticks(name), due, Wanted()):
                return Ended(covered_by=other)
            ran = self._step(name, schedule.run, Wanted())
        except Exception as why:  # noqa: BLE001 - becomes a failure that is told
            with left_unrecorded(job, why):
                ran = Ran(began, JobOutcome(failures=(unrecorded(why),)), NOTHING)
        failures = ran.outcome.failures
        phase = JobPhase.PARKED if failures else JobPhase.DONE
        self._tell(job, name, Trigger.SCHEDULE, ran.outcome, phase)
        if failures:
            raise JobParked(failures, ran.began)
        return Ended(ran)

    def hand_on(self, row: WorkflowStatus) -> None:
        """Put the next attempt in the place of one whose process is gone.

        It begins at once and counts as a failed one, so that a job which kills its process is
        parked in the end. A tick is left to the next tick.
        """
        if row.name == INCIDENT_JOB and row.input:
            asked = ASKED.validate_python(row.input["args"][0])
            began = (row.dequeued_at or 0) / 1000
            again = replace(asked, failed=asked.failed + 1, tried=began or asked.tried)
            put(ids.successor(row.workflow_id), again, 0)
        DBOS.cancel_workflow(row.workflow_id)

    def _step(self, subject: str, run: Callable[[], JobOutcome], wanted: Wanted) -> Ran:
        def step() -> object:
            return RAN.dump_python(attempted(subject, run, wanted, self.clock), mode="json")

        return RAN.validate_python(DBOS.run_step({"name": "run"}, step))

    def _tell(
        self, job: str, subject: str, trigger: str, outcome: JobOutcome, phase: JobPhase
    ) -> None:
        told = JobState(
            id=job,
            subject=subject,
            trigger=trigger,
            phase=phase,
            attempt=ids.attempt(job),
            summary=outcome.summary,
            failures=outcome.failures,
            results=outcome.results,
            notices=outcome.notices,
        )
        try:
            self.on_end(told)
        except Exception:  # noqa: BLE001 - a listener's fault must not undo a job that is done
            _log.exception("The end of a job could not be told.", job=job)


def _covering(prefix: str, since: float, wanted: Wanted) -> str:
    return DBOS.run_step(
        {"name": "look for a run"}, lambda: lookup.covering_run(prefix, since, wanted)
    )
