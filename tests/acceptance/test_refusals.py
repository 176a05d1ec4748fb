"""One refusal never stops the rest: what Jira refuses is told, and all else is done."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import Project
from connectors.sandbox import Fault
from tests.acceptance.world import World, world
from worker.jobs.results import Trigger

NEEDS_RESOLUTION = {"errorMessages": [], "errors": {"resolution": "Resolution is required."}}


def project(here: World) -> Project:
    found = here.jira.site.project("OPS")
    assert found is not None
    return found


def set_cell(here: World, row: str, old: str, new: str) -> None:
    """Write over a cell of the row with these words."""

    def change(text: str) -> str:
        lines = text.split("\n")
        at = next(n for n, line in enumerate(lines) if row in line)
        lines[at] = lines[at].replace(old, new)
        return "\n".join(lines)

    here.edit(change)


@pytest.mark.parametrize("how", ["403", "404", "405"])
def test_without_remote_links_all_else_is_done(here: World, how: str) -> None:
    if how == "403":
        project(here).lacking.add("LINK_ISSUES")
    elif how == "404":
        here.jira.site.has_remote_links = False
    else:
        here.jira.fault(Fault(at="POST .*/remotelink", status=405, times=None))
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over", "Write the runbook")
    made = here.run("quick fix")
    assert not made.failed
    (result,) = made.incidents
    assert len(result.warnings) == 1
    assert "Link Issues" in result.warnings[0]
    assert sorted(here.linked()) == sorted(here.tickets())
    here.jira.transition(here.linked()[0], "Done")
    here.add_rows("Rehearse")
    again = here.run("quick fix")
    assert not again.failed
    assert again.incidents[0].warnings == ()
    assert sorted(here.linked()) == sorted(here.tickets())
    assert "Done" in here.statuses()


def test_links_are_made_once_they_are_allowed(here: World) -> None:
    project(here).lacking.add("LINK_ISSUES")
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    here.sync()
    assert [one.links for one in here.jira.site.records.values()] == [[], []]
    project(here).lacking.clear()
    assert here.sync().warnings == ()
    assert all(one.links for one in here.jira.site.records.values())
    here.jira.forget()
    here.sync()
    assert [call for call in here.jira.calls() if "remotelink" in call] == []


@pytest.mark.parametrize("status", [200, 302, 413])
def test_an_answer_to_a_create_that_is_none_of_jiras_is_told_with_where_to_look(
    here: World, status: int
) -> None:
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    page = b"<html><title>Log in</title></html>"
    headers = {"content-type": "text/html"}
    create = "POST .*/issue(/bulk)?$"
    here.jira.fault(Fault(at=create, status=status, body=page, headers=headers, times=None))
    told = here.sync().failures
    assert len(told) == 2
    for one in told:
        assert f"answered {status}. Look whether JIRA_URL is right and no login page" in one
    here.jira.faults.clear()
    assert here.sync().failures == ()
    assert sorted(here.tickets().values()) == ["Add an alert", "Review the hand-over"]


def test_a_site_that_fails_at_remote_links_keeps_no_row_from_its_ticket(here: World) -> None:
    here.jira.fault(Fault(at="POST .*/remotelink", status=500, times=None))
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    here.sync()
    assert sorted(here.linked()) == sorted(here.tickets())
    assert here.statuses() == ["To Do", "To Do"]


@pytest.fixture
def closing(here: World) -> World:
    """Give three linked rows, the first closed by a person, the second moved, and a new one."""
    here.policy = replace(here.policy, close_from_document=True)
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over", "Write the runbook")
    here.sync()
    set_cell(here, "Add an alert", "To Do", "Done")
    here.jira.transition(here.linked()[1], "Start progress")
    here.add_rows("Rehearse")
    return here


@pytest.mark.parametrize(
    "at",
    [
        r"POST .*/issue/\d+/transitions",
        r"GET .*/issue/\d+/transitions",
    ],
)
@pytest.mark.parametrize(
    ("status", "body"), [(400, NEEDS_RESOLUTION), (403, None), (404, None), (500, None)]
)
def test_a_close_that_is_refused_stops_nothing_else(
    closing: World, at: str, status: int, body: object
) -> None:
    closing.jira.fault(Fault(at=at, status=status, body=body, times=None))
    key = closing.linked()[0]
    result = closing.sync()
    assert len(result.failures) == 1
    assert "'Add an alert'" in result.failures[0]
    assert key in result.failures[0]
    if body:
        assert "Resolution is required." in result.failures[0]
    assert sorted(closing.linked()) == sorted(closing.tickets())
    assert len(closing.tickets()) == 4
    refused = status == 400 and at.startswith("POST")
    assert closing.statuses() == ["To Do" if refused else "Done", "In Progress", "To Do", "To Do"]
    closing.jira.faults.clear()
    if refused:  # the cell tells the truth again, so a person has to ask once more
        set_cell(closing, "Add an alert", "To Do", "Done")
    assert closing.sync().failures == ()
    assert closing.jira.ticket(key).now.status == "Done"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_a_change_that_is_refused_is_made_later_and_stops_nothing_else(
    here: World, status: int
) -> None:
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    here.sync()
    first, second = here.linked()
    own = here.jira.ticket(first).now.id
    here.jira.fault(Fault(at=rf"PUT .*/issue/{own}$", status=status, times=None))
    here.edit(lambda text: text.replace("Add an alert", "Add two alerts"))
    here.edit(lambda text: text.replace("Review the hand-over", "Review the rota"))
    here.add_rows("Rehearse")
    for _ in range(2):
        result = here.sync()
        assert len(result.failures) == 1
        assert first in result.failures[0]
        assert "Add two alerts" in result.failures[0]
    assert here.tickets()[first] == "Add an alert"
    assert here.tickets()[second] == "Review the rota"
    assert "" not in here.linked()
    assert here.items()[0].task == "Add two alerts"
    here.jira.faults.clear()
    assert here.sync().failures == ()
    assert here.tickets()[first] == "Add two alerts"


def test_a_ticket_that_cannot_be_read_for_now_keeps_what_its_row_says(here: World) -> None:
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    here.sync()
    first, second = here.linked()
    own = here.jira.ticket(first).now.id
    if here.jira.site.is_cloud:
        here.jira.fault(
            Fault(
                at="bulkfetch",
                times=None,
                change=lambda answer: {
                    "issues": [one for one in answer["issues"] if one["id"] != own],
                    "issueErrors": [{"id": own, "errorMessage": "no"}],
                },
            )
        )
    else:
        with here.jira.site.lock:
            here.jira.change(first, archived=True)
        here.jira.fault(Fault(at=rf"GET .*/issue/{own}$", status=500, times=None))
    here.jira.transition(second, "Done")
    here.add_rows("Rehearse")
    result = here.sync()
    assert len(result.failures) == 1
    assert here.statuses() == ["To Do", "Done", "To Do"]
    assert "" not in here.linked()


@pytest.mark.parametrize("at", ["bulkfetch|GET .*/search$", "search"])
def test_reads_that_are_refused_undo_no_link(here: World, at: str) -> None:
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    skip = 0 if here.jira.site.is_cloud or at == "search" else 1
    here.jira.fault(Fault(at=at, status=403, times=None, skip=skip))
    here.sync()
    assert sorted(one for one in here.linked() if one) == sorted(here.tickets())


def test_an_owner_who_cannot_be_looked_up_for_now_follows_later(here: World) -> None:
    here.sync()
    here.add_rows("Add an alert | Mira Castellan", "Review the hand-over")
    here.jira.fault(Fault(at="assignable", status=500, times=None))
    result = here.sync()
    assert "Mira Castellan" in " ".join(result.warnings + result.failures)
    assert len(here.tickets()) == 2
    assert sorted(here.linked()) == sorted(here.tickets())
    here.jira.faults.clear()
    here.sync()
    assigned = here.jira.ticket(here.linked()[0]).now.assignee
    assert assigned is not None
    assert assigned.name == "Mira Castellan"


@pytest.mark.parametrize("kind", SiteKind, ids=lambda kind: kind.value)
@pytest.mark.parametrize("gone", ["deleted", "hidden"])
def test_a_sync_by_hand_reads_every_ticket(tmp_path: Path, kind: SiteKind, gone: str) -> None:
    with world(tmp_path, kind) as here:
        here.sync()
        here.add_rows(*(f"Item {number}" for number in range(8)))
        here.run()
        here.run()
        key = here.linked()[0]
        if gone == "deleted":
            here.jira.delete(key)
        else:
            here.jira.change(key, hidden=True)
        here.clock.sleep(60)
        here.run(trigger=Trigger.SCHEDULE)
        assert here.statuses()[0] == "To Do"
        here.run()
        assert here.statuses()[0] == "Unavailable"
        here.jira.forget()
        assert not here.run().failed
        assert len([one for one in here.jira.calls() if "serverInfo" not in one]) <= 3


@pytest.mark.parametrize("mention", ["see {key}", "[{key}]({url}/browse/{key})"])
def test_a_ticket_named_elsewhere_in_a_row_holds_it_also_while_it_cannot_be_read(
    here: World, mention: str
) -> None:
    here.sync()
    here.add_rows("Add an alert")
    here.sync()
    (key,) = here.linked()
    named = mention.format(key=key, url=here.jira.url)
    here.edit(lambda text: text.replace("Add an alert", f"Add an alert {named}"))
    set_cell(here, "Add an alert", f"[{key}]({here.jira.url}/browse/{key}) ", "")
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()
    here.clock.sleep(3600)
    for status in (403, 500):
        here.jira.fault(
            Fault(at=rf"bulkfetch|GET .*/search$|issue/{key}$", status=status, times=None)
        )
        here.sync()
        here.jira.faults.clear()
    assert list(here.tickets()) == [key]
    here.sync()
    assert list(here.tickets()) == [key]
    assert here.linked() == [key]
