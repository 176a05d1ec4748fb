"""A run over several incidents: those named, or all that may have something to do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import sleep

import structlog
from structlog.contextvars import bound_contextvars

from connectors.errors import ConnectorError
from connectors.incidents import IncidentId
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.jobs.due_incidents import Due, Search, find, move_cursors
from worker.jobs.incident_job import run_incident
from worker.jobs.job import JobRequest
from worker.jobs.last_results import log_result
from worker.jobs.results import IncidentResult, RunResult, Trigger, together
from worker.jobs.run_state import FoundAccounts, ReadTickets, RunCache, not_configured

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked to do.

    ``incidents`` empty means all. It ``pulls`` the facts, it ``tracks`` the tickets; those named
    are drafted ``while_open``, too, and it ``remakes`` the documents that people removed. ``since``
    looks back that far for resolved incidents without a document. ``wait`` is how many seconds the
    run may wait for the tracker's search index. ``progress`` is told each incident as its job
    begins.
    """

    trigger: Trigger
    incidents: tuple[IncidentId, ...] = ()
    pulls: bool = True
    tracks: bool = True
    while_open: bool = False
    remakes: bool = False
    since: timedelta | None = None
    wait: float = 0.0
    progress: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = sleep


def run_many(context: JobContext, request: RunRequest) -> RunResult:
    """Do the run; what fails for one incident is in its result and the others are still done."""
    return _Run(context, request).result()


class _Run:
    """One run, under way."""

    def __init__(self, context: JobContext, request: RunRequest) -> None:
        self.context = context
        self.request = request
        self.cache = RunCache(look(context, to_write=True), FoundAccounts(context.policy.owners))
        self.results: dict[IncidentId, IncidentResult] = {}

    def result(self) -> RunResult:
        """Find what is due, work through it, and wait for what must be waited for."""
        started = self.context.clock()
        due = self._due()
        self._work(due.all())
        self._wait_for_index()
        pulled = not any(self.results[one].failures for one in due.pull)
        move_cursors(self.context, due, started, pulled=pulled)
        others = sum(1 for one in self.cache.catalogue.by_incident if one not in self.results)
        return RunResult(
            incidents=tuple(self.results.values()),
            unchanged=0 if self.request.incidents else others,
            notices=tuple(not_configured(self.context, tracks=self.request.tracks)),
            failures=(*due.failures, *self._unreadable()),
            dry_run=self.context.dry_run,
        )

    def _due(self) -> Due:
        request = self.request
        if request.incidents:
            named = dict.fromkeys(request.incidents)
            return Due(pull=named) if request.pulls else Due(track=named)
        catalogue, tickets = self.cache.catalogue, self.cache.tickets
        return find(Search(self.context, catalogue, request.trigger, request.since, tickets))

    def _work(self, due: Sequence[tuple[IncidentId, bool]]) -> None:
        self._read_ahead([name for name, _ in due])
        queue, targets = dict(due), set[IncidentId]()
        while queue:
            name = next(iter(queue))
            pulls = queue.pop(name)
            self.request.progress(name)
            self.results[name] = self._one(name, pulls=pulls, follows_merge=name in targets)
            target = self.results[name].merged_into
            if target and target not in self.results:
                queue[target] = True
                targets.add(target)

    def _read_ahead(self, incidents: Sequence[IncidentId]) -> None:
        """Read the tickets of all documents that are due in as few calls as can be."""
        tracker = self.context.tracker
        if tracker is None or not self.request.tracks:
            return
        remembered = {name: self.context.journal.tickets(name) for name in incidents}
        self.cache.remembered.update(remembered)
        ids = [one.id for tickets in remembered.values() for one in tickets]
        try:
            self.cache.tickets.read(tracker, ids)
        except ConnectorError as error:
            # Each document's own job meets the same error, and tells it by the document's name.
            log.info("tickets could not be read ahead", error=str(error))

    def _one(self, name: IncidentId, *, pulls: bool, follows_merge: bool = False) -> IncidentResult:
        request = JobRequest(
            name,
            self.request.trigger,
            pulls=pulls,
            tracks=self.request.tracks,
            while_open=self.request.while_open,
            remakes=self.request.remakes,
            follows_merge=follows_merge and name not in self.request.incidents,
            found=not self.request.incidents,
        )
        with bound_contextvars(incident=name, trigger=request.trigger.value):
            result = run_incident(self.context, request, self.cache)
            log_result(result)
        return result

    def _wait_for_index(self) -> None:
        """Wait for the search index where that is short enough, and go on with what waited."""
        left = self.request.wait
        while True:
            waiting = {
                name: one.again_in
                for name, one in self.results.items()
                if one.again_in and not one.skipped
            }
            pause = max(waiting.values(), default=0.0)
            if not waiting or pause > left:
                return
            self.request.sleep(pause)
            left -= pause
            self.cache.tickets = ReadTickets()
            self.cache.catalogue = look(self.context)
            for name in waiting:
                again = self._one(name, pulls=False)
                self.results[name] = together(self.results[name], again)

    def _unreadable(self) -> Iterable[str]:
        """Tell of files that cannot be read, but of those whose own job told it."""
        for one in self.cache.catalogue.documents.values():
            result = self.results.get(one.incident)
            if one.problem and not self.request.incidents and not (result and result.failures):
                yield one.problem
