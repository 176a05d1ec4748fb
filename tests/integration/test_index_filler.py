"""What is new is read in the background for as long as the process lives."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from tests.integration.desk import context_over
from worker.app.listing.index_filler import IndexFiller
from worker.journal.database import Database
from worker.journal.journal import Journal
from worker.store.directory.directory_store import DirectoryStore


def now() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("why", [OSError(24, "Too many open files"), MemoryError()], ids=repr)
def test_what_cannot_be_loaded_now_is_loaded_with_the_next_pass(
    tmp_path: Path, why: Exception
) -> None:
    passes: list[str] = []
    done = Event()

    def then() -> None:
        passes.append("a pass")
        if len(passes) == 1:
            raise why
        done.set()

    journal = Database.open(f"sqlite:///{tmp_path}/journal.db")
    context = context_over(DirectoryStore(tmp_path / "documents"), Journal(journal, now), now)
    filler = IndexFiller(context, rest=0)
    filler.then(then)
    with capture_logs() as lines:
        filler.start()
        try:
            assert done.wait(60)
        finally:
            filler.stop()
            journal.close()
    assert [one["event"] for one in lines] == ["The index of documents could not be filled."]
