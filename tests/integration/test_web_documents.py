"""What the list of documents costs, and that it is never out of date."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.tickets import TicketId, TicketKey
from tests.integration.desk import context_over
from worker.app.listing.stored_lists import READ_AT_ONCE
from worker.app.stored_page_data import StoredPageData
from worker.jobs.context import JobContext
from worker.jobs.documents.index_documents import fill
from worker.jobs.job_lifecycle import JobOutcome
from worker.journal.database import Database
from worker.journal.journal import Journal
from worker.queue.queue import Queue
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import Listing, Stored
from worker.tracking.tracked_tickets import TrackedTicket, Values

COUNT = 30
TEXT = """---
incident: PMANY{number}
status: draft
---
# Postmortem: Number {number}

## 6. Action Items
| Task Description | Owner | Priority | Deadline | Ticket | Status |
|---|---|---|---|---|---|
| Warn | | | | [OPS-{number}](https://jira.example.com/browse/OPS-{number}) | To Do |
"""


class Counting(DirectoryStore):
    """A directory of files that were changed a while ago, which counts what is read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, clock=lambda: time.time_ns() + 10**11)
        self.reads: list[str] = []
        self.looks = 0

    def listing(self) -> Listing:
        self.looks += 1
        return super().listing()

    def read(self, name: str) -> Stored:
        self.reads.append(name)
        return super().read(name)


@dataclass
class Place:
    folder: Path
    store: Counting
    journal: Journal
    library: StoredPageData
    context: JobContext

    def path(self, number: int) -> Path:
        return self.folder / f"2026-11-19-PMANY{number}-many.md"

    def view(self) -> dict[str, str]:
        """Look at the list; gives each document's title, and forgets earlier reads."""
        self.store.reads.clear()
        return {one.incident: one.title for one in self.library.documents()}

    def done(self) -> set[str]:
        items = [item for one in self.library.documents() for item in one.items]
        return {item.ticket for item in items if item.done}


@pytest.fixture
def place(tmp_path) -> Iterator[Place]:
    folder = tmp_path / "documents"
    folder.mkdir()
    url = f"sqlite:///{tmp_path}/postmortem.db"
    database = Database.open(url)
    store = Counting(folder)

    def now() -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    journal = Journal(database, now)
    context = context_over(store, journal, now)
    library = StoredPageData(context, Queue(url, lambda *_: JobOutcome()))
    place = Place(folder, store, journal, library, context)
    for number in range(COUNT):
        place.path(number).write_text(TEXT.format(number=number), "utf-8")
    yield place
    database.close()


def test_the_first_page_costs_one_look(place):
    place.view()
    place.store.looks = 0
    documents, listed = place.library.both()
    assert [one.status for one in listed] == list(documents)
    assert place.store.looks == 1


def test_a_second_view_reads_no_document(place):
    first = place.view()
    assert len(first) == COUNT
    assert place.view() == first
    assert place.store.reads == []


def test_a_view_reads_what_changed_and_nothing_else(place):
    place.view()
    changed = place.path(7)
    changed.write_text(changed.read_text("utf-8").replace("Number 7", "Another"), "utf-8")
    assert place.view()["PMANY7"] == "Postmortem: Another"
    assert set(place.store.reads) == {changed.name}


def test_what_was_added_appears_and_what_was_removed_is_gone(place):
    place.view()
    place.path(3).unlink()
    place.path(99).write_text(TEXT.format(number=99), "utf-8")
    shown = place.view()
    assert ("PMANY3" in shown, "PMANY99" in shown, len(shown)) == (False, True, COUNT)
    assert set(place.store.reads) == {place.path(99).name}


def test_a_document_that_could_not_be_read_is_tried_at_each_view(place):
    broken = place.path(5)
    broken.write_bytes(b"\xff\xfe\xff")
    place.view()
    (told,) = (one for one in place.library.documents() if one.document == broken.name)
    assert "UTF-8" in told.problems[0]
    broken.write_text(TEXT.format(number=5), "utf-8")
    assert place.view()["PMANY5"] == "Postmortem: Number 5"


def test_a_ticket_that_is_done_by_now_shows_without_a_read(place):
    ticket = TrackedTicket(
        id=TicketId("10007"),
        key=TicketKey("OPS-7"),
        url="https://jira.example.com/browse/OPS-7",
        incident="PMANY7",
        ordinal=0,
        row=Values(task="Warn"),
        remote=Values(task="Warn"),
        status_cell="To Do",
        linked=True,
    )
    place.journal.track([ticket])
    assert place.done() == set()
    place.journal.track([replace(ticket, done=True)])
    place.store.reads.clear()
    assert place.done() == {"OPS-7"}
    assert place.store.reads == []
    place.journal.track([ticket])
    assert place.done() == set()


def test_a_first_view_reads_no_more_than_a_request_may_and_says_how_far_it_is(place):
    for number in range(COUNT, COUNT + READ_AT_ONCE + 60):
        place.path(number).write_text(TEXT.format(number=number), "utf-8")
    first = place.library.documents()
    assert len(first) == COUNT + READ_AT_ONCE + 60
    assert sum(one.title.startswith("Postmortem: ") for one in first) == READ_AT_ONCE
    told = place.library.failed_look(first)
    assert f"{READ_AT_ONCE} of {len(first)} documents are read so far" in told
    while fill(place.context):
        pass
    assert all(title.startswith("Postmortem: ") for title in place.view().values())
    assert place.store.reads == []
    assert place.library.failed_look(()) == ""
