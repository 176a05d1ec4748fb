"""What the engine keeps of a job, as JSON: its name, its request, its end, and how they are read.

``PT4KHLK:01BC7~2`` is the second attempt at what the event ``01BC7`` asked for incident
``PT4KHLK``. The same event therefore always names the same job, which is how a webhook that is
delivered twice becomes one job. ``@look:900:1983`` is a tick of the schedule ``look``.

This release and the one before read what the other stores, while processes are replaced (ADR 6).
So the JSON only grows: what is new has a default, and what is no longer used is still written.
"""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from pydantic import TypeAdapter

from connectors.incidents import incident_id
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest, JobState
from worker.jobs.results import Trigger

if TYPE_CHECKING:  # whoever only reads does not load the engine
    from dbos import WorkflowStatus

INCIDENTS = "incidents"
"""One job at a time for each incident, several incidents at a time."""
TICKS = "schedule"
"""One at a time of all the scheduled work."""
INCIDENT_JOB = "incident job"
TICK = "scheduled work"

adapter = cache(TypeAdapter)
"""Gives what stores and reads values of a type, made with the first: most commands meet none."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")


def first_attempt(incident: str, event: str) -> str:
    """Name the first attempt. Raises ``PayloadError`` where ``incident`` cannot be an id.

    A document that a person wrote may name its incident otherwise than a source does. An event's id
    with characters that an address cannot carry is replaced by its digest.
    """
    incident_id(incident)
    if not _PLAIN.fullmatch(event):
        event = hashlib.sha256(event.encode()).hexdigest()[:32]
    return f"{incident}:{event}"


def attempt_number(job: str) -> int:
    """Tell which attempt the name stands for, from 1."""
    return int(job.partition("~")[2] or 1)


def attempt_before(job: str) -> str:
    """Name the attempt before this one, "" for the first."""
    number = attempt_number(job) - 1
    first = job.partition("~")[0]
    return "" if not number else first if number == 1 else f"{first}~{number}"


def next_attempt(job: str) -> str:
    """Name the attempt after this one."""
    return f"{job.partition('~')[0]}~{attempt_number(job) + 1}"


def names_begin(subject: str) -> str:
    """Give what the names of all jobs of an incident (or ``@`` and a schedule) begin with."""
    return f"{subject}:"


def tick_name(schedule: str, seconds: float, period: int) -> str:
    """Name the work of one period of a schedule whose periods are ``seconds`` long."""
    return f"@{schedule}:{seconds:g}:{period}"


def subject_of(job: str) -> str:
    """Tell the incident, or the schedule, that the name stands for."""
    return job.partition(":")[0].removeprefix("@")


def named(job: str, trigger: str = "") -> dict[str, str]:
    """Give what each line of the log names of a job."""
    kind = "schedule" if job.startswith("@") else "incident"
    told = {kind: subject_of(job), "job": job}
    return {**told, "trigger": trigger} if trigger else told


LOST = "The process that ran the job ended before the job did, or its end could not be stored."
"""Why an attempt failed that left no word."""
NOTHING: Mapping[str, Any] = {"pulls": False, "tracks": False}
"""What a run did that was left, or whose outcome was lost."""
GRAIN = timedelta(seconds=1)
"""SQLite's times are whole seconds: searches by time begin that much earlier."""
_MOMENT = 0.001
_PHASES = {"PENDING": JobPhase.RUNNING, "SUCCESS": JobPhase.DONE}


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
        """Name the job that is asked for ``now``; it is given up after so many ``pauses``.

        A webhook's waits ``settle`` seconds. A run that begins when half of the wait is over has
        seen all: so the hints of one moment share a run. Raises ``PayloadError``.
        """
        usual = settle if request.trigger is Trigger.WEBHOOK else 0.0
        wait = usual if request.delay is None else request.delay
        event = request.event_id or f"{request.trigger}-{uuid.uuid4().hex[:12]}"
        first_at = request.first_at or datetime.fromtimestamp(now, UTC)
        return cls(
            first_attempt(request.incident, event),
            replace(request, delay=wait, first_at=first_at),
            covered_from=now + wait / 2,
            failed=pauses if request.once else 0,
        )

    def next(self, failed: int, tried: float, ended: float = 0.0, after: float = 0.0) -> Self:
        """Give the attempt ``after`` so many seconds, on one that was ``tried`` and has ``ended``.

        That one does not cover it, though the clock was set back; one without a word (0) cannot.
        """
        since = max(ended, tried + _MOMENT) if ended else self.covered_from
        name, request = next_attempt(self.id), replace(self.request, delay=after)
        return replace(
            self, id=name, request=request, covered_from=since, failed=failed, tried=tried
        )

    def stored(self) -> dict[str, Any]:
        """Give what is kept of it under its name."""
        first_at = self.request.first_at
        return {
            "incident": self.request.incident,
            "trigger": self.request.trigger.value,
            "wanted": wanted(self.request),
            "covered_from": self.covered_from,
            "failed": self.failed,
            "first": first_at.timestamp() if first_at else 0.0,
            "tried": self.tried,
        }


class StoredError(Exception):
    """Why a job failed, as the engine keeps it; ``data`` is what whoever gave it up told."""

    data: Any = None


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A job's record as far as the program reads it; times in milliseconds since 1970."""

    workflow_id: str
    status: str
    name: str
    created_at: int | None
    dequeued_at: int | None
    delay_until_epoch_ms: int | None
    completed_at: int | None
    input: Mapping[str, Any] | None
    output: Any
    error: StoredError | None


JobRow: TypeAlias = "WorkflowStatus | StoredRow"


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; ``began`` is a time as above, ``wanted`` what it did (nothing said: all)."""

    began: float
    outcome: JobOutcome
    wanted: Mapping[str, Any] = field(default_factory=dict)

    def covers(self, request: JobRequest) -> bool:
        """Tell whether it did all that is asked for."""
        done = {"incident": request.incident, "trigger": Trigger.SCHEDULE, **self.wanted}
        did: JobRequest = adapter(JobRequest).validate_python(done)
        return did.covers(request)


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How one attempt ended, but where it was given up: it ran, or another job had done it.

    ``successor`` names the next attempt, "" where none follows.
    """

    ran: JobRun | None = None
    covered_by: str = ""
    successor: str = ""


def wanted(request: JobRequest) -> dict[str, Any]:
    """Give what is asked for of an incident, as it is kept."""
    return {
        "pulls": request.pulls,
        "tracks": request.tracks,
        "resolved_at": request.resolved_at.isoformat() if request.resolved_at else None,
        "asked": request.for_a_person,
        "while_open": request.while_open,
        "found": request.found,
        "remakes": request.remakes,
    }


def read_job(name: str, stored: Mapping[str, Any]) -> StoredJob:
    """Read what is kept under a job's name; the first releases kept no more than three of it."""
    own = {"incident": stored["incident"], "trigger": stored["trigger"]}
    request = {**stored.get("wanted", {}), **own, "first_at": stored.get("first") or None}
    job: StoredJob = adapter(StoredJob).validate_python({**stored, "id": name, "request": request})
    return job


def job_of(row: JobRow) -> StoredJob | None:
    """Read what was asked for, None where that was not loaded or is a tick."""
    if not row.input or row.name == TICK:
        return None
    return read_job(row.workflow_id, row.input["args"][0])


def end_of(row: JobRow) -> JobEnd:
    """Read how an attempt ended, as far as its record tells."""
    return JobEnd() if row.output is None else adapter(JobEnd).validate_python(row.output)


def run_of(row: JobRow) -> JobRun | None:
    """Read what came of an attempt; of one that was given up why, and when it began, if known."""
    if row.error is None:
        return end_of(row).ran
    told: Mapping[str, Any] = {"failures": (str(row.error).strip().partition("\n")[0],)}
    data = getattr(row.error, "data", None)  # the engine's own errors have none
    if isinstance(data, dict):
        told = data
    said = {"failures": told["failures"], **told.get("outcome", {})}
    return JobRun(told.get("began", 0.0), adapter(JobOutcome).validate_python(said), NOTHING)


def continued_by(row: JobRow) -> str:
    """Name the attempt or the job that took this one over, "" where none did."""
    if row.status == "CANCELLED":
        return next_attempt(row.workflow_id)
    end = end_of(row)
    return end.successor or end.covered_by


def moment(milliseconds: int | None) -> datetime | None:
    """Read one of the engine's times."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def phase_of(row: JobRow) -> JobPhase:
    """Tell how far a job has come."""
    if row.status in {"DELAYED", "ENQUEUED"}:
        again = attempt_number(row.workflow_id) > 1
        return JobPhase.RETRYING if again else JobPhase.WAITING
    return _PHASES.get(row.status, JobPhase.PARKED)


def state_of(row: JobRow, before: JobState | None) -> JobState:
    """Read a job's record; ``before`` is where its earlier attempts stood."""
    phase, job, ran = phase_of(row), job_of(row), run_of(row)
    outcome = ran.outcome if ran else JobOutcome()
    if ran is None and before and phase is JobPhase.RETRYING:
        outcome = replace(outcome, failures=before.failures)
    earlier = (before.results, before.notices) if before else ((), ())
    return JobState(
        id=row.workflow_id,
        subject=subject_of(row.workflow_id),
        trigger=job.request.trigger if job else Trigger.SCHEDULE,
        phase=phase,
        attempt=attempt_number(row.workflow_id),
        next_at=moment(row.delay_until_epoch_ms) if row.status == "DELAYED" else None,
        summary=outcome.summary,
        failures=outcome.failures,
        results=earlier[0] + outcome.results,
        ended_at=moment(row.completed_at),
        notices=tuple(dict.fromkeys(earlier[1] + outcome.notices)),
    )
