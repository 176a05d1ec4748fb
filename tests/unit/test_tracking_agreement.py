"""What is planned between rows and tickets, before anything is written to either."""

from dataclasses import replace
from datetime import date

from connectors.ticket_fields import TicketField
from connectors.tickets import Category, NoAccount, RemoteLink, Transition
from tests.unit.tracking_support import ALICE, row, rows, ticket, tracked
from worker.document.action_item_values import ActionItem
from worker.tracking.action_types import (
    AddLinks,
    Cell,
    ChangeTicket,
    Field,
    MoveTicket,
    Tell,
    ToTicket,
    WriteCell,
)
from worker.tracking.plan_agreement import (
    AgreementRules,
    Answers,
    Questions,
    Sides,
    plan_agreement,
    questions,
)
from worker.tracking.row_cells import plan_cells, remembered
from worker.tracking.shared_fields import ToRow, after
from worker.tracking.tracked_tickets import TrackedTicket, row_values, ticket_values

NAMED = "Add alert | | | | OPS-1 | To Do"
RULES = AgreementRules(done=frozenset({"done"}))
CLOSE = Transition("31", "Finish", "Done", Category.DONE)
TICKET = ticket(1, "Add alert")
MEMORY = replace(tracked(1, "Add alert"), remote=ticket_values(TICKET))


def sides(*written: str, memory: TrackedTicket = MEMORY, **values: object) -> Sides:
    """Give rows that all have the ticket OPS-1, as it is in ``TICKET`` unless said otherwise."""
    items = rows(*written)
    plain: dict[str, object] = {
        "document": "storm.md",
        "items": items,
        "rows": {item.ordinal: memory for item in items},
        "tickets": {TICKET.id: TICKET},
    }
    return Sides(**{**plain, **values})  # type: ignore[arg-type]  # built by name


def test_sides_that_agree_need_nothing_looked_up_and_nothing_done() -> None:
    both = sides(NAMED)
    assert questions(both, RULES) == Questions()
    assert plan_agreement(both, Answers(), RULES).actions == ()


def test_only_what_changed_is_looked_up() -> None:
    both = sides("Add alert | @alice | High | | OPS-1 | Done")
    may_close = replace(RULES, close=True)
    assert questions(both, RULES) == Questions((("OPS", "@alice"),), priorities=True)
    assert questions(both, may_close).moves == (TICKET.id,)
    assert questions(replace(both, busy=True), may_close).moves == ()


def test_a_changed_row_is_a_planned_change_of_its_ticket_and_why() -> None:
    both = sides("Add alert | @alice | | 2026-12-24 | OPS-1 | To Do")
    answers = Answers({("OPS", "@alice"): ALICE})
    (change,) = plan_agreement(both, answers, RULES).actions
    assert isinstance(change, ChangeTicket)
    assert (change.changes.assignee, change.changes.due) == (ALICE.id, date(2026, 12, 24))
    assert [one.reason for one in change.moves] == [
        "owner changed in the document",
        "deadline changed in the document",
    ]


def test_an_owner_who_is_nobody_is_told_and_the_rest_is_changed() -> None:
    both = sides("Add alert | @bob | | 2026-12-24 | OPS-1 | To Do")
    answers = Answers({("OPS", "@bob"): NoAccount("Nobody is called '@bob'.")})
    told, kept, change = plan_agreement(both, answers, RULES).actions
    assert told == Tell("Row 1 ('Add alert') of storm.md: Nobody is called '@bob'.")
    assert isinstance(kept, Tell)
    assert "OPS-1 keeps what it had" in kept.sentence
    assert isinstance(change, ChangeTicket)
    assert change.changes.assignee is None


def test_while_people_write_tickets_are_left_and_rows_still_follow_them() -> None:
    changed = replace(TICKET, due=date(2026, 12, 24))
    both = sides("Add alerts | | | | OPS-1 | Done", tickets={TICKET.id: changed}, busy=True)
    planned = plan_agreement(both, Answers(), RULES)
    assert planned.actions == ()
    assert planned.to_rows == {0: (ToRow(Field.DEADLINE, "", "2026-12-24"),)}


def test_a_closed_row_is_a_planned_move_where_the_configuration_allows_it() -> None:
    both = sides("Add alert | | | | OPS-1 | Done")
    answers = Answers(moves={TICKET.id: [CLOSE]})
    (told,) = plan_agreement(both, answers, RULES).actions
    assert isinstance(told, Tell)
    (move,) = plan_agreement(both, answers, replace(RULES, close=True)).actions
    assert isinstance(move, MoveTicket)
    assert (move.move, move.before) == (CLOSE, "To Do")


def test_two_rows_with_one_ticket_plan_its_move_and_its_links_once() -> None:
    link = RemoteLink("postmortem=Q0STORM", "https://pm.example.com/postmortems/Q0STORM", "P")
    closed = "Add alert | | | | OPS-1 | Done"
    both = sides(closed, closed, memory=replace(MEMORY, has_links=False))
    answers = Answers(moves={TICKET.id: [CLOSE]})
    planned = plan_agreement(both, answers, replace(RULES, close=True, links=(link,)))
    assert [type(one) for one in planned.actions] == [MoveTicket, AddLinks]


def test_a_ticket_that_cannot_be_seen_is_told_once() -> None:
    both = sides(NAMED, tickets={})
    (told,) = plan_agreement(both, Answers(), RULES).actions
    assert isinstance(told, Tell)
    assert "cannot be seen any more" in told.sentence
    again = sides(NAMED, tickets={}, memory=replace(MEMORY, status_cell="Unavailable"))
    assert plan_agreement(again, Answers(), RULES).actions == ()


def test_a_refused_field_stays_as_it_was_in_the_ticket() -> None:
    both = sides("Add alerts | | | 2026-12-24 | OPS-1 | To Do")
    (change,) = plan_agreement(both, Answers(), RULES).actions
    assert isinstance(change, ChangeTicket)
    now = after(TICKET, change.changes, change.accounts, {TicketField.DUE: "It is frozen."})
    assert (now.summary, now.due) == ("Add alerts", None)


def test_the_cells_that_are_written_say_why() -> None:
    done = replace(TICKET, key="PLAT-9", status="Done", due=date(2026, 12, 24))
    both = sides(NAMED, tickets={TICKET.id: done})
    moves = {0: (ToRow(Field.DEADLINE, "", "2026-12-24"),)}
    (edit,), written = plan_cells(both, moves, RULES)
    assert (edit.status, edit.deadline, edit.ticket and edit.ticket.key) == (
        "Done",
        "2026-12-24",
        "PLAT-9",
    )
    (item,) = both.items
    assert written == [
        WriteCell(
            Cell.TICKET,
            item,
            "the ticket was moved to another project",
            "PLAT-9",
            "OPS-1",
            "PLAT-9",
        ),
        WriteCell(Cell.STATUS, item, "the tracker says so", "PLAT-9", "To Do", "Done"),
        WriteCell(
            Field.DEADLINE, item, "deadline changed in the tracker", "PLAT-9", "", "2026-12-24"
        ),
    ]


def settled(item: ActionItem, both: Sides) -> TrackedTicket:
    (one,) = remembered(replace(both, items=(item,)), (MEMORY,), frozenset({"done"}))
    return one


def test_what_is_remembered_is_what_both_sides_say_now() -> None:
    changed = replace(TICKET, status="Done", category=Category.DONE)
    both = sides(NAMED, tickets={TICKET.id: changed})
    one = settled(row("Add alert", ticket="OPS-1", status="Done"), both)
    assert (one.status_cell, one.done, one.remote) == ("Done", True, ticket_values(changed))


def test_what_changed_while_people_wrote_is_still_to_come() -> None:
    changed = replace(TICKET, due=date(2026, 12, 24))
    item = row("Add alerts", deadline="2026-12-24", ticket="OPS-1", status="Done")
    both = sides(NAMED, tickets={TICKET.id: changed})
    assert settled(item, both).row == row_values(item)
    one = settled(item, replace(both, busy=True))
    assert (one.row.task, one.row.deadline, one.status_cell) == ("Add alert", "2026-12-24", "To Do")
    assert ToTicket(Field.TASK, "Add alert", "Add alerts") in _to_ticket(item, one, both)


def _to_ticket(item: ActionItem, memory: TrackedTicket, both: Sides) -> tuple[ToTicket, ...]:
    again = replace(both, items=(item,), rows={item.ordinal: memory})
    changes = plan_agreement(again, Answers(), RULES).actions
    return tuple(move for one in changes if isinstance(one, ChangeTicket) for move in one.moves)
