"""A run over several incidents: those named, or all that may have something to do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import sleep

import structlog

from connectors.errors import ConnectorError, PostmortemError
from connectors.incidents import IncidentId
from worker.jobs import incident_job as one_incident
from worker.jobs.catalogue import look, with_document
from worker.jobs.context import JobContext
from worker.jobs.due_incidents import Due, Search, find, move_cursors
from worker.jobs.job import Job, Shared
from worker.jobs.job_request import JobRequest
from worker.jobs.results import IncidentResult, RunResult, Trigger, failed, together
from worker.jobs.ticket_work import Accounts, Seen

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do.

    ``incidents`` empty means all. It ``pulls`` facts and ``tracks`` tickets. ``since`` looks
    back that far for resolved incidents without a document. ``wait`` is how many seconds the run
    may wait for the tracker's search index. ``progress`` is told each incident as its job begins.
    """

    trigger: Trigger
    incidents: tuple[str, ...] = ()
    pulls: bool = True
    tracks: bool = True
    resolved_at: datetime | None = None
    since: timedelta | None = None
    wait: float = 0.0
    progress: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = sleep


def run(context: JobContext, order: Order) -> RunResult:
    """Do the run; what fails for one incident is in its result and the others are still done."""
    return _Run(context, order).result()


class _Run:
    """One run, under way."""

    def __init__(self, context: JobContext, order: Order) -> None:
        self.context = context
        self.order = order
        self.shared = Shared(accounts=Accounts(context.policy.owners))
        self.catalogue = look(context)
        self.results: dict[str, IncidentResult] = {}

    def result(self) -> RunResult:
        """Find what is due, work through it, and wait for what must be waited for."""
        started = self.context.clock()
        due = self._due()
        self._work(due.all())
        self._wait_for_index()
        if not self.context.dry_run:
            pulled = not any(self.results[one].failures for one in due.pull)
            move_cursors(self.context, due, started, pulled=pulled)
        others = sum(1 for one in self.catalogue.by_incident if one not in self.results)
        return RunResult(
            incidents=tuple(self.results.values()),
            unchanged=0 if self.order.incidents else others,
            notices=tuple(self._notices()),
            failures=(*due.failures, *self._unreadable()),
            dry_run=self.context.dry_run,
        )

    def _due(self) -> Due:
        order = self.order
        if order.incidents:
            named = dict.fromkeys(order.incidents)
            return Due(pull=named) if order.pulls else Due(track=named)
        return find(
            Search(self.context, self.catalogue, order.trigger, order.since, self.shared.seen)
        )

    def _work(self, due: Sequence[tuple[str, bool]]) -> None:
        self._read_ahead([name for name, _ in due])
        queue = dict(due)
        while queue:
            name = next(iter(queue))
            pulls = queue.pop(name)
            self.order.progress(name)
            self.results[name] = self._one(name, pulls=pulls)
            target = self.results[name].merged_into
            if target and target not in self.results:
                queue[target] = True

    def _read_ahead(self, incidents: Sequence[str]) -> None:
        """Read the tickets of all documents that are due in as few calls as can be."""
        tracker = self.context.tracker
        if tracker is None or not self.order.tracks:
            return
        remembered = {name: self.context.journal.tickets(name) for name in incidents}
        self.shared.remembered.update(remembered)
        ids = [one.id for tickets in remembered.values() for one in tickets]
        try:
            self.shared.seen.read(tracker, ids)
        except ConnectorError as error:
            # Each document's own job meets the same error, and tells it by the document's name.
            log.info("tickets could not be read ahead", error=str(error))

    def _one(self, name: str, *, pulls: bool) -> IncidentResult:
        order = self.order
        request = JobRequest(
            IncidentId(name),
            order.trigger,
            pulls=pulls,
            tracks=order.tracks,
            resolved_at=order.resolved_at,
        )
        job = Job(request, self.shared)
        try:
            result, document = one_incident.run(self.context, job, name, self.catalogue)
        except PostmortemError as error:
            self.context.journal.unsettle(name)
            return failed(name, str(error))
        except Exception as error:
            self.context.journal.unsettle(name)
            log.exception("a job failed unexpectedly", incident=name)
            return failed(
                name,
                f"Incident {name} was not finished: {type(error).__name__}: {error}. "
                "This is a fault of the program; its log has the details.",
            )
        if document is not None:
            self.catalogue = with_document(self.catalogue, document)
        return result

    def _wait_for_index(self) -> None:
        """Wait for the search index where that is short enough, and go on with what waited."""
        left = self.order.wait
        while not self.context.dry_run:
            waiting = {
                name: one.again_in
                for name, one in self.results.items()
                if one.again_in and not one.skipped
            }
            pause = max(waiting.values(), default=0.0)
            if not waiting or pause > left:
                return
            self.order.sleep(pause)
            left -= pause
            self.shared = replace(self.shared, seen=Seen())
            self.catalogue = look(self.context)
            for name in waiting:
                again = self._one(name, pulls=False)
                self.results[name] = together(self.results[name], again)

    def _unreadable(self) -> Iterable[str]:
        """Tell of files that cannot be read, but of those whose own job told it."""
        for one in self.catalogue.documents.values():
            result = self.results.get(one.incident)
            if one.problem and not self.order.incidents and not (result and result.failures):
                yield one.problem

    def _notices(self) -> Iterable[str]:
        if self.context.source is None:
            yield (
                "PagerDuty is not configured (PAGERDUTY_API_KEY), so no draft was written or "
                "refreshed."
            )
        if self.context.tracker is None and self.order.tracks:
            yield "Jira is not configured (JIRA_URL), so no ticket was created and none was read."
