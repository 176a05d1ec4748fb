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
from worker.queue.records import ASKED, ENDED, FAILED, Asked, Ended, Failed, Ran

_RANKS = (JobPhase.PARKED, JobPhase.RUNNING, JobPhase.RETRYING, JobPhase.WAITING)
_UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]
Look = Callable[..., Sequence[WorkflowStatus]]
"""Lists jobs: the engine's, which waits for its database, or the desk's, which does not."""

_GRAIN = timedelta(seconds=1)
"""SQLite's times are whole seconds: searches by time begin that much earlier."""

_AT_ONCE = 500
"""Jobs looked up by one query: SQLite takes a limited number of values."""


def covering_run(prefix: str, since: float, wanted: Wanted) -> str:
    """Find an ended job whose name begins so and whose run did all that is wanted.

    The run began at ``since`` or later. Gives the job's name, "" where there is none.
    """
    runs = _runs(DBOS.list_workflows, prefix, since)
    return next((row.workflow_id for row, ran in runs if ran.wanted.covers(wanted)), "")


def states(look: Look, jobs: Sequence[str]) -> dict[str, JobState]:
    """Tell where jobs stand, each followed to the attempt or the job that took it over.

    The results are those of all attempts, in their order. Unknown jobs are left out.
    """
    found: dict[str, JobState] = {}
    current = {job: job for job in jobs}
    while current:
        rows = _rows(look, list(dict.fromkeys(current.values())))
        current = {job: name for job, name in current.items() if name in rows}
        for job, name in current.items():
            found[job] = _state(rows[name], found.get(job))
        followed = {job: _continued(rows[name]) for job, name in current.items()}
        current = {job: name for job, name in followed.items() if name}
    return {job: replace(one, id=job) for job, one in found.items()}


def parked(look: Look, since: datetime) -> Sequence[JobState]:
    """List the jobs that ended in failure since then and that no later job made good."""
    return [_state(row, None) for row in _parked(look, since)]


def standing(look: Look, since: datetime) -> dict[str, Standing]:
    """Tell, by incident, which jobs are not over and which failed for good since then.

    Of an incident's jobs that one counts which has seen least and so will see most: one that waits
    before one that is to be tried again, and that before one that runs.
    """
    rows = [*look(name=INCIDENT_JOB, status=_UNFINISHED, load_output=False), *_parked(look, since)]
    found: dict[str, Standing] = {}
    for row in rows:
        asked = _asked(row)
        if asked is None:
            continue
        one = _standing(row, asked)
        other = found.get(asked.incident)
        if other is None or _rank(one) > _rank(other):
            found[asked.incident] = one
    return found


def _rank(one: Standing) -> tuple[int, int]:
    wanted = one.wanted
    does = (wanted.pulls, wanted.tracks, wanted.asked, wanted.resolved_at is not None)
    return _RANKS.index(one.phase), sum(does)


def _standing(row: WorkflowStatus, asked: Asked) -> Standing:
    phase = _phase(row)
    failed_at = None
    if phase is JobPhase.PARKED:
        failed_at = _began(row)
    elif asked.failed and ids.attempt(row.workflow_id) > 1:
        failed_at = asked.tried or asked.covered_from
    return Standing(
        phase,
        asked.wanted,
        failed_at=None if failed_at is None else datetime.fromtimestamp(failed_at, UTC),
        began_at=_moment(row.dequeued_at) if phase is JobPhase.RUNNING else None,
        first_at=datetime.fromtimestamp(asked.first or _created(row), UTC),
    )


def _parked(look: Look, since: datetime) -> Sequence[WorkflowStatus]:
    rows = look(
        name=INCIDENT_JOB, status="ERROR", completed_after=since.isoformat(), sort_desc=True
    )
    latest = {ids.subject(row.workflow_id): row for row in reversed(rows)}
    return [row for incident, row in latest.items() if not _made_good(look, incident, _began(row))]


def _began(row: WorkflowStatus) -> float:
    """Tell when the attempt that was the last one began."""
    return _failed(row).began or _created(row)


def _created(row: WorkflowStatus) -> float:
    return (row.created_at or 0) / 1000


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


def _rows(look: Look, jobs: Sequence[str]) -> dict[str, WorkflowStatus]:
    parts = [list(jobs[at : at + _AT_ONCE]) for at in range(0, len(jobs), _AT_ONCE)]
    return {row.workflow_id: row for part in parts for row in look(workflow_ids=part)}


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
    notices = (*(before.notices if before else ()), *(ran.outcome.notices if ran else ()))
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
        notices=tuple(dict.fromkeys(notices)),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _asked(row: WorkflowStatus) -> Asked | None:
    return ASKED.validate_python(row.input["args"][0]) if row.input else None


def _trigger(row: WorkflowStatus) -> str:
    asked = _asked(row)
    return asked.trigger if asked else ""


def _failed(row: WorkflowStatus) -> Failed:
    if row.error is None:
        return Failed()
    if isinstance(row.error, PortableWorkflowError) and isinstance(row.error.data, dict):
        return FAILED.validate_python(row.error.data)
    return Failed((str(row.error),))
