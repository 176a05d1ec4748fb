"""What is remembered of a ticket: as a change leaves it, and once its document is saved."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.ticket_fields import FieldChoice, TicketField
from connectors.tickets import AccountId, Category, TicketChanges
from tests.unit.tracking_support import ALICE, TOMORROW, row, rows, sides_of, ticket, tracked
from worker.tracking.plan_agreement import Sides
from worker.tracking.row_cells import remembered
from worker.tracking.shared_fields import TRACKER_NAMES, Vocabulary, after
from worker.tracking.tracked_tickets import TrackedTicket, row_values, status_text, ticket_values

DONE = frozenset({"done", "erledigt"})
TICKET = ticket(1, "Add alert", priority="Low", due=date(2026, 10, 1))
CHANGES = {
    TicketField.SUMMARY: (TicketChanges(summary="Add alerts"), {"summary": "Add alerts"}),
    TicketField.PRIORITY: (TicketChanges(priority=FieldChoice("High", "2")), {"priority": "High"}),
    TicketField.DUE: (TicketChanges(due=TOMORROW), {"due": TOMORROW}),
    TicketField.ASSIGNEE: (TicketChanges(assignee=ALICE.id), {"assignee": ALICE}),
}


@pytest.mark.parametrize("field", list(TicketField))
def test_a_change_leaves_a_ticket_with_what_was_sent_unless_it_was_refused(
    field: TicketField,
) -> None:
    changes, now = CHANGES[field]
    assert after(TICKET, changes, [ALICE], ()) == replace(TICKET, **now)  # type: ignore[arg-type]  # by name
    assert after(TICKET, changes, [ALICE], {field}) == TICKET
    others = set(TRACKER_NAMES.values()) - {field}
    assert after(TICKET, changes, [ALICE], others) == replace(TICKET, **now)  # type: ignore[arg-type]  # by name


def test_a_change_can_empty_an_owner_and_a_deadline() -> None:
    owned = replace(TICKET, assignee=ALICE)
    emptied = TicketChanges(clear_assignee=True, clear_due=True)
    assert after(owned, emptied, [ALICE], ()) == replace(TICKET, due=None)
    assert after(owned, TicketChanges(), [ALICE], ()) == owned
    stranger = TicketChanges(assignee=AccountId("acc-zoe"))
    assert after(owned, stranger, [ALICE], ()).assignee is None


def test_a_priority_is_called_by_the_documents_word_for_it() -> None:
    allowed = (FieldChoice("Hoch", "2", "High"), FieldChoice("Tief", "4", "Low"))
    words = Vocabulary({}, {"P1": "High", "P2": "Urgent"}, allowed)
    assert [words.priority_word(one) for one in ("Hoch", "hoch", "Urgent", "Tief", "")] == [
        "P1",
        "P1",
        "P2",
        "Tief",
        "",
    ]


def test_nobody_and_an_account_without_a_configured_name_are_called_as_they_are() -> None:
    words = Vocabulary({}, {}, (), {"alice": "ALICE@example.com", "nobody": ""})
    assert words.owner_word(None) == ""
    assert words.owner_word(ALICE) == "alice"
    assert words.owner_word(replace(ALICE, email="a@example.com")) == ALICE.name


def test_a_resolution_that_the_configuration_calls_done_adds_nothing_to_a_status() -> None:
    shut = replace(TICKET, status="Closed", resolution="Erledigt")
    assert status_text(shut, DONE) == "Closed"
    assert status_text(shut, frozenset({"done"})) == "Closed (Erledigt)"


def saved(
    *written: str, memory: TrackedTicket, known: tuple[TrackedTicket, ...] = (), **values: object
) -> list[TrackedTicket]:
    """Give what is remembered of rows that all have the ticket of ``memory``."""
    both = sides_of(*written, memory=memory, seen=TICKET, **values)
    return remembered(both, known, DONE)


MADE = tracked(1, "Add alert", linked=False, remote=None, status_cell="", ordinal=5)
ROW = "Add alert | | | | OPS-1 | To Do"


def test_a_ticket_is_remembered_as_both_sides_say_it_and_where_it_stands() -> None:
    moved = replace(TICKET, key="PLAT-9", url="https://jira.example.com/browse/PLAT-9")
    shut = replace(moved, status="Closed", category=Category.DONE, resolution="Erledigt")
    (one,) = saved(ROW, memory=MADE, tickets={TICKET.id: shut})
    assert one == replace(
        MADE,
        key="PLAT-9",
        url=shut.url,
        ordinal=0,
        linked=True,
        row=row_values(row("Add alert")),
        remote=ticket_values(shut),
        status_cell="Closed",
        done=True,
        labelled=False,
    )


def test_a_ticket_that_a_search_by_label_shows_is_remembered_as_such() -> None:
    shown = replace(TICKET, labels=("postmortem-worker", "sre"))
    (one,) = saved(ROW, memory=replace(MADE, labelled=False), tickets={TICKET.id: shown})
    assert one.labelled


def test_a_ticket_that_cannot_be_seen_is_remembered_as_such_and_as_not_done() -> None:
    (one,) = saved(ROW, memory=replace(MADE, done=True), tickets={})
    assert one == replace(
        MADE, ordinal=0, linked=True, available=False, status_cell="Unavailable", done=False
    )


def test_a_ticket_that_was_not_read_is_remembered_as_it_was_but_for_its_row() -> None:
    (one,) = saved(ROW, memory=MADE, unread=frozenset({TICKET.id}), tickets={})
    assert one == replace(MADE, ordinal=0, linked=True)


def test_two_rows_with_one_ticket_are_remembered_once_by_the_first() -> None:
    (one,) = saved("Add alerts | | | | OPS-1 | To Do", ROW, memory=MADE)
    assert (one.ordinal, one.row.task) == (0, "Add alerts")


def test_what_stands_behind_an_odd_row_is_remembered_too() -> None:
    """A row without a ticket, one that does not name its own, and ones whose ticket is unknown."""
    second = tracked(2, "Review")
    third = tracked(3, "Drill")
    items = rows("No ticket", "Cleared", ROW, "Review | | | | OPS-2 |", "Drill | | | | OPS-3 |")
    both = Sides(
        "storm.md",
        items,
        {1: MADE, 2: MADE, 3: second, 4: third},
        {TICKET.id: TICKET, third.id: ticket(3, "Drill")},
        unread=frozenset({second.id}),
    )
    found = remembered(both, (), DONE)
    assert [(one.key, one.ordinal) for one in found] == [("OPS-1", 2), ("OPS-2", 3), ("OPS-3", 4)]
    gone = remembered(replace(both, unread=frozenset()), (), DONE)
    assert [one.available for one in gone] == [True, False, True]


def test_a_status_that_is_to_come_is_not_yet_what_was_written() -> None:
    memory = tracked(1, "Add alert")
    started = replace(TICKET, status="In Progress", category=Category.INDETERMINATE)
    over, plain = "Add alert | | | | OPS-1 | Done", ROW
    cells = [
        saved(written, memory=memory, tickets={TICKET.id: started}, busy=busy)[0].status_cell
        for written, busy in ((over, True), (plain, True), (over, False))
    ]
    assert cells == ["To Do", "In Progress", "In Progress"]


def test_tickets_whose_rows_are_gone_stay_remembered_and_lost_ones_as_unavailable() -> None:
    seen, lost = tracked(2, "Review"), tracked(3, "Drill", available=False)
    unread = tracked(4, "Plan", available=False)
    known = (tracked(1, "Add alert"), seen, lost, unread)
    found = saved(ROW, memory=known[0], known=known, unread=frozenset({unread.id}))
    assert found[1:] == [seen, replace(lost, status_cell="Unavailable"), unread]
