"""The head of a postmortem's page: what people look for first, from its front matter and beside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.document import front_matter
from worker.document.front_matter import DocumentError
from worker.drafting.text.wording import duration
from worker.jobs.reports.document_notes import DocumentNotes
from worker.jobs.reports.journal_report import JournalEntry
from worker.jobs.results import Action
from worker.web.page_data import DocumentView

_TOLD = (("owner", "owner: "), ("severity", ""), ("services", ""), ("reviewers", "reviewers: "))
"""Keys of the front matter that people look for first, and what stands before each."""


@dataclass(frozen=True, slots=True)
class ToldTime:
    """A time as the page shows it, and as programs read it (ISO 8601), with words before it."""

    before: str
    at: str
    shown: str


def head_of(
    view: DocumentView, notes: DocumentNotes, journal: Sequence[JournalEntry]
) -> tuple[list[str], list[ToldTime]]:
    """Give what a document's head says in words, and the times in it, as far as they are known."""
    try:
        said = front_matter.values(view.text) or {}
    except DocumentError:
        said = {}  # what is the matter with it is among its problems
    words = [(before, ", ".join(filter(None, said.get(key, ())))) for key, before in _TOLD]
    told = [before + each for before, each in words if each]
    if notes.lasted is not None:
        told.append(f"lasted {duration(notes.lasted)}")
    if notes.acknowledged_after is not None:
        told.append(f"acknowledged after {duration(notes.acknowledged_after)}")
    if view.review:
        told.append(f"review {view.review}")
    return told, [*_span(said), *_lately(view, journal)]


def _span(said: Mapping[str, tuple[str, ...]]) -> Iterator[ToldTime]:
    """Tell from when to when it was, in the time of the document."""
    try:
        start, end = (datetime.fromisoformat(" ".join(said[key])) for key in ("started", "ended"))
        same_day = start.date() == end.date()
    except (KeyError, ValueError):
        return
    yield ToldTime("", start.isoformat(), f"{start:%Y-%m-%d %H:%M}")
    yield ToldTime("to", end.isoformat(), f"{end:%H:%M}" if same_day else f"{end:%Y-%m-%d %H:%M}")


def _lately(view: DocumentView, journal: Sequence[JournalEntry]) -> Iterator[ToldTime]:
    """Tell who wrote in it last on the page, and when it was last synced."""
    edits = [one for one in journal if one.deed.action is Action.EDITED]
    if edits:
        yield _minute(edits[-1].deed.reason, edits[-1].at)
    if view.last_result is not None:
        yield _minute("synced", view.last_result.at)


def _minute(before: str, at: str) -> ToldTime:
    try:
        return ToldTime(
            before, at, f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M UTC}"
        )
    except ValueError:
        return ToldTime(before, at, at)
