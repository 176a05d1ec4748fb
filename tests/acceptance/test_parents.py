"""What tickets belong to: what the document names, what the route names, or one epic an incident."""

from dataclasses import replace

import pytest

from config.groups import TicketParent
from connectors.jira.sandbox.projects import EPIC_NAME, Project
from connectors.jira.sandbox.site import SandboxTicket
from connectors.sandbox import Fault, Moment
from tests.acceptance.world import LAG, World
from worker.app.preflight import preflight
from worker.jobs.context import RouteRule
from worker.jobs.results import Action, Trigger
from worker.tracking.destinations import Route

TASKS = ("Add an alert", "Fix the pool")


def project(here: World) -> Project:
    return here.jira.site.projects[0]


def with_epics(here: World, parent: TicketParent = TicketParent.EPIC) -> None:
    project(here).issue_types += ("Epic",)
    here.policy = replace(here.policy, parent=parent)


def made_epic(here: World, summary: str = "Reliability") -> SandboxTicket:
    """Make an epic as people do."""
    with here.jira.site.lock:
        return here.jira.site.create(project(here), issue_type="Epic", summary=summary).now


def epics(here: World) -> list[SandboxTicket]:
    found = [one.now for one in here.jira.site.records.values()]
    return [one for one in found if one.issue_type == "Epic"]


def parents(here: World) -> list[str | None]:
    """Give the parents of the rows' tickets."""
    return [here.jira.ticket(key).now.parent for key in here.linked()]


def name_parent(here: World, written: str, key: str = "jira_parent") -> None:
    here.edit(lambda text: text.replace("\nstatus:", f"\n{key}: {written}\nstatus:", 1))


def drafted(here: World, *rows: str) -> None:
    here.sync()
    here.add_rows(*(rows or TASKS))


def test_an_incident_gets_one_epic_and_its_tickets_belong_to_it(here: World) -> None:
    with_epics(here)
    with here.context() as context:
        assert [one.problem for one in preflight(context) if one.problem] == []
    drafted(here)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    (epic,) = epics(here)
    assert epic.summary.startswith("Postmortem: ")
    (link,) = here.jira.ticket(epic.id).links
    assert link["object"]["url"].endswith(here.id("quick fix"))
    assert parents(here) == [epic.id, epic.id]
    if not here.jira.site.is_cloud:
        assert epic.custom[EPIC_NAME] == epic.summary
    here.add_rows("Write it down")
    assert here.sync().failures == ()
    assert parents(here) == [epic.id] * 3
    before = here.text()
    assert here.sync().deeds == ()
    assert here.run(trigger=Trigger.SCHEDULE).incidents == ()
    assert here.text() == before
    assert len(epics(here)) == 1


def test_no_epic_is_made_before_there_is_a_ticket_for_it(here: World) -> None:
    with_epics(here)
    here.sync()
    here.sync()
    assert here.tickets() == {}


def test_a_dry_run_tells_of_the_epic_and_makes_none(here: World) -> None:
    with_epics(here)
    drafted(here)
    result = here.sync(dry_run=True)
    told = [one.subject for one in result.deeds if one.action is Action.CREATED]
    assert told[0].startswith("Postmortem: ")
    assert told[1:] == list(TASKS)
    assert here.tickets() == {}


@pytest.mark.parametrize("status", [503, None], ids=["503", "lost"])
@pytest.mark.parametrize("moment", list(Moment), ids=lambda moment: moment.name.lower())
def test_an_epic_whose_create_had_no_answer_is_made_once(
    lagging: World, status: int | None, moment: Moment
) -> None:
    with_epics(lagging)
    drafted(lagging)
    lagging.jira.fault(Fault("POST .*/issue$", status, moment=moment))
    for _ in range(3):
        lagging.sync()
        lagging.clock.sleep(LAG.total_seconds())
    (epic,) = epics(lagging)
    assert parents(lagging) == [epic.id, epic.id]
    assert len(lagging.tickets()) == 3


def test_a_lost_database_makes_no_second_epic(lagging: World) -> None:
    with_epics(lagging)
    drafted(lagging)
    lagging.sync()
    lagging.database.unlink()
    lagging.add_rows("Write it down")
    for _ in range(3):
        lagging.sync()
        lagging.clock.sleep(LAG.total_seconds())
    (epic,) = epics(lagging)
    assert parents(lagging) == [epic.id] * 3


def test_a_clone_of_the_epic_is_told_and_the_first_stays(here: World) -> None:
    with_epics(here)
    drafted(here)
    here.sync()
    (epic,) = epics(here)
    clone = made_epic(here, epic.summary)
    here.jira.change(clone.key, labels=epic.labels)
    here.database.unlink()
    here.sync()
    here.clock.sleep(LAG.total_seconds())
    here.add_rows("Write it down")
    result = here.sync()
    assert any(f"{clone.key} carries the same label" in one for one in result.warnings)
    assert set(parents(here)) == {epic.id}


def test_a_project_without_epics_gets_its_tickets_all_the_same(here: World) -> None:
    here.policy = replace(here.policy, parent=TicketParent.EPIC)
    with here.context() as context:
        (found,) = [one for one in preflight(context) if one.problem]
    problem = "Jira project OPS has no issue type 'Epic'; it has Task, Bug, Story."
    assert found.problem == problem
    assert found.remedy == "Set epic_type in [tickets] to a type that it has."
    drafted(here)
    result = here.sync()
    assert result.failures == ()
    assert any(problem in one and "epic_type" in one for one in result.warnings)
    assert not any("JIRA_ISSUE_TYPE" in one for one in result.warnings)
    assert parents(here) == [None, None]


@pytest.mark.parametrize("written", ["OPS-1", "ops-1", '"OPS-1"', "{url}/browse/OPS-1"])
def test_the_front_matter_names_the_parent(here: World, written: str) -> None:
    with_epics(here)
    epic = made_epic(here)
    drafted(here)
    name_parent(here, written.format(url=here.jira.url), "Jira_Parent")
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert parents(here) == [epic.id, epic.id]
    assert len(epics(here)) == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("OPS-999", "cannot be seen"),
        ("the reliability epic", "no ticket's key"),
        ("[OPS-1, OPS-2]", "no ticket's key"),
    ],
)
def test_a_parent_that_is_none_is_told_and_keeps_no_ticket_from_being_made(
    here: World, written: str, told: str
) -> None:
    with_epics(here, TicketParent.NONE)
    drafted(here)
    name_parent(here, written)
    result = here.sync()
    assert result.failures == ()
    (warning,) = result.warnings
    assert told in warning
    assert "jira_parent" in warning
    assert parents(here) == [None, None]


@pytest.mark.parametrize("written", ["OPS-999", "soon"])
def test_no_epic_is_made_where_the_document_names_a_parent_that_cannot_be_used(
    here: World, written: str
) -> None:
    with_epics(here)
    drafted(here)
    name_parent(here, written)
    result = here.sync()
    assert "New tickets have no parent, nor an epic" in " ".join(result.warnings)
    assert epics(here) == []
    assert parents(here) == [None, None]


def test_a_parent_that_jira_refuses_is_left_out_and_told(here: World) -> None:
    with_epics(here, TicketParent.NONE)
    with here.jira.site.lock:
        task = here.jira.site.create(project(here), issue_type="Task", summary="No epic").now
    drafted(here)
    name_parent(here, task.key)
    result = here.sync()
    assert result.failures == ()
    assert len(result.warnings) == 2
    assert all(f"parent '{task.key}'" in one for one in result.warnings)
    assert parents(here) == [None, None]


def test_what_the_route_names_goes_before_an_epic_and_after_the_document(here: World) -> None:
    with_epics(here)
    mine, theirs = made_epic(here, "Mine"), made_epic(here, "Theirs")
    cloud = here.jira.site.is_cloud
    fields = {"parent": {"key": mine.key}} if cloud else {"customfield_10006": mine.key}
    route = RouteRule(Route("OPS", "Task", fields=fields))
    here.policy = replace(here.policy, routes=(route,))
    drafted(here, "Add an alert")
    assert here.sync().warnings == ()
    name_parent(here, theirs.key)
    here.add_rows("Fix the pool")
    assert here.sync().warnings == ()
    assert parents(here) == [mine.id, theirs.id]
    assert len(epics(here)) == 2


def test_a_moved_epic_is_named_by_its_key_of_now(here: World) -> None:
    with_epics(here)
    here.jira.site.projects.append(replace(project(here), key="PLAT", id="10002"))
    drafted(here)
    here.sync()
    (epic,) = epics(here)
    here.jira.move(epic.key, "PLAT")
    here.add_rows("Write it down")
    assert here.sync().warnings == ()
    assert parents(here) == [epic.id] * 3


def test_an_epic_named_in_a_row_is_not_the_rows_ticket(here: World) -> None:
    with_epics(here)
    drafted(here, "Add an alert | | |")
    here.sync()
    (epic,) = epics(here)
    here.add_rows(f"Fix the pool for {epic.key}", f"Do [it]({here.jira.url}/browse/{epic.key}) all")
    assert here.sync().warnings == ()
    assert len(set(here.linked())) == 3
    assert epic.key not in here.linked()
    own = here.linked()[0]
    here.edit(lambda text: text.replace(f"[{own}]({here.jira.url}/browse/{own})", epic.key))
    told = " ".join(here.sync().warnings)
    assert "the epic that the tickets of this postmortem belong to" in told
    assert len(here.tickets()) == 4
    assert len(epics(here)) == 1
