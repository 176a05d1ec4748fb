"""What the engine keeps of a job, as JSON, and how its records are read.

The release before this one reads what this one stores, and the other way round: processes of both
work on one database while they are replaced (ADR 6). So the JSON only grows: what is new has a
default, and what is no longer used is still written.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from dbos import PortableWorkflowError, WorkflowStatus
from pydantic import TypeAdapter

from worker.jobs.job_request import JobRequest
from worker.jobs.results import Trigger
from worker.jobs.states import JobOutcome, JobPhase, JobState
from worker.queue import job_names
from worker.queue.job_names import TICK

NOTHING: Mapping[str, Any] = {"pulls": False, "tracks": False}
"""What a run did that was left, or whose outcome was lost."""
GRAIN = timedelta(seconds=1)
"""SQLite's times are whole seconds: searches by time begin that much earlier."""
_MOMENT = 0.001


@dataclass(frozen=True, slots=True)
class StoredJob:
    """One attempt at what was asked; ``id`` is the job's name, ``request.delay`` is settled.

    ``covered_from`` is a time (seconds since 1970, UTC): a run for the same incident that began
    at or after it has seen all that this attempt would see. ``failed`` counts the failed attempts
    before this one; ``tried`` is when the last of them began (a time as above; 0 where unknown).
    """

    id: str
    request: JobRequest
    covered_from: float
    failed: int = 0
    tried: float = 0.0

    @classmethod
    def of(cls, request: JobRequest, settle: float, pauses: int, now: float) -> Self:
        """Name the job that is asked for, and settle when it may begin.

        ``settle`` is how many seconds a webhook's job waits, ``pauses`` after how many failures a
        job is given up, ``now`` is the time by the clock of all machines. A run that begins when
        half of the wait is over has seen all, so that the hints of one moment share a run. Raises
        ``PayloadError`` where the incident cannot be an id.
        """
        usual = settle if request.trigger is Trigger.WEBHOOK else 0.0
        wait = usual if request.delay is None else request.delay
        event = request.event_id or f"{request.trigger}-{uuid.uuid4().hex[:12]}"
        since = request.first_at or datetime.fromtimestamp(now, UTC)
        return cls(
            job_names.first(request.incident, event),
            replace(request, delay=wait, first_at=since),
            covered_from=now + wait / 2,
            failed=pauses if request.once else 0,
        )

    def again(self, began: float, now: float, failed: int, after: float) -> Self:
        """Give the attempt ``after`` so many seconds, after a run that ``began`` and ended ``now``.

        That run does not cover it, though the clock was set back meanwhile.
        """
        since = max(now, began + _MOMENT)
        return replace(self._next(failed, began, after), covered_from=since)

    def handed_on(self, began: float) -> Self:
        """Give the attempt in place of one that ``began`` (0: unknown) and left no word."""
        return self._next(self.failed + 1, began or self.tried, 0.0)

    def _next(self, failed: int, tried: float, after: float) -> Self:
        return replace(
            self,
            id=job_names.successor(self.id),
            request=replace(self.request, delay=after),
            failed=failed,
            tried=tried,
        )

    def stored(self) -> dict[str, Any]:
        """Give what is kept of it beside its name."""
        first = self.request.first_at
        return {
            "incident": self.request.incident,
            "trigger": self.request.trigger.value,
            "wanted": dict(wanted(self.request)),
            "covered_from": self.covered_from,
            "failed": self.failed,
            "first": first.timestamp() if first else 0.0,
            "tried": self.tried,
        }


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of the function that was given to the queue; ``began`` is a time as above.

    ``wanted`` is what it did, as :func:`wanted` writes it: nothing said is all, as of a tick.
    """

    began: float
    outcome: JobOutcome
    wanted: Mapping[str, Any] = field(default_factory=dict)

    def covers(self, request: JobRequest | None) -> bool:
        """Tell whether it did all that is asked for; None stands for what a tick asks for."""
        if request is None:
            return any(self.wanted.get(half, True) for half in NOTHING)
        done = {"incident": request.incident, "trigger": Trigger.SCHEDULE, **self.wanted}
        return _REQUEST.validate_python(done).covers(request)


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How one attempt ended.

    ``ran`` is None where another job, ``covered_by``, had already done it. ``successor`` names
    the next attempt, "" where none follows.
    """

    ran: JobRun | None = None
    covered_by: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """How the last attempt ended, where none follows; ``began`` as above."""

    failures: tuple[str, ...] = ()
    began: float = 0.0


RUN = TypeAdapter(JobRun)
END = TypeAdapter(JobEnd)
_GIVEN_UP = TypeAdapter(GivenUp)
_JOB = TypeAdapter(StoredJob)
_REQUEST = TypeAdapter(JobRequest)


def wanted(request: JobRequest) -> Mapping[str, Any]:
    """Give what is asked for of an incident, as it is kept."""
    resolved = request.resolved_at
    return {
        "pulls": request.pulls,
        "tracks": request.tracks,
        "resolved_at": resolved.isoformat() if resolved else None,
        "asked": request.for_a_person,
    }


def read_job(job: str, stored: Mapping[str, Any]) -> StoredJob:
    """Read what is kept under a job's name, by this release or one before it.

    The first releases kept neither what is ``wanted`` (all was) nor the times ``first``, ``tried``.
    """
    request = {
        **stored.get("wanted", {}),
        "incident": stored["incident"],
        "trigger": stored["trigger"],
        "first_at": stored.get("first") or None,
    }
    return _JOB.validate_python({**stored, "id": job, "request": request})


def job_of(row: WorkflowStatus) -> StoredJob | None:
    """Read what was asked for, None where that was not loaded or is a tick."""
    if not row.input or row.name == TICK:
        return None
    return read_job(row.workflow_id, row.input["args"][0])


def end_of(row: WorkflowStatus) -> JobEnd:
    """Read how an attempt ended, as far as its record tells."""
    return JobEnd() if row.output is None else END.validate_python(row.output)


def given_up_of(row: WorkflowStatus) -> GivenUp:
    """Read why a job was given up; nothing where it was not."""
    if row.error is None:
        return GivenUp()
    if isinstance(row.error, PortableWorkflowError) and isinstance(row.error.data, dict):
        return _GIVEN_UP.validate_python(row.error.data)
    return GivenUp((str(row.error).strip().partition("\n")[0],))


def continued_by(row: WorkflowStatus) -> str:
    """Name the attempt or the job that took this one over, "" where none did."""
    if row.status == "CANCELLED":
        return job_names.successor(row.workflow_id)
    end = end_of(row)
    return end.successor or end.covered_by


def moment(milliseconds: int | None) -> datetime | None:
    """Read one of the engine's times."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def phase_of(row: WorkflowStatus) -> JobPhase:
    """Tell how far a job has come."""
    match row.status:
        case "DELAYED" | "ENQUEUED" if job_names.attempt(row.workflow_id) > 1:
            return JobPhase.RETRYING
        case "DELAYED" | "ENQUEUED":
            return JobPhase.WAITING
        case "PENDING":
            return JobPhase.RUNNING
        case "SUCCESS":
            return JobPhase.DONE
        case _:
            return JobPhase.PARKED


def state_of(row: WorkflowStatus, before: JobState | None) -> JobState:
    """Read a job's record; ``before`` is where its earlier attempts stood."""
    phase = phase_of(row)
    ran = end_of(row).ran
    failures = given_up_of(row).failures
    if ran is not None:
        failures = failures or ran.outcome.failures
    elif phase is JobPhase.RETRYING and before is not None:
        failures = before.failures
    job = job_of(row)
    notices = (*(before.notices if before else ()), *(ran.outcome.notices if ran else ()))
    return JobState(
        id=row.workflow_id,
        subject=job_names.subject(row.workflow_id),
        trigger=Trigger.SCHEDULE if row.name == TICK else job.request.trigger if job else "",
        phase=phase,
        attempt=job_names.attempt(row.workflow_id),
        next_at=moment(row.delay_until_epoch_ms) if row.status == "DELAYED" else None,
        summary="" if ran is None else ran.outcome.summary,
        failures=failures,
        results=(*(before.results if before else ()), *(ran.outcome.results if ran else ())),
        ended_at=moment(row.completed_at),
        notices=tuple(dict.fromkeys(notices)),
    )
