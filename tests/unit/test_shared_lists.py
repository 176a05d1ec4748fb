"""One look for all who ask for lists: how old it may be, and who waits for whom."""

from collections.abc import Iterator

import pytest

from connectors.incidents import IncidentId
from worker.app.listing.shared_lists import SHARED_FROM, Lists, SharedLists
from worker.jobs.documents.document_status import DocumentStatus


class Looking:
    """A look at a clock that only the test moves; each look finds one more document."""

    def __init__(self, documents: int = SHARED_FROM, takes: float = 0.0) -> None:
        self.at = 0.0
        self.looks = 0
        self.documents = documents
        self.takes = takes
        self.is_old = False
        self.lists = SharedLists(self.look, lambda: self.at)

    def look(self) -> Lists:
        self.looks += 1
        self.at += self.takes
        one = DocumentStatus(IncidentId(f"Q{self.looks}"), "q.md")
        return Lists((one,) * self.documents, (), is_old=self.is_old)


def test_many_documents_are_looked_for_once_in_two_seconds() -> None:
    here = Looking()
    first = here.lists.now()
    here.at = 1.9
    assert here.lists.now() is first
    here.at = 2.0
    assert here.lists.now() is not first
    assert here.looks == 2


def test_a_few_documents_are_looked_for_by_each() -> None:
    here = Looking(documents=SHARED_FROM - 1)
    here.lists.now()
    here.lists.now()
    assert here.looks == 2


def test_a_few_of_a_store_that_does_not_answer_are_not_asked_for_by_each() -> None:
    here = Looking(documents=1)
    here.is_old = True
    here.lists.now()
    here.lists.now()
    assert here.looks == 1


@pytest.mark.parametrize(("takes", "good_for"), [(0.5, 5.0), (0.1, 2.0), (20.0, 30.0)])
def test_a_look_takes_a_tenth_of_the_time_within_bounds(takes: float, good_for: float) -> None:
    here = Looking(takes=takes)
    here.lists.now()
    here.at = good_for - 0.01
    here.lists.now()
    assert here.looks == 1
    here.at = good_for
    here.lists.now()
    assert here.looks == 2


def test_what_was_just_written_is_seen_by_whoever_asks_next() -> None:
    here = Looking()
    here.lists.now()
    here.lists.changed()
    here.lists.now()
    here.lists.now()
    assert here.looks == 2


def test_what_is_written_during_a_look_is_seen_by_another() -> None:
    here = Looking()
    here.lists.now()
    here.at = 5.0
    plain = here.look

    def look() -> Lists:
        found = plain()
        here.lists.changed()
        return found

    here.lists = SharedLists(look, lambda: here.at)
    here.lists.now()
    before = here.looks
    here.lists.now()
    assert here.looks == before + 1


def test_what_was_found_last_is_told_without_a_look() -> None:
    here = Looking(documents=1)
    found = here.lists.last()
    assert here.lists.last() is found
    assert here.looks == 1


def test_a_look_that_failed_is_done_again_by_the_next() -> None:
    answers: Iterator[Lists] = iter([Lists((), ())])

    def look() -> Lists:
        if not failed:
            failed.append(1)
            raise OSError("no disk")
        return next(answers)

    failed: list[int] = []
    lists = SharedLists(look)
    with pytest.raises(OSError, match="no disk"):
        lists.now()
    assert lists.now() == Lists((), ())
