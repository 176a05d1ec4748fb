"""A field that Jira refuses while it takes the rest: told with what helps, as long as it differs."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from connectors.jira.sandbox.projects import SYSTEM_FIELDS, Project
from tests.acceptance.world import World
from worker.jobs.context import RouteRule
from worker.jobs.results import Trigger
from worker.tracking.destinations import Route

ROW = "Add an alert | Aiko Brandt | High | 2026-12-24"
ROUTE = Route(
    "OPS", "Task", labels=("sre",), components=("Checkout",), fields={"customfield_10100": "blue"}
)


def project(here: World) -> Project:
    return here.jira.site.projects[0]


def edits(here: World) -> list[str]:
    return [call for call in here.jira.calls() if call.startswith("PUT ")]


@pytest.mark.parametrize(
    ("refused", "remedy"),
    [
        (
            "priority",
            "Write another into the row, or put Priority on the project's create screen and set it "
            "in the ticket.",
        ),
        (
            "duedate",
            "Write another into the row, or put Due date on the project's create screen and set it "
            "in the ticket.",
        ),
        ("components", "Correct the route's components in postmortem.toml, or put Components on"),
        ("labels", "Correct the route's labels in postmortem.toml, or let the project's screens"),
        ("description", "If it is to be there, put Description on the project's create screen."),
        ("customfield_10100", "Correct the route's fields in postmortem.toml, or put the field on"),
    ],
)
def test_a_field_that_a_create_goes_without_is_told_with_what_helps(
    here: World, refused: str, remedy: str
) -> None:
    project(here).validators[refused] = "It is not to be given."
    if refused != "customfield_10100":
        here.policy = replace(here.policy, routes=(RouteRule(replace(ROUTE, fields={})),))
    else:
        here.policy = replace(here.policy, routes=(RouteRule(ROUTE),))
        project(here).screen |= {"customfield_10100"}
    here.sync()
    here.add_rows(ROW)
    (told,) = here.sync().warnings
    assert "('Add an alert')" in told
    assert "OPS-1" in told
    assert f"It is not to be given. {remedy}" in told


def test_labels_of_the_program_alone_are_told_with_why_it_needs_them(here: World) -> None:
    project(here).screen = frozenset(SYSTEM_FIELDS) - {"labels"}
    here.sync()
    here.add_rows("Add an alert")
    (told,) = here.sync().warnings
    assert "Let the project's screens and workflow take labels: tickets are found by them." in told


def test_an_edit_that_a_sentence_alone_refuses_goes_field_by_field(here: World) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    project(here).edit_listeners["duedate"] = "Dates are frozen in this sprint."
    here.edit(
        lambda text: (
            text.replace("Add an alert", "Add two alerts")
            .replace("| High", "| Low")
            .replace("2026-12-24", "2026-12-31")
        )
    )
    here.jira.forget()
    result = here.sync()
    assert len(edits(here)) == 4
    ticket = here.jira.ticket("OPS-1").now
    assert (ticket.summary, ticket.priority) == ("Add two alerts", "Low")
    assert str(ticket.due) == "2026-12-24"
    assert result.failures == ()
    (told,) = result.warnings
    assert "refused the new due date of OPS-1" in told
    assert "Dates are frozen in this sprint. Write another into the row, or put Due date" in told
    here.jira.forget()
    assert here.sync().warnings == (told,)
    assert edits(here) == []


def test_an_edit_of_many_fields_is_one_request(here: World) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    here.edit(lambda text: text.replace("| High", "| Low").replace("2026-12-24", "2026-12-31"))
    here.jira.forget()
    assert here.sync().warnings == ()
    assert len(edits(here)) == 1


@pytest.fixture
def cleared(here: World) -> World:
    """Give a row whose owner a person cleared where each ticket must have one."""
    project(here).must_be_assigned = True
    here.sync()
    here.add_rows(ROW)
    here.sync()
    here.edit(lambda text: text.replace("| Aiko Brandt", "| "))
    return here


def test_an_owner_whom_jira_does_not_let_go_is_told_until_there_is_one(cleared: World) -> None:
    (told,) = cleared.sync().warnings
    assert "('Add an alert')" in told
    assert "refused the new assignee of OPS-1: Issues must be assigned. Name an owner" in told
    cleared.jira.forget()
    for trigger in (Trigger.COMMAND, Trigger.SCHEDULE, Trigger.WEBHOOK):
        assert cleared.sync(trigger=trigger).warnings == (told,)
    assert edits(cleared) == []
    with cleared.context() as context:
        (kept,) = context.journal.results.of([cleared.id("quick fix")]).values()
    assert kept.warnings == (told,)
    cleared.edit(
        lambda text: text.replace("| Add an alert |  |", "| Add an alert | Jonas Thorvald |")
    )
    assert cleared.sync().warnings == ()
    assignee = cleared.jira.ticket("OPS-1").now.assignee
    assert assignee is not None
    assert assignee.name == "Jonas Thorvald"


@pytest.mark.parametrize("becomes", ["let go", "another's", "done"])
def test_it_is_told_no_more_once_the_ticket_was_changed(cleared: World, becomes: str) -> None:
    cleared.sync()
    people = cleared.jira.site.people
    if becomes == "done":
        cleared.jira.transition("OPS-1", "Done")
    else:
        cleared.jira.change("OPS-1", assignee=None if becomes == "let go" else people[1])
    assert cleared.sync().warnings == ()
    assert cleared.sync().warnings == ()
    assert cleared.items()[0].owner == (people[1].name if becomes == "another's" else None)


def test_a_priority_that_means_what_the_ticket_has_by_now_is_told_no_more(here: World) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    project(here).edit_screen = frozenset(SYSTEM_FIELDS) - {"priority"}
    here.edit(lambda text: text.replace("| High", "| Low"))
    here.sync()
    assert len(here.sync().warnings) == 1
    here.policy = replace(here.policy, priorities={"Low": "High"})
    assert here.sync().warnings == ()


def test_what_an_older_release_brought_into_agreement_is_told_no_more(here: World) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    stale = {"summary": "1", "assignee": "2", "priority": "3", "due date": "4"}
    with closing(sqlite3.connect(here.database)) as database, database:
        database.execute("UPDATE tickets SET refused = ?", (json.dumps(stale),))
    assert here.sync().warnings == ()
