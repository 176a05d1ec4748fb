"""Who follows whom: each field, changed on one side, the other, both, and neither."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.ticket_fields import FieldChoice
from connectors.tickets import AccountId, Category, Ticket, Transition
from tests.unit.tracking_support import ALICE, row, ticket, tracked
from worker.tracking.closing import Closing, closing, wants_move
from worker.tracking.destinations import ClosingRules
from worker.tracking.shared_fields import ToRow, Vocabulary, changed, compare, translate
from worker.tracking.ticket_actions import Field, ToTicket
from worker.tracking.tracked_tickets import (
    TrackedTicket,
    Values,
    row_values,
    status_text,
    ticket_values,
)

WORDS = Vocabulary(
    accounts={"@alice": ALICE},
    priorities={"urgent": "High"},
    allowed=(FieldChoice("High"), FieldChoice("Medium"), FieldChoice("Low")),
    owners={"Ali": "alice@example.com"},
)
TASK = "Add alert"


def agreed(**in_row: str) -> tuple[TrackedTicket, Ticket]:
    """Give a memory and a ticket that agree about a row with these cells."""
    now = ticket(1, TASK, priority="Medium", due=date(2026, 11, 1))
    memory = replace(
        tracked(1, TASK),
        row=row_values(row(TASK, priority="Medium", deadline="2026-11-01", **in_row)),
        remote=ticket_values(now),
    )
    return memory, now


def as_agreed(**changes: str) -> dict[str, str]:
    return {"task": TASK, "priority": "Medium", "deadline": "2026-11-01", **changes}


def test_nothing_changed_is_nothing_to_do() -> None:
    memory, now = agreed()
    agreement = compare(row(**as_agreed()), memory, now, WORDS)
    assert agreement.to_ticket == ()
    assert agreement.to_row == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"task": "Add two alerts"}, ToTicket(Field.TASK, TASK, "Add two alerts")),
        ({"owner": "@alice"}, ToTicket(Field.OWNER, "", "@alice")),
        ({"priority": "urgent"}, ToTicket(Field.PRIORITY, "Medium", "urgent")),
        ({"deadline": "2026-12-24"}, ToTicket(Field.DEADLINE, "2026-11-01", "2026-12-24")),
        ({"deadline": ""}, ToTicket(Field.DEADLINE, "2026-11-01", "")),
    ],
)
def test_what_a_person_changed_in_the_row_goes_to_the_ticket(
    change: dict[str, str], expected: ToTicket
) -> None:
    memory, now = agreed()
    agreement = compare(row(**as_agreed(**change)), memory, now, WORDS)
    assert agreement.to_ticket == (expected,)
    assert agreement.to_row == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"summary": "Add an alert"}, ToRow(Field.TASK, TASK, "Add an alert")),
        ({"assignee": ALICE}, ToRow(Field.OWNER, "", "Ali")),
        ({"priority": "High"}, ToRow(Field.PRIORITY, "Medium", "urgent")),
        ({"priority": "Low"}, ToRow(Field.PRIORITY, "Medium", "Low")),
        ({"due": date(2026, 12, 24)}, ToRow(Field.DEADLINE, "2026-11-01", "2026-12-24")),
        ({"due": None}, ToRow(Field.DEADLINE, "2026-11-01", "")),
    ],
)
def test_what_changed_in_the_ticket_goes_to_the_row(
    change: dict[str, object], expected: ToRow
) -> None:
    memory, now = agreed()
    moved = replace(now, **change)  # type: ignore[arg-type]  # built by name
    agreement = compare(row(**as_agreed()), memory, moved, WORDS)
    assert agreement.to_row == (expected,)
    assert agreement.to_ticket == ()


@pytest.mark.parametrize(
    ("source", "task", "was"),
    [
        ("[ ] Write — @ann — [OPS-1](https://j/OPS-1)", "Write", "Write —"),
        ("[ ] Write;", "Write", "Write;"),
        ("[ ] Talk with @ann", "Talk with @ann", "Talk with"),
        ("[ ] Write ==a== of [[B]] %%c%%", "Write a of B", "Write ==a== of [[B]] %%c%%"),
        ("| Write [[A\\|b]] | Ann |", "Write b", "Write [[A|b]]"),
        ("[ ] Write — 2026-12-24", "Write", "Write — 2026-12-24"),
    ],
)
def test_words_that_an_earlier_release_read_otherwise_are_nobodys_change(
    source: str, task: str, was: str
) -> None:
    known, now = agreed()
    known = replace(known, row=replace(known.row, task=was, owner="ann"))
    item = replace(row(**as_agreed(owner="ann")), task=task, source=source)
    assert Field.TASK not in {one.field for one in compare(item, known, now, WORDS).to_ticket}


@pytest.mark.parametrize(
    ("source", "task", "was"),
    [
        ("[ ] Write the docs", "Write the docs", "Write"),
        ("[ ] Talk with @ann and go", "Talk with @ann and go", "Talk with"),
        ("[ ] Write", "Write", "Write and more"),
        ("[ ] Do not write it", "Do not write it", "write it"),
        ("[ ] Write ~~a~~ b", "Write b", "Write a b"),
        ("| Write | Ann | formerly: Write it all |", "Write", "Write it all"),
    ],
)
def test_words_that_a_person_changed_go_to_the_ticket(source: str, task: str, was: str) -> None:
    known, now = agreed()
    known = replace(known, row=replace(known.row, task=was, owner="ann"))
    item = replace(row(**as_agreed(owner="ann")), task=task, source=source)
    assert Field.TASK in {one.field for one in compare(item, known, now, WORDS).to_ticket}


def test_an_owner_is_not_taken_away_while_the_box_still_mentions_one() -> None:
    known, now = agreed(owner="ann")
    now = replace(now, assignee=ALICE)
    known = replace(known, remote=ticket_values(now))
    item = replace(row(**as_agreed(owner="")), source=f"[ ] `@ann`: {TASK}")
    assert Field.OWNER not in {one.field for one in compare(item, known, now, WORDS).to_ticket}
    gone = replace(item, source=f"[ ] {TASK}")
    assert Field.OWNER in {one.field for one in compare(gone, known, now, WORDS).to_ticket}


@pytest.mark.parametrize(
    ("source", "moves"),
    [
        ("[ ] @bo: write, with @ann", set()),
        ("[ ] @bo: write, with nobody", {Field.TASK, Field.OWNER}),
        ("[ ] @bo: write it, with @ann", {Field.TASK, Field.OWNER}),
    ],
)
def test_an_owner_is_not_moved_to_whom_the_same_words_named_before(
    source: str, moves: set[Field]
) -> None:
    known, now = agreed()
    known = replace(known, row=replace(known.row, task="@bo: write, with", owner="ann"))
    item = row(**as_agreed(owner="bo"))
    item = replace(item, task=source.removeprefix("[ ] "), source=source)
    assert {one.field for one in compare(item, known, now, WORDS).to_ticket} == moves


def test_where_both_changed_the_tickets_value_stands_and_the_rows_is_told() -> None:
    memory, now = agreed()
    agreement = compare(
        row(**as_agreed(deadline="2026-12-01")), memory, replace(now, due=date(2026, 12, 24)), WORDS
    )
    assert agreement.to_ticket == ()
    assert agreement.to_row == (
        ToRow(Field.DEADLINE, "2026-12-01", "2026-12-24", lost="2026-12-01"),
    )


def test_where_both_changed_to_the_same_there_is_nothing_to_write() -> None:
    memory, now = agreed()
    item = row(**as_agreed(deadline="2026-12-24", priority="urgent"))
    moved = replace(now, due=date(2026, 12, 24), priority="High")
    agreement = compare(item, memory, moved, WORDS)
    assert (agreement.to_ticket, agreement.to_row) == ((), ())


def test_a_new_ticket_is_where_the_comparison_starts() -> None:
    memory, now = agreed()
    fresh = replace(memory, remote=None)
    assert changed(row(**as_agreed()), fresh, replace(now, priority="High")) == frozenset()


def test_a_row_reworded_since_its_ticket_was_created_still_reaches_the_ticket() -> None:
    memory, now = agreed()
    fresh = replace(memory, remote=None)
    agreement = compare(row(**as_agreed(task="Add two alerts")), fresh, now, WORDS)
    assert agreement.to_ticket == (ToTicket(Field.TASK, TASK, "Add two alerts"),)


def test_changes_are_translated_into_the_tickets_terms() -> None:
    item = row("Add two alerts", "@alice", "urgent", "2026-12-24")
    moves = [ToTicket(one, "", getattr(row_values(item), one.value)) for one in Field]
    made = translate(moves, item, WORDS)
    assert made.problems == ()
    assert made.changes.summary == "Add two alerts"
    assert made.changes.assignee == AccountId("acc-alice")
    assert made.changes.priority == FieldChoice("High")
    assert made.changes.due == date(2026, 12, 24)


def test_an_emptied_owner_and_deadline_are_emptied_and_an_emptied_priority_is_left() -> None:
    item = row("Add alert")
    moves = [ToTicket(one, "x", "") for one in (Field.OWNER, Field.PRIORITY, Field.DEADLINE)]
    made = translate(moves, item, WORDS)
    assert made.changes.clear_assignee
    assert made.changes.clear_due
    assert (made.changes.priority, made.problems) == (None, ())


def test_a_priority_in_a_project_that_has_none_is_told() -> None:
    moves = [ToTicket(Field.PRIORITY, "", "High")]
    made = translate(moves, row("Add alert", priority="High"), replace(WORDS, allowed=()))
    assert made.problems == ("The project has no priority 'High'; it has none.",)


@pytest.mark.parametrize(
    ("cells", "field", "sentence"),
    [
        ({"owner": "nobody"}, Field.OWNER, "'nobody' could not be made the assignee."),
        (
            {"priority": "Sometime"},
            Field.PRIORITY,
            "The project has no priority 'Sometime'; it has High, Medium, Low. `[priorities]` can map the word.",
        ),
        (
            {"deadline": "2026-13-40"},
            Field.DEADLINE,
            "The deadline '2026-13-40' cannot be used: there is no such day. Use YYYY-MM-DD.",
        ),
    ],
)
def test_what_cannot_be_translated_is_told_and_not_sent(
    cells: dict[str, str], field: Field, sentence: str
) -> None:
    item = row("Add alert", **cells)
    made = translate([ToTicket(field, "", next(iter(cells.values())))], item, WORDS)
    assert made.problems == (sentence,)
    assert made.made == ()


@pytest.mark.parametrize(
    ("status", "resolution", "expected"),
    [
        ("To Do", None, "To Do"),
        ("Done", "Done", "Done"),
        ("Done", "Fixed", "Done"),
        ("Closed", "Done", "Closed"),
        ("Done", "Won't Do", "Done (Won't Do)"),
        ("Won't do", "Won't Do", "Won't do"),
        ("Closed", "Duplicate", "Closed (Duplicate)"),
        ("Erledigt", "Erledigt", "Erledigt"),
        ("In Progress", "Won't Do", "In Progress (Won't Do)"),
    ],
)
def test_a_status_is_shown_with_a_resolution_that_says_else_than_done(
    status: str, resolution: str | None, expected: str
) -> None:
    assert status_text(ticket(1, TASK, status=status, resolution=resolution)) == expected


def test_a_ticket_that_cannot_be_seen_is_unavailable_and_never_called_deleted() -> None:
    assert status_text(None) == "Unavailable"


def test_an_archived_ticket_says_so() -> None:
    assert status_text(ticket(1, TASK, archived=True)) == "To Do (archived)"


def test_a_status_cell_that_a_person_wrote_over_asks_for_a_move() -> None:
    memory, now = agreed()
    assert wants_move(row(TASK, status="Done"), memory, now) == "Done"
    assert wants_move(row(TASK, status="To Do"), memory, now) == ""
    assert wants_move(row(TASK, status=""), memory, now) == ""


def test_a_status_cell_that_the_program_has_not_filled_yet_asks_for_nothing() -> None:
    memory, now = agreed()
    assert wants_move(row(TASK, status="later"), replace(memory, status_cell=""), now) == ""


def test_a_status_cell_that_says_what_the_ticket_says_asks_for_nothing() -> None:
    memory, now = agreed()
    moved = replace(now, status="In Progress", category=Category.INDETERMINATE)
    assert wants_move(row(TASK, status="in progress"), memory, moved) == ""


START = Transition("11", "Start", "In Progress", Category.INDETERMINATE)
RULES = ClosingRules()
CLOSE = Transition("31", "Finish", "Done", Category.DONE)


@pytest.mark.parametrize(
    ("wanted", "expected"), [("Done", CLOSE), ("done", CLOSE), ("finish", CLOSE), ("start", START)]
)
def test_a_move_is_found_by_its_name_or_where_it_leads(wanted: str, expected: Transition) -> None:
    assert closing(wanted, "OPS-1", True, [START, CLOSE], RULES) == Closing(transition=expected)


def test_done_is_any_move_into_a_done_category() -> None:
    shut = Transition("41", "Zumachen", "Erledigt", Category.DONE)
    assert closing("done", "OPS-1", True, [START, shut], RULES).transition == shut


def test_a_move_that_the_workflow_does_not_allow_is_told() -> None:
    problem = closing("Done", "OPS-1", True, [START], RULES).problem
    assert problem == (
        "OPS-1 cannot go to 'Done' from where it is; the workflow allows In Progress."
    )


def test_without_the_setting_tickets_are_not_moved_from_the_document() -> None:
    decided = closing("Done", "OPS-1", False, [CLOSE], RULES)
    assert decided.transition is None
    assert "close_from_document" in decided.problem


def test_values_of_a_row_are_words_and_dates() -> None:
    item = row("Add alert", "@alice", "High", "2026-12-24")
    assert row_values(item) == Values("Add alert", "@alice", "High", "2026-12-24")
