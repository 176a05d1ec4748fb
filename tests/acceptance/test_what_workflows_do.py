"""What Jira makes of a ticket by itself, at its create or in another project than new tickets."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import PEOPLE, Project
from tests.acceptance.world import World

KINDS = tuple(SiteKind)
ROW = "Add an alert | Aiko Brandt | High | 2026-12-24"


def test_what_a_workflow_changes_at_the_create_comes_into_the_row(here: World) -> None:
    here.jira.site.sets_at_create = {
        "assignee": PEOPLE[0],
        "priority": "Low",
        "due": date(2027, 1, 1),
    }
    here.sync()
    here.add_rows(ROW)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    (item,) = here.items()
    assert (item.owner, item.priority, item.deadline_text) == (
        PEOPLE[0].name,
        "Low",
        "2027-01-01",
    )
    assert here.sync().deeds == ()
    assert here.jira.ticket("OPS-1").now.assignee == PEOPLE[0]


def test_an_owner_whom_a_workflow_takes_away_stays_in_the_row_and_is_told(here: World) -> None:
    here.jira.site.sets_at_create = {"assignee": None}
    here.sync()
    here.add_rows(ROW)
    (told,) = here.sync().warnings
    assert "OPS-1 was made with the owner of its row, and has none by now." in told
    assert here.items()[0].owner == "Aiko Brandt"
    assert here.sync().deeds == ()


def test_defaults_of_a_project_stay_out_of_a_row_that_says_nothing(here: World) -> None:
    here.jira.site.sets_at_create = {"assignee": PEOPLE[0], "due": date(2027, 1, 1)}
    here.sync()
    here.add_rows("Add an alert")
    assert here.sync().warnings == ()
    (item,) = here.items()
    assert (item.owner, item.priority, item.deadline_text) == (None, None, "")


@pytest.mark.parametrize("how", ["moved", "rerouted", "may not create"])
def test_a_priority_is_looked_up_in_the_tickets_own_project(here: World, how: str) -> None:
    pay = Project("PAY", "10009", "Pay", priorities=("P1", "P2"))
    here.jira.site.projects.append(pay)
    here.sync()
    here.add_rows(ROW)
    here.sync()
    rule, wanted = here.policy.routes[0], "Low"
    if how == "moved":
        wanted = "P2"
        pay.priorities = ("High", "P2")
        here.jira.move("OPS-1", "PAY")
    elif how == "rerouted":
        other = replace(rule, route=replace(rule.route, project="PAY", issue_type="Bug"))
        here.policy = replace(here.policy, routes=(other,))
    else:
        here.jira.site.projects[0].lacking.add("CREATE_ISSUES")
    here.sync()
    here.edit(lambda text: text.replace("| High |", f"| {wanted} |"))
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    (record,) = here.jira.site.records.values()
    assert record.now.priority == wanted
