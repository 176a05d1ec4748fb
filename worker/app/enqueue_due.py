"""Finding what is due, and putting one job for each incident into the queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.incidents import IncidentId
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.jobs.due_incidents import Search, find, move_cursors
from worker.jobs.job import JobPhase, JobRequest, Standing
from worker.jobs.results import Trigger
from worker.jobs.run_cache import ReadTickets
from worker.queue import Client

RETRIED = "jobs given up, tried again"
SKIPS_KEPT = timedelta(days=180)
"""How long it is remembered that an incident got no draft."""
TRIED_FOR = timedelta(days=14)
"""How long after it was first asked for a job that was given up is tried again by itself."""
TOGETHER = 200
"""Jobs stored in one transaction: a webhook must not wait longer for its turn than it may."""


@dataclass(frozen=True, slots=True)
class EnqueuedDue:
    """What was put into the queue: the jobs by incident.

    ``unchanged`` counts the documents in which nothing had to be looked at, ``failures`` say what
    could not be asked.
    """

    jobs: Mapping[IncidentId, str]
    unchanged: int = 0
    failures: tuple[str, ...] = ()


def enqueue_due(
    context: JobContext, queue: Client, trigger: Trigger, since: timedelta | None = None
) -> EnqueuedDue:
    """Put a job for each incident that is due into the queue, then move the watermarks.

    What the queue sees to already is left to it, unless a person asks. A process that is killed
    in between leaves the watermarks as they were, so the next look finds the same.
    """
    started = context.clock()
    catalogue = look(context)
    due = find(Search(context, catalogue, trigger, since, ReadTickets()))
    standing: Mapping[str, Standing] = {} if trigger is Trigger.COMMAND else queue.standing()
    requests = []
    for incident, pulls in due.all():
        request = JobRequest(incident, trigger, pulls=pulls)
        known = standing.get(incident)
        if known is None or not known.sees_to(request, due.news.get(incident)):
            requests.append(request)
    jobs = _enqueue(queue, requests)
    if trigger is Trigger.SCHEDULE:
        jobs |= _try_again(context, queue, standing, jobs)
    move_cursors(context, due, started)
    unchanged = sum(1 for one in catalogue.by_incident if one not in jobs)
    seen_to = {*jobs, *standing}
    unreadable = [
        one.problem
        for one in catalogue.documents.values()
        if one.problem and one.incident not in seen_to
    ]
    return EnqueuedDue(jobs, unchanged, (*due.failures, *unreadable))


def _try_again(
    context: JobContext,
    queue: Client,
    standing: Mapping[str, Standing],
    jobs: Mapping[IncidentId, str],
) -> dict[IncidentId, str]:
    """Try jobs that were given up once more, at each full pass: what they lacked may be there."""
    now = context.clock()
    last = context.journal.cursor(RETRIED)
    if last is None:
        context.journal.move_cursor(RETRIED, now)
    if last is None or now - last < context.policy.full_pass:
        return {}
    context.journal.skips.forget_before(now - SKIPS_KEPT)
    given_up = [
        replace(known.request, trigger=Trigger.SCHEDULE, first_at=known.first_at, once=True)
        for incident, known in standing.items()
        if known.phase is JobPhase.PARKED
        and incident not in jobs
        and now - known.first_at < TRIED_FOR
    ]
    again = _enqueue(queue, given_up)
    context.journal.move_cursor(RETRIED, now)
    return again


def _enqueue(queue: Client, requests: Sequence[JobRequest]) -> dict[IncidentId, str]:
    found: dict[IncidentId, str] = {}
    for at in range(0, len(requests), TOGETHER):
        part = requests[at : at + TOGETHER]
        jobs = queue.enqueue_all(part)
        found |= {one.incident: job for one, job in zip(part, jobs, strict=True)}
    return found
