"""What the pages and the API need to know and to ask for, and the line of one document."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol

from fastapi import Path, Query

from config.page_users import PageUser
from config.template_names import Column
from connectors.errors import Finding
from connectors.incidents import INCIDENT_ID, IncidentId
from worker.document.lint.findings import LintFinding
from worker.jobs.documents.document_status import (
    DocumentStatus,
    ItemStatus,
    ListedDocument,
    is_overdue,
)
from worker.jobs.edits.add_picture import AddedPicture
from worker.jobs.edits.new_item import ItemChoices
from worker.jobs.edits.review_document import ReviewChange
from worker.jobs.edits.save_edit import OpenedText, Saved
from worker.jobs.job_lifecycle import JobState
from worker.jobs.last_results import LastResult
from worker.jobs.reports.document_notes import DocumentNotes
from worker.jobs.reports.figures import ReportBy
from worker.jobs.reports.journal_report import JournalEntry, SkippedIncident
from worker.jobs.reports.report_period import PeriodReport
from worker.jobs.reports.search_documents import SearchResult
from worker.jobs.results import IncidentResult, SuggestedText
from worker.journal.web_memory import WebDraft

_JOB = r"^[A-Za-z0-9_:~@.-]{1,200}$"

IncidentInPath = Annotated[
    IncidentId, Path(pattern=f"^{INCIDENT_ID}$", description="The incident's id.")
]
JobInPath = Annotated[str, Path(pattern=_JOB, description="A job's id, as asking for it gave it.")]
JobInQuery = Annotated[str | None, Query(pattern=_JOB)]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document with its text; ``name`` is its path in the store.

    Of an incident whose draft failed, text and name are empty; ``last_result`` is as in ``status``.
    ``told`` says as of when it is, where the store does not answer just now. ``review`` is the day
    of its review, ISO 8601, "" if it names none.
    """

    status: DocumentStatus
    text: str
    name: str
    last_result: LastResult | None = None
    told: str = ""
    review: str = ""


@dataclass(frozen=True, slots=True)
class QueueView:
    """How the queue and the schedule stand. ``oldest`` is how many seconds the first one waits.

    ``looked_at`` is when a scheduled look last ended well, None if none ever did.
    """

    waiting: int = 0
    oldest: float = 0.0
    workers: int = 0
    looked_at: datetime | None = None


class PageData(Protocol):
    """The documents and the jobs. Every method may raise ``PostmortemError``.

    Methods are called from several threads at once, and may take their time.
    """

    def documents(self) -> Sequence[DocumentStatus]:
        """List all documents, the latest first, after the incidents whose draft failed."""

    def listed(self) -> Sequence[ListedDocument]:
        """List all documents with what lists can be narrowed by, the latest first."""

    def both(self) -> tuple[Sequence[DocumentStatus], Sequence[ListedDocument]]:
        """Give both lists as one look found them."""

    def jobs_under_way(self) -> Sequence[JobState]:
        """List the jobs that wait, run or are tried again, the oldest first."""

    def failed_look(self, documents: Sequence[DocumentStatus]) -> str:
        """Say how the last scheduled look failed, but for what ``documents`` tell, or nothing.

        Also which reminders were not sent, and what is told of the lists.
        """

    def told_of_lists(self) -> str:
        """Say as of when the lists are that were just given, and how far documents are read.

        "" where they are whole, and as the store is now.
        """

    def document(self, incident: IncidentId) -> DocumentView | None:
        """Give an incident's document, None where there is none and none has failed."""

    def notes(self, view: DocumentView) -> DocumentNotes:
        """Give what is told beside a document."""

    def opened(self, incident: IncidentId) -> OpenedText | None:
        """Give a document's text to somebody who may change it, None where there is none."""

    def give_out(self, name: str, text: str) -> OpenedText:
        """Remember a document's text that is given to somebody who may change it."""

    def with_section(self, base: str, number: int, words: str) -> str:
        """Give the text of the digest ``base`` with other words in a section; see ``save_edit``."""

    def drafts(self, writer: str, incident: IncidentId) -> Sequence[WebDraft]:
        """Give what somebody wrote and has not saved, the latest first."""

    def keep_draft(
        self, writer: str, incident: IncidentId, text: str, base: str, editor: str
    ) -> None:
        """Keep what somebody wrote in one editor until it is saved."""

    def forget_draft(self, writer: str, incident: IncidentId, editor: str) -> None:
        """Forget what somebody wrote in one editor, if there is anything."""

    def save(self, incident: IncidentId, text: str, base: str, by: PageUser) -> Saved:
        """Save a text made from the one that has the digest ``base``; see ``save_edit``."""

    def change_review(self, incident: IncidentId, change: ReviewChange, by: PageUser) -> Saved:
        """Write what somebody does in a review; see ``review_document``."""

    def lint(self, incident: IncidentId) -> Sequence[LintFinding]:
        """Give what keeps a document from being final. Raises ``DocumentError`` as well."""

    def add_item(
        self, incident: IncidentId, cells: Mapping[Column, str], by: PageUser, base: str = ""
    ) -> Saved:
        """Add an action item behind the last one of a document; see ``save_edit``."""

    def item_choices(self, incident: IncidentId, words: str) -> ItemChoices:
        """Give owners whose names begin so, or the priorities; see ``edits.new_item``."""

    def settle(
        self, incident: IncidentId, suggestion: SuggestedText, by: PageUser, *, take: bool
    ) -> None:
        """Take what the facts say, or suggest it no more; see ``settle_suggestion``."""

    def add_picture(self, incident: IncidentId, data: bytes, by: PageUser) -> AddedPicture:
        """Put a picture beside a document; see ``edits.add_picture``."""

    def attachment(self, incident: IncidentId, name: str) -> bytes | None:
        """Give a file that lies beside an incident's document, None where there is none.

        ``name`` is a plain file name, with no folder in it.
        """

    def search(self, words: str) -> SearchResult:
        """Give the documents that hold all of the words, best first."""

    def report(self, since: str, until: str, by: ReportBy | None) -> PeriodReport:
        """Count the figures of a period. Raises ``NotAPeriod`` for what names none."""

    def journal(self, incident: IncidentId) -> Sequence[JournalEntry]:
        """List what was written for an incident, oldest first."""

    def plan(self, incident: IncidentId) -> IncidentResult:
        """Tell what a sync of an incident would write now. It asks the services, so it may take."""

    def request_sync(self, incident: IncidentId) -> str:
        """Ask that an incident be synced now; gives the id of the job that will do it.

        One that was asked for in the same way and has not begun is joined.
        """

    def parked(self) -> Sequence[JobState]:
        """List the jobs that were given up and not made good, the latest first."""

    def retry_parked(self) -> int:
        """Ask for each job that was given up to be done again; gives how many."""

    def queue(self) -> QueueView:
        """Tell how the queue stands."""

    def check(self) -> Sequence[Finding]:
        """Look at every service and the store, as `postmortem check` does. It may take."""

    def latest_entries(self, before: int | None = None) -> Sequence[tuple[int, JournalEntry]]:
        """List the latest writes for all incidents, the latest first, each with its number.

        Only those ``before`` a number, if one is given.
        """

    def skipped(self) -> Sequence[SkippedIncident]:
        """List the latest incidents that got no draft by themselves, the latest first."""

    def job(self, job: str) -> JobState | None:
        """Tell where a job stands, None where it is unknown."""


_DATED = re.compile(r"(?:.*/)?(\d{4}-\d{2}-\d{2})-")


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One action item, and whether its deadline has passed while it is not done."""

    item: ItemStatus
    overdue: bool


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One document in the list; ``day`` is that of the incident's start, if the name tells it."""

    document: DocumentStatus
    day: date | None
    items: tuple[ItemLine, ...]

    @property
    def done(self) -> int:
        """How many action items are done."""
        return sum(line.item.done for line in self.items)

    @property
    def overdue(self) -> int:
        """How many action items are overdue."""
        return sum(line.overdue for line in self.items)


def line(document: DocumentStatus, today: date) -> DocumentLine:
    """Give the line of one document."""
    return DocumentLine(
        document,
        _day(document.document),
        tuple(ItemLine(item, is_overdue(item, today)) for item in document.items),
    )


def _day(name: str) -> date | None:
    dated = _DATED.match(name)
    try:
        return date.fromisoformat(dated[1]) if dated else None
    except ValueError:
        return None
