"""Screens that lack the assignee: the ticket gets its owner by the call for that."""

import pytest

from connectors.jira.sandbox.projects import PEOPLE, Project
from connectors.jira.sandbox.site import SandboxTicket
from tests.acceptance.world import World

AIKO, JONAS = PEOPLE[2], PEOPLE[1]
ROW = "Add an alert | Aiko Brandt | High | 2026-12-24"


def project(here: World) -> Project:
    return here.jira.site.projects[0]


def ticket(here: World) -> SandboxTicket:
    return here.jira.ticket("OPS-1").now


def lacking_on(here: World, *screens: str) -> None:
    """Take the assignee off these screens."""
    without = project(here).screen - {"assignee"}
    if "edit" in screens:
        project(here).edit_screen = without
    else:
        project(here).edit_screen = project(here).screen
    if "create" in screens:
        project(here).screen = without


@pytest.mark.parametrize("screens", [("edit",), ("create",), ("create", "edit")])
def test_the_assignee_follows_the_row_whatever_the_screens_hold(
    here: World, screens: tuple[str, ...]
) -> None:
    lacking_on(here, *screens)
    here.sync()
    here.add_rows(ROW)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert ticket(here).assignee == AIKO
    assert here.sync().deeds == ()
    here.edit(lambda text: text.replace("| Aiko Brandt |", "| Jonas Thorvald |"))
    assert here.sync().warnings == ()
    assert ticket(here).assignee == JONAS
    here.edit(lambda text: text.replace("| Jonas Thorvald |", "|  |"))
    assert here.sync().warnings == ()
    assert ticket(here).assignee is None
    assert here.sync().deeds == ()


def test_the_other_fields_follow_with_it(here: World) -> None:
    lacking_on(here, "edit")
    here.sync()
    here.add_rows(ROW)
    here.sync()
    here.edit(
        lambda text: text.replace("| Aiko Brandt |", "| Jonas Thorvald |").replace(
            "| High |", "| Low |"
        )
    )
    assert here.sync().warnings == ()
    assert (ticket(here).assignee, ticket(here).priority) == (JONAS, "Low")


def test_who_may_assign_and_not_edit_assigns(here: World) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    project(here).lacking.add("EDIT_ISSUES")
    here.edit(lambda text: text.replace("| Aiko Brandt |", "| Jonas Thorvald |"))
    assert here.sync().failures == ()
    assert ticket(here).assignee == JONAS


def test_who_may_not_assign_is_told_and_has_the_ticket_all_the_same(here: World) -> None:
    lacking_on(here, "create", "edit")
    project(here).lacking.add("ASSIGN_ISSUES")
    here.sync()
    here.add_rows(ROW)
    result = here.sync()
    assert here.linked() == ["OPS-1"]
    (told,) = result.warnings
    assert "assignee of OPS-1" in told
    assert "Assign Issues" in told
    assert ticket(here).assignee is None
    assert here.sync().warnings == (told,)
