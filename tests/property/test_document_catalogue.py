"""What a job finds by the index is what reading every file would find, whatever people did."""

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from config.template_names import Names
from connectors.incidents import IncidentId
from connectors.tickets import Mark
from worker.document.front_matter import read as read_front_matter
from worker.document.index.read_for_index import read
from worker.drafting.policy import DraftPolicy
from worker.jobs.catalogue import CopiedDocument, look, near
from worker.jobs.context import JobContext, JobPolicy
from worker.jobs.documents.index_documents import fill, indexed
from worker.journal.database import Database
from worker.journal.incident_locks import ThreadLocks
from worker.journal.journal import Journal
from worker.journal.tables import metadata
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import Listing, StoreAway

INCIDENTS = [IncidentId(f"Q{letter}") for letter in "ABC"]
PLACES = ["", "2026/", "2026/deep/"]
DEEDS = ["new", "edit", "replace", "rename", "copy", "delete", "own", "restart", "look", "fill"]
_numbers = itertools.count(1)


def later() -> int:
    """Give times that files may safely be told apart by, as a second later would be."""
    return time.time_ns() + 10**10


class Counting(DirectoryStore):
    """A store that counts how often all of it is listed."""

    listings = 0

    def listing(self) -> Listing:
        type(self).listings += 1
        return super().listing()


@dataclass
class Place:
    root: Path
    context: JobContext

    def files(self) -> list[Path]:
        return sorted(self.root.rglob("*.md"))

    def stamp(self) -> None:
        """Give every folder that changed a time of its own: the kernel's clock ticks slowly."""
        for folder in [self.root, *(one for one in self.root.rglob("*") if one.is_dir())]:
            number = next(_numbers)
            if time.time_ns() - folder.stat().st_mtime_ns < 10**9:
                os.utime(folder, ns=(number, 10**18 + number))

    def put(self, path: Path, incident: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = next(_numbers)
        path.write_text(f"---\nincident: {incident}\n---\n\n# Text {number}\n", "utf-8")
        os.utime(path, ns=(number, 10**18 + number))

    def do(self, deed: str, incident: IncidentId, at: int, place: str) -> None:
        files = self.files()
        target = self.root / place / f"2026-01-02-{incident}-{next(_numbers)}.md"
        match deed:
            case "new":
                self.put(target, incident)
            case "restart":
                self.context = replace(self.context, store=Counting(self.root, later))
            case "look":
                look(self.context)
            case "fill":
                fill(self.context)
            case _ if files:
                self.do_to(deed, files[at % len(files)], target)
        if deed == "new":
            self.stamp()

    def do_to(self, deed: str, one: Path, target: Path) -> None:
        match deed:
            case "edit":
                self.put(one, claim(one))
            case "replace":
                beside = one.with_suffix(".new")
                self.put(beside, claim(one))
                beside.replace(one)
            case "rename":
                target.parent.mkdir(parents=True, exist_ok=True)
                one.rename(target)
            case "copy":
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(one, target)
            case "delete":
                one.unlink()
            case "own":
                self.own(one.relative_to(self.root).as_posix(), next(_numbers))
                return  # without a time of the test's own: it is the program's
        self.stamp()

    def own(self, name: str, number: int) -> None:
        stored = self.context.store.read(name)
        version = self.context.store.write(name, f"{stored.text}{number}\n", stored.version)
        known = self.context.journal.documents_named([name]).get(name)
        if known is not None:
            self.context.journal.remember([replace(known, fingerprint=version.fingerprint)])


def claim(path: Path) -> str:
    front = read_front_matter(path.read_text("utf-8"))
    return front.incident if front else ""


@cache
def opened() -> Database:
    """Open one database in memory for all examples: to make its tables takes long."""
    return Database.open("sqlite://")


@contextmanager
def begun() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "documents"
        root.mkdir()
        database = opened()
        with database.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(delete(table))
        journal = Journal(database, lambda: datetime.now(UTC))
        context = JobContext(
            Counting(root, later),
            journal,
            ThreadLocks(),
            JobPolicy("", DraftPolicy(ZoneInfo("UTC"))),
            lambda: datetime.now(UTC),
            lambda: Mark("m"),
        )
        yield Place(root, context)


deeds = st.tuples(
    st.sampled_from(DEEDS), st.sampled_from(INCIDENTS), st.integers(0, 5), st.sampled_from(PLACES)
)


@given(st.lists(deeds, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_index_finds_what_reading_every_file_finds(done: list[tuple]) -> None:
    with begun() as place:
        for deed in done:
            try:
                place.do(*deed)
                found = {one: near(place.context, [one]).of(one) for one in INCIDENTS}
            except StoreAway:  # every file that was known is gone
                assert not place.files()
                return
            there = [(one.relative_to(place.root).as_posix(), claim(one)) for one in place.files()]
            for incident in INCIDENTS:
                own = {name for name, claimed in there if claimed == incident}
                assert {one.name for one in found[incident]} == own
        rows = indexed(place.context, list(look(place.context).documents.values()))
        for path in place.files():
            name, text = path.relative_to(place.root).as_posix(), path.read_text("utf-8")
            row = rows[name]
            assert row == read(name, row.fingerprint, text, Names())


def test_a_job_lists_nothing_while_nothing_came_or_left() -> None:
    with begun() as place:
        for number in range(3):
            place.put(place.root / "2026" / f"{number}.md", INCIDENTS[number])
        place.stamp()
        look(place.context)
        Counting.listings = 0
        place.put(place.root / "2026" / "0.md", INCIDENTS[0])
        before = near(place.context, INCIDENTS[:1]).find(INCIDENTS[0])
        place.own("2026/0.md", 7)
        after = near(place.context, INCIDENTS[:1]).find(INCIDENTS[0])
        assert before is not None
        assert after is not None
        assert before.fingerprint != after.fingerprint
        assert Counting.listings == 0
        shutil.copyfile(place.root / "2026" / "0.md", place.root / "2026" / "copy.md")
        place.stamp()
        with pytest.raises(CopiedDocument):
            near(place.context, INCIDENTS[:1]).find(INCIDENTS[0])
