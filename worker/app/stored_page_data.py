"""What the web pages and the API are given: the documents, the journal, and the queue."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Lock

from config.page_users import PageUser
from config.template_names import Column
from connectors.errors import Finding, PostmortemError
from connectors.incidents import IncidentId
from worker.app.listing.stored_lists import StoredLists
from worker.document.lint.findings import LintFinding
from worker.jobs.context import JobContext
from worker.jobs.documents.document_status import DocumentStatus, ListedDocument
from worker.jobs.edits.add_picture import AddedPicture, add_picture
from worker.jobs.edits.new_item import ItemChoices, add_action_item, item_choices
from worker.jobs.edits.review_document import ReviewChange, change_review, findings_of
from worker.jobs.edits.save_edit import (
    OpenedText,
    Saved,
    as_shown,
    give_out,
    open_text,
    save_edit,
    with_section_of,
    within_reason,
)
from worker.jobs.edits.settle_suggestion import keep_words, take_facts
from worker.jobs.job_lifecycle import JobPhase, JobRequest, JobState
from worker.jobs.reminding.digests import failed_digests
from worker.jobs.reports.document_notes import DocumentNotes, document_notes
from worker.jobs.reports.figures import ReportBy
from worker.jobs.reports.journal_report import (
    JournalEntry,
    SkippedIncident,
    journal_of,
    latest_entries,
    skipped_incidents,
)
from worker.jobs.reports.report_period import PeriodReport, report_period
from worker.jobs.reports.search_documents import SearchResult, search_documents
from worker.jobs.results import IncidentResult, SuggestedText, Trigger
from worker.jobs.status_report import (
    document_text,
    failed_look,
    seen_text,
    undrafted,
)
from worker.journal.web_memory import WebDraft
from worker.queue.queue import Client
from worker.store.document_store import StoreAway
from worker.web.page_data import DocumentView, QueueView

_LONGEST_TURN = 30.0
"""Seconds that a plan waits for another, since each takes a copy of the database."""


class StoredPageData:
    """The data of pages, from the parts that jobs work with."""

    def __init__(
        self,
        context: JobContext,
        queue: Client,
        plan: Callable[[IncidentId], IncidentResult] | None = None,
        check: Callable[[], Sequence[Finding]] | None = None,
        lists: StoredLists | None = None,
    ) -> None:
        """``plan`` goes through an incident's job without writing anything; ``check`` looks.

        ``lists`` are shared with whoever looks through them before pages are asked for.
        """
        self._context = context
        self._queue = queue
        self._plan = plan
        self._check = check
        self._one_plan = Lock()
        self._lists = lists or StoredLists(context)

    def documents(self) -> Sequence[DocumentStatus]:
        return self._lists.now().documents

    def listed(self) -> Sequence[ListedDocument]:
        return self._lists.now().listed

    def both(self) -> tuple[Sequence[DocumentStatus], Sequence[ListedDocument]]:
        found = self._lists.now()
        return found.documents, found.listed

    def jobs_under_way(self) -> Sequence[JobState]:
        return [one for one in self._queue.current() if not one.phase.over]

    def failed_look(self, documents: Sequence[DocumentStatus]) -> str:
        failed = (failed_look(self._context, documents), *failed_digests(self._context))
        return " ".join(filter(None, (*failed, self.told_of_lists())))

    def told_of_lists(self) -> str:
        return self._lists.last().told

    def skipped(self) -> Sequence[SkippedIncident]:
        return skipped_incidents(self._context)

    def document(self, incident: IncidentId) -> DocumentView | None:
        told = ""
        try:
            found = self._lists.asked(partial(document_text, self._context, incident))
        except StoreAway as error:
            found, told = seen_text(self._context, incident), str(error)
            if found is None:
                raise
        if found is None:
            failed = undrafted(self._context, incident)
            return DocumentView(failed, "", "", failed.last_result) if failed else None
        listed, text = found
        status, review = listed.status, listed.review
        return DocumentView(status, text, status.document, status.last_result, told, review)

    def notes(self, view: DocumentView) -> DocumentNotes:
        suggested = view.last_result.suggestions if view.last_result else ()
        incident = IncidentId(view.status.incident)
        return document_notes(self._context, incident, view.text, suggested)

    def opened(self, incident: IncidentId) -> OpenedText | None:
        return open_text(self._context, incident)

    def give_out(self, name: str, text: str) -> OpenedText:
        return give_out(self._context, name, text)

    def with_section(self, base: str, number: int, words: str) -> str:
        return with_section_of(self._context, base, number, words)

    def drafts(self, writer: str, incident: IncidentId) -> Sequence[WebDraft]:
        return self._context.journal.web_drafts.of(writer, incident)

    def keep_draft(
        self, writer: str, incident: IncidentId, text: str, base: str, editor: str
    ) -> None:
        text = within_reason(as_shown(text))
        self._context.journal.web_drafts.keep(writer, incident, text, base, editor)

    def forget_draft(self, writer: str, incident: IncidentId, editor: str) -> None:
        self._context.journal.web_drafts.forget(writer, incident, editor)

    def save(self, incident: IncidentId, text: str, base: str, by: PageUser) -> Saved:
        with self._writing():
            return save_edit(self._context, incident, text, base, by)

    def change_review(self, incident: IncidentId, change: ReviewChange, by: PageUser) -> Saved:
        with self._writing():
            return change_review(self._context, incident, change, by)

    def lint(self, incident: IncidentId) -> Sequence[LintFinding]:
        view = self.document(incident)
        if view is None or not view.name:
            return ()
        return findings_of(self._context, incident, view.name, view.text)

    def add_item(
        self, incident: IncidentId, cells: Mapping[Column, str], by: PageUser, base: str = ""
    ) -> Saved:
        with self._writing():
            return add_action_item(self._context, incident, cells, by, base)

    def item_choices(self, incident: IncidentId, words: str) -> ItemChoices:
        view = self.document(incident)
        return item_choices(self._context, view.text if view else "", words)

    def settle(
        self, incident: IncidentId, suggestion: SuggestedText, by: PageUser, *, take: bool
    ) -> None:
        settled = take_facts if take else keep_words
        with self._writing():
            settled(self._context, incident, suggestion, by)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let the lists know of what is written, also of what may have been."""
        try:
            yield
        finally:
            self._lists.changed()

    def add_picture(self, incident: IncidentId, data: bytes, by: PageUser) -> AddedPicture:
        return add_picture(self._context, incident, data, by)

    def attachment(self, incident: IncidentId, name: str) -> bytes | None:
        found = self.document(incident)
        if found is None:
            return None
        folder, slash, _ = found.name.rpartition("/")
        return self._context.store.read_attachment(f"{folder}{slash}{name}")

    def search(self, words: str) -> SearchResult:
        return search_documents(self._context, words)

    def report(self, since: str, until: str, by: ReportBy | None) -> PeriodReport:
        return report_period(self._context, since, until, by)

    def journal(self, incident: IncidentId) -> Sequence[JournalEntry]:
        return journal_of(self._context, incident)

    def plan(self, incident: IncidentId) -> IncidentResult:
        if self._plan is None:
            return IncidentResult(incident)
        with self._turn():
            return self._plan(incident)

    def check(self) -> Sequence[Finding]:
        if self._check is None:
            return []
        with self._turn():
            return self._check()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one person at a time ask the services. Raises ``PostmortemError`` for another."""
        if not self._one_plan.acquire(timeout=_LONGEST_TURN):
            told = "Others have the services looked at just now."
            raise PostmortemError(told, "Try again in a minute.")
        try:
            yield
        finally:
            self._one_plan.release()

    def request_sync(self, incident: IncidentId) -> str:
        for one in self.jobs_under_way():
            mine = one.subject == incident and one.trigger == Trigger.PAGE
            if mine and one.phase is JobPhase.WAITING:
                return one.id  # it has not begun, so it will see all that there is now
        return self._queue.enqueue(incident, Trigger.PAGE)

    def retry_parked(self) -> int:
        incidents = dict.fromkeys(IncidentId(one.subject) for one in self.parked())
        asked = [JobRequest(one, Trigger.PAGE) for one in incidents]
        return len(self._queue.enqueue_all(asked))

    def queue(self) -> QueueView:
        waiting, oldest = self._queue.backlog()
        return QueueView(waiting, oldest, self._queue.workers(), self._queue.last_tick())

    def latest_entries(self, before: int | None = None) -> Sequence[tuple[int, JournalEntry]]:
        return latest_entries(self._context, before)

    def parked(self) -> Sequence[JobState]:
        return list(reversed(self._queue.parked()))

    def job(self, job: str) -> JobState | None:
        return self._queue.state(job)
