"""What the engine remembers of jobs, read as the program's own values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dbos import DBOS, PortableWorkflowError, WorkflowStatus

from worker.jobs.results import Trigger
from worker.jobs.states import JobPhase, JobState
from worker.jobs.wanted import Wanted
from worker.queue import ids
from worker.queue.names import TICK
from worker.queue.records import ASKED, ENDED, FAILED, Asked, Ended, Failed

Look = Callable[..., Sequence[WorkflowStatus]]
"""Lists jobs: the engine's, which waits for its database, or the desk's, which does not."""

GRAIN = timedelta(seconds=1)
"""SQLite's times are whole seconds: searches by time begin that much earlier."""

_AT_ONCE = 500
"""Jobs looked up by one query: SQLite takes a limited number of values."""


def covering_run(prefix: str, since: float, wanted: Wanted) -> str:
    """Find an ended job whose name begins so and whose run did all that is wanted.

    The run began at ``since`` or later. Gives the job's name, "" where there is none.
    """
    rows = DBOS.list_workflows(
        workflow_id_prefix=prefix,
        status="SUCCESS",
        dequeued_after=(datetime.fromtimestamp(since, UTC) - GRAIN).isoformat(),
        load_input=False,
    )
    for row in rows:
        ran = ended_of(row).ran
        if ran is not None and ran.began >= since and ran.wanted.covers(wanted):
            return row.workflow_id
    return ""


def states(look: Look, jobs: Sequence[str]) -> dict[str, JobState]:
    """Tell where jobs stand, each followed to the attempt or the job that took it over.

    The results are those of all attempts, in their order. Unknown jobs are left out.
    """
    found: dict[str, JobState] = {}
    current = {job: job for job in jobs}
    while current:
        named = list(dict.fromkeys(current.values()))
        rows = {row.workflow_id: row for row in together(look, named)}
        current = {job: name for job, name in current.items() if name in rows}
        for job, name in current.items():
            found[job] = state_of(rows[name], found.get(job))
        followed = {job: _continued(rows[name]) for job, name in current.items()}
        current = {job: name for job, name in followed.items() if name}
    return {job: replace(one, id=job) for job, one in found.items()}


def last_tick(look: Look) -> datetime | None:
    """Tell when scheduled work last ended well."""
    rows = look(name=TICK, status="SUCCESS", sort_desc=True, limit=1, load_input=False)
    ended = next((row.completed_at for row in rows), None)
    return None if ended is None else datetime.fromtimestamp(ended / 1000, UTC)


def together(look: Look, jobs: Sequence[str], **how: bool) -> Iterator[WorkflowStatus]:
    """Read the records of many jobs in a few queries."""
    for at in range(0, len(jobs), _AT_ONCE):
        yield from look(workflow_ids=list(jobs[at : at + _AT_ONCE]), **how)


def ended_of(row: WorkflowStatus) -> Ended:
    """Read how an attempt ended, as far as its record tells."""
    return Ended() if row.output is None else ENDED.validate_python(row.output)


def _continued(row: WorkflowStatus) -> str:
    if row.status == "CANCELLED":
        return ids.successor(row.workflow_id)
    ended = ended_of(row)
    return ended.successor or ended.covered_by


def phase_of(row: WorkflowStatus) -> JobPhase:
    """Tell how far a job has come."""
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


def state_of(row: WorkflowStatus, before: JobState | None) -> JobState:
    """Read a job's record; ``before`` is where its earlier attempts stood."""
    phase = phase_of(row)
    ran = ended_of(row).ran
    failures = failed_of(row).failures
    if ran is not None:
        failures = failures or ran.outcome.failures
    elif phase is JobPhase.RETRYING and before is not None:
        failures = before.failures
    notices = (*(before.notices if before else ()), *(ran.outcome.notices if ran else ()))
    return JobState(
        id=row.workflow_id,
        subject=ids.subject(row.workflow_id),
        trigger=Trigger.SCHEDULE if row.name == TICK else _trigger(row),
        phase=phase,
        attempt=ids.attempt(row.workflow_id),
        next_at=moment(row.delay_until_epoch_ms) if row.status == "DELAYED" else None,
        summary="" if ran is None else ran.outcome.summary,
        failures=failures,
        results=(*(before.results if before else ()), *(ran.outcome.results if ran else ())),
        ended_at=moment(row.completed_at),
        notices=tuple(dict.fromkeys(notices)),
    )


def moment(milliseconds: int | None) -> datetime | None:
    """Read one of the engine's times."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def asked_of(row: WorkflowStatus) -> Asked | None:
    """Read what was asked for, None where that was not loaded or is a tick."""
    return ASKED.validate_python(row.input["args"][0]) if row.input else None


def _trigger(row: WorkflowStatus) -> str:
    asked = asked_of(row)
    return asked.trigger if asked else ""


def failed_of(row: WorkflowStatus) -> Failed:
    """Read why a job was given up; nothing where it was not."""
    if row.error is None:
        return Failed()
    if isinstance(row.error, PortableWorkflowError) and isinstance(row.error.data, dict):
        return FAILED.validate_python(row.error.data)
    return Failed((str(row.error).strip().partition("\n")[0],))
