"""What is planned between rows and tickets, before anything is written to either."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.ticket_fields import FieldChoice, ScreenField, TicketField
from connectors.tickets import (
    AccountId,
    Category,
    NoAccount,
    RemoteLink,
    Ticket,
    TicketChanges,
    Transition,
)
from tests.unit.tracking_support import ALICE, row, sides_of, ticket, tracked
from worker.document.action_items import ActionItem, CellEdit, TicketCell
from worker.tracking.destinations import ClosingRules
from worker.tracking.plan_agreement import (
    AgreementRules,
    Sides,
    TrackerAnswers,
    TrackerQuestions,
    plan_agreement,
    questions,
)
from worker.tracking.row_cells import plan_cells, remembered
from worker.tracking.shared_fields import ToRow, after
from worker.tracking.ticket_actions import (
    AddLinks,
    Cell,
    ChangeTicket,
    Field,
    MoveTicket,
    Tell,
    ToTicket,
    WriteCell,
)
from worker.tracking.tracked_tickets import (
    TrackedTicket,
    Values,
    reads_otherwise,
    row_values,
    ticket_values,
)

NAMED = "Add alert | | | | OPS-1 | To Do"
RULES = AgreementRules(done=frozenset({"done"}))
CLOSE = Transition("31", "Finish", "Done", Category.DONE)
TICKET = ticket(1, "Add alert")
MEMORY = replace(tracked(1, "Add alert"), remote=ticket_values(TICKET))


def sides(*written: str, memory: TrackedTicket = MEMORY, **values: object) -> Sides:
    """Give rows that all have the ticket OPS-1, as it is in ``TICKET`` unless said otherwise."""
    return sides_of(*written, memory=memory, seen=TICKET, **values)


def test_sides_that_agree_need_nothing_looked_up_and_nothing_done() -> None:
    both = sides(NAMED)
    assert questions(both, RULES) == TrackerQuestions()
    assert plan_agreement(both, TrackerAnswers(), RULES).actions == ()


def test_only_what_changed_is_looked_up() -> None:
    both = sides("Add alert | @alice | High | | OPS-1 | Done")
    may_close = replace(RULES, close=True)
    assert questions(both, RULES) == TrackerQuestions((("OPS", "@alice"),), priorities=("OPS",))
    assert questions(both, may_close).moves == (TICKET.id,)
    assert questions(replace(both, busy=True), may_close).moves == ()


def test_a_changed_row_is_a_planned_change_of_its_ticket_and_why() -> None:
    both = sides("Add alert | @alice | | 2026-12-24 | OPS-1 | To Do")
    answers = TrackerAnswers({("OPS", "@alice"): ALICE})
    (change,) = plan_agreement(both, answers, RULES).actions
    assert isinstance(change, ChangeTicket)
    assert (change.changes.assignee, change.changes.due) == (ALICE.id, date(2026, 12, 24))
    assert [one.reason for one in change.moves] == [
        "owner changed in the document",
        "deadline changed in the document",
    ]


def test_an_owner_who_is_nobody_is_told_and_the_rest_is_changed() -> None:
    both = sides("Add alert | @bob | | 2026-12-24 | OPS-1 | To Do")
    answers = TrackerAnswers({("OPS", "@bob"): NoAccount("Nobody is called '@bob'.")})
    told, change = plan_agreement(both, answers, RULES).actions
    assert told == Tell(
        "Line 4 ('Add alert') of storm.md: The owner '@bob' cannot be used. Nobody is called "
        "'@bob'. OPS-1 keeps what it had."
    )
    assert isinstance(change, ChangeTicket)
    assert change.changes.assignee is None


def test_while_people_write_tickets_are_left_and_rows_still_follow_them() -> None:
    changed = replace(TICKET, due=date(2026, 12, 24))
    both = sides("Add alerts | | | | OPS-1 | Done", tickets={TICKET.id: changed}, busy=True)
    planned = plan_agreement(both, TrackerAnswers(), RULES)
    assert planned.actions == ()
    assert planned.to_rows == {0: (ToRow(Field.DEADLINE, "", "2026-12-24"),)}


def test_a_closed_row_is_a_planned_move_where_the_configuration_allows_it() -> None:
    both = sides("Add alert | | | | OPS-1 | Done")
    answers = TrackerAnswers(moves={TICKET.id: [CLOSE]})
    (told,) = plan_agreement(both, answers, RULES).actions
    assert isinstance(told, Tell)
    (move,) = plan_agreement(both, answers, replace(RULES, close=True)).actions
    assert isinstance(move, MoveTicket)
    assert (move.move, move.before) == (CLOSE, "To Do")
    assert move.reason == "a person closed it in the document"


def test_a_move_that_closes_nothing_is_told_as_a_change_of_status() -> None:
    both = sides("Add alert | | | | OPS-1 | In Progress")
    start = replace(CLOSE, to_status="In Progress", to_category=Category.INDETERMINATE)
    answers = TrackerAnswers(moves={TICKET.id: [start]})
    (move,) = plan_agreement(both, answers, replace(RULES, close=True)).actions
    assert isinstance(move, MoveTicket)
    assert move.reason == "a person changed its status in the document"


def test_what_a_ticket_never_got_is_told_again_while_nothing_changes() -> None:
    (item,) = sides("Add alert | Lena | P2 | | OPS-1 | To Do").items
    memory = replace(MEMORY, row=row_values(item))
    both = sides("Add alert | Lena | P2 | | OPS-1 | To Do", memory=memory)
    assert questions(both, RULES) == TrackerQuestions((("OPS", "Lena"),), priorities=("OPS",))
    lena = {("OPS", "Lena"): NoAccount("Two are called Lena.")}
    answers = TrackerAnswers(lena, priorities={"OPS": (FieldChoice("High"),)})
    actions = plan_agreement(both, answers, RULES).actions
    assert actions == (
        Tell(
            "Line 4 ('Add alert') of storm.md: The owner 'Lena' cannot be used. Two are "
            "called Lena."
        ),
        Tell(
            "Line 4 ('Add alert') of storm.md: The project has no priority 'P2'; it has High. "
            "`[priorities]` can map the word. OPS-1 was left without it."
        ),
    )
    done = replace(TICKET, category=Category.DONE)
    assert plan_agreement(replace(both, tickets={TICKET.id: done}), answers, RULES).actions == ()
    new = replace(memory, remote=None)
    assert plan_agreement(replace(both, rows={0: new}), answers, RULES).actions == ()
    shown = TrackerAnswers(lena, priorities={"OPS": (FieldChoice("Hoch", untranslated="P2"),)})
    assert len(plan_agreement(both, shown, RULES).actions) == 1


def test_two_rows_with_one_ticket_plan_its_move_and_its_links_once() -> None:
    link = RemoteLink("postmortem=Q0STORM", "https://pm.example.com/postmortems/Q0STORM", "P")
    closed = "Add alert | | | | OPS-1 | Done"
    both = sides(closed, closed, memory=replace(MEMORY, has_links=False))
    answers = TrackerAnswers(moves={TICKET.id: [CLOSE]})
    planned = plan_agreement(both, answers, replace(RULES, close=True, links=(link,)))
    assert [type(one) for one in planned.actions] == [MoveTicket, AddLinks]


def test_a_ticket_that_cannot_be_seen_is_told_once() -> None:
    both = sides(NAMED, tickets={})
    (told,) = plan_agreement(both, TrackerAnswers(), RULES).actions
    assert isinstance(told, Tell)
    assert "cannot be seen any more" in told.sentence
    again = sides(NAMED, tickets={}, memory=replace(MEMORY, status_cell="Unavailable"))
    assert plan_agreement(again, TrackerAnswers(), RULES).actions == ()


def test_a_refused_field_stays_as_it_was_in_the_ticket() -> None:
    both = sides("Add alerts | | | 2026-12-24 | OPS-1 | To Do")
    (change,) = plan_agreement(both, TrackerAnswers(), RULES).actions
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
    changes = plan_agreement(again, TrackerAnswers(), RULES).actions
    return tuple(move for one in changes if isinstance(one, ChangeTicket) for move in one.moves)


def told(both: Sides) -> list[str]:
    actions = plan_agreement(both, TrackerAnswers(), RULES).actions
    return [one.sentence for one in actions if isinstance(one, Tell)]


def test_a_ticket_that_is_gone_is_told_with_how_to_have_another() -> None:
    gone = (
        "Line 4 ('Add alert') of storm.md has the ticket OPS-1, which cannot be seen any more: it "
        "was deleted, or hidden from this account. No other is created; clear the Ticket cell to "
        "have a new one."
    )
    assert told(sides(NAMED, tickets={})) == [gone]
    unnamed = replace(MEMORY, status_cell="")
    assert told(sides(NAMED, tickets={}, memory=unnamed)) == [gone]
    assert told(sides(NAMED, tickets={}, memory=replace(MEMORY, remote=None))) == [gone]


def test_a_ticket_that_was_never_seen_is_told_as_hidden() -> None:
    never = replace(MEMORY, remote=None, status_cell="")
    assert told(sides(NAMED, tickets={}, memory=never)) == [
        "Line 4 ('Add alert') of storm.md has the ticket OPS-1, which this account cannot see: a "
        "security level may hide the project's new tickets. The row names it all the same; let "
        "the account see it to have its status."
    ]


def test_what_is_behind_a_ticket_that_cannot_be_seen_is_looked_up_all_the_same() -> None:
    gone = tracked(2, "Review")
    both = sides("Review | | | | OPS-2 | To Do", "Add alert | @alice | | | OPS-1 | To Do")
    both = replace(both, rows={0: gone, 1: MEMORY})
    assert questions(both, RULES).owners == (("OPS", "@alice"),)
    assert [type(one) for one in plan_agreement(both, TrackerAnswers(), RULES).actions] == [
        Tell,
        Tell,
    ]


def test_an_owner_who_did_not_change_is_not_looked_up() -> None:
    owned = replace(MEMORY, row=replace(MEMORY.row, owner="@alice"))
    has = replace(TICKET, assignee=ALICE)
    owned = replace(owned, remote=ticket_values(has))
    both = sides("Add alerts | @alice | | | OPS-1 | To Do", memory=owned, tickets={has.id: has})
    assert questions(both, RULES) == TrackerQuestions()


def test_a_value_that_both_sides_changed_is_told_and_not_lost() -> None:
    both = sides("Add alerts | | | | OPS-1 | To Do")
    renamed = replace(TICKET, summary="Add an alert")
    assert told(replace(both, tickets={TICKET.id: renamed})) == [
        "Line 4 ('Add alerts') of storm.md: the task was changed to 'Add alerts' in the document "
        "and to 'Add an alert' in OPS-1. The tracker's stands; change the row again if it should "
        "not."
    ]


@pytest.mark.parametrize("field", list(Field))
def test_each_field_that_a_row_takes_over_goes_into_its_own_cell(field: Field) -> None:
    (edit,), written = plan_cells(sides(NAMED), {0: (ToRow(field, "old", "new"),)}, RULES)
    cells = {one: getattr(edit, one.value) for one in Field}
    assert cells == {one: "new" if one is field else None for one in Field}
    assert [(one.cell, one.key, one.before, one.after) for one in written] == [
        (field, "OPS-1", "old", "new")
    ]


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("was_done", [True, False])
def test_a_box_is_unticked_where_its_ticket_was_surely_reopened(
    category: Category, was_done: bool
) -> None:
    now = {TICKET.id: replace(TICKET, category=category)}
    both = sides(NAMED, tickets=now, memory=replace(MEMORY, done=was_done))
    (edit,), _ = plan_cells(both, {}, RULES)
    is_open = category in (Category.NEW, Category.INDETERMINATE)
    assert edit.unticks == (was_done and is_open)


def test_a_row_gets_its_ticket_and_status_with_the_reason() -> None:
    both = sides("Add alert", memory=replace(MEMORY, status_cell=""))
    (edit,), written = plan_cells(both, {}, RULES)
    assert edit == CellEdit(0, TicketCell("OPS-1", TICKET.url), "To Do")
    (item,) = both.items
    reason = "the row has a ticket now"
    assert written == [WriteCell(Cell.STATUS, item, reason, "OPS-1", "", "To Do")]


def test_a_row_names_the_ticket_of_its_create_whether_or_not_anybody_may_read_it() -> None:
    both = sides("Add alert", tickets={}, memory=replace(MEMORY, remote=None, status_cell=""))
    (edit,), written = plan_cells(both, {}, RULES)
    assert edit == CellEdit(0, TicketCell("OPS-1", MEMORY.url), "Unavailable")
    assert [(one.cell, one.key, one.after) for one in written] == [
        (Cell.STATUS, "OPS-1", "Unavailable")
    ]


def test_a_row_that_has_and_names_no_ticket_is_left_alone() -> None:
    both = sides("Review", NAMED)
    edits, written = plan_cells(replace(both, rows={1: MEMORY}), {}, RULES)
    assert [one.ordinal for one in edits] == [1]
    assert written == []


def test_a_status_stays_where_nobody_could_ask_for_it() -> None:
    unread = sides("Add alert | | | | OPS-1 | Doing", unread=frozenset({TICKET.id}))
    (edit,), written = plan_cells(unread, {}, RULES)
    assert (edit.status, written) == ("Doing", [])
    typed = replace(sides("Add alert | | | | OPS-8 | Doing"), rows={})
    (edit,), written = plan_cells(replace(typed, unasked=frozenset({0})), {}, RULES)
    assert (edit, written) == (CellEdit(0, status="Doing"), [])
    (edit,), (one,) = plan_cells(typed, {}, RULES)
    assert (edit.status, one.reason, one.key) == (
        "Unavailable",
        "the row has a ticket now",
        "OPS-8",
    )


def test_a_box_that_names_a_ticket_in_passing_has_no_place_for_a_status() -> None:
    typed = replace(sides("Add alert | | | | OPS-8 | "), rows={})
    (row,) = typed.items
    box = replace(row, checked=False, mentions=(row.ticket,) if row.ticket else ())
    assert plan_cells(replace(typed, items=(box,)), {}, RULES) == ([], [])


def test_a_status_that_a_person_wrote_stays_while_its_move_is_to_come() -> None:
    written_over = "Add alert | | | | OPS-1 | Done"
    (edit,), written = plan_cells(sides(written_over, postponed=frozenset({0})), {}, RULES)
    assert (edit.status, written) == ("Done", [])
    (edit,), (one,) = plan_cells(sides(written_over), {}, RULES)
    assert (edit.status, one.reason) == ("To Do", "the tracker says so")


@pytest.mark.parametrize(
    ("now", "otherwise"),
    [
        (TICKET, False),
        (replace(TICKET, status="Done"), True),
        (replace(TICKET, key="PLAT-9"), True),
        (replace(TICKET, due=date(2026, 12, 24)), True),
        (replace(TICKET, url="https://elsewhere.example.com"), False),
        (replace(TICKET, resolution="Shipped"), False),
        (replace(TICKET, resolution="Rejected"), True),
        (None, True),
    ],
)
def test_a_ticket_reads_otherwise_where_the_document_would(
    now: Ticket | None, *, otherwise: bool
) -> None:
    assert reads_otherwise(MEMORY, now, frozenset({"shipped"})) is otherwise


def test_a_ticket_that_stays_unavailable_reads_as_before() -> None:
    assert not reads_otherwise(replace(MEMORY, status_cell="Unavailable"), None, frozenset())


def test_a_planned_change_names_its_row_its_ticket_and_who_was_found() -> None:
    both = sides("Add alerts | @alice | | | OPS-1 | To Do")
    answers = TrackerAnswers(owners={("OPS", "@alice"): ALICE})
    (item,) = both.items
    task, owner = (
        ToTicket(Field.TASK, "Add alert", "Add alerts"),
        ToTicket(Field.OWNER, "", "@alice"),
    )
    changes = TicketChanges(summary="Add alerts", assignee=ALICE.id)
    assert plan_agreement(both, answers, RULES).actions == (
        ChangeTicket(item, TICKET, changes, (task, owner), (ALICE,)),
    )


def test_what_a_ticket_cannot_take_over_is_told_and_kept() -> None:
    assert told(sides("Add alert | | | soon | OPS-1 | To Do")) == [
        "Line 4 ('Add alert') of storm.md: The deadline 'soon' cannot be used: it is no date. "
        "Use YYYY-MM-DD. OPS-1 keeps what it had."
    ]


def test_a_planned_move_carries_what_the_route_has_and_what_is_lacking() -> None:
    asks = replace(
        CLOSE, fields={"cause": ScreenField("Cause", required=True), "other": ScreenField("Other")}
    )
    rules = replace(RULES, close=True, closing=ClosingRules(fields={"other": "x"}))
    both = sides("Add alert | | | | OPS-1 | Done")
    (item,) = both.items
    (move,) = plan_agreement(both, TrackerAnswers(moves={TICKET.id: [asks]}), rules).actions
    lacking = "The transition 'Finish' asks for 'Cause': set closing_fields.cause in the route."
    assert move == MoveTicket(
        item, TICKET.id, TICKET.key, asks, "To Do", fields={"other": "x"}, lacking=lacking
    )


def test_a_move_that_is_not_to_be_had_is_told_by_the_tickets_key() -> None:
    both = sides("Add alert | | | | OPS-1 | Done")
    (why,) = plan_agreement(both, TrackerAnswers(), replace(RULES, close=True)).actions
    assert "allows nothing, or not to this account (Transition Issues)." in str(why)


WORDS = replace(RULES, priorities={"P1": "High"}, owners={"@alice": "alice@example.com"})
OWNED = replace(TICKET, assignee=ALICE, priority="High")


def test_what_both_sides_say_in_their_own_words_is_left() -> None:
    both = sides("Add alert | @alice | P1 | | OPS-1 | To Do", tickets={TICKET.id: OWNED})
    allowed = (FieldChoice("High"), FieldChoice("Low"))
    answers = TrackerAnswers({("OPS", "@alice"): ALICE}, {"OPS": allowed})
    planned = plan_agreement(both, answers, WORDS)
    assert (planned.actions, planned.to_rows) == ((), {0: ()})


def test_a_row_takes_over_an_owner_and_a_priority_in_the_documents_words() -> None:
    planned = plan_agreement(sides(NAMED, tickets={TICKET.id: OWNED}), TrackerAnswers(), WORDS)
    taken = (ToRow(Field.OWNER, "", "@alice"), ToRow(Field.PRIORITY, "", "P1"))
    assert (planned.actions, planned.to_rows) == ((), {0: taken})


def test_a_priority_of_a_project_that_tells_none_goes_as_it_is_written() -> None:
    both = sides("Add alert | | P1 | | OPS-1 | To Do")
    (change,) = plan_agreement(both, TrackerAnswers(), WORDS).actions
    assert isinstance(change, ChangeTicket)
    assert change.changes.priority == FieldChoice("High")
    elsewhere = TrackerAnswers(priorities={"PAY": (FieldChoice("Low"),)})
    assert plan_agreement(both, elsewhere, WORDS).actions == (change,)
    (told,) = plan_agreement(both, TrackerAnswers(priorities={"OPS": ()}), WORDS).actions
    assert isinstance(told, Tell)


def test_what_a_tracker_set_at_the_create_is_its_own_change() -> None:
    (item,) = sides("Add alert | @alice | High | 2026-12-24 | OPS-1 | To Do").items
    sent = Values("Add alert", ALICE.id, "High", "2026-12-24")
    made = replace(MEMORY, row=row_values(item), remote=None, sent=sent)
    now = replace(TICKET, summary="[OPS] Add alert", priority="Low", due=date(2027, 1, 1))
    both = sides("Add alert | @alice | High | 2026-12-24 | OPS-1 | To Do", memory=made)
    both = replace(both, tickets={TICKET.id: now})
    planned = plan_agreement(both, TrackerAnswers({("OPS", "@alice"): ALICE}), RULES)
    assert planned.actions == (
        Tell(
            "Line 4 ('Add alert') of storm.md: OPS-1 was made with the owner of its row, and has "
            "none by now."
        ),
    )
    assert {one.field: one.value for one in planned.to_rows[0]} == {
        Field.TASK: "[OPS] Add alert",
        Field.PRIORITY: "Low",
        Field.DEADLINE: "2027-01-01",
    }


def test_another_assignee_of_the_same_name_changes_no_row_and_warns_of_nobody() -> None:
    (item,) = sides("Add alert | Alice Moreau | | | OPS-1 | To Do").items
    other = replace(ALICE, id=AccountId("acc-other"), email=None)
    had = replace(MEMORY.remote or Values(), owner=ALICE.id)
    memory = replace(MEMORY, row=row_values(item), remote=had)
    both = sides("Add alert | Alice Moreau | | | OPS-1 | To Do", memory=memory)
    both = replace(both, tickets={TICKET.id: replace(TICKET, assignee=other)})
    two = TrackerAnswers({("OPS", "Alice Moreau"): NoAccount("Two are called so.")})
    planned = plan_agreement(both, two, RULES)
    assert (planned.actions, planned.to_rows) == ((), {0: ()})


@pytest.mark.parametrize(
    ("now", "cell"),
    [
        (
            replace(TICKET, status="Done", category=Category.DONE, resolution="Won't Do"),
            "Done (Won't Do)",
        ),
        (replace(TICKET, archived=True), "To Do (archived)"),
        (replace(TICKET, status="In Progress"), "In Progress"),
    ],
)
def test_what_was_written_into_a_busy_row_is_no_persons_change_of_its_status(
    now: Ticket, cell: str
) -> None:
    saved = sides(f"Add alert | | | | OPS-1 | {cell}", tickets={TICKET.id: now}, busy=True)
    (kept,) = remembered(saved, [MEMORY], RULES.done)
    assert kept.status_cell == cell
    asked = sides("Add alert | | | | OPS-1 | Reviewed", tickets={TICKET.id: now}, busy=True)
    (waits,) = remembered(asked, [MEMORY], RULES.done)
    assert waits.status_cell == MEMORY.status_cell


def test_what_both_sides_emptied_is_left() -> None:
    full = Values("Add alert", "@alice", "High", "2026-12-24")
    memory = replace(MEMORY, row=full, remote=replace(full, owner=ALICE.id))
    planned = plan_agreement(sides(NAMED, memory=memory), TrackerAnswers(), RULES)
    assert (planned.actions, planned.to_rows) == ((), {0: ()})
