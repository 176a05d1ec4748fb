"""When a row becomes a ticket, where it goes, and what the ticket says."""

import json
from dataclasses import replace

import pytest

from config.groups import CreateWhen
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import Project, ProjectField
from tests.acceptance.world import World
from worker.jobs.context import RouteRule
from worker.jobs.results import Action, IncidentResult, Trigger
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import Stored
from worker.tracking.destinations import Route


def words(result: IncidentResult) -> str:
    return " ".join(result.warnings)


@pytest.fixture
def there(here: World) -> World:
    """Give a world with a draft and one row without a ticket."""
    here.sync()
    here.add_rows("Add an alert")
    return here


def test_never_creates_none_and_says_so(there: World) -> None:
    there.policy = replace(there.policy, create=CreateWhen.NEVER)
    result = there.sync()
    assert there.tickets() == {}
    assert "1 action item has no ticket" in words(result)


def test_reviewed_waits_until_the_status_is_no_longer_draft(there: World) -> None:
    there.policy = replace(there.policy, create=CreateWhen.REVIEWED)
    assert "status is still 'draft'" in words(there.sync())
    assert there.tickets() == {}
    there.edit(lambda text: text.replace("status: draft", "status: in review", 1))
    assert there.sync().warnings == ()
    assert len(there.tickets()) == 1


def test_statuses_come_back_whatever_may_be_created(there: World) -> None:
    there.sync()
    there.policy = replace(there.policy, create=CreateWhen.NEVER)
    there.jira.transition(there.linked()[0], "Done")
    there.sync()
    assert there.statuses() == ["Done"]


def test_the_schedule_waits_until_a_document_is_quiet_and_a_command_does_not(
    there: World,
) -> None:
    there.run(trigger=Trigger.SCHEDULE)
    assert there.tickets() == {}
    there.clock.sleep(there.policy.quiet_for.total_seconds() - 1)
    there.run(trigger=Trigger.SCHEDULE)
    assert there.tickets() == {}
    there.clock.sleep(1)
    there.run(trigger=Trigger.SCHEDULE)
    assert list(there.tickets().values()) == ["Add an alert"]
    there.add_rows("Review the hand-over")
    there.run(trigger=Trigger.COMMAND)
    assert len(there.tickets()) == 2


def test_a_webhook_refreshes_a_document_that_is_being_edited_and_creates_nothing_yet(
    there: World,
) -> None:
    result = there.sync(trigger=Trigger.WEBHOOK)
    assert there.tickets() == {}
    assert "waits" in words(result)
    there.clock.sleep(there.policy.quiet_for.total_seconds())
    there.run(trigger=Trigger.SCHEDULE)
    assert len(there.tickets()) == 1


def test_a_row_that_is_written_while_a_job_begins_waits_for_quiet_as_well(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.sync()
    here.sync()
    read, rows = DirectoryStore.read, ["Add an alert"]

    def read_late(self: DirectoryStore, name: str) -> Stored:
        if rows:
            here.add_rows(rows.pop())  # after the job has looked which documents there are
        return read(self, name)

    monkeypatch.setattr(DirectoryStore, "read", read_late)
    result = here.sync(trigger=Trigger.WEBHOOK)
    assert not rows
    assert "waits" in words(result)
    assert here.tickets() == {}
    here.run(trigger=Trigger.SCHEDULE)
    here.clock.sleep(here.policy.quiet_for.total_seconds())
    here.run(trigger=Trigger.SCHEDULE)
    assert list(here.tickets().values()) == ["Add an alert"]


def test_rows_that_the_program_itself_drafted_get_their_tickets_at_once(here: World) -> None:
    here.sync("checkout storm", trigger=Trigger.WEBHOOK)
    assert len(here.tickets()) == len(here.items("checkout storm")) > 0


def test_they_do_however_soon_the_draft_is_read_again(here: World) -> None:
    def just_written() -> int:  # to a clock that fast, the draft may still change in this tick
        return max((one.stat().st_ctime_ns for one in here.documents.rglob("*.md")), default=0)

    store = DirectoryStore(here.documents, clock=just_written)
    result = here.sync("checkout storm", trigger=Trigger.WEBHOOK, store=store)
    assert (result.failures, result.again_in) == ((), None)
    assert len(here.tickets()) == len(here.items("checkout storm")) > 0


def test_a_route_by_service_chooses_project_type_labels_components_and_fields(
    there: World,
) -> None:
    platform = Project(
        "PLAT", "10002", "Platform", custom=(ProjectField("customfield_10042", "Team", True),)
    )
    there.jira.site.projects.append(platform)
    incident = there.incidents["quick fix"]
    route = Route("PLAT", "Bug", ("reliability",), ("Search",), {"customfield_10042": "Pictures"})
    there.policy = replace(
        there.policy,
        routes=(
            RouteRule(route, services=frozenset({incident.service["summary"]})),
            RouteRule(Route("OPS", "Task")),
        ),
    )
    result = there.sync()
    assert (result.failures, result.warnings) == ((), ())
    made = there.jira.ticket(there.linked()[0]).now
    assert (made.project, made.issue_type, made.components) == ("PLAT", "Bug", ("Search",))
    assert "reliability" in made.labels
    assert made.custom["customfield_10042"] == "Pictures"


def test_an_incident_that_no_route_takes_is_a_failure_with_a_remedy(there: World) -> None:
    there.policy = replace(there.policy, routes=())
    result = there.sync()
    assert "Set JIRA_PROJECT" in result.failures[0]


def test_a_required_field_that_no_route_supplies_is_named_by_check_and_by_the_sync(
    there: World,
) -> None:
    project = there.jira.site.project("OPS")
    assert project is not None
    project.custom = (ProjectField("customfield_10042", "Team", True),)
    with there.context() as context:
        assert context.tracker is not None
        found = context.tracker.check("OPS", "Task")
    assert "Team" in " ".join(one.problem + one.remedy for one in found)
    result = there.sync()
    assert "customfield_10042" in result.failures[0] or "Team" in result.failures[0]
    assert there.tickets() == {}


def test_a_project_without_a_priority_field_gets_tickets_without_it(here: World) -> None:
    project = here.jira.site.project("OPS")
    assert project is not None
    project.screen -= {"priority", "duedate"}
    here.sync()
    here.add_rows("Add an alert | | High | 2026-12-24")
    result = here.sync()
    assert result.failures == ()
    assert len(here.tickets()) == 1
    assert "High" in words(result)
    assert here.sync().deeds == ()


def test_the_description_says_where_it_comes_from_and_quotes_the_row(there: World) -> None:
    there.policy = replace(there.policy, public_url="https://postmortems.example.com")
    there.edit(lambda text: text.replace("| Add an alert ", "| Add *an* {alert} [x] ", 1))
    there.sync()
    record = there.jira.ticket(there.linked()[0])
    description = record.now.description
    flat = description if isinstance(description, str) else json.dumps(description)
    incident = there.incidents["quick fix"].id
    assert incident in flat
    assert f"https://postmortems.example.com/postmortems/{incident}" in flat
    assert "The row as it was written" in flat
    assert "Duration: 9 min." in flat
    assert f"{there.incidents['quick fix'].number}: Pictures are missing" in flat
    if there.jira.kind is SiteKind.CLOUD:
        assert description["type"] == "doc"
        assert "*an* {alert}" in flat
    else:
        assert "{alert}" not in flat.partition("{noformat}")[0]


def test_a_ticket_made_without_a_pull_says_the_same_of_its_incident(there: World) -> None:
    there.sync()
    there.add_rows("Review the hand-over")
    there.clock.sleep(3600)
    there.pagerduty.forget()
    there.run()
    assert there.pagerduty.calls() == ["GET /incidents"]
    first, second = (
        json.dumps(there.jira.ticket(key).now.description).partition("The row as it was")[0]
        for key in there.linked()
    )
    assert "Duration: 9 min." in first
    assert second.replace("Review the hand-over", "Add an alert") == first
    names = [there.jira.ticket(key).links[0]["object"]["title"] for key in there.linked()]
    assert len(set(names)) == 1


def test_the_ticket_links_to_the_incident_and_the_document_once(there: World) -> None:
    there.policy = replace(there.policy, public_url="https://postmortems.example.com")
    there.sync()
    there.sync()
    links = there.jira.ticket(there.linked()[0]).links
    incident = there.incidents["quick fix"].id
    assert sorted(one["globalId"] for one in links) == [
        f"pagerduty-incident={incident}",
        f"postmortem={incident}",
    ]


def test_the_ticket_links_to_the_file_where_people_open_documents(there: World) -> None:
    there.policy = replace(
        there.policy,
        public_url="https://postmortems.example.com",
        document_address="https://git.example.com/team/pm/{document}?at=main",
    )
    path = there.path()
    path = path.rename(path.with_name(f"a b#{path.name}"))
    there.sync()
    ticket = there.jira.ticket(there.linked()[0])
    address = f"https://git.example.com/team/pm/a%20b%23{path.name[4:]}?at=main"
    (link,) = (one for one in ticket.links if one["globalId"].startswith("postmortem="))
    assert link["object"]["url"] == address
    assert address in json.dumps(ticket.now.description)


def test_a_long_task_is_shortened_to_a_summary_and_kept_whole_below(here: World) -> None:
    here.sync()
    task = "Add an alert on the depth of the queue " * 12
    here.add_rows(task)
    here.sync()
    made = here.jira.ticket(here.linked()[0]).now
    assert len(made.summary) <= 255
    assert made.summary.endswith("…")
    flat = (
        made.description
        if isinstance(made.description, str)
        else json.dumps(made.description, ensure_ascii=False)
    )
    assert task.strip() in flat
    assert here.sync().deeds == ()


def test_every_write_is_in_the_journal_with_its_reason_and_trigger(there: World) -> None:
    there.sync()
    there.jira.transition(there.linked()[0], "Done")
    there.clock.sleep(60)
    there.run("quick fix", trigger=Trigger.SCHEDULE)
    with there.context() as context:
        kept = context.journal.entries(there.incidents["quick fix"].id)
    done = [(one.trigger, one.action) for one in kept]
    assert ("command", Action.DRAFTED.value) in done
    assert ("command", Action.CREATED.value) in done
    assert ("schedule", Action.STATUS.value) in done
    last = kept[-1]
    assert (last.before, last.after, last.ticket) == ("To Do", "Done", there.linked()[0])
    assert all(one.reason for one in kept)


def test_the_plan_of_a_dry_run_names_each_write_with_its_reason(there: World) -> None:
    there.sync()
    there.jira.transition(there.linked()[0], "Done")
    there.edit(lambda text: text.replace("| Add an alert ", "| Add two alerts ", 1))
    there.add_rows("Review the hand-over")
    before, tickets = there.text(), dict(there.tickets())
    result = there.sync(dry_run=True)
    planned = {(deed.action, deed.reason) for deed in result.deeds}
    assert (Action.CREATED, "the row has no ticket, in project OPS") in planned
    assert (Action.CHANGED_TICKET, "task changed in the document") in planned
    assert (Action.STATUS, "the tracker says so") in planned
    assert "+| Add two alerts" in result.diff
    assert (there.text(), there.tickets()) == (before, tickets)
    with there.context() as context:
        assert len(context.journal.tickets(there.incidents["quick fix"].id)) == 1
