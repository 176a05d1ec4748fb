"""What the engine runs: the job of one incident, and one tick of a schedule."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from dbos import DBOS, WorkflowStatus

from connectors.errors import OutOfQuota, PostmortemError
from worker.jobs.job_request import JobRequest
from worker.jobs.results import Trigger
from worker.jobs.states import JobOutcome, JobPhase, JobState
from worker.queue import engine, job_names
from worker.queue.job_names import INCIDENT_JOB, TICK
from worker.queue.queue_policy import Done, JobRetryPolicy, Parked, TryAgain, decide
from worker.queue.recovery import UnderWay
from worker.queue.schedule import Schedule
from worker.queue.stored_jobs import (
    END,
    GRAIN,
    NOTHING,
    RUN,
    JobEnd,
    JobRun,
    StoredJob,
    end_of,
    job_of,
    read_job,
    wanted,
)

LOST = "The process that ran the job ended before the job did, or its end could not be stored."
"""Why an attempt failed that left no word."""

_log = structlog.get_logger(__name__)

RunIncident = Callable[[JobRequest], JobOutcome]
OnEnd = Callable[[JobState], None]


class JobParked(PostmortemError):
    """The job is not tried again by itself; the engine keeps ``data`` with it as JSON."""

    def __init__(self, failures: tuple[str, ...], began: float) -> None:
        super().__init__(" ".join(failures))
        self.data = {"failures": list(failures), "began": began}


class LeftUnrecorded(BaseException):
    """The job stays as it was when it began, until it is handed on.

    The engine ends a job on every ``Exception``, and only on those.
    """


@dataclass(frozen=True, slots=True)
class Workflows:
    """The work behind the jobs. ``on_end`` is told of every attempt that ended.

    ``clock`` is that of all machines.
    """

    run_incident: RunIncident
    schedules: Mapping[str, Schedule]
    retry: JobRetryPolicy
    on_end: OnEnd
    clock: Callable[[], float]
    under_way: UnderWay

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """Give what the engine is to call, by name; it takes no methods.

        Where the database does not take what came of an attempt, it has failed, whatever it did;
        where it does not take that either, ``LeftUnrecorded`` leaves the job to be handed on.
        """

        def incident_job(stored: Mapping[str, Any]) -> object:
            job, began = read_job(DBOS.workflow_id or "", stored), self.clock()
            with self.under_way.one(job.id):
                try:
                    end = self._attempt(job)
                except JobParked:
                    raise
                except Exception as why:  # noqa: BLE001 - becomes a failure that is told
                    with _left_unrecorded(job.id, why):
                        end = self._follow(job, _unrecorded(began, why))
                return END.dump_python(end, mode="json")

        def tick(name: str, due: float) -> object:
            job, began = DBOS.workflow_id or "", self.clock()
            schedule = self.schedules.get(name)
            if schedule is None:  # asked for by a process that was configured otherwise
                return END.dump_python(JobEnd(), mode="json")
            with self.under_way.one(job):
                try:
                    end = _tick(schedule, due, self.clock)
                except Exception as why:  # noqa: BLE001 - as above
                    with _left_unrecorded(job, why):
                        end = JobEnd(_unrecorded(began, why))
                return END.dump_python(self._end_tick(job, end), mode="json")

        return {INCIDENT_JOB: incident_job, TICK: tick}

    def hand_on(self, row: WorkflowStatus) -> None:
        """Put the next attempt in the place of one whose process is gone.

        It begins at once and counts as a failed one, so that a job which kills its process is
        parked in the end. A tick is left to the next tick.
        """
        if job := job_of(row):
            engine.put(job.handed_on(began=(row.dequeued_at or 0) / 1000))
        DBOS.cancel_workflow(row.workflow_id)

    def _attempt(self, job: StoredJob) -> JobEnd:
        """Run one attempt and see to what follows it. Raises ``JobParked`` where nothing does."""
        request = job.request
        prefix = job_names.prefix(request.incident)
        if other := _covering_run(prefix, job.covered_from, request):
            return JobEnd(covered_by=other)
        if job.failed > len(self.retry.pauses):
            self._tell(job.id, request.trigger, JobOutcome(failures=(LOST,)), JobPhase.PARKED)
            raise JobParked((LOST,), job.tried or job.covered_from)
        work = partial(self.run_incident, request)
        stored = DBOS.run_step(
            {"name": "run"}, _attempted, request.incident, work, wanted(request), self.clock
        )
        return self._follow(job, RUN.validate_python(stored))

    def _follow(self, job: StoredJob, ran: JobRun) -> JobEnd:
        tell = partial(self._tell, job.id, job.request.trigger)
        match decide(ran.outcome, job_names.attempt(job.id), job.failed, self.retry):
            case TryAgain(after, failed):
                successor = job.again(ran.began, self.clock(), failed, after)
                engine.put(successor)
                tell(ran.outcome, JobPhase.RETRYING)
                return JobEnd(ran, successor=successor.id)
            case Parked(reasons):
                tell(replace(ran.outcome, failures=reasons), JobPhase.PARKED)
                raise JobParked(reasons, ran.began)
            case Done():
                tell(ran.outcome, JobPhase.DONE)
                return JobEnd(ran)

    def _end_tick(self, job: str, end: JobEnd) -> JobEnd:
        """Tell how a tick ended. Raises ``JobParked``.

        A failure is not tried again by itself, since the next tick does the same work.
        """
        if end.ran is None:
            return end
        failures = end.ran.outcome.failures
        phase = JobPhase.PARKED if failures else JobPhase.DONE
        self._tell(job, Trigger.SCHEDULE, end.ran.outcome, phase)
        if failures:
            raise JobParked(failures, end.ran.began)
        return end

    def _tell(self, job: str, trigger: Trigger, outcome: JobOutcome, phase: JobPhase) -> None:
        told = JobState(
            id=job,
            subject=job_names.subject(job),
            trigger=trigger,
            phase=phase,
            attempt=job_names.attempt(job),
            summary=outcome.summary,
            failures=outcome.failures,
            results=outcome.results,
            notices=outcome.notices,
        )
        try:
            self.on_end(told)
        except Exception:  # noqa: BLE001 - a listener's fault must not undo a job that is done
            _log.exception("The end of a job could not be told.", job=job)


def _tick(schedule: Schedule, due: float, clock: Callable[[], float]) -> JobEnd:
    """Run scheduled work, unless it was begun since it fell ``due``."""
    if other := _covering_run(job_names.ticks(schedule.name), due, None):
        return JobEnd(covered_by=other)
    stored = DBOS.run_step({"name": "run"}, _attempted, schedule.name, schedule.run, {}, clock)
    return JobEnd(RUN.validate_python(stored))


def _attempted(
    subject: str,
    work: Callable[[], JobOutcome],
    wanted: Mapping[str, Any],
    clock: Callable[[], float],
) -> object:
    """Do what is ``wanted`` and give the run, as it is kept.

    Whatever the work raises becomes an outcome, so that no job ends without a word. What was left
    covers nothing.
    """
    began = clock()
    try:
        outcome = work()
    except PostmortemError as error:
        again_in = error.again_in if isinstance(error, OutOfQuota) else None
        outcome = JobOutcome(failures=(str(error),), again_in=again_in)
    except Exception as error:  # noqa: BLE001 - a fault in one job must not hold up the others
        _log.exception("A job stopped on a fault in the program.", subject=subject)
        sentence = f"The program has a fault: {type(error).__name__}: {error}. The log tells where."
        outcome = JobOutcome(failures=(sentence,))
    ran = JobRun(began, outcome, NOTHING if outcome.left else wanted)
    return RUN.dump_python(ran, mode="json")


def _covering_run(prefix: str, since: float, request: JobRequest | None) -> str:
    """Find an ended job whose name begins so and whose run did all that is asked for.

    The run began at ``since`` or later. Gives the job's name, "" where there is none. It is a step
    of its own, so that a job which is run again finds the same.
    """

    def look() -> str:
        rows = DBOS.list_workflows(
            workflow_id_prefix=prefix,
            status="SUCCESS",
            dequeued_after=(datetime.fromtimestamp(since, UTC) - GRAIN).isoformat(),
            load_input=False,
        )
        for row in rows:
            ran = end_of(row).ran
            if ran is not None and ran.began >= since and ran.covers(request):
                return row.workflow_id
        return ""

    return DBOS.run_step({"name": "look for a run"}, look)


@contextmanager
def _left_unrecorded(job: str, why: Exception) -> Iterator[None]:
    """Deal in the block with ``why`` the engine failed, or leave the job as it is.

    It is left where the queue was stopped meanwhile, and where the block fails as well.
    """
    if not engine.is_running():
        _log.warning("A job outlasted the queue; it is done again.", job=job)
        raise LeftUnrecorded(job) from why
    _log.error("What came of a job could not be stored.", job=job, exc_info=why)
    try:
        yield
    except JobParked:
        raise
    except Exception as again:
        _log.exception("A job is left as it is.", job=job)
        raise LeftUnrecorded(job) from again


def _unrecorded(began: float, why: Exception) -> JobRun:
    """Say in a sentence that the engine failed; statements and what is in them are left out."""
    first_line = str(getattr(why, "orig", None) or why).strip().partition("\n")[0]
    told = f"What came of the job could not be stored: {first_line or type(why).__name__}."
    return JobRun(began, JobOutcome(failures=(told,)), NOTHING)
