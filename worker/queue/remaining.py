"""What is still to be done and what was given up, told by incident."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from dbos import WorkflowStatus

from worker.jobs.states import JobPhase, JobState, Standing
from worker.queue import ids
from worker.queue.desk import Desk
from worker.queue.lookup import (
    GRAIN,
    asked_of,
    ended_of,
    failed_of,
    moment,
    phase_of,
    state_of,
    together,
)
from worker.queue.names import INCIDENT_JOB
from worker.queue.records import Asked, Ran

_RANKS = (JobPhase.PARKED, JobPhase.RUNNING, JobPhase.RETRYING, JobPhase.WAITING)
_UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]


def parked(desk: Desk, since: datetime) -> Sequence[JobState]:
    """List the jobs that failed for good since then, newest last, unless they were made good.

    Of each incident the latest counts. What makes it good is a later run that did all that was
    wanted of it, or that found that nothing ever will.
    """
    return [state_of(row, None) for row in _parked(desk, since)]


def standing(desk: Desk, since: datetime) -> dict[str, Standing]:
    """Tell, by incident, which jobs are not over and which failed for good since then.

    Of an incident's jobs that one counts which has seen least and so will see most: one that waits
    before one that is to be tried again, and that before one that runs.
    """
    unfinished = desk.list(name=INCIDENT_JOB, status=_UNFINISHED, load_output=False)
    found: dict[str, Standing] = {}
    for row in (*unfinished, *_parked(desk, since)):
        asked = asked_of(row)
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
    phase = phase_of(row)
    failed_at = None
    if phase is JobPhase.PARKED:
        failed_at = _began(row)
    elif asked.failed and ids.attempt(row.workflow_id) > 1:
        failed_at = asked.tried or asked.covered_from
    return Standing(
        phase,
        asked.wanted,
        failed_at=None if failed_at is None else datetime.fromtimestamp(failed_at, UTC),
        began_at=moment(row.dequeued_at) if phase is JobPhase.RUNNING else None,
        first_at=datetime.fromtimestamp(asked.first or _created(row), UTC),
    )


def _parked(desk: Desk, since: datetime) -> Sequence[WorkflowStatus]:
    rows = desk.list(name=INCIDENT_JOB, status="ERROR", completed_after=since.isoformat())
    later = _later_runs(desk, rows)
    latest: dict[str, WorkflowStatus] = {}
    for row in sorted(rows, key=lambda row: row.completed_at or 0):
        incident = ids.subject(row.workflow_id)
        if not any(_makes_good(run, row) for run in later[incident]):
            latest.pop(incident, None)
            latest[incident] = row
    return list(latest.values())


def _later_runs(desk: Desk, rows: Sequence[WorkflowStatus]) -> defaultdict[str, list[Ran]]:
    """Give the runs, by incident, that may have made these jobs good."""
    found: defaultdict[str, list[Ran]] = defaultdict(list)
    if rows:
        since = datetime.fromtimestamp(min(map(_began, rows)), UTC) - GRAIN
        incidents = list({ids.subject(row.workflow_id) for row in rows})
        jobs = desk.ended_well(incidents, since)
        for row in together(desk.list, jobs, load_input=False):
            if (ran := ended_of(row).ran) is not None:
                found[ids.subject(row.workflow_id)].append(ran)
    return found


def _makes_good(ran: Ran, parked: WorkflowStatus) -> bool:
    """Tell whether a run came after a job was given up, and did what that one was to do.

    That an incident had been resolved says when to look again, and not what to do.
    """
    if ran.began < _began(parked) or (ran.outcome.failures and not ran.outcome.hopeless):
        return False
    asked = asked_of(parked)
    return asked is None or ran.wanted.covers(replace(asked.wanted, resolved_at=None))


def _began(row: WorkflowStatus) -> float:
    """Tell when the attempt that was the last one began."""
    return failed_of(row).began or _created(row)


def _created(row: WorkflowStatus) -> float:
    return (row.created_at or 0) / 1000
