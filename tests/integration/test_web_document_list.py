"""The numbers and the order of the list of documents."""

from datetime import date

import pytest

from connectors.incidents import IncidentId
from tests.integration.web_support import ITEMS, TODAY, freight
from worker.jobs.documents.document_status import (
    DocumentStatus,
    ItemStatus,
    ListedDocument,
    is_overdue,
)
from worker.web.lists.overview import PER_PAGE, Show, drafts_left, overview
from worker.web.page_data import line

FINISHED = freight(incident="PDONE", status="final", prompts=0, items=ITEMS[1:2])
EMPTY = freight(incident="PNEW", items=())


@pytest.mark.parametrize(
    ("deadline", "done", "overdue"),
    [
        ("2026-11-22", False, True),
        ("2026-11-23", False, False),
        ("2026-11-24", False, False),
        ("2026-11-22", True, False),
        ("soon", False, False),
        ("", False, False),
        ("2026-13-45", False, False),
    ],
)
def test_an_item_is_overdue_the_day_after_its_deadline_unless_it_is_done(deadline, done, overdue):
    assert is_overdue(ItemStatus("x", deadline=deadline, done=done), TODAY) is overdue


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-11-19-PFREIGHT-slug.md", date(2026, 11, 19)),
        ("2026/q4/2026-11-19-PFREIGHT.md", date(2026, 11, 19)),
        ("by-hand.md", None),
        ("2026-99-99-PFREIGHT.md", None),
    ],
)
def test_the_day_is_read_off_the_name(name, day):
    assert line(freight(document=name), TODAY).day == day


def test_a_line_counts_what_is_done_and_what_is_overdue():
    one = line(freight(), TODAY)
    assert (len(one.items), one.done, one.overdue) == (3, 1, 1)


@pytest.mark.parametrize(
    ("show", "incidents"),
    [
        (Show.ALL, ["PFREIGHT", "PDONE", "PNEW"]),
        (Show.UNFINISHED, ["PFREIGHT", "PNEW"]),
        (Show.OPEN, ["PFREIGHT"]),
        (Show.OVERDUE, ["PFREIGHT"]),
    ],
)
def test_the_list_shows_what_is_asked_for_and_counts_all(show, incidents):
    seen = overview([freight(), FINISHED, EMPTY], TODAY, show, 1)
    assert [one.document.incident for one in seen.lines] == incidents
    assert (seen.documents, seen.unfinished, seen.open_items, seen.overdue_items) == (3, 2, 2, 1)


@pytest.mark.parametrize(
    ("page", "shown", "first"),
    [(1, PER_PAGE, "P0"), (3, 1, f"P{2 * PER_PAGE}"), (99, 1, f"P{2 * PER_PAGE}")],
)
def test_a_long_list_comes_in_pages(page, shown, first):
    many = [freight(incident=f"P{number}") for number in range(2 * PER_PAGE + 1)]
    seen = overview(many, TODAY, Show.ALL, page)
    assert (len(seen.lines), seen.lines[0].document.incident, seen.pages) == (shown, first, 3)


def test_an_empty_list_has_one_page():
    assert overview([], TODAY, Show.ALL, 1).pages == 1


def test_drafts_that_wait_for_somebody_are_told_once_the_longest_late_first():
    def draft(incident: str, **about: object) -> ListedDocument:
        status = DocumentStatus(IncidentId(incident), f"2026-11-19-{incident}-x.md")
        return ListedDocument(status, **{"is_draft": True, **about})

    left = drafts_left(
        [
            draft("LATE", review="2026-11-20"),
            draft("LATER", review="2026-11-01", owner="Ada"),
            draft("TODAY", review="2026-11-23", owner="Ada"),
            draft("NOBODYS"),
            draft("DONE", review="2026-11-01", is_draft=False),
        ],
        date(2026, 11, 23),
    )
    assert [one.status.incident for one in left.past_review] == ["LATER", "LATE"]
    assert [one.status.incident for one in left.unowned] == ["NOBODYS"]
