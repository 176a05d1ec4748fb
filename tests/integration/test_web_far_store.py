"""Pages over documents in Git: read as they were last seen where the remote does not answer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
import requests

from tests.integration.desk import TEXT, WAIT, data_over
from tests.integration.places import GitPlace
from tests.integration.web_support import served
from worker.app.listing.far_store import FarStore
from worker.app.stored_page_data import StoredPageData
from worker.journal.database import Database
from worker.journal.journal import Journal
from worker.store.document_store import StoreAway

NAME = "2026-11-19-QEDIT-down.md"


@dataclass
class Far:
    """A remote with one document, and the pages over it."""

    place: GitPlace
    journal: Journal
    queue: str
    url: str = ""

    def data(self) -> StoredPageData:
        """Give the data of pages as they are after a start of the process."""
        now = datetime(2026, 11, 23, 11, 40, tzinfo=UTC)
        return data_over(self.place.machine("cache"), self.journal, self.queue, lambda: now)

    def page(self, path: str) -> str:
        answer = requests.get(self.url + path, timeout=WAIT)
        assert answer.status_code == 200, answer.text
        return answer.text

    def leave(self) -> None:
        """Let the remote be gone."""
        self.place.remote.rename(self.place.folder / "elsewhere.git")

    def come_back(self) -> None:
        (self.place.folder / "elsewhere.git").rename(self.place.remote)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Far]:
    place = GitPlace.make(tmp_path)
    place.put(NAME, TEXT.encode())
    url = f"sqlite:///{tmp_path}/postmortem.db"
    database = Database.open(url)
    yield Far(place, Journal(database, lambda: datetime.now(UTC)), url)
    database.close()


def test_pages_are_as_of_a_time_while_the_remote_is_away(far: Far) -> None:
    with served(far.data()) as far.url:  # type: ignore[arg-type]  # the real data in its place
        assert "Down" in far.page("/postmortems")
        assert "Warn earlier" in far.page("/postmortems/QEDIT")
        far.leave()
        page = far.page("/postmortems/QEDIT")
        assert "Warn earlier" in page
        assert "This is as of 2026-11-23 11:40 UTC: " in page
        assert requests.get(f"{far.url}/postmortems/QNONE", timeout=WAIT).status_code == 503
        far.come_back()
        assert "This is as of" not in far.page("/postmortems/QEDIT")


def test_the_lists_are_as_of_a_time_also_after_a_restart_without_the_remote(far: Far) -> None:
    far.data().documents()
    far.leave()
    with served(far.data()) as far.url:  # type: ignore[arg-type]  # as above
        page = far.page("/postmortems")
        assert "Down" in page
        assert "This is as of before this start: " in page
        assert "Warn earlier" in far.page("/actions")
        assert "Warn earlier" in far.page("/postmortems/QEDIT")


def test_what_was_pushed_is_on_the_page(far: Far) -> None:
    with served(far.data()) as far.url:  # type: ignore[arg-type]  # as above
        far.page("/postmortems/QEDIT")
        far.place.put(NAME, TEXT.replace("Warn earlier", "Warn louder").encode())
        assert "Warn louder" in far.page("/postmortems/QEDIT")


def test_nobody_waits_for_a_store_that_hangs() -> None:
    hangs, came = Event(), []

    def hang() -> str:
        hangs.wait(WAIT)
        came.append(1)
        return "late"

    store = FarStore(lambda: datetime(2026, 11, 23, 11, 40, tzinfo=UTC), patience=0.01)
    assert store.ask(lambda: "soon") == "soon"
    for _ in range(10):
        with pytest.raises(StoreAway, match=r"has not answered within 0\.01 s"):
            store.ask(hang)
    hangs.set()
    deadline = time.monotonic() + WAIT
    while len(came) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(came) == 4  # the others were not asked at all
    assert store.as_of(StoreAway("Gone.")) == "This is as of 2026-11-23 11:40 UTC: Gone."


def test_what_the_store_says_is_told_as_it_is() -> None:
    def refuse() -> str:
        raise StoreAway("The key was refused.", "Give another.")

    store = FarStore(lambda: datetime.now(UTC))
    with pytest.raises(StoreAway, match="The key was refused") as told:
        store.ask(refuse)
    assert store.as_of(told.value).startswith("This is as of before this start: The key")
