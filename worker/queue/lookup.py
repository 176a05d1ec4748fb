"""What the engine remembers of jobs, read as the program's own values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dbos import DBOS, PortableWorkflowError, WorkflowStatus

from worker.jobs.results import Trigger
from worker.jobs.states import JobPhase, JobState, Standing
from worker.jobs.wanted import Wanted
from worker.queue import ids
from worker.queue.names import INCIDENT_JOB, TICK
from worker.queue.records import ASKED, ENDED, FAILED, Ended, Failed, Ran

_UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]
Look = Callable[..., Sequence[WorkflowStatus]]
"""Lists jobs: the engine's, which waits for its database, or the desk's, which does not."""

_GRAIN = timedelta(seconds=1)
"""SQLite's times are whole seconds: searches by time begin that much earlier."""


def covering_run(prefix: str, since: float, wanted: Wanted) -> str:
    """Find an ended job whose name begins so and whose run did all that is wanted.

    The run began at ``since`` or later. Gives the job's name, "" where there is none.
    """
    runs = _runs(DBOS.list_workflows, prefix, since)
    return next((row.workflow_id for row, ran in runs if ran.wanted.covers(wanted)), "")


def state(look: Look, job: str) -> JobState | None:
    """Tell where a job stands, following it to the attempt or the job that took it over.

    The results are those of all attempts, in their order.
    """
    found: JobState | None = None
    current = job
    while current and (row := _row(look, current)) is not None:
        found = _state(row, found)
        current = _continued(row)
    return None if found is None else _renamed(found, job)


def parked(look: Look, since: datetime) -> Sequence[JobState]:
    """List the jobs that ended in failure since then and that no later job made good."""
    rows = look(
        name=INCIDENT_JOB, status="ERROR", completed_after=since.isoformat(), sort_desc=True
    )
    latest = {ids.subject(row.workflow_id): row for row in reversed(rows)}
    return [
        _state(row, None)
        for incident, row in latest.items()
        if not _made_good(look, incident, _failed(row).began)
    ]


def standing(look: Look, since: datetime) -> dict[str, Standing]:
    """Tell, by incident, which jobs are not over and which failed for good since then.

    Of an incident's jobs that one counts which begins first.
    """
    found = {
        one.subject: Standing(JobPhase.PARKED, Wanted(), one.ended_at)
        for one in parked(look, since)
    }
    rows = look(name=INCIDENT_JOB, status=_UNFINISHED, load_output=False)
    for row in sorted(rows, key=_begins, reverse=True):
        asked = ASKED.validate_python(row.input["args"][0]) if row.input else None
        if asked is not None:
            failed_at = datetime.fromtimestamp(asked.covered_from, UTC) if asked.failed else None
            found[asked.incident] = Standing(_phase(row), asked.wanted, failed_at)
    return found


def _begins(row: WorkflowStatus) -> int:
    return row.delay_until_epoch_ms or 0 if row.status == "DELAYED" else 0


def last_tick(look: Look) -> datetime | None:
    """Tell when scheduled work last ended well."""
    rows = look(name=TICK, status="SUCCESS", sort_desc=True, limit=1, load_input=False)
    ended = next((row.completed_at for row in rows), None)
    return None if ended is None else datetime.fromtimestamp(ended / 1000, UTC)


def _made_good(look: Look, incident: str, since: float) -> bool:
    return any(not ran.outcome.failures for _, ran in _runs(look, ids.prefix(incident), since))


def _runs(look: Look, prefix: str, since: float) -> Iterator[tuple[WorkflowStatus, Ran]]:
    rows = look(
        workflow_id_prefix=prefix,
        status="SUCCESS",
        dequeued_after=(datetime.fromtimestamp(since, UTC) - _GRAIN).isoformat(),
        load_input=False,
    )
    for row in rows:
        ran = _ended(row).ran
        if ran is not None and ran.began >= since:
            yield row, ran


def _row(look: Look, job: str) -> WorkflowStatus | None:
    return next(iter(look(workflow_ids=[job])), None)


def _ended(row: WorkflowStatus) -> Ended:
    return Ended() if row.output is None else ENDED.validate_python(row.output)


def _continued(row: WorkflowStatus) -> str:
    if row.status == "CANCELLED":
        return ids.successor(row.workflow_id)
    ended = _ended(row)
    return ended.successor or ended.covered_by


def _phase(row: WorkflowStatus) -> JobPhase:
    match row.status:
        case "DELAYED" | "ENQUEUED" if ids.attempt(row.workflow_id) > 1:
            return JobPhase.RETRYING
        case "DELAYED" | "ENQUEUED":
            return JobPhase.WAITING
        case "PENDING":
            return JobPhase.RUNNING
        case "SUCCESS":
            return JobPhase.DONE
        case _:
            return JobPhase.PARKED


def _state(row: WorkflowStatus, before: JobState | None) -> JobState:
    phase = _phase(row)
    ran = _ended(row).ran
    failures = _failed(row).failures
    if ran is not None:
        failures = failures or ran.outcome.failures
    elif phase is JobPhase.RETRYING and before is not None:
        failures = before.failures
    return JobState(
        id=row.workflow_id,
        subject=ids.subject(row.workflow_id),
        trigger=Trigger.SCHEDULE if row.name == TICK else _trigger(row),
        phase=phase,
        attempt=ids.attempt(row.workflow_id),
        next_at=_moment(row.delay_until_epoch_ms) if row.status == "DELAYED" else None,
        summary="" if ran is None else ran.outcome.summary,
        failures=failures,
        results=(*(before.results if before else ()), *(ran.outcome.results if ran else ())),
        ended_at=_moment(row.completed_at),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _trigger(row: WorkflowStatus) -> str:
    return ASKED.validate_python(row.input["args"][0]).trigger if row.input else ""


def _failed(row: WorkflowStatus) -> Failed:
    if row.error is None:
        return Failed()
    if isinstance(row.error, PortableWorkflowError) and isinstance(row.error.data, dict):
        return FAILED.validate_python(row.error.data)
    return Failed((str(row.error),))


def _renamed(found: JobState, job: str) -> JobState:
    return found if found.id == job else replace(found, id=job)
