"""A run over several incidents: those named, or all that may have something to do."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import sleep
from typing import Protocol

from structlog.contextvars import bound_contextvars

from connectors.errors import ConnectorError
from connectors.incidents import IncidentId
from connectors.pacing.side_by_side import Begun
from worker.jobs.catalogue import look, near
from worker.jobs.context import JobContext
from worker.jobs.due_incidents import Due, Search, find, move_cursors
from worker.jobs.incident_job import run_incident
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.last_results import log_result
from worker.jobs.pages.left_pages import left_pages
from worker.jobs.results import IncidentResult, RunResult, Trigger, failed, together
from worker.jobs.run_state import FoundAccounts, ReadTickets, RunCache, not_configured
from worker.log import Log
from worker.store.document_store import StoreAway

log = Log(__name__)


class Progress(Protocol):
    """Who is told how far a run has come, from several threads at once."""

    def due(self, count: int) -> None:
        """Take in how many incidents there are, those included that were done already."""

    def ended(self, result: IncidentResult) -> None:
        """Take in what came of one of them."""


class Untold:
    """Nobody is told."""

    def due(self, count: int) -> None:
        """Leave it."""

    def ended(self, result: IncidentResult) -> None:
        """Leave it."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked to do.

    ``incidents`` empty means all. It ``pulls`` the facts, it ``tracks`` the tickets; those named
    are drafted ``while_open``, too, and it ``remakes`` the documents that people removed. ``since``
    looks back that far for resolved incidents without a document. ``wait`` is how many seconds the
    run may wait for the tracker's search index. So many incidents are worked on ``at_a_time``, each
    begun in its turn; a dry run, whose database is a copy on one connection, must take them singly.
    """

    trigger: Trigger
    incidents: tuple[IncidentId, ...] = ()
    pulls: bool = True
    tracks: bool = True
    while_open: bool = False
    remakes: bool = False
    since: timedelta | None = None
    wait: float = 0.0
    at_a_time: int = 1
    progress: Progress = field(default_factory=Untold)
    sleep: Callable[[float], None] = sleep


def run_many(context: JobContext, request: RunRequest) -> RunResult:
    """Do the run; what fails for one incident is in its result and the others are still done."""
    return _Run(context, request).result()


class _Run:
    """One run, under way."""

    def __init__(self, context: JobContext, request: RunRequest) -> None:
        self.context = context
        self.request = request
        named = request.incidents
        found = near(context, named, to_write=True) if named else look(context, to_write=True)
        self.cache = RunCache(found, FoundAccounts(context.policy.owners))
        self.results: dict[IncidentId, IncidentResult] = {}

    def result(self) -> RunResult:
        """Find what is due, work through it, and wait for what must be waited for."""
        started = self.context.clock()
        due = self._due()
        self._work(due.all())
        self._wait_for_index()
        pulled = not any(self.results[one].failures for one in due.pull)
        move_cursors(self.context, due, started, pulled=pulled)
        return RunResult(
            incidents=tuple(self.results.values()),
            unchanged=0 if self.request.incidents else self.cache.catalogue.others(self.results),
            notices=(
                *not_configured(self.context, tracks=self.request.tracks),
                *(() if self.request.incidents else left_pages(self.context)),
            ),
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
        turns = _Turns(dict(due), self.results, self.request.progress)
        hands = min(self.request.at_a_time, len(due))
        if hands <= 1:
            self._hand(turns, self.cache)
            return
        try:
            for hand in [Begun(lambda: self._hand(turns, None)) for _ in range(hands)]:
                hand.result()
        finally:
            turns.close()

    def _hand(self, turns: "_Turns", cache: RunCache | None) -> None:
        """Work on one incident after the other; without a cache each has a part of the run's."""
        try:
            while (turn := turns.next()) is not None:
                own = cache or self.cache.part(turn.incident)
                result = self._one(
                    turn.incident, own, pulls=turn.pulls, follows_merge=turn.is_target
                )
                self.cache.take_in(own, turn.incident)
                turns.ended(result)
        finally:
            turns.close()  # where this one fails, nobody waits for its turn to end

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

    def _one(
        self, name: IncidentId, cache: RunCache, *, pulls: bool, follows_merge: bool = False
    ) -> IncidentResult:
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
            try:
                result = run_incident(self.context, request, cache)
            except StoreAway as error:
                result = failed(name, str(error))
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
            self.cache.catalogue = near(self.context, list(waiting))
            for name in waiting:
                again = self._one(name, self.cache, pulls=False)
                self.results[name] = together(self.results[name], again)

    def _unreadable(self) -> Iterable[str]:
        """Tell of files that cannot be read, but of those whose own job told it."""
        if self.request.incidents:
            return
        for one in self.context.journal.with_problems():
            result = self.results.get(one.incident)
            if not (result and result.failures):
                yield one.problem


@dataclass(frozen=True, slots=True)
class _Turn:
    """An incident to be worked on now; another may have been merged into it."""

    incident: IncidentId
    pulls: bool
    is_target: bool


class _Turns:
    """Whose turn it is, for several hands; ``results`` are in the order of the turns.

    What an incident was merged into has a turn of its own, once for all that were.
    """

    def __init__(
        self,
        queue: Mapping[IncidentId, bool],
        results: dict[IncidentId, IncidentResult],
        progress: Progress,
    ) -> None:
        self._queue = dict(queue)
        self._results = results
        self._progress = progress
        self._targets = set[IncidentId]()
        self._under_way = set[IncidentId]()
        self._once_more = set[IncidentId]()
        self._changed = threading.Condition()
        progress.due(len(self._queue))

    def next(self) -> _Turn | None:
        """Give the next incident, None where none is left and none is to come."""
        with self._changed:
            while not self._queue and self._under_way:
                self._changed.wait()
            if not self._queue:
                return None
            name = next(iter(self._queue))
            self._under_way.add(name)
            self._results.setdefault(name, IncidentResult(name))
            return _Turn(name, self._queue.pop(name), name in self._targets)

    def ended(self, result: IncidentResult) -> None:
        """Take in what came of a turn."""
        name, target = result.incident, result.merged_into
        with self._changed:
            self._results[name] = together(self._results[name], result)
            self._under_way.discard(name)
            is_done = name not in self._once_more
            if not is_done:
                self._once_more.discard(name)
                self._queue[name] = True
            if target in self._under_way:  # it began without knowing of the merge
                self._targets.add(target)
                self._once_more.add(target)
            elif target and (target in self._queue or target not in self._results):
                self._targets.add(target)
                self._queue[target] = True
            told = self._results[name]
            self._changed.notify_all()
            self._progress.due(len({*self._results, *self._queue}))
        if is_done:
            self._progress.ended(told)

    def close(self) -> None:
        """Give no more turns."""
        with self._changed:
            self._queue.clear()
            self._under_way.clear()
            self._changed.notify_all()
