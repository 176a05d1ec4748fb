"""The truth about a ticket comes back: closed, moved, hidden, archived, late in the index."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.jira.sandbox.projects import Person, Project, Status
from tests.acceptance.world import World
from worker.jobs.results import Action, IncidentResult, Trigger
from worker.jobs.status_report import document_statuses


@pytest.fixture
def there(here: World) -> World:
    """Give a world with two rows and their tickets."""
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    here.sync()
    return here


def with_ticket_columns(text: str) -> str:
    """Give the action table the two columns that the program would add with the first ticket."""
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("| Task Desc"))
    lines[at] += " Ticket | Status |"
    lines[at + 1] += "---|---|"
    return "\n".join(lines)


def words(result: IncidentResult) -> str:
    return " ".join(result.warnings)


@pytest.mark.parametrize("how", ["delete", "hide"])
def test_a_ticket_that_cannot_be_seen_is_unavailable_and_not_replaced(
    there: World, how: str
) -> None:
    key = there.linked()[0]
    if how == "delete":
        there.jira.delete(key)
    else:
        there.jira.change(key, hidden=True)
    result = there.sync()
    assert there.statuses() == ["Unavailable", "To Do"]
    assert there.linked()[0] == key
    assert key in words(result)
    assert "deleted, or hidden" in words(result)
    before = len(there.jira.site.records)
    assert there.sync().deeds == ()
    assert len(there.jira.site.records) == before


def test_a_cleared_cell_of_an_unavailable_ticket_gets_a_new_one(there: World) -> None:
    key = there.linked()[0]
    there.jira.delete(key)
    there.sync()
    link = there.text().split("Add an alert", 1)[1].split("|")[4].strip()
    there.edit(lambda text: text.replace(link, "", 1).replace("Unavailable", "", 1))
    result = there.sync()
    assert Action.CREATED in [deed.action for deed in result.deeds]
    assert there.linked()[0] not in ("", key)
    assert there.sync().deeds == ()


def test_a_row_reworded_since_its_ticket_was_deleted_is_not_said_to_be_gone(there: World) -> None:
    key = there.linked()[0]
    there.jira.delete(key)
    there.edit(lambda text: text.replace("Add an alert", "Add two alerts"))
    there.sync()
    link = there.text().split("Add two alerts", 1)[1].split("|")[4].strip()
    there.edit(lambda text: text.replace(link, "", 1).replace("Unavailable", "", 1))
    result = there.sync()
    assert there.linked()[0] not in ("", key)
    assert result.warnings == ()
    assert there.sync().warnings == ()


def test_a_cleared_cell_of_a_ticket_that_is_there_gets_it_back(there: World) -> None:
    key = there.linked()[0]
    link = there.text().split("Add an alert", 1)[1].split("|")[4].strip()
    there.edit(lambda text: text.replace(link, "", 1))
    there.sync()
    assert there.linked()[0] == key
    assert len(there.tickets()) == 2


def test_a_hidden_ticket_that_can_be_seen_again_is_shown_again(there: World) -> None:
    key = there.linked()[0]
    there.jira.change(key, hidden=True)
    there.sync()
    there.jira.change(key, hidden=False)
    there.sync()
    assert there.statuses() == ["To Do", "To Do"]


def test_a_ticket_moved_to_another_project_takes_its_link_along(there: World) -> None:
    there.jira.site.projects.append(Project("PLAT", "10002", "Platform"))
    old = there.linked()[0]
    new = there.jira.move(old, "PLAT")
    result = there.sync()
    assert there.linked()[0] == new
    assert f"/browse/{new})" in there.text()
    assert f"[{old}]" not in there.text()
    assert Action.LINKED in [deed.action for deed in result.deeds]
    there.jira.transition(new, "Done")
    there.sync()
    assert there.statuses()[0] == "Done"
    assert there.sync().deeds == ()


def test_a_finished_item_counts_as_done_until_it_is_reopened(there: World) -> None:
    def done() -> list[bool]:
        with there.context() as context:
            (one,) = document_statuses(context, [there.incidents["quick fix"].id])
        return [item.done for item in one.items]

    key = there.linked()[0]
    assert done() == [False, False]
    there.jira.transition(key, "Won't do")
    there.sync()
    assert done() == [True, False]
    there.jira.transition(key, "Reopen")
    there.sync()
    assert done() == [False, False]


def test_a_reopened_ticket_is_not_called_done_any_more(there: World) -> None:
    key = there.linked()[0]
    there.jira.transition(key, "Done")
    there.sync()
    there.jira.transition(key, "Reopen")
    there.sync()
    assert there.statuses()[0] == "To Do"


HOSTILE = (
    "A\u202e \u200b| <b>b</b> [c](javascript:d) ![e](//f)\n| g |  &amp; *h* https://i.example/a%20b"
)
SHOWN = "A | <b>b</b> [c](javascript:d) ![e](//f) | g | &amp; *h* https://i.example/a%20b"


def test_hostile_names_of_the_tracker_are_shown_as_text_and_look_unchanged_ever_after(
    there: World,
) -> None:
    there.jira.site.statuses[HOSTILE] = Status("10009", HOSTILE, "indeterminate")
    somebody = Person(HOSTILE, "mallory", "mallory@example.com")
    there.jira.site.people = (*there.jira.site.people, somebody)
    first, _ = there.linked()
    there.jira.change(first, summary=HOSTILE, status=HOSTILE, assignee=somebody)
    assert there.sync().failures == ()
    item, untouched = there.items()
    assert (item.task, item.owner, item.status_text) == (SHOWN, SHOWN, SHOWN)
    assert (untouched.task, untouched.owner, untouched.status_text) == (
        "Review the hand-over",
        None,
        "To Do",
    )
    before = there.path().stat()
    again = there.sync()
    assert (again.deeds, again.warnings, again.failures) == ((), (), ())
    assert there.path().stat().st_mtime_ns == before.st_mtime_ns
    assert there.jira.ticket(first).now.summary == HOSTILE


def test_a_row_that_a_person_deleted_is_told_and_its_ticket_left(there: World) -> None:
    key = there.linked()[0]
    before = there.jira.ticket(key).now
    there.edit(
        lambda text: "\n".join(line for line in text.split("\n") if "Add an alert" not in line)
    )
    result = there.sync()
    assert f"The row of {key} ('Add an alert') is gone" in words(result)
    assert there.jira.ticket(key).now == before
    assert len(there.tickets()) == 2


@pytest.mark.parametrize("typed", ["{key}", "[{key}](https://x.example.com)", "{url}", "`{key}`"])
def test_a_key_that_a_person_typed_is_adopted(here: World, typed: str) -> None:
    here.sync()
    project = here.jira.site.project("OPS")
    assert project is not None
    made = here.jira.site.create(project, issue_type="Task", summary="Made by hand")
    cell = typed.format(key=made.now.key, url=f"{here.jira.url}/browse/{made.now.key}")
    here.edit(with_ticket_columns)
    here.add_rows(f"Add an alert | | | | {cell} | ")
    result = here.sync()
    assert here.linked() == [made.now.key]
    assert here.statuses() == ["To Do"]
    assert next(deed.action for deed in result.deeds if deed.ticket) is Action.ADOPTED
    assert len(here.tickets()) == 1
    assert made.now.summary == "Made by hand"
    here.jira.transition(made.now.key, "Done")
    here.sync()
    assert here.statuses() == ["Done"]


def test_a_typed_key_that_leads_nowhere_is_told_and_nothing_is_created(here: World) -> None:
    here.sync()
    here.edit(with_ticket_columns)
    here.add_rows("Add an alert | | | | OPS-4711 | ")
    result = here.sync()
    assert "OPS-4711, which cannot be seen" in words(result)
    assert here.statuses() == ["Unavailable"]
    assert here.tickets() == {}


def test_a_fresh_ticket_that_the_search_misses_is_not_called_unavailable(lagging: World) -> None:
    lagging.sync()
    lagging.add_rows("Add an alert")
    lagging.sync()
    assert lagging.statuses() == ["To Do"]
    lagging.sync()
    assert lagging.statuses() == ["To Do"]


def test_an_empty_answer_to_nobody_is_an_error_and_no_ticket_is_called_gone(there: World) -> None:
    before = there.text()
    there.jira.tokens.clear()
    result = there.sync()
    assert result.failures
    assert there.text() == before


def test_an_archived_ticket_says_so(there: World) -> None:
    there.jira.change(there.linked()[0], archived=True)
    there.sync()
    assert there.statuses()[0] in {"To Do (archived)", "Unavailable"}


def test_the_schedule_brings_changed_statuses_back_with_one_search(there: World) -> None:
    there.run(trigger=Trigger.SCHEDULE)
    there.jira.forget()
    there.clock.sleep(900)
    there.jira.transition(there.linked()[0], "Done")
    there.run(trigger=Trigger.SCHEDULE)
    assert there.statuses() == ["Done", "To Do"]
    searches = [call for call in there.jira.calls() if "search" in call]
    assert len(searches) == 1


@pytest.mark.parametrize("by", ["the workflow", "people"])
def test_the_schedule_brings_statuses_back_of_tickets_without_labels(here: World, by: str) -> None:
    if by == "the workflow":
        here.jira.site.projects[0].validators["labels"] = "Labels are set by the triage."
    here.sync()
    here.add_rows("Add an alert")
    here.sync()
    if by == "people":
        here.jira.change("OPS-1", labels=())
        here.sync()
    here.run(trigger=Trigger.SCHEDULE)
    here.clock.sleep(900)
    here.jira.transition("OPS-1", "Done")
    here.run(trigger=Trigger.SCHEDULE)
    assert here.statuses() == ["Done"]
    here.jira.forget()
    here.clock.sleep(900)
    here.run(trigger=Trigger.SCHEDULE)
    asked = [one for one in here.jira.calls() if not one.endswith(("serverInfo", "myself"))]
    assert len(asked) == 1


def test_the_schedule_finds_what_no_search_shows_at_its_full_pass(there: World) -> None:
    there.run(trigger=Trigger.SCHEDULE)
    there.jira.delete(there.linked()[0])
    there.clock.sleep(900)
    there.run(trigger=Trigger.SCHEDULE)
    assert there.statuses()[0] == "To Do"
    there.clock.sleep(there.policy.full_pass.total_seconds())
    there.run(trigger=Trigger.SCHEDULE)
    assert there.statuses()[0] == "Unavailable"


def test_two_rows_with_one_key_are_told_and_both_show_its_status(there: World) -> None:
    key = there.linked()[0]
    there.add_rows(f"A copy | | | | {key} | ")
    result = there.sync()
    assert f"both name {key}" in words(result)
    assert there.statuses() == ["To Do", "To Do", "To Do"]
    assert len(there.tickets()) == 2


@pytest.mark.parametrize(
    "copy",
    [
        "Drill the hand-over | Jonas Thorvald | Low | 2026-12-24",
        "{task} | Jonas Thorvald | | ",
        "{task} too | | | 2026-12-24",
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_row_that_was_copied_with_its_link_takes_nothing_of_its_ticket(
    there: World, copy: str, *, is_above: bool
) -> None:
    key, before = there.linked()[0], there.items()[0]
    ticket = there.jira.ticket(key).now
    (line,) = [one for one in there.text().split("\n") if f"[{key}]" in one]
    copied = f"| {copy.format(task=before.task)} | {' | '.join(line.split(' | ')[-2:])}"
    both = [copied, line] if is_above else [line, copied]
    there.edit(lambda text: text.replace(line, "\n".join(both)))
    assert "is kept in step with it" in words(there.sync())
    assert there.jira.ticket(key).now == ticket
    assert all(one in there.text() for one in both)
    there.jira.change(key, summary="Add two alerts")
    there.sync()
    tasks = [one.task for one in there.items()]
    assert tasks.count("Add two alerts") == 1
    assert copied in there.text()
    there.edit(lambda text: text.replace("Add two alerts", "Add three alerts"))
    there.sync()
    assert there.jira.ticket(key).now.summary == "Add three alerts"
    cleared = copied.replace(copied.split(" | ")[-2], " ")
    there.edit(lambda text: text.replace(copied, cleared))
    assert "both name" not in words(there.sync())
    assert len(there.tickets()) == len(set(there.linked())) == len(there.items())


def test_a_key_typed_in_the_place_of_a_deleted_ticket_s_leaves_no_row_to_tell_of(
    there: World,
) -> None:
    key, site = there.linked()[0], there.jira.site
    there.jira.delete(key)
    there.sync()
    made = site.create(site.projects[0], issue_type="Task", summary="Made anew").now
    there.edit(lambda text: text.replace(f"[{key}]({there.jira.url}/browse/{key})", made.key))
    assert "is gone" not in words(there.sync())
    assert there.linked()[0] == made.key
    assert there.statuses() == ["To Do", "To Do"]


def test_a_document_copied_for_another_incident_takes_nothing_of_the_first_ones_tickets(
    there: World,
) -> None:
    key, other = there.linked()[0], "checkout storm"
    ticket, path = there.jira.ticket(key).now, there.path()
    copy = path.with_name("copied.md")
    own, its = (there.id(one).encode() for one in ("quick fix", other))
    copy.write_bytes(path.read_bytes().replace(own, its))
    assert f"names {key}, which is already the ticket of a row" in words(there.sync(other))
    reworded = copy.read_text("utf-8").replace("Add an alert", "Drill | Jonas Thorvald", 1)
    copy.write_text(reworded.replace("Thorvald |  |", "Thorvald |", 1), "utf-8")
    for name in (other, "quick fix", other):
        there.sync(name)
        assert there.jira.ticket(key).now == ticket
    assert "already the ticket" not in words(there.sync())
    line = next(one for one in copy.read_text("utf-8").split("\n") if "Drill" in one)
    assert f"[{key}]" in line
    there.edit(lambda text: text.replace("Add an alert", "Add two alerts"))
    there.sync()
    assert there.jira.ticket(key).now.summary == "Add two alerts"


def test_a_row_that_moved_to_another_postmortem_takes_its_ticket_along(there: World) -> None:
    key, other = there.linked()[0], "checkout storm"
    (line,) = [one for one in there.text().split("\n") if f"[{key}]" in one]
    there.sync(other)
    there.edit(lambda text: text.replace(line + "\n", ""))
    there.run()
    cells = [one.strip() for one in line.strip("| ").split("|")]
    there.add_rows(" | ".join(cells), name=other)
    for _ in range(2):
        assert "already the ticket" not in words(there.sync(other))
    there.edit(lambda text: text.replace("Add an alert", "Add two alerts"), name=other)
    there.sync(other)
    assert there.jira.ticket(key).now.summary == "Add two alerts"
    assert len(there.tickets()) == 5


@pytest.mark.parametrize("cell", ["{key}", "{url}/browse/{key}"])
def test_one_ticket_of_a_persons_for_two_rows_keeps_its_words(here: World, cell: str) -> None:
    here.sync()
    site = here.jira.site
    made = site.create(site.projects[0], issue_type="Task", summary="By hand").now
    here.edit(with_ticket_columns)
    named = cell.format(url=here.jira.url, key=made.key)
    rows = (f"Add an alert | Aiko Brandt | | | {named} | ", f"Drill | | Low | | {named} | ")
    here.add_rows(*rows)
    for _ in range(3):
        here.sync()
        assert here.jira.ticket(made.key).now == made
    assert here.linked() == [made.key] * 2
    assert len(here.tickets()) == 1


@pytest.mark.parametrize("trigger", [Trigger.SCHEDULE, Trigger.COMMAND])
def test_a_ticket_that_two_postmortems_name_shows_its_status_in_both(
    there: World, trigger: Trigger
) -> None:
    key, other = there.linked()[0], next(name for name in there.incidents if name != "quick fix")
    there.run(other)
    there.add_rows(f"The same work: {key} | | | 2026-12-24", name=other)
    there.run(other)
    there.run("quick fix")
    assert (there.linked(other)[-1], there.statuses(other)[-1]) == (key, "To Do")
    there.run(trigger=trigger)
    for move, status in (("Done", "Done"), ("Reopen", "To Do")):
        there.clock.sleep(900)
        there.jira.transition(key, move)
        there.run(trigger=trigger)
        assert (there.statuses()[0], there.statuses(other)[-1]) == (status, status)
        assert not [one.actions for one in there.run(trigger=trigger).incidents if one.actions]
    there.clock.sleep(900)
    there.jira.transition(key, "Done")
    there.job("quick fix", Trigger.WEBHOOK, pulls=False)
    there.run(trigger=trigger)
    assert there.statuses(other)[-1] == "Done"


def test_resolutions_that_count_as_done_can_be_named(there: World) -> None:
    there.policy = replace(there.policy, done_resolutions=frozenset({"won't do"}))
    there.jira.transition(there.linked()[0], "Won't do")
    there.sync()
    assert there.statuses()[0] == "Done"


def test_the_lag_is_shorter_than_what_the_tests_wait(lagging: World) -> None:
    assert lagging.jira.site.index_lag < lagging.policy.index_lag < timedelta(minutes=2)
