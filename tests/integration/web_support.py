"""What the tests of the web share: a library in memory, and the application served on loopback."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from config.page_users import PageUser, PeopleSettings
from config.template_names import Column, Names
from connectors.connector import WebhookAccess
from connectors.errors import Finding, NotFound, PostmortemError
from connectors.incidents import IncidentId
from connectors.jira import webhook as jira
from connectors.pagerduty import webhook as pagerduty
from connectors.sandbox.loopback_server import LoopbackServer
from worker.document.lint import review
from worker.document.lint.findings import LintFinding, LintRule
from worker.document.section_text import with_section
from worker.document.take_suggestion import places_of
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, ListedDocument
from worker.jobs.edits.add_picture import AddedPicture, reencoded
from worker.jobs.edits.new_item import ItemChoices
from worker.jobs.edits.review_document import ReviewChange
from worker.jobs.edits.save_edit import OpenedText, Saved, UnknownBase, UnusableEdit
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.reports.document_notes import DocumentNotes
from worker.jobs.reports.figures import KnownFacts, ReportBy
from worker.jobs.reports.journal_report import JournalEntry, SkippedIncident
from worker.jobs.reports.period import read_period
from worker.jobs.reports.report_period import PeriodReport, report_of
from worker.jobs.reports.search_documents import FoundDocument, SearchResult
from worker.jobs.results import Action, Deed, IncidentResult, SuggestedText, Trigger
from worker.journal.web_memory import SessionHolder, WebDraft, Writing
from worker.store.document_store import digest
from worker.web.application import WebSettings, create
from worker.web.monitoring import Metrics
from worker.web.page_data import DocumentView, QueueView
from worker.web.page_templates import Writers
from worker.web.webhooks import StoreEvents

TODAY = date(2026, 11, 23)
NOBODY_LISTED = PeopleSettings()
PAGERDUTY_SECRET = "for-pagerduty"
JIRA_SECRET = "for-jira"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

TEXT = """---
incident: PFREIGHT
status: draft
---
# Postmortem: Freight quotes time out

## 1. Incident Summary
- **Impact:** [Brief summary of the impact]

## 8. Supporting Data
- **Metrics:** ![Alerts over time](PFREIGHT-timeline.svg)
"""

ITEMS = (
    ItemStatus(
        "Warn before the pool is empty",
        "Ines Abara",
        "High",
        "2026-11-20",
        "OPS-7",
        "https://jira.example.com/browse/OPS-7",
        "In Progress",
    ),
    ItemStatus(
        "Write the runbook",
        "Tom Rask",
        "Medium",
        "2026-11-01",
        "OPS-8",
        "https://jira.example.com/browse/OPS-8",
        "Done",
        done=True,
    ),
    ItemStatus("Ask the carrier", deadline="soon"),
)


def freight(**changes: object) -> DocumentStatus:
    """Give the status of one document."""
    values: dict[str, object] = {
        "incident": "PFREIGHT",
        "document": "2026-11-19-PFREIGHT-freight-quotes-time-out.md",
        "title": "Freight quotes time out",
        "url": "https://example.pagerduty.com/incidents/PFREIGHT",
        "status": "draft",
        "prompts": 3,
        "items": ITEMS,
    }
    return DocumentStatus(**{**values, **changes})


@dataclass
class Shelf:
    """A library in memory. A job that was asked for goes on with each look at it."""

    views: dict[str, DocumentView] = field(default_factory=dict)
    others: list[DocumentStatus] = field(default_factory=list)
    pictures: dict[tuple[str, str], bytes] = field(default_factory=dict)
    entries: list[JournalEntry] = field(default_factory=list)
    jobs: dict[str, list[JobState]] = field(default_factory=dict)
    given_up: list[JobState] = field(default_factory=list)
    without_draft: list[SkippedIncident] = field(default_factory=list)
    told: dict[str, ListedDocument] = field(default_factory=dict)
    under_way: list[JobState] = field(default_factory=list)
    kept: dict[tuple[str, str, str], WebDraft] = field(default_factory=dict)
    settled: list[tuple[str, SuggestedText, str, bool]] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    queued: QueueView = field(default_factory=QueueView)
    findings: list[Finding] = field(default_factory=list)
    problem: Exception | None = None
    look: str = ""
    lock: Lock = field(default_factory=Lock)

    def put(self, status: DocumentStatus, text: str) -> None:
        self.views[status.incident] = DocumentView(
            status, text, status.document, status.last_result, review="2026-12-02"
        )

    def documents(self) -> list[DocumentStatus]:
        if self.problem:
            raise self.problem
        return [*(view.status for view in self.views.values()), *self.others]

    def listed(self) -> list[ListedDocument]:
        return [
            replace(self.told.get(one.incident, ListedDocument(one)), status=one)
            for one in self.documents()
            if one.document
        ]

    def both(self) -> tuple[list[DocumentStatus], list[ListedDocument]]:
        return self.documents(), self.listed()

    def jobs_under_way(self) -> list[JobState]:
        return self.under_way

    def failed_look(self, _documents: Sequence[DocumentStatus]) -> str:
        return self.look

    def queue(self) -> QueueView:
        return self.queued

    def check(self) -> list[Finding]:
        return self.findings

    def latest_entries(self, before: int | None = None) -> list[tuple[int, JournalEntry]]:
        numbered = list(enumerate(self.entries, 1))[::-1]
        return [one for one in numbered if before is None or one[0] < before]

    def retry_parked(self) -> int:
        return len([self.request_sync(one.subject) for one in self.given_up])

    def told_of_lists(self) -> str:
        return ""

    def document(self, incident: str) -> DocumentView | None:
        if self.problem:
            raise self.problem
        return self.views.get(incident)

    def notes(self, view: DocumentView) -> DocumentNotes:
        told = view.last_result.suggestions if view.last_result else ()
        by_place = [(one.place, one.people, one.fresh) for one in told]
        places = places_of(view.text, Names(), by_place)
        acknowledged, lasted = timedelta(minutes=3), timedelta(minutes=93)
        return DocumentNotes(places, acknowledged, lasted)

    def opened(self, incident: str) -> OpenedText | None:
        view = self.document(incident)
        return self.give_out(view.name, view.text) if view else None

    def give_out(self, name: str, text: str) -> OpenedText:
        return OpenedText(name, text, digest(text.encode()))

    def with_section(self, base: str, number: int, words: str) -> str:
        texts = (view.text for view in self.views.values())
        began = next((one for one in texts if digest(one.encode()) == base), "")
        return with_section(began, number, words)

    def drafts(self, writer: str, incident: str) -> list[WebDraft]:
        return [one for key, one in self.kept.items() if key[:2] == (writer, incident)]

    def keep_draft(self, writer: str, incident: str, text: str, base: str, editor: str) -> None:
        at = datetime(2026, 11, 23, tzinfo=UTC)
        self.kept[writer, incident, editor] = WebDraft(text, base, at, editor)

    def forget_draft(self, writer: str, incident: str, editor: str) -> None:
        self.kept.pop((writer, incident, editor), None)

    def save(self, incident: str, text: str, base: str, by: PageUser) -> Saved:
        self.writers.append(by.name)
        opened = self._known(incident)
        if base != opened.digest:
            raise UnknownBase("That text was never given.")
        self.put(self.views[incident].status, text)
        return Saved(self._known(incident))

    def change_review(self, incident: str, change: ReviewChange, by: PageUser) -> Saved:
        opened = self._known(incident)
        if change.base not in {"", opened.digest}:
            raise UnknownBase("That text was never given.")
        text = review.with_values(opened.text, change.values) if change.values else opened.text
        if change.approve is not None:
            if not by.name:
                raise UnusableEdit("An approval needs a name.")
            text = review.approved(text, by.name, TODAY)
        return self.save(incident, text, opened.digest, by)

    def lint(self, incident: str) -> list[LintFinding]:
        told = "There is a prompt that nobody has answered."
        return [LintFinding(incident, "x.md", 7, LintRule.OPEN_PROMPT, told)]

    def item_choices(self, _incident: str, words: str) -> ItemChoices:
        owners = [one for one in ("Ines Abara", "Tom Rask") if one.startswith(words)]
        return ItemChoices(owners, () if words else ("High", "Low"))

    def add_item(
        self, incident: str, cells: Mapping[Column, str], by: PageUser, base: str = ""
    ) -> Saved:
        opened = self._known(incident)
        text = f"{opened.text}\n- [ ] {cells[Column.TASK]}\n"
        return self.save(incident, text, opened.digest, by)

    def _known(self, incident: str) -> OpenedText:
        opened = self.opened(incident)
        if opened is None:
            raise NotFound(f"There is no postmortem for the incident {incident}.")
        return opened

    def settle(self, incident: str, suggestion: SuggestedText, by: PageUser, *, take: bool) -> None:
        self.settled.append((incident, suggestion, by.name, take))

    def add_picture(self, incident: str, data: bytes, _by: PageUser) -> AddedPicture:
        self._known(incident)
        ending, content = reencoded(data)
        self.pictures[incident, f"x.{ending}"] = content
        return AddedPicture(f"x.{ending}", f"![Picture](x.{ending})")

    def attachment(self, incident: str, name: str) -> bytes | None:
        return self.pictures.get((incident, name))

    def search(self, words: str) -> SearchResult:
        wanted = words.casefold().split()
        found = [
            FoundDocument(IncidentId(one), view.name, view.status.title, 1, view.text)
            for one, view in self.views.items()
            if all(word in view.text.casefold() for word in wanted)
        ]
        return SearchResult(tuple(found), ())

    def report(self, since: str, until: str, by: ReportBy | None) -> PeriodReport:
        now = datetime(2026, 11, 23, 12, tzinfo=UTC)
        return report_of(KnownFacts({}), read_period(since, until, now, ZoneInfo("UTC")), by, now)

    def journal(self, incident: str) -> list[JournalEntry]:
        return [one for one in self.entries if one.incident == incident]

    def plan(self, incident: str) -> IncidentResult:
        deed = Deed(Action.STATUS, "Warn", "The ticket moved.", "OPS-7", "To Do", "Done")
        diff = "--- before\n+++ after\n@@ -1 +1 @@\n-| To Do |\n+| Done |\n"
        told = (SuggestedText("Duration", "an hour", "9 min"),)
        return IncidentResult(
            IncidentId(incident), "x.md", deeds=(deed,), diff=diff, suggestions=told
        )

    def request_sync(self, incident: str) -> str:
        with self.lock:
            job = f"{incident}:page-{len(self.jobs) + 1}"
            steps = (JobPhase.WAITING, JobPhase.RUNNING, JobPhase.DONE)
            self.jobs[job] = [
                JobState(job, incident, Trigger.PAGE, phase, summary="1 refreshed")
                for phase in reversed(steps)
            ]
            return job

    def give_up(self, incident: str, *failures: str, attempt: int = 7) -> None:
        job = JobState(
            f"{incident}:e~{attempt}",
            incident,
            "webhook",
            JobPhase.PARKED,
            attempt,
            None,
            "",
            failures,
        )
        self.given_up.append(job)

    def parked(self) -> list[JobState]:
        return self.given_up

    def skipped(self) -> list[SkippedIncident]:
        return self.without_draft

    def job(self, job: str) -> JobState | None:
        with self.lock:
            steps = self.jobs.get(job)
            if steps is None:
                return None
            return steps[0] if len(steps) == 1 else steps.pop()


@dataclass
class KeptSessions:
    """Sessions in memory, until when and whose by digest."""

    ends: dict[str, float] = field(default_factory=dict)
    holders: dict[str, SessionHolder] = field(default_factory=dict)

    def begin(self, digest: str, until: float, now: float, holder: SessionHolder) -> None:
        self.ends = {one: end for one, end in self.ends.items() if end > now} | {digest: until}
        self.holders[digest] = holder

    def holder(self, digest: str, now: float) -> SessionHolder | None:
        return self.holders[digest] if self.ends.get(digest, 0) > now else None

    def end(self, digest: str) -> None:
        self.ends.pop(digest, None)


@dataclass
class KeptWriters:
    """Who writes where, in memory and for good."""

    known: dict[tuple[str, str], Writing] = field(default_factory=dict)

    def note(self, incident: str, writer: str, name: str) -> None:
        self.known[incident, writer] = Writing(name, 0.0, 0.0)

    def leave(self, incident: str, writer: str) -> None:
        self.known.pop((incident, writer), None)

    def others(self, incident: str, writer: str) -> list[Writing]:
        known = self.known.items()
        return [one for (where, who), one in known if where == incident and who != writer]


def shelf() -> Shelf:
    """Give a library with one document."""
    made = Shelf()
    made.put(freight(), TEXT)
    made.pictures["PFREIGHT", "PFREIGHT-timeline.svg"] = PICTURE
    made.entries = [
        JournalEntry(
            "2026-11-19T10:00:03+00:00",
            "PFREIGHT",
            "webhook",
            Deed(Action.DRAFTED, "2026-11-19-PFREIGHT.md", "The incident was resolved."),
        ),
        JournalEntry(
            "2026-11-19T10:05:00+00:00",
            "PFREIGHT",
            "schedule",
            Deed(Action.STATUS, "Warn", "The ticket moved.", "OPS-7", "To Do", "In Progress"),
        ),
    ]
    return made


@contextmanager
def served(
    library: Shelf,
    store: StoreEvents = lambda _events: None,
    *,
    token: str | None = None,
    public_url: str | None = None,
    secrets: bool = True,
    checks: dict[str, Callable[[], object]] | None = None,
    metrics: Metrics | None = None,
    sessions: "KeptSessions | None" = None,
    writers: Writers | None = None,
    people: PeopleSettings = NOBODY_LISTED,
) -> Iterator[str]:
    """Serve the application on loopback and give its address."""
    app = application(
        library,
        store,
        token=token,
        public_url=public_url,
        secrets=secrets,
        checks=checks,
        metrics=metrics,
        sessions=sessions,
        writers=writers,
        people=people,
    )
    with LoopbackServer(app) as server:
        yield server.url


def application(
    library: Shelf,
    store: StoreEvents = lambda _events: None,
    *,
    token: str | None = None,
    public_url: str | None = None,
    secrets: bool = True,
    checks: dict[str, Callable[[], object]] | None = None,
    metrics: Metrics | None = None,
    sessions: "KeptSessions | None" = None,
    writers: Writers | None = None,
    people: PeopleSettings = NOBODY_LISTED,
) -> ASGIApp:
    """Give the application on such a library."""
    settings = WebSettings(
        sessions=sessions or KeptSessions(),
        writers=writers or KeptWriters(),
        webhooks={
            "pagerduty": WebhookAccess(
                pagerduty.read,
                ("", "older", PAGERDUTY_SECRET) if secrets else (),
                "PAGERDUTY_WEBHOOK_SECRET",
            ),
            "jira": WebhookAccess(
                jira.read, (JIRA_SECRET,) if secrets else (), "JIRA_WEBHOOK_SECRET"
            ),
        },
        token=token,
        public_url=public_url,
        people=people,
    )
    return create(lambda: library, store, settings, checks or {}, metrics, lambda: TODAY)


def broken() -> None:
    """Fail as a check does."""
    raise PostmortemError("The disk db.example.com:5432 hunter2 is gone.")
