"""What is still to be done and what was given up, told by incident."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobState, Standing
from worker.queue import job_records
from worker.queue.job_records import (
    INCIDENT_JOB,
    LOST,
    JobRow,
    JobRun,
    StoredJob,
    job_of,
    moment,
    run_of,
)

Look = Callable[..., "Sequence[JobRow]"]
"""Lists jobs, as the engine's ``list_workflows`` does."""

_UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]
_NAMES_AT_ONCE = 500
_AT_ONCE = 100
"""Incidents looked for by one query: SQLite takes conditions of a limited depth."""


def parked(look: Look, within: timedelta) -> Sequence[JobState]:
    """List the jobs that failed for good of late, newest last, unless they were made good.

    Of each incident the latest counts. What makes it good is a later run that did all that was
    wanted of it, or that found that nothing ever will.
    """
    return [job_records.state_of(row, None) for row in _parked(look, within)]


def current(look: Look, within: timedelta) -> Sequence[JobState]:
    """List the incidents' jobs that are not over, and those :func:`parked`, each oldest first.

    One that is tried again has the failures of the attempt before it, or what that one waits for.
    Where a later run did all of it, nothing is left of these, and it only waits for its turn.
    """
    rows = look(name=INCIDENT_JOB, status=_UNFINISHED, load_output=False)
    names = list(filter(None, (job_records.attempt_before(row.workflow_id) for row in rows)))
    before: dict[str, JobRow] = {}
    for at in range(0, len(names), _NAMES_AT_ONCE):
        part = names[at : at + _NAMES_AT_ONCE]
        before |= {row.workflow_id: row for row in look(workflow_ids=part)}
    later = _later_runs(look, list(before.values()))
    found = []
    for row in sorted(rows, key=lambda row: row.created_at or 0):
        earlier = before.get(job_records.attempt_before(row.workflow_id))
        found.append(_told(row, earlier, later[job_records.subject_of(row.workflow_id)]))
    return [*found, *parked(look, within)]


def _told(row: JobRow, earlier: "JobRow | None", runs: Sequence[JobRun]) -> JobState:
    """Read where a job stands that is not over, and why its attempt before did not end it."""
    state = job_records.state_of(row, None)
    if earlier is None:
        return state
    ran = run_of(earlier)
    outcome = ran.outcome if ran else JobOutcome(failures=(LOST,))
    is_failed = state.phase is JobPhase.RETRYING and outcome.failures
    if is_failed and any(_makes_good(run, earlier) for run in runs):
        return replace(state, phase=JobPhase.WAITING)
    return replace(state, failures=outcome.failures, summary=outcome.summary)


def standing(look: Look, within: timedelta) -> dict[str, Standing]:
    """Tell, by incident, which job is not over, or failed for good of late."""
    unfinished = look(name=INCIDENT_JOB, status=_UNFINISHED, load_output=False)
    found: dict[str, Standing] = {}
    for row in (*unfinished, *_parked(look, within)):
        if (job := job_of(row)) is None:
            continue
        one = _standing(row, job)
        other = found.get(job.request.incident)
        if other is None or one.outranks(other):
            found[job.request.incident] = one
    return found


def _standing(row: JobRow, job: StoredJob) -> Standing:
    phase = job_records.phase_of(row)
    failed_at = None
    if phase is JobPhase.PARKED:
        failed_at = _began(row)
    elif job.failed and job_records.attempt_number(row.workflow_id) > 1:
        failed_at = job.tried or job.covered_from
    return Standing(
        phase,
        job.request,
        first_at=job.request.first_at or datetime.fromtimestamp((row.created_at or 0) / 1000, UTC),
        failed_at=None if failed_at is None else datetime.fromtimestamp(failed_at, UTC),
        began_at=moment(row.dequeued_at) if phase is JobPhase.RUNNING else None,
    )


def _parked(look: Look, within: timedelta) -> Sequence[JobRow]:
    since = (datetime.now(UTC) - within).isoformat()
    rows = look(name=INCIDENT_JOB, status="ERROR", completed_after=since)
    later = _later_runs(look, rows)
    latest: dict[str, JobRow] = {}
    for row in sorted(rows, key=lambda row: row.completed_at or 0):
        incident = job_records.subject_of(row.workflow_id)
        if not any(_makes_good(run, row) for run in later[incident]):
            latest.pop(incident, None)
            latest[incident] = row
    return list(latest.values())


def _later_runs(look: Look, rows: Sequence[JobRow]) -> defaultdict[str, list[JobRun]]:
    """Give the runs, by incident, that may have made these jobs good."""
    found: defaultdict[str, list[JobRun]] = defaultdict(list)
    since = datetime.fromtimestamp(min(map(_began, rows), default=0), UTC) - job_records.GRAIN
    prefixes = list(
        {job_records.names_begin(job_records.subject_of(row.workflow_id)) for row in rows}
    )
    for at in range(0, len(prefixes), _AT_ONCE):
        for row in look(
            workflow_id_prefix=prefixes[at : at + _AT_ONCE],
            name=INCIDENT_JOB,
            status="SUCCESS",
            dequeued_after=since.isoformat(),
            load_input=False,
        ):
            if (ran := run_of(row)) is not None:
                found[job_records.subject_of(row.workflow_id)].append(ran)
    return found


def _makes_good(ran: JobRun, parked: JobRow) -> bool:
    """Tell whether a run came after a job was given up, and did what that one was to do.

    That an incident had been resolved says when to look again, and not what to do.
    """
    if ran.began < _began(parked) or (ran.outcome.failures and not ran.outcome.hopeless):
        return False
    job = job_of(parked)
    return job is None or ran.covers(replace(job.request, resolved_at=None))


def _began(row: JobRow) -> float:
    """Tell when the attempt began that this is the record of."""
    ran = run_of(row)
    return (ran and ran.began) or (row.created_at or 0) / 1000
