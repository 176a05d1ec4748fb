"""Work for many incidents: what is due, and what a person asks for.

It is put into the queue, a job for each incident; where no server works, it is done right here.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from config.settings import Settings
from connectors.incidents import IncidentId
from worker.jobs.catalogue import look, must_be_usable
from worker.jobs.context import JobContext
from worker.jobs.due_incidents import Search, find, move_cursors
from worker.jobs.job_lifecycle import JobPhase, JobRequest, JobState, Standing
from worker.jobs.results import IncidentResult, RunResult, Trigger, together
from worker.jobs.run_state import ReadTickets
from worker.queue.leases import AT_A_TIME, workers

if TYPE_CHECKING:
    from worker.jobs.run_many import RunRequest
    from worker.queue.queue import Client

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
    context: JobContext, queue: "Client", trigger: Trigger, since: timedelta | None = None
) -> EnqueuedDue:
    """Put a job for each incident that is due into the queue, then move the watermarks.

    What the queue sees to already is left to it, unless a person asks. A process that is killed
    in between leaves the watermarks as they were, so the next look finds the same.
    """
    started = context.clock()
    catalogue = look(context, to_write=True)
    due = find(Search(context, catalogue, trigger, since, ReadTickets()))
    standing: Mapping[str, Standing] = {} if trigger is Trigger.COMMAND else queue.standing()
    requests = []
    for incident, pulls in due.all():
        request = JobRequest(incident, trigger, pulls=pulls, found=True)
        known = standing.get(incident)
        if known is None or not known.sees_to(request, due.news.get(incident)):
            requests.append(request)
    jobs = _enqueue(queue, requests)
    if trigger is Trigger.SCHEDULE:
        jobs |= _try_again(context, queue, standing, jobs)
    move_cursors(context, due, started)
    unchanged = catalogue.others(jobs)
    seen_to = {*jobs, *standing}
    unreadable = [
        one.problem for one in context.journal.with_problems() if one.incident not in seen_to
    ]
    return EnqueuedDue(jobs, unchanged, (*due.failures, *unreadable))


def _try_again(
    context: JobContext,
    queue: "Client",
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


def _enqueue(queue: "Client", requests: Sequence[JobRequest]) -> dict[IncidentId, str]:
    found: dict[IncidentId, str] = {}
    for at in range(0, len(requests), TOGETHER):
        part = requests[at : at + TOGETHER]
        jobs = queue.enqueue_all(part)
        found |= {one.incident: job for one, job in zip(part, jobs, strict=True)}
    return found


LOOK_EVERY = 0.2
DESERTED = 30.0
"""Seconds without a process that works, after which a job is no longer waited for."""


def carry_out(settings: Settings, context: JobContext, request: "RunRequest") -> RunResult:
    """Do what a command asks for, and give its result.

    Where servers work on the same database, the jobs go through their queue, so that an incident's
    job still runs once at a time; a dry run writes nothing and needs nobody.
    """
    from worker.jobs.run_many import run_many  # noqa: PLC0415 - a look for what is due needs none

    return context.do_or_tell(
        partial(_carried_out, settings, context, request),
        partial(run_many, context, replace(request, wait=0)),
    )()


def _carried_out(settings: Settings, context: JobContext, request: "RunRequest") -> RunResult:
    from worker.jobs.run_many import run_many  # noqa: PLC0415 - as above

    must_be_usable(context)
    servers = workers(settings.database_url.get_secret_value())
    if servers:
        with asking(settings) as queue:
            result = _through(queue, context, request, servers)
    else:
        result = run_many(context, replace(request, at_a_time=AT_A_TIME))
    if not request.incidents and request.pulls and request.tracks and not result.failures:
        context.journal.last_look.forget()  # it looked for all that the scheduled one does
    return result


@contextmanager
def asking(settings: Settings) -> Iterator["Client"]:
    """Give the queue to ask and to look, without working for it."""
    from worker.queue.queue import Client  # noqa: PLC0415 - loads the engine

    queue = Client(settings.database_url.get_secret_value())
    queue.start()
    try:
        yield queue
    finally:
        queue.stop()


def _through(
    queue: "Client", context: JobContext, request: "RunRequest", servers: int
) -> RunResult:
    if request.incidents:
        requests = [
            JobRequest(
                one,
                Trigger.COMMAND,
                pulls=request.pulls,
                tracks=request.tracks,
                while_open=request.while_open,
                remakes=request.remakes,
            )
            for one in request.incidents
        ]
        handed = EnqueuedDue(dict(zip(request.incidents, queue.enqueue_all(requests), strict=True)))
    else:
        handed = enqueue_due(context, queue, Trigger.COMMAND, request.since)
    processes = "a process that runs" if servers == 1 else f"{servers} processes that run"
    wait = _Wait(queue, request, handed.jobs)
    return RunResult(
        incidents=tuple(wait.results()),
        unchanged=handed.unchanged,
        notices=(f"The work was done by {processes} on the same database.", *wait.notices),
        failures=handed.failures,
    )


class _Wait:
    """Waiting for jobs that others do; ``notices`` are what they noted."""

    def __init__(
        self, queue: "Client", request: "RunRequest", jobs: Mapping[IncidentId, str]
    ) -> None:
        self.notices: dict[str, None] = {}
        self._queue = queue
        self._request = request
        self._waiting = dict(jobs)
        self._patience = time.monotonic() + request.wait
        self._last_seen = self._looked = time.monotonic()

    def results(self) -> list[IncidentResult]:
        """Give the results of all jobs, in the order in which they came."""
        found: list[IncidentResult] = []
        self._request.progress.due(len(self._waiting))
        while self._waiting:
            deserted = self._deserted()
            states = self._queue.states(list(self._waiting.values()))
            for incident, job in list(self._waiting.items()):
                state = states.get(job)
                told = self._told(incident, state, deserted=deserted)
                if told:
                    found += told
                    self._request.progress.ended(told[0])
                    self.notices |= dict.fromkeys(state.notices if state else ())
                    del self._waiting[incident]
            if self._waiting:
                time.sleep(LOOK_EVERY)
        return found

    def _deserted(self) -> bool:
        """Tell whether nobody has worked for long; asked now and then, for each look connects."""
        now = time.monotonic()
        if now - self._looked > DESERTED / 6:
            self._looked = now
            if self._queue.workers():
                self._last_seen = now
        return now - self._last_seen > DESERTED

    def _told(
        self, incident: IncidentId, state: JobState | None, *, deserted: bool
    ) -> Sequence[IncidentResult]:
        """Give what became of a job, nothing while it is to be waited for."""
        if state is None:
            return [IncidentResult(incident, failures=("The queue has forgotten the job.",))]
        if state.phase.over:
            return _results(incident, state)
        if state.phase is JobPhase.RETRYING and state.failures:
            return [_told_when(one, state) for one in _results(incident, state)]
        seconds = _seconds_until(state)
        if state.phase is JobPhase.RETRYING and time.monotonic() + seconds > self._patience:
            return _results(incident, state, again_in=seconds)
        if deserted:
            sentence = (
                f"Nobody works on the database any more, so incident {incident} waits. "
                "Its job is stored and is done once `postmortem serve` or `work` runs again."
            )
            return [IncidentResult(incident, failures=(sentence,))]
        return []


def _results(
    incident: IncidentId, state: JobState, again_in: float | None = None
) -> Sequence[IncidentResult]:
    """Give a job's results, those of its attempts put together.

    What the queue knows of its failures, and the results do not tell, is told of its incident.
    """
    found: dict[IncidentId, IncidentResult] = {}
    for one in state.results:
        before = found.get(one.incident)
        found[one.incident] = together(before, one) if before else one
    own = found.get(incident, IncidentResult(incident))
    told = {sentence for one in found.values() for sentence in one.failures}
    untold = tuple(sentence for sentence in state.failures if sentence not in told)
    found[incident] = replace(own, failures=(*own.failures, *untold))
    waits = {
        name: replace(one, again_in=again_in)
        for name, one in found.items()
        if one.again_in or not state.results
    }
    return list((found | waits).values())


def _told_when(result: IncidentResult, state: JobState) -> IncidentResult:
    if not result.failures:
        return result
    from worker.drafting.text.wording import duration  # noqa: PLC0415 - for whoever waits alone

    after = duration(timedelta(seconds=_seconds_until(state)))
    told = f"Incident {result.incident} is tried again in {after} by itself."
    return replace(result, failures=(*result.failures, told))


def _seconds_until(state: JobState) -> float:
    return max(state.next_at.timestamp() - time.time(), 0.0) if state.next_at else 0.0
