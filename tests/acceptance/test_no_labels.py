"""Exactly one ticket an item where new tickets take no labels, so that no search by label helps."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from config.groups import TicketParent
from connectors.jira.sandbox.projects import Project
from connectors.sandbox import Fault, Moment
from tests.acceptance.processes import kill_at, sync_until_quiet
from tests.acceptance.world import World
from worker.jobs.context import RouteRule
from worker.tracking.destinations import Route

CREATE = r"POST .*/issue(/bulk)?$"
ROWS = ("Add an alert on queue depth", "Review the hand-over", "Review the hand-over")
BY_THE_SCREEN, BY_THE_WORKFLOW = "the screen", "the workflow"


def take_no_labels(here: World, how: str = BY_THE_WORKFLOW) -> None:
    project = here.jira.site.projects[0]
    if how == BY_THE_SCREEN:
        project.screen -= {"labels"}
    else:
        project.validators["labels"] = "Labels are set by the triage."


def drafted(here: World, *rows: str, how: str = BY_THE_WORKFLOW) -> None:
    take_no_labels(here, how)
    here.sync()
    here.add_rows(*(rows or ROWS))
    here.jira.forget()


def assert_one_each(here: World, *rows: str) -> None:
    assert sorted(here.tickets().values()) == sorted(rows or ROWS)
    assert sorted(here.linked()) == sorted(here.tickets())


@pytest.mark.parametrize("step", range(1, 19))
def test_a_process_killed_at_any_step(lagging: World, step: int) -> None:
    drafted(lagging)
    kill_at(lagging, step)
    sync_until_quiet(lagging)
    assert_one_each(lagging)


@pytest.mark.parametrize("how", [BY_THE_SCREEN, BY_THE_WORKFLOW])
@pytest.mark.parametrize("moment", [Moment.AFTER, Moment.BEFORE], ids=lambda one: one.value)
@pytest.mark.parametrize("status", [0, 503])
def test_the_very_first_create_without_an_answer(
    lagging: World, how: str, moment: Moment, status: int
) -> None:
    drafted(lagging, how=how)
    lagging.jira.fault(Fault(CREATE, status, skip=1, moment=moment))
    assert lagging.sync(wait=0).again_in is not None
    lagging.sync(wait=90)
    assert_one_each(lagging)


def test_a_ticket_that_was_renamed_before_it_was_found_is_known_by_its_mark(
    lagging: World,
) -> None:
    drafted(lagging, ROWS[0])
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.jira.change("OPS-1", summary="Said in other words")
    lagging.sync(wait=90)
    assert list(lagging.tickets()) == lagging.linked() == ["OPS-1"]


def test_a_ticket_that_kept_no_property_is_known_by_its_words(lagging: World) -> None:
    drafted(lagging)
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    for record in lagging.jira.site.records.values():
        record.properties.clear()
    lagging.sync(wait=90)
    assert_one_each(lagging)


def test_an_epic_whose_create_had_no_answer_is_found(lagging: World) -> None:
    project = lagging.jira.site.projects[0]
    project.issue_types = (*project.issue_types, "Epic")
    lagging.policy = replace(lagging.policy, parent=TicketParent.EPIC)
    drafted(lagging, ROWS[0])
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.sync(wait=90)
    epic, ticket = sorted(lagging.jira.site.records.values(), key=lambda one: one.now.id)
    assert (epic.now.issue_type, ticket.now.parent) == ("Epic", epic.now.id)


@pytest.mark.parametrize("parent", list(TicketParent))
def test_no_create_is_repeated_where_what_the_account_made_cannot_be_searched(
    lagging: World, parent: TicketParent
) -> None:
    project = lagging.jira.site.projects[0]
    project.issue_types = (*project.issue_types, "Epic")
    project.screen -= {"labels"}
    project.lacking.add("BROWSE_PROJECTS")
    lagging.policy = replace(lagging.policy, parent=parent)
    lagging.sync()
    lagging.add_rows("Review the handover")
    lagging.jira.fault(Fault("POST .*/issue$", skip=1, moment=Moment.AFTER))
    told = ""
    for _ in range(4):
        result = lagging.sync()
        told += " ".join((*result.failures, *result.warnings))
        lagging.clock.sleep(120)
    assert "take no labels, so no search finds" in told
    made = sorted(lagging.tickets().values())
    assert "Review the handover" in made
    assert len(made) == len(set(made))


def test_a_create_of_before_the_mark_is_found_by_what_the_screen_takes(lagging: World) -> None:
    drafted(lagging, ROWS[0], how=BY_THE_SCREEN)
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    with closing(sqlite3.connect(lagging.database)) as database, database:
        assert database.execute("UPDATE intents SET unlabelled_in = ''").rowcount == 1
    lagging.sync(wait=90)
    assert_one_each(lagging, ROWS[0])


def test_what_another_incident_or_another_program_made_there_is_not_taken(lagging: World) -> None:
    drafted(lagging, ROWS[0])
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    site = lagging.jira.site
    for record in site.records.values():  # as if another incident's create had made it
        record.properties["postmortem-worker"] = {"mark": "another", "incident": "Q1"}
    site.create(site.projects[0], issue_type="Task", summary=ROWS[0])  # by a person
    lagging.sync(wait=90)
    assert lagging.linked() == ["OPS-3"]


def test_a_row_whose_ticket_went_elsewhere_meanwhile_is_looked_for_where_it_was_made(
    lagging: World,
) -> None:
    drafted(lagging, ROWS[0])
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.jira.site.projects.append(Project("NEW", "10002", "New"))
    lagging.policy = replace(lagging.policy, routes=(RouteRule(Route("NEW", "Task")),))
    lagging.sync(wait=90)
    assert list(lagging.tickets()) == lagging.linked() == ["OPS-1"]


def test_what_the_label_shows_is_linked_though_nobody_tells_what_new_tickets_take(
    lagging: World,
) -> None:
    lagging.sync()
    lagging.add_rows(*ROWS)
    lagging.jira.fault(Fault(CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.clock.sleep(90)
    lagging.jira.fault(Fault("GET .*/createmeta.*", 503, times=20))
    lagging.sync(wait=0)
    assert_one_each(lagging)


def test_a_workflow_that_takes_labels_away_is_known_though_people_named_newer_tickets(
    lagging: World,
) -> None:
    site = lagging.jira.site
    site.sets_at_create = {"labels": ()}
    lagging.sync()
    lagging.add_rows(ROWS[0])
    lagging.sync(wait=90)
    typed = site.create(site.projects[0], issue_type="Task", summary="Made by hand")
    lagging.add_rows(f"Made by hand {typed.now.key}")
    lagging.sync(wait=90)
    lagging.add_rows(ROWS[1])
    lagging.jira.fault(Fault(CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.sync(wait=90)
    assert sorted(lagging.tickets().values()) == [ROWS[0], "Made by hand", ROWS[1]]


def test_tickets_wait_for_their_epic_while_nobody_can_say_whether_there_is_one(
    lagging: World,
) -> None:
    project = lagging.jira.site.projects[0]
    project.issue_types = (*project.issue_types, "Epic")
    lagging.policy = replace(lagging.policy, parent=TicketParent.EPIC)
    drafted(lagging, ROWS[0])
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.clock.sleep(90)
    lagging.jira.fault(Fault(".*/search.*", 503, skip=2, times=20))
    assert lagging.sync(wait=0).failures
    lagging.jira.faults.clear()
    lagging.sync(wait=90)
    epic, ticket = sorted(lagging.jira.site.records.values(), key=lambda one: one.now.id)
    assert (epic.now.issue_type, ticket.now.parent) == ("Epic", epic.now.id)


def test_a_ticket_that_was_moved_to_another_project_before_it_was_found_is_the_rows(
    lagging: World,
) -> None:
    lagging.jira.site.projects.append(Project("NEW", "10002", "New"))
    drafted(lagging, ROWS[0])
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.jira.move("OPS-1", "NEW")
    lagging.sync(wait=90)
    assert list(lagging.tickets()) == lagging.linked() == ["NEW-1"]


def test_the_first_ticket_whose_labels_a_workflow_takes_away_is_found(lagging: World) -> None:
    lagging.jira.site.sets_at_create = {"labels": ()}
    lagging.sync()
    lagging.add_rows(ROWS[0])
    lagging.jira.fault(Fault(CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.sync(wait=90)
    assert_one_each(lagging, ROWS[0])
