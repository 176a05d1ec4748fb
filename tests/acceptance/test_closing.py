"""Closing tickets from their rows: workflows that ask for more than a click."""

from dataclasses import replace

import pytest

from connectors.jira.sandbox.projects import Move, Status
from tests.acceptance.world import World
from worker.jobs.context import RouteRule
from worker.tracking.destinations import ClosingRules, Route

OPEN = frozenset({"To Do", "In Progress"})
START = Move("11", "Start progress", frozenset({"To Do"}), "In Progress")
RESOLVED = Move(
    "31",
    "Done",
    OPEN,
    "Done",
    screen={"resolution": "Resolution", "customfield_10050": "Reviewed by"},
    required=frozenset({"resolution"}),
)


def workflow(here: World, *moves: Move, close: bool = True) -> None:
    here.jira.site.workflow = (START, *moves)
    here.policy = replace(here.policy, close_from_document=close)


def closing(here: World, **rules: object) -> None:
    """Close the tickets of the one route by these rules."""
    route = Route("OPS", "Task", closing=ClosingRules(**rules))  # type: ignore[arg-type]  # by name
    here.policy = replace(here.policy, routes=(RouteRule(route),))


def rows(here: World, *tasks: str) -> None:
    here.sync()
    here.add_rows(*tasks)
    assert here.sync().failures == ()


def write_status(here: World, task: str, status: str) -> None:
    """Put a status into the Status cell of a row."""
    (line,) = [one for one in here.text().split("\n") if one.startswith(f"| {task} ")]
    cells = line.split("|")
    cells[-2] = f" {status} "
    here.edit(lambda text: text.replace(line, "|".join(cells)))


def test_a_required_resolution_stops_one_row_and_nothing_else(here: World) -> None:
    rows(here, "Add an alert", "Fix the pool", "Write it down")
    workflow(here, RESOLVED)
    write_status(here, "Add an alert", "Done")
    here.jira.transition("OPS-2", "Start progress")
    here.add_rows("Page the crew first")
    result = here.sync()
    (told,) = result.failures
    assert " ('Add an alert')" in told
    assert "OPS-1" in told
    assert "Resolution is required." in told
    assert "set resolution in the route (Done, Won't Do, Duplicate)" in told
    assert here.linked() == ["OPS-1", "OPS-2", "OPS-3", "OPS-4"]
    assert here.statuses() == ["To Do", "In Progress", "To Do", "To Do"]


@pytest.mark.parametrize(
    ("resolution", "shown"), [("done", "Done"), ("won't do", "Done (Won't Do)"), ("10002", None)]
)
def test_a_configured_resolution_closes_it(here: World, resolution: str, shown: str | None) -> None:
    rows(here, "Add an alert", "Fix the pool")
    workflow(here, RESOLVED)
    closing(here, resolution=resolution, fields={"customfield_10050": "A", "customfield_1": "B"})
    write_status(here, "Add an alert", "Done")
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert here.statuses() == [shown or "Done (Duplicate)", "To Do"]
    assert here.sync().deeds == ()


def test_a_resolution_in_the_accounts_language_is_sent_by_id(here: World) -> None:
    here.jira.site.translated |= {"Done": "Fertig", "Won't Do": "Verworfen"}
    rows(here, "Add an alert")
    workflow(here, RESOLVED)
    closing(here, resolution="verworfen")
    write_status(here, "Add an alert", "Fertig")
    assert here.sync().failures == ()
    assert here.jira.ticket("OPS-1").now.resolution == "Won't Do"


def test_a_resolution_that_there_is_not_is_told_with_those_there_are(here: World) -> None:
    rows(here, "Add an alert")
    workflow(here, RESOLVED)
    closing(here, resolution="Finished")
    write_status(here, "Add an alert", "Done")
    (told,) = here.sync().warnings
    assert "'Finished' is none that 'Done' takes; it takes Done, Won't Do, Duplicate." in told
    assert here.statuses() == ["To Do"]


def test_a_resolution_is_not_sent_where_no_screen_takes_it(here: World) -> None:
    rows(here, "Add an alert")
    workflow(here, replace(RESOLVED, screen={}, required=frozenset(), resolution="Done"))
    closing(here, resolution="Won't Do")
    write_status(here, "Add an alert", "Done")
    assert here.sync().failures == ()
    assert here.statuses() == ["Done"]


def test_of_two_ways_to_close_none_is_guessed(here: World) -> None:
    here.jira.site.statuses |= {
        "Resolved": Status("20001", "Resolved", "done"),
        "Closed": Status("20002", "Closed", "done"),
    }
    rows(here, "Add an alert")
    workflow(here, Move("5", "Resolve", OPEN, "Resolved"), Move("2", "Close", OPEN, "Closed"))
    write_status(here, "Add an alert", "Done")
    (told,) = here.sync().warnings
    assert "'Resolve' (id 5, to Resolved), 'Close' (id 2, to Closed)" in told
    assert 'transition = "Resolve"' in told
    assert here.statuses() == ["To Do"]
    for asked in ("closed", "Closed"):
        write_status(here, "Add an alert", asked)
        assert here.sync().warnings == ()
        assert here.statuses() == ["Closed"]
        here.jira.change("OPS-1", status="To Do")
        here.sync()
    for named in ("resolve", "5"):
        closing(here, transition=named)
        write_status(here, "Add an alert", "Done")
        assert here.sync().warnings == ()
        assert here.statuses() == ["Resolved"]
        here.jira.change("OPS-1", status="To Do")
        here.sync()


def test_two_moves_to_the_one_done_status_are_told_apart_by_name_or_not_at_all(
    here: World,
) -> None:
    rows(here, "Add an alert")
    workflow(here, Move("31", "Fixed", OPEN, "Done"), Move("41", "Won't fix", OPEN, "Done"))
    write_status(here, "Add an alert", "Done")
    (told,) = here.sync().warnings
    assert "'Fixed' (id 31, to Done), 'Won't fix' (id 41, to Done)" in told
    write_status(here, "Add an alert", "won't fix")
    assert here.sync().warnings == ()
    assert here.statuses() == ["Done"]


ODD = ("In  Progress", " In Progress", "In\u00a0Progress", "In\u2009Progress ", "In Progress\t")


@pytest.mark.parametrize("close", [True, False])
def test_a_status_with_odd_spaces_is_no_edit_of_a_persons(here: World, close: bool) -> None:
    here.jira.site.statuses |= {
        odd: Status(str(20_001 + number), odd, "indeterminate") for number, odd in enumerate(ODD)
    }
    rows(here, *(f"Add the alert {number}" for number in range(len(ODD))))
    moves = (Move(f"{number}0", f"Go {number}", OPEN, odd) for number, odd in enumerate(ODD))
    workflow(here, *moves, close=close)
    for number, key in enumerate(here.linked()):
        here.jira.transition(key, f"Go {number}")
    assert [here.jira.ticket(key).now.status for key in here.linked()] == list(ODD)
    for _ in range(3):
        result = here.sync()
        assert (result.warnings, result.failures) == ((), ())
    assert here.statuses() == ["In Progress"] * len(ODD)
    here.edit(lambda text: text.replace("| In Progress |", "|  In  Progress  |"))
    assert here.sync().warnings == ()


def test_a_person_may_ask_for_a_status_with_odd_spaces(here: World) -> None:
    here.jira.site.statuses["In  Progress"] = Status("20001", "In  Progress", "indeterminate")
    rows(here, "Add an alert")
    workflow(here, Move("12", "Go", frozenset({"To Do"}), "In  Progress"))
    write_status(here, "Add an alert", "in progress")
    assert here.sync().warnings == ()
    assert here.statuses() == ["In Progress"]


def test_a_ticked_box_whose_ticket_is_reopened_closes_it_no_second_time(here: World) -> None:
    here.sync()
    here.edit(lambda text: with_section_of_boxes(text, "- [ ] Add an alert"))
    here.policy = replace(here.policy, close_from_document=True)
    here.sync()
    here.edit(lambda text: text.replace("- [ ] Add", "- [x] Add"))
    here.sync()
    assert here.jira.ticket("OPS-1").now.status == "Done"
    here.jira.transition("OPS-1", "Reopen")
    for _ in range(2):
        here.sync()
        assert here.jira.ticket("OPS-1").now.status == "To Do"
        assert here.statuses() == ["To Do"]
        assert "- [ ] Add an alert" in here.text()
    here.edit(lambda text: text.replace("- [ ] Add", "- [X] Add"))
    here.sync()
    assert here.statuses() == ["Done"]
    assert "- [X] Add an alert" in here.text()


def with_section_of_boxes(text: str, boxes: str) -> str:
    """Put check boxes in the place of the table of action items."""
    before, _, rest = text.partition("## 6. Action Items\n")
    _, end, behind = rest.partition("---\n\n## 7.")
    return f"{before}## 6. Action Items\n{boxes}\n\n{end}{behind}"
