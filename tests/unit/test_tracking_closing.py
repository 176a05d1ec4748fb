"""By which move a ticket is closed from its row, with what, and what is said where by none."""

from dataclasses import replace

import pytest

from connectors.ticket_fields import FieldChoice, ScreenField
from connectors.tickets import Category, Transition
from tests.unit.tracking_support import row, ticket, tracked
from worker.tracking.closing import Closing, closing, wants_move
from worker.tracking.destinations import ClosingRules

PLAIN = ClosingRules()
FIXED, REFUSED = FieldChoice("Fixed", "1"), FieldChoice("Won't Do", "2")
START = Transition("11", "Start", "In Progress", Category.INDETERMINATE)
CLOSE = Transition("31", "Finish", "Done", Category.DONE)
REJECT = Transition("41", "Reject", "Rejected", Category.DONE)
ASKS = replace(
    CLOSE,
    fields={
        "resolution": ScreenField("Resolution", required=True, allowed=(FIXED, REFUSED)),
        "customfield_7": ScreenField("Root cause", required=True),
        "comment": ScreenField("Comment"),
    },
)


def close(*moves: Transition, wanted: str = "done", rules: ClosingRules = PLAIN) -> Closing:
    return closing(wanted, "OPS-1", True, moves, rules)


def test_a_ticked_box_asks_for_done_until_the_ticket_is() -> None:
    memory, now = tracked(1, "Add alert"), ticket(1, "Add alert")
    ticked = replace(row("Add alert", status="To Do"), checked=True)
    assert wants_move(ticked, memory, now) == "done"
    assert wants_move(replace(ticked, checked=False), memory, now) == ""
    assert wants_move(ticked, memory, replace(now, category=Category.DONE)) == ""
    assert wants_move(ticked, replace(memory, done=True), now) == ""


def test_odd_spaces_in_a_status_are_nobodys_edit() -> None:
    memory = replace(tracked(1, "Add alert"), status_cell="In  Review")
    now = ticket(1, "Add alert", status="In  Review")
    assert wants_move(row("Add alert", status="In Review"), memory, now) == ""


def test_of_several_moves_that_close_none_is_guessed_and_all_are_named() -> None:
    ship = replace(CLOSE, to_status="Shipped")
    assert close(ship, REJECT) == Closing(
        problem="OPS-1 was not set to 'done': 2 transitions lead there, 'Finish' (id 31, to Shipped), "
        "'Reject' (id 41, to Rejected), and none is guessed. Write the status that is meant, or "
        'name the transition in the route: transition = "Finish".'
    )
    again = replace(START, id="12", name="Resume")
    assert close(START, again, wanted="in progress").transition == START


@pytest.mark.parametrize("named", ["41", "Reject", " reject "])
def test_the_routes_own_move_is_taken_by_its_name_or_id(named: str) -> None:
    assert close(CLOSE, REJECT, rules=ClosingRules(transition=named)).transition == REJECT


def test_the_routes_own_move_decides_between_moves_to_one_status() -> None:
    other = replace(CLOSE, id="32", name="Close")
    assert close(CLOSE, other, wanted="Done", rules=ClosingRules("32")).transition == other
    assert close(CLOSE, other, wanted="Done").transition is None
    assert close(CLOSE, replace(other, name="Done"), wanted="done").transition == replace(
        other, name="Done"
    )


@pytest.mark.parametrize(
    ("written", "move"),
    [
        ("\u2705 Done", CLOSE),
        ("Done \U0001f389", CLOSE),
        ("done!", CLOSE),
        ("\u2705 finish", CLOSE),
        ("\u2705 rejected.", REJECT),
        ("Done?", None),
        ("\u274c Done", None),
        ("not Done", None),
        ("\u2705", None),
    ],
)
def test_a_status_is_known_with_a_tick_and_the_like_around_it(
    written: str, move: Transition | None
) -> None:
    assert close(START, CLOSE, REJECT, wanted=written).transition == move


def test_a_status_whose_own_name_has_a_tick_is_found_by_it() -> None:
    ticked = replace(CLOSE, id="32", to_status="\u2705 Done")
    assert close(CLOSE, ticked, wanted="\u2705 Done").transition == ticked


def test_a_workflow_that_allows_nothing_is_told_so() -> None:
    assert close(wanted="Done").problem == (
        "OPS-1 cannot go to 'Done' from where it is; the workflow allows nothing, or not "
        "to this account (Transition Issues)."
    )
    assert close(START, REJECT, wanted="Shipped").problem == (
        "OPS-1 cannot go to 'Shipped' from where it is; the workflow allows In Progress, Rejected."
    )


def test_a_closing_move_takes_what_the_route_has_for_its_screen() -> None:
    given = ClosingRules(resolution="fixed", fields={"customfield_7": "disk", "other": "x"})
    decided = close(ASKS, rules=given)
    assert decided == Closing(ASKS, {"customfield_7": "disk", "resolution": FIXED})


def test_without_a_screen_that_is_told_all_that_the_route_has_is_sent() -> None:
    given = ClosingRules(resolution="Fixed", fields={"other": "x"})
    sent = {"other": "x", "resolution": {"name": "Fixed"}}
    assert close(CLOSE, rules=given) == Closing(CLOSE, sent)
    assert close(replace(CLOSE, fields={}), rules=given) == Closing(replace(CLOSE, fields={}), {})


def test_a_resolution_whose_choices_are_not_told_is_sent_by_its_name() -> None:
    silent = replace(CLOSE, fields={"resolution": ScreenField("Resolution")})
    decided = close(silent, rules=ClosingRules(resolution="Fixed"))
    assert decided.fields == {"resolution": {"name": "Fixed"}}


def test_a_resolution_that_the_move_does_not_take_is_told_with_those_that_it_takes() -> None:
    assert close(ASKS, rules=ClosingRules(resolution="Gone")) == Closing(
        problem="OPS-1 was not set to 'done': the route's resolution 'Gone' is none that 'Finish' "
        "takes; it takes Fixed, Won't Do."
    )


def test_what_a_closing_move_asks_for_besides_is_told_with_where_to_set_it() -> None:
    decided = close(ASKS)
    assert (decided.transition, decided.fields, decided.problem) == (ASKS, {}, "")
    assert decided.lacking == (
        "The transition 'Finish' asks for 'Resolution': set resolution in the route (Fixed, Won't "
        "Do); 'Root cause': set closing_fields.customfield_7 in the route."
    )


def test_what_is_given_or_not_asked_for_hides_nothing_that_is_lacking() -> None:
    fields = {"comment": ScreenField("Comment"), **(ASKS.fields or {})}
    decided = close(replace(ASKS, fields=fields), rules=ClosingRules(resolution="Fixed"))
    assert decided.lacking == (
        "The transition 'Finish' asks for 'Root cause': set closing_fields.customfield_7 in the "
        "route."
    )


def test_where_tickets_are_not_moved_from_the_document_it_is_said_how_they_would_be() -> None:
    assert closing("Done", "OPS-1", False, [CLOSE], PLAIN) == Closing(
        problem="The row of OPS-1 was set to 'Done'. Tickets are not moved from the document; move "
        "it in the tracker, or set close_from_document in [tickets]."
    )


def test_a_move_that_closes_nothing_takes_nothing_of_the_routes() -> None:
    asks = replace(START, fields={"resolution": ScreenField("Resolution", required=True)})
    given = ClosingRules(resolution="Fixed", fields={"other": "x"})
    assert close(asks, wanted="In Progress", rules=given) == Closing(asks)


def test_an_apostrophe_that_an_editor_curved_is_nobodys_edit_and_names_the_same() -> None:
    reject = replace(REJECT, to_status="Won't do")
    assert close(CLOSE, reject, wanted="Won\u2019t do").transition == reject
    memory = replace(tracked(1, "Add alert"), status_cell="Won't do")
    now = ticket(1, "Add alert", status="Won't do")
    assert wants_move(row("Add alert", status="Won\u2019t do"), memory, now) == ""
