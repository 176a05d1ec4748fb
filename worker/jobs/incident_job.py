"""One incident's job: the same whoever asks for it, safe to run twice, serial per incident."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from connectors.errors import ConnectorError, NotFound, PostmortemError, worded
from connectors.incidents import Incident, IncidentId
from worker.document.front_matter import DocumentError
from worker.document.unread.unfinished_text import refuse_conflicts
from worker.drafting.draft_filter import everybody
from worker.jobs.announcing.announce_step import AnnounceStep
from worker.jobs.catalogue import near, up_to_date, with_document
from worker.jobs.context import JobContext, merge_target, note_facts, note_merge
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.last_results import Halves, keep_result
from worker.jobs.pages.page_step import PageStep
from worker.jobs.pull_incident import (
    MergedAway,
    Pulled,
    obtain,
    origin,
    what_happened,
)
from worker.jobs.results import Deed, IncidentResult, Report, entries, failed
from worker.jobs.run_state import FoundAccounts, RunCache, TicketWork
from worker.jobs.tickets.sync_tickets import remember, sync_tickets
from worker.jobs.write_document import (
    Composed,
    KeepsChanging,
    OpenDocument,
    compose,
    open_document,
    save,
    stays_away,
)
from worker.journal.records import Claim, KnownDocument
from worker.log import Log
from worker.store.document_store import Changed, StoreAway, shows_the_same

ATTEMPTS = 5
"""How often a document that changed under the program is read and merged again."""

log = Log(__name__)


def do_job(context: JobContext, request: JobRequest) -> Sequence[IncidentResult]:
    """Do what is asked about one incident, and about the one that it was merged into.

    Raises ``StoreAway`` where the store cannot be used; see :func:`run_incident`.
    """
    found = near(context, [request.incident], to_write=True)
    cache = RunCache(found, FoundAccounts(context.policy.owners))
    results: dict[IncidentId, IncidentResult] = {}
    while request.incident not in results:
        results[request.incident] = result = run_incident(context, request, cache)
        if result.merged_into:
            request = replace(request, incident=result.merged_into, pulls=True, follows_merge=True)
    return tuple(results.values())


def run_incident(context: JobContext, request: JobRequest, cache: RunCache) -> IncidentResult:
    """Do one incident's job, as a part of a run; what could not be done is told in its result.

    Raises ``StoreAway`` where the store went away meanwhile.
    """
    incident, document, halves = request.incident, None, Halves()
    try:
        with context.locks.held(incident, context.policy.lock_wait) as claim:
            cache.forget_stale(incident, context.journal.tickets(incident))
            cache.catalogue = up_to_date(context, cache.catalogue, incident)
            steps = _Steps(context, request, cache, claim)
            result, document = steps.result()
            halves = steps.halves
    except StoreAway:
        context.journal.unsettle(incident)
        raise
    except PostmortemError as error:
        context.journal.unsettle(incident)  # so that the next look finds it, changed or not
        result = failed(incident, str(error))
    except Exception as error:
        context.journal.unsettle(incident)
        log.exception("A job failed unexpectedly.")
        fault = worded(f"{type(error).__name__}: {error}")
        result = failed(
            incident,
            f"Incident {incident} was not finished: {fault}. "
            "This is a fault of the program; its log has the details (that of a command with "
            "POSTMORTEM_LOG_LEVEL=error).",
        )
    if document is not None:
        cache.catalogue = with_document(cache.catalogue, document)
    keep_result(context, request.trigger, result, halves)
    return result


class _Steps:
    """The steps of one job, on one incident."""

    def __init__(
        self, context: JobContext, request: JobRequest, cache: RunCache, claim: Claim
    ) -> None:
        self.context = context
        self.claim = claim
        self.request = request
        self.cache = cache
        self.catalogue = cache.catalogue
        self.report = Report(request.incident, self._keep)
        self.pulled: Pulled | None = None
        self.merged: MergedAway | None = None
        self.people: tuple[str, ...] | None = None
        self.halves = Halves()
        self.drafted: str | None = None  # the text of a document that was not there before
        self.announcement = AnnounceStep(context, cache, claim, self.report)

    def result(self) -> tuple[IncidentResult, KnownDocument | None]:
        """Go through the steps; give the result, and the document as it is known from now on.

        What source and tracker refuse is in the result. Raises ``PostmortemError`` where the
        document itself cannot be used: copied, not readable, changing all the time.
        """
        has_document = self.catalogue.find(self.request.incident) is not None
        obtained = obtain(
            self.context, self.request, self.cache, self.report, has_document=has_document
        )
        if self.request.pulls and self.context.source is not None:
            self.halves = Halves(facts=self.report.told)
        if isinstance(obtained, IncidentResult):
            return obtained, None
        if isinstance(obtained, MergedAway):
            self.merged, self.report.merged_into = obtained, merge_target(obtained.incident)
        else:
            self.pulled = obtained
        if not has_document and (told := stays_away(self.context, self.request)):
            return replace(self.report.result(), skipped=told, warnings=(), again_in=None), None
        for _ in range(ATTEMPTS):
            try:
                opened = self._open()
                if opened is None:
                    return self.report.result(), None
                at, composed = opened
                self.halves = self.halves.opened(self.report.told)
                work, synced = self._ticket_work(at), None
                if work is not None:
                    with self._failures_told(at.name):
                        synced = sync_tickets(
                            work, composed.text, self._incident(), forgotten=self._forgotten(at)
                        )
                    self.halves = self.halves.synced(self.report.told)
                if synced is None:
                    return self._save(at, composed, None)
                return self._save(at, replace(composed, text=synced), work)
            except Changed:
                self.report.start_over()
                self.catalogue = near(self.context, [self.request.incident])
        raise KeepsChanging(
            f"The document of incident {self.request.incident} changed {ATTEMPTS} times while it "
            "was being brought up to date, so it was left as it is.",
            "Try again when nobody is writing.",
        )

    def _open(self) -> tuple[OpenDocument, Composed] | None:
        """Read the document and bring the facts into it; None where there is none to be had.

        A new document is saved before its first ticket is created, so that a ticket without a
        document cannot be: where there is no document, no create was lost.
        """
        incident = self.request.incident
        at = open_document(self.context, self.catalogue, incident, self.pulled)
        if at is None:
            words = self.context.source_words
            self.report.fail(
                f"Incident {incident} has no document, and {words.name} is not configured "
                f"to draft one. Set {words.setting}."
            )
            return None
        try:
            refuse_conflicts(at.text or "")
            facts = self.pulled or self.merged
            composed = compose(self.context, at, facts, self.report)
        except DocumentError as error:
            told = f"{at.name} was left as it is: {error.what}"
            raise PostmortemError(told, error.remedy) from error
        if at.version is not None:
            return at, composed
        self.announcement.before_draft(self.pulled)
        known = save(self.context, at, composed, self.report)
        if known is None:  # a dry run goes on with what would be there
            return at, composed
        self.catalogue = with_document(self.catalogue, known)
        self.drafted = composed.text
        return self._open()

    def _ticket_work(self, at: OpenDocument) -> TicketWork | None:
        """Give what the ticket half works on, None where it is left out."""
        tracker = self.context.tracker
        if tracker is None or not self.request.tracks:
            return None
        if self.cache.out_of_quota:
            self.report.fail(
                f"The tickets of {at.name} were left for the next run: {self.cache.out_of_quota}"
            )
            return None
        busy = self._busy(at)
        return TicketWork(
            context=self.context,
            tracker=tracker,
            report=self.report,
            origin=origin(self.context, self.request.incident, at.name, self.pulled),
            cache=self.cache,
            hold=busy,
            busy=bool(busy),
            people=self._people,
            claim=self.claim,
        )

    @contextmanager
    def _failures_told(self, document: str) -> Iterator[None]:
        """Tell where the tracker failed; the document's half is saved without the tickets'."""
        try:
            yield
        except ConnectorError as error:
            self.report.fail(f"The tickets of {document} are not up to date: {error}")
        except PostmortemError as error:
            self.report.fail(str(error))

    def _people(self) -> tuple[str, ...]:
        """Give the names of the incident's people, read for it where nothing was pulled."""
        if self.people is None:
            record = self.pulled.record if self.pulled else None
            if record is None and self.context.source and not self.cache.source_fails:
                with suppress(ConnectorError):  # the ticket goes without an assignee, and says so
                    record = self.context.source.record(self.request.incident)
            self.people = tuple(sorted(everybody(record))) if record else ()
        return self.people

    def _incident(self) -> Incident | None:
        """Give the incident for its route, read alone where nothing else was pulled."""
        if self.pulled is not None:
            return self.pulled.record.incident
        needs_route = any(one.services or one.teams for one in self.context.policy.routes)
        if self.context.source is None or not needs_route:
            return None
        try:
            return self.context.source.incident(self.request.incident)
        except NotFound:
            return None

    def _busy(self, at: OpenDocument) -> str:
        """Say why people are taken to be writing still, "" if not."""
        known, now = self.catalogue.find(self.request.incident), self.context.clock()
        is_ours = at.text == self.drafted  # though its fingerprint may not tell so yet
        if is_ours or not self.request.automatic or at.version is None or known is None:
            return ""
        told = at.version.fingerprint
        written = bool(told) and not shows_the_same(told, known.fingerprint)
        quiet_at = (now if written else known.seen_at) + self.context.policy.quiet_for
        if now >= quiet_at or (known.settled and not written):
            return ""
        left = (quiet_at - now).total_seconds() / 60
        return f"it was changed just now; the schedule waits {left:.0f} min more for quiet"

    def _forgotten(self, at: OpenDocument) -> bool:
        """Tell whether the journal remembers nothing of a document that was there before it."""
        known = self.context.journal.incident(self.request.incident)
        return at.text is not None and (known is None or not known.made)

    def _save(
        self, at: OpenDocument, composed: Composed, work: TicketWork | None
    ) -> tuple[IncidentResult, KnownDocument | None]:
        """Save the document, and remember what was done about it."""
        journal, incident = self.context.journal, self.request.incident
        known = save(self.context, at, composed, self.report)
        if work is not None:
            remember(work, composed.text)
        step = PageStep(self.context, self.request, self.cache, self.claim, self.report)
        forgotten = self._forgotten(at)
        known = step.show(at.name, composed.text, known, self.pulled, forgotten=forgotten)
        self.announcement.show(at.name, composed.text, self.pulled)
        if known is not None:
            unfinished = self.report.failures or self.report.again_in or (work and work.busy)
            left_out = work is None and (self.context.tracker or not self.context.shows)
            known = replace(known, settled=self._was_settled(known) if left_out else not unfinished)
            journal.remember([known])
            journal.skips.forget(incident)
        if self.merged is not None:
            note_merge(self.context, self.merged.incident)
        if self.pulled is not None:
            summary = what_happened(self.pulled.content)
            note_facts(self.context, self.pulled.record, summary)
        return self.report.result(), known

    def _was_settled(self, known: KnownDocument) -> bool:
        """Tell whether the ticket half, left out now, was done for the document as it is."""
        before = None if self.drafted is not None else self.catalogue.find(self.request.incident)
        return before is not None and before.settled and before.fingerprint == known.fingerprint

    def _keep(self, deeds: Sequence[Deed]) -> None:
        at = self.context.clock()
        self.context.journal.record(entries(deeds, self.request.incident, self.request.trigger, at))
