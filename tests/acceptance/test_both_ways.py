"""Document and tracker agree about task, owner, priority and deadline, whoever changed them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from connectors.jira.sandbox.projects import PEOPLE
from connectors.jira.sandbox.site import SandboxTicket
from connectors.sandbox import Fault
from tests.acceptance.world import World
from worker.jobs.results import Action, IncidentResult

ROW = "Add an alert | Aiko Brandt | High | 2026-12-24"
AIKO, JONAS = PEOPLE[2], PEOPLE[1]


@pytest.fixture
def there(here: World) -> World:
    """Give a world with one row and its ticket, in agreement."""
    here.sync()
    here.add_rows(ROW)
    here.sync()
    return here


def ticket(here: World) -> SandboxTicket:
    return here.jira.ticket(here.linked()[0]).now


def words(result: IncidentResult) -> str:
    return " ".join(result.warnings)


def test_the_ticket_is_created_with_the_rows_fields(there: World) -> None:
    made = ticket(there)
    assert (made.summary, made.assignee, made.priority) == ("Add an alert", AIKO, "High")
    assert made.due == date(2026, 12, 24)
    incident = there.incidents["quick fix"].id
    assert {"postmortem-worker", f"postmortem-{incident}"} < set(made.labels)
    assert sum(label.startswith("pm-") for label in made.labels) == 1


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("Add an alert", "Add two alerts", "summary", "Add two alerts"),
        ("Aiko Brandt", "Jonas Thorvald", "assignee", JONAS),
        ("Aiko Brandt", "", "assignee", None),
        ("High", "Low", "priority", "Low"),
        ("2026-12-24", "2027-01-15", "due", date(2027, 1, 15)),
        ("2026-12-24", "", "due", None),
    ],
)
def test_what_a_person_changes_in_the_row_goes_to_the_ticket(
    there: World, old: str, new: str, field: str, value: object
) -> None:
    section = there.text().index("## 6.")
    there.edit(lambda text: text[:section] + text[section:].replace(f"| {old} |", f"| {new} |", 1))
    result = there.sync()
    assert getattr(ticket(there), field) == value
    assert [deed.action for deed in result.deeds] == [Action.CHANGED_TICKET]
    before = there.text()
    assert there.sync().deeds == ()
    assert there.text() == before


@pytest.mark.parametrize(
    ("change", "cell", "value"),
    [
        ({"summary": "Add an alert | and a dashboard"}, "task", "Add an alert | and a dashboard"),
        ({"assignee": JONAS}, "owner", "Jonas Thorvald"),
        ({"assignee": None}, "owner", None),
        ({"priority": "Lowest"}, "priority", "Lowest"),
        ({"due": date(2027, 1, 15)}, "deadline", date(2027, 1, 15)),
        ({"due": None}, "deadline", None),
    ],
)
def test_what_changes_in_the_tracker_goes_into_the_row(
    there: World, change: Mapping[str, object], cell: str, value: object
) -> None:
    there.jira.change(there.linked()[0], **change)
    result = there.sync()
    (item,) = there.items()
    assert getattr(item, cell) == value
    assert [deed.action for deed in result.deeds] == [Action.CHANGED_ROW]
    assert there.sync().deeds == ()


def test_where_both_changed_the_trackers_value_stands_and_both_are_told(there: World) -> None:
    there.jira.change(there.linked()[0], due=date(2027, 1, 15))
    there.edit(lambda text: text.replace("2026-12-24", "2027-02-01"))
    result = there.sync()
    (item,) = there.items()
    assert item.deadline == date(2027, 1, 15)
    assert "2027-02-01" in words(result)
    assert "2027-01-15" in words(result)
    with there.context() as context:
        kept = context.journal.entries(there.incidents["quick fix"].id)
    assert any("2027-02-01" in one.reason for one in kept)


def test_an_owner_whom_nobody_knows_is_told_and_the_ticket_keeps_its_assignee(
    there: World,
) -> None:
    there.edit(lambda text: text.replace("| Aiko Brandt", "| Nobody Known"))
    result = there.sync()
    assert "Nobody Known" in words(result)
    assert ticket(there).assignee == AIKO
    assert "Nobody Known" in there.text()


def test_labels_that_people_add_stay(there: World) -> None:
    labels = ticket(there).labels
    there.jira.change(there.linked()[0], labels=(*labels, "mine"))
    there.edit(lambda text: text.replace("| High", "| Low", 1))
    there.sync()
    assert ticket(there).labels == (*labels, "mine")


def test_the_priority_map_works_both_ways(there: World) -> None:
    there.policy = replace(there.policy, priorities={"urgent": "Highest"})
    there.edit(lambda text: text.replace("| High", "| urgent", 1))
    there.sync()
    assert ticket(there).priority == "Highest"
    there.jira.change(there.linked()[0], priority="Low")
    there.sync()
    there.jira.change(there.linked()[0], priority="Highest")
    there.sync()
    assert there.items()[0].priority == "urgent"


def test_the_owner_map_names_an_account(here: World) -> None:
    here.policy = replace(here.policy, owners={"The database team": AIKO.email})
    here.sync()
    here.add_rows("Add an alert | the database team | | ")
    result = here.sync()
    assert result.warnings == ()
    assert ticket(here).assignee == AIKO


def test_an_owner_who_begins_like_another_is_not_taken_for_the_other(here: World) -> None:
    here.sync()
    here.add_rows("One | Lena Okafor | | ", "Two | Lena | | ")
    result = here.sync()
    one, two = (here.jira.ticket(key).now for key in here.linked())
    assert one.assignee is not None
    assert one.assignee.name == "Lena Okafor"
    assert two.assignee is None
    assert "'Lena'" in words(result)


def test_a_row_reworded_with_markup_reaches_the_ticket_as_plain_words(there: World) -> None:
    there.edit(lambda text: text.replace("| Add an alert |", "| Add **two** `alerts` \\| more |"))
    there.sync()
    assert ticket(there).summary == "Add two alerts | more"


def test_a_status_cell_that_a_person_wrote_over_is_told_and_set_right(there: World) -> None:
    there.edit(lambda text: text.replace("| To Do", "| Done ", 1))
    result = there.sync()
    assert "close_from_document" in words(result)
    assert there.statuses() == ["To Do"]
    assert ticket(there).status == "To Do"


def test_a_status_cell_closes_the_ticket_where_the_configuration_says_so(there: World) -> None:
    there.policy = replace(there.policy, close_from_document=True)
    there.edit(lambda text: text.replace("| To Do", "| Done ", 1))
    result = there.sync()
    assert ticket(there).status == "Done"
    assert there.statuses() == ["Done"]
    assert [deed.action for deed in result.deeds] == [Action.MOVED]
    assert there.sync().deeds == ()


def test_a_move_that_the_workflow_lacks_is_told(there: World) -> None:
    there.policy = replace(there.policy, close_from_document=True)
    there.edit(lambda text: text.replace("| To Do", "| Blessed", 1))
    result = there.sync()
    assert "cannot go to 'Blessed'" in words(result)
    assert ticket(there).status == "To Do"


def test_a_ticked_box_closes_the_ticket_where_the_configuration_says_so(here: World) -> None:
    here.policy = replace(here.policy, close_from_document=True)
    here.sync()
    boxes = "- [ ] Add an alert @aiko.brandt\n- [ ] Review\n\n## 7."
    here.edit(lambda text: text.replace("## 7.", boxes, 1))
    here.sync()
    assert sorted(here.tickets().values()) == ["Add an alert", "Review"]
    here.edit(lambda text: text.replace("- [ ] Add", "- [x] Add", 1))
    here.sync()
    closed = {one.now.summary: one.now.status for one in here.jira.site.records.values()}
    assert closed == {"Add an alert": "Done", "Review": "To Do"}
    assert here.sync().deeds == ()


def test_a_row_that_is_deleted_while_its_ticket_is_made_is_told_to_be_gone(here: World) -> None:
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")

    def deleted(answer: object) -> object:
        text = here.text()
        row = next(one for one in text.splitlines(True) if "Add an alert" in one)
        here.path().write_text(text.replace(row, ""), encoding="utf-8")
        return answer

    here.jira.fault(Fault(at="POST .*/issue(/bulk)?$", change=deleted))
    here.sync()
    for _ in range(2):
        assert "The row of OPS-1 ('Add an alert') is gone from" in words(here.sync())
    assert sorted(here.tickets().values()) == ["Add an alert", "Review the hand-over"]
    here.add_rows("Add an alert")
    assert "is gone" not in words(here.sync())
    assert sorted(here.linked()) == sorted(here.tickets())
    assert len(here.tickets()) == 2
