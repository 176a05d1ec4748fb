"""What the engine runs: the job of one incident, and one tick of a schedule."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dbos import DBOS, WorkflowStatus
from structlog.contextvars import bound_contextvars

from connectors.errors import OutOfQuota, PostmortemError, worded
from connectors.incidents import IncidentId
from worker.jobs.job_lifecycle import (
    JobOutcome,
    JobPhase,
    JobRequest,
    JobRetryPolicy,
    JobState,
    Parked,
    TryAgain,
    decide,
)
from worker.jobs.results import Trigger
from worker.log import Log
from worker.queue import engine, job_records
from worker.queue.job_records import LOST, NOTHING, JobEnd, JobRun, StoredJob, adapter
from worker.queue.recovery import UnderWay
from worker.queue.schedule import Schedule

_log = Log(__name__)

RunIncident = Callable[[JobRequest], JobOutcome]
OnEnd = Callable[[JobState], None]


class JobParked(PostmortemError):
    """The job is not tried again by itself; the engine keeps ``data`` with it as JSON."""

    def __init__(self, outcome: JobOutcome, began: float) -> None:
        super().__init__(" ".join(outcome.failures))
        self.data = {
            "failures": list(outcome.failures),
            "began": began,
            "outcome": adapter(JobOutcome).dump_python(outcome, mode="json"),
        }


class _Told(logging.Filter):
    """Drops the engine's traceback of a job's end that ``on_end`` has told; faults stay."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], JobParked))


_TOLD = _Told()


class LeftUnrecorded(BaseException):
    """The job stays as it was when it began, until it is handed on.

    The engine ends a job on every ``Exception``, and only on those.
    """


@dataclass(frozen=True, slots=True)
class Workflows:
    """The work behind the jobs. ``on_end`` is told of every attempt; ``clock`` is that of all."""

    run_incident: RunIncident
    schedules: Mapping[str, Schedule]
    retry: JobRetryPolicy
    on_end: OnEnd
    clock: Callable[[], float]
    under_way: UnderWay

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """Give what the engine is to call, by name; it takes no methods."""
        logging.getLogger("dbos").addFilter(_TOLD)  # once: the same filter is added no second time

        def incident_job(stored: Mapping[str, Any]) -> object:
            job = job_records.read_job(DBOS.workflow_id or "", stored)
            return self._attempt(job, partial(self.run_incident, job.request))

        def tick(name: str, due: float) -> object:
            if name not in self.schedules:  # asked for by a process that was configured otherwise
                return adapter(JobEnd).dump_python(JobEnd(), mode="json")
            request = JobRequest(IncidentId(f"@{name}"), Trigger.SCHEDULE)
            # Tried once, since the next tick does the same work.
            job = StoredJob(DBOS.workflow_id or "", request, due, failed=len(self.retry.pauses))
            return self._attempt(job, self.schedules[name].run)

        return {job_records.INCIDENT_JOB: incident_job, job_records.TICK: tick}

    def hand_on(self, row: WorkflowStatus) -> None:
        """Put the next attempt in the place of one whose process is gone; leave a tick to the next.

        It counts as a failed one, so that a job which kills its process is parked in the end.
        """
        if job := job_records.job_of(row):
            with bound_contextvars(**job_records.named(job.id, job.request.trigger)):
                _log.warning("A job is done again, for it was left in the middle.")
            engine.put(job.next(job.failed + 1, tried=(row.dequeued_at or 0) / 1000 or job.tried))
        DBOS.cancel_workflow(row.workflow_id)

    def _attempt(self, job: StoredJob, work: Callable[[], JobOutcome]) -> object:
        """Do one attempt and see to what follows it. Raises ``JobParked`` where nothing does.

        Where the database does not take what came of it, the attempt has failed, whatever it did;
        where it does not take that either, ``LeftUnrecorded`` leaves the job to be handed on.
        """
        began = self.clock()
        with (
            self.under_way.one(job.id),
            bound_contextvars(**job_records.named(job.id, job.request.trigger)),
        ):
            try:
                if other := DBOS.run_step({"name": "look for a run"}, _covering_run, job):
                    return adapter(JobEnd).dump_python(JobEnd(covered_by=other), mode="json")
                if job.failed > len(self.retry.pauses):
                    lost = JobRun(job.tried or job.covered_from, JobOutcome(failures=(LOST,)))
                    return self._follow(job, lost)
                ran = DBOS.run_step({"name": "run"}, _attempted, job, work, self.clock)
                return self._follow(job, adapter(JobRun).validate_python(ran))
            except JobParked:
                raise
            except Exception as why:  # noqa: BLE001 - becomes a failure that is told
                with _left_unrecorded(job.id, why):
                    return self._follow(job, _unrecorded(began, why))

    def _follow(self, job: StoredJob, ran: JobRun) -> object:
        """Decide what follows on a run, and tell it; gives what is kept of the attempt."""
        outcome, phase, successor, next_at = ran.outcome, JobPhase.DONE, "", None
        attempt, asked = job_records.attempt_number(job.id), job.request.for_a_person
        match decide(outcome, attempt, job.failed, self.retry, for_a_person=asked):
            case TryAgain(after, failed):
                now = self.clock()
                following = job.next(failed, ran.began, now, after)
                engine.put(following)
                phase, successor = JobPhase.RETRYING, following.id
                next_at = datetime.fromtimestamp(now + after, UTC)
            case Parked(reasons):
                outcome, phase = replace(outcome, failures=reasons), JobPhase.PARKED
        told = JobState(
            id=job.id,
            subject=job_records.subject_of(job.id),
            trigger=job.request.trigger,
            phase=phase,
            attempt=attempt,
            next_at=next_at,
            summary=outcome.summary,
            failures=outcome.failures,
            results=outcome.results,
            notices=outcome.notices,
        )
        try:
            self.on_end(told)
        except Exception:  # noqa: BLE001 - a listener's fault must not undo a job that is done
            _log.exception("The end of a job could not be told.")
        if phase is JobPhase.PARKED:
            raise JobParked(outcome, ran.began)
        return adapter(JobEnd).dump_python(JobEnd(ran, successor=successor), mode="json")


def _covering_run(job: StoredJob) -> str:
    """Name an ended job whose run began late enough and did all that is asked for, else ""."""
    since = job.covered_from
    rows = DBOS.list_workflows(
        workflow_id_prefix=job_records.names_begin(job.request.incident),
        status="SUCCESS",
        dequeued_after=(datetime.fromtimestamp(since, UTC) - job_records.GRAIN).isoformat(),
        load_input=False,
    )
    for row in rows:
        ran = job_records.end_of(row).ran
        if ran is not None and ran.began >= since and ran.covers(job.request):
            return row.workflow_id
    return ""


def _attempted(
    job: StoredJob, work: Callable[[], JobOutcome], clock: Callable[[], float]
) -> object:
    """Do the work and give the run, as it is kept; whatever it raises becomes an outcome."""
    began = clock()
    try:
        outcome = work()
    except PostmortemError as error:
        again_in = error.again_in if isinstance(error, OutOfQuota) else None
        outcome = JobOutcome(failures=(str(error),), again_in=again_in)
    except Exception as error:  # noqa: BLE001 - a fault in one job must not hold up the others
        _log.exception("A job stopped on a fault in the program.")
        fault = worded(f"{type(error).__name__}: {error}")
        sentence = f"The program has a fault: {fault}. The log tells where."
        outcome = JobOutcome(failures=(sentence,))
    did = NOTHING if outcome.left else job_records.wanted(job.request)
    return adapter(JobRun).dump_python(JobRun(began, outcome, did), mode="json")


@contextmanager
def _left_unrecorded(job: str, why: Exception) -> Iterator[None]:
    """Deal in the block with ``why`` the engine failed, and else leave the job as it is."""
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
