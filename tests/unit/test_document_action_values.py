"""What the words of an action item's cells mean, and how its ticket is written."""

from datetime import date

import pytest

from worker.document.action_item_values import (
    CellBox,
    cell_box,
    deadline_words,
    due,
    find_ticket,
    in_place_of,
    is_blank,
    left_out,
    owner_words,
    priority_words,
    shortened,
    task_words,
    ticket_link,
)
from worker.document.action_items import LeftOut, TicketCell
from worker.document.markdown_blocks import parse

LINKED = parse("[w]: https://x.example.com\n").definitions
NOTHING = ("tbd", "n/a")
URL = "https://j.example.com/browse/OPS-1"


def test_a_deadline_that_may_be_absent_is_read_or_told() -> None:
    assert due("", "Line 1") == (None, "")
    assert due("2026-12-03", "Line 1") == (date(2026, 12, 3), "")
    day, told = due("soon", "Line 1")
    assert day is None
    assert told == "Line 1 has the deadline 'soon', and it is no date. Use YYYY-MM-DD."


def test_words_that_name_a_row_are_short() -> None:
    assert shortened("a" * 60) == "a" * 60
    assert shortened(f"{'a' * 40} {'b' * 40}") == "a" * 40 + "\u2026"


@pytest.mark.parametrize(
    ("text", "key", "url"),
    [
        (f"<{URL}>", "OPS-1", URL),
        (f"[here](<{URL}>)", "OPS-1", URL),
        (f"[OPS-2](<{URL}>)", "OPS-2", URL),
        (f"[OPS-2]({URL} 'why')", "OPS-2", URL),
        (f'[OPS-2]({URL} "why")', "OPS-2", URL),
        (r"[OPS-2](https://x.example.com/a\|b)", "OPS-2", "https://x.example.com/a|b"),
        ("[OPS-2]()", "OPS-2", None),
        ("https://x.example.com/nothing/2 OPS-3", "OPS-3", None),
        ("[page](https://x.example.com/2) OPS-3", "OPS-3", None),
        ("OPS-0 then OPS-01 then ops\u20117", "OPS-7", None),
        ("x/OPS-1 -OPS-2 OPS-3-4", None, None),
        ("no number", None, None),
    ],
)
def test_the_first_ticket_that_is_named_is_found(
    text: str, key: str | None, url: str | None
) -> None:
    found = find_ticket(text)
    assert (found and found.ticket) == (TicketCell(key, url) if key else None)


@pytest.mark.parametrize(
    ("text", "blank"),
    [("", True), ("\u2013", True), ("[Ticket]", True), ("[OPS-1]", False), ("x", False)],
)
def test_a_ticket_cell_may_say_that_there_is_none(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


@pytest.mark.parametrize(
    ("cell", "owner", "deadline", "priority"),
    [
        ("", "", "", ""),
        ("[w][w]", "w", "w", "w"),
        ("**Ann**", "Ann", "Ann", "Ann"),
        ("[Name]", "", "", ""),
        (":red_circle: High", "\U0001f534 High", ":red_circle: High", "\U0001f534 High"),
        ("TBD", "", "", "TBD"),
        ("-", "", "", ""),
        ("~~Ann~~ Bo", "Bo", "Bo", "Ann Bo"),
        ("[~ann]", "[~ann]", "", ""),
        ("@<Ann Bee>", "@Ann Bee", "@Ann Bee", "@Ann Bee"),
        ("![a](u) Ann", "Ann", "a Ann", "a Ann"),
        ("![Ann](u)", "Ann", "Ann", "Ann"),
        ("[2026-12-03]", "", "[2026-12-03]", ""),
        ("[3 Dec 2026]", "", "[3 Dec 2026]", ""),
    ],
)
def test_what_a_cell_says_depends_on_its_column(
    cell: str, owner: str, deadline: str, priority: str
) -> None:
    assert owner_words(cell, LINKED, NOTHING) == owner
    assert deadline_words(cell, LINKED, NOTHING) == deadline
    assert priority_words(cell, LINKED) == priority


@pytest.mark.parametrize(
    ("source", "status", "ticked", "expected"),
    [
        ("x", "", False, None),
        ("x", "", True, LeftOut.TICKED),
        ("~~x~~", "Done", True, LeftOut.STRUCK_OUT),
        ("x", "Won't Do", False, LeftOut.DONE),
        ("x", "To Do", False, None),
        ("x", "\u2705 Done", False, LeftOut.DONE),
        ("x", " \u2705 ", False, LeftOut.DONE),
        ("x", "[x]", False, LeftOut.DONE),
        ("x", "\u2013", False, None),
        ("x", "done\u2705", False, LeftOut.DONE),
        ("x", "Not done", False, None),
        ("x (completed)", "", False, None),
        ("~~x~~ (completed 2026-12-03)", "", True, LeftOut.COMPLETED),
        ("~~x~~ (completed, tracked in the wiki)", "", False, LeftOut.COMPLETED),
        ("x (completed, tracked in the wiki)", "", False, LeftOut.ELSEWHERE),
        ("x (tracked in [OPS-1](u))", "", False, LeftOut.ELSEWHERE),
        ("x (tracked in the wiki) y", "", False, None),
    ],
)
def test_why_no_ticket_is_made(
    source: str, status: str, ticked: bool, expected: LeftOut | None
) -> None:
    assert left_out(source, ticked=ticked, status=status) == expected


def test_without_more_than_the_words_nothing_is_ticked_or_done() -> None:
    assert left_out("x") is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("x", CellBox("", "x")),
        ("[ ] x", CellBox("[ ] ", "x")),
        ("[] x", CellBox("[] ", "x")),
        ("[x] x", CellBox("[x] ", "x", ticked=True)),
        ("[X] x", CellBox("[X] ", "x", ticked=True)),
        ("- [x] x", CellBox("- [x] ", "x", ticked=True)),
        ("- x", CellBox("- ", "x")),
        ("\u2611 x", CellBox("\u2611 ", "x", ticked=True)),
        ("\u2705\ufe0f x", CellBox("\u2705\ufe0f ", "x", ticked=True)),
        ("\u2610 x", CellBox("\u2610 ", "x")),
        ("[y] x", CellBox("", "[y] x")),
        ("[x]", CellBox("", "[x]")),
    ],
)
def test_a_task_may_open_with_a_box_or_a_bullet(cell: str, expected: CellBox) -> None:
    assert cell_box(cell) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"a\|b", "a|b"),
        ("~~a~~ b", "b"),
        ("~~a~~", "a"),
        ("~~a b~~ c", "a b c"),
        ("[a][w] [b][other]", "a [b][other]"),
        ("~~[a][w]~~", "a"),
        ("~~x~~ [a][w] b", "a b"),
    ],
)
def test_a_task_is_its_words_but_for_what_was_taken_back(source: str, words: str) -> None:
    assert task_words(source, LINKED) == words


@pytest.mark.parametrize(
    ("ticket", "link"),
    [
        (TicketCell("OPS-1", URL), f"[OPS-1]({URL})"),
        (TicketCell("OPS-1"), "OPS-1"),
        (TicketCell("A_B-1"), "A_B-1"),
        (TicketCell("OPS-1", "javascript:x"), "OPS-1"),
    ],
)
def test_a_ticket_is_linked_by_its_key(ticket: TicketCell, link: str) -> None:
    assert ticket_link(ticket) == link
    assert in_place_of("", ticket) == in_place_of("[Ticket]", ticket) == link
    assert in_place_of("see OPS-9, please", ticket) == f"see {link}, please"
    assert in_place_of(f"[OPS-2]({URL} 'why')", ticket) == link
