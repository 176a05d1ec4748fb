"""The source's own review of an incident: its action items become rows, each with one ticket."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.groups import CreateWhen
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import AIKO
from connectors.sandbox import Fault
from tests.acceptance.world import World, world

DUE = datetime(2026, 12, 24, 17, 0, tzinfo=UTC)
DONE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def reviewed(here: World, name: str = "quick fix", **more: Any) -> SandboxIncident:
    """Start a review of a scenario's incident."""
    incident = here.incidents[name]
    incident.start_review("Pictures were late", DONE, AIKO).update(more)
    return incident


def written(*paragraphs: str) -> dict[str, Any]:
    """Write paragraphs as the editor of reviews keeps them."""
    texts = [{"type": "text", "text": one} for one in paragraphs]
    return {"type": "doc", "content": [{"type": "paragraph", "content": [one]} for one in texts]}


def someone(incident: SandboxIncident) -> dict[str, Any]:
    """Give somebody who took part."""
    return next(
        entry["agent"]
        for entry in incident.log
        if (entry.get("agent") or {}).get("type") == "user_reference"
    )


def rows(here: World, name: str = "quick fix") -> list[tuple[str, str, str, str]]:
    return [
        (item.task, item.owner or "", item.priority or "", item.deadline_text)
        for item in here.items(name)
    ]


def section(text: str, title: str) -> str:
    return text.split(f"{title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_items_of_a_review_are_rows_with_all_that_is_known_of_them(here: World) -> None:
    incident = reviewed(here)
    person = someone(incident)
    incident.review_item(
        "Update the runbook",
        DONE,
        description="Add the steps of a failover",
        assignee=person["id"],
        priority="high",
        due_at=DUE,
    )
    incident.review_item("Page the right team", DONE, assignee="PNOBODY1")
    here.sync()
    assert rows(here) == [
        (
            "Update the runbook: Add the steps of a failover",
            person["summary"],
            "High",
            "2026-12-24",
        ),
        ("Page the right team", "", "", ""),
    ]
    assert len(here.tickets()) == 2
    assert here.run().incidents == ()


@pytest.mark.parametrize("form", ["{site}/browse/{key}", "{site}/projects/OPS/issues/{key}?a=b"])
def test_an_item_that_has_a_ticket_adopts_it_and_never_gets_a_second_one(
    here: World, form: str
) -> None:
    project = here.jira.site.project("OPS")
    assert project is not None
    made = here.jira.site.create(project, issue_type="Task", summary="Runbook")
    incident = reviewed(here)
    incident.review_item(
        "Update the runbook",
        DONE,
        external_type="Jira",
        external_url=form.format(site=here.jira.url, key=made.now.key),
    )
    here.sync(tracks=False)
    assert f"tracked in [{made.now.key}]" in here.text()
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert here.linked() == [made.now.key]
    assert here.tickets() == {made.now.key: "Runbook"}
    here.jira.transition(made.now.key, "Done")
    here.sync()
    assert here.statuses() == ["Done"]
    here.database.unlink()  # what is remembered is lost
    here.clock.sleep(1200)
    here.sync()
    assert here.tickets() == {made.now.key: "Runbook"}


@pytest.mark.parametrize(
    ("url", "tracker"),
    [
        ("https://other.atlassian.net/browse/PLAT-7", "Jira"),
        ("https://work.example.com/tasks/99", "Asana"),
        ("javascript:alert(1)", "Jira"),
        (None, "Jira"),
    ],
)
def test_what_is_tracked_elsewhere_gets_no_ticket_here(
    here: World, url: str | None, tracker: str
) -> None:
    incident = reviewed(here)
    incident.review_item("Update the runbook", DONE, external_type=tracker, external_url=url)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert here.tickets() == {}
    assert "tracked in" in section(here.text(), "## 6. Action Items")
    assert [task for task, *_ in rows(here)] == ["Update the runbook"]


def test_a_completed_item_says_so_and_gets_no_ticket(here: World) -> None:
    incident = reviewed(here)
    incident.review_item("Update the runbook", DONE, status="complete", completed_at=DONE)
    incident.review_item("Page the right team", DONE)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert list(here.tickets().values()) == ["Page the right team"]
    assert "~~Update the runbook~~ (completed 2026-11-20)" in here.text()


def test_a_row_that_a_person_deleted_stays_gone_and_one_that_is_untouched_follows(
    here: World,
) -> None:
    here.policy = replace(here.policy, create=CreateWhen.NEVER)
    incident = reviewed(here)
    first = incident.review_item("Update the runbook", DONE)
    second = incident.review_item("Page the right team", DONE)
    here.sync()
    here.edit(lambda text: without_row(text, "Update the runbook"))
    first["priority"], second["priority"] = "high", "low"
    incident.review_item("Warn sooner", DONE)
    here.sync()
    assert rows(here) == [("Page the right team", "", "Low", ""), ("Warn sooner", "", "", "")]


def without_row(text: str, words: str) -> str:
    return "\n".join(line for line in text.split("\n") if words not in line)


def test_an_item_that_is_completed_later_does_not_rename_its_ticket(here: World) -> None:
    incident = reviewed(here)
    item = incident.review_item("Update the runbook", DONE)
    here.sync()
    (key,) = here.tickets()
    item.update(status="complete", completed_at=DONE)
    here.clock.sleep(1200)
    here.sync()
    assert here.tickets() == {key: "Update the runbook"}
    assert here.linked() == [key]
    assert "~~Update the runbook~~ (completed 2026-11-20)" in here.text()


def test_a_task_that_a_note_and_the_review_tell_of_is_one_row(here: World) -> None:
    incident = here.incidents["checkout storm"]
    here.sync("checkout storm")
    known = here.items("checkout storm")[0]
    incident.start_review("The storm", DONE, AIKO)
    incident.review_item(f"{known.task}.", DONE, priority="high", due_at=DUE)
    here.sync("checkout storm")
    tasks = [item.task for item in here.items("checkout storm")]
    assert len(tasks) == len(set(tasks)) == 3
    assert here.items("checkout storm")[0].priority == "High"
    assert len(here.tickets()) == 3


def test_what_a_review_says_is_a_candidate_with_its_heading(here: World) -> None:
    incident = reviewed(here)
    incident.write_section("Root cause", written("The cache | was <b>cold</b>.", "# [Nobody](x)"))
    incident.write_section("Customer impact", written("Pictures were late for 3 % of customers."))
    incident.write_section("Nobody wrote this", None)
    here.sync()
    text = here.text()
    cause = section(text, "## 3. Root Cause Analysis")
    said = 'Candidate: "The cache \\| was \\<b>cold\\</b>. # \\[Nobody\\](x)" (the review, "Root cause")'
    assert f"  - {said}" in cause
    assert "3 % of customers" in section(text, "## 4. Impact Analysis")
    assert 'Incident review: "Pictures were late", in review' in text


def test_what_a_machine_is_still_writing_is_not_told(here: World) -> None:
    incident = reviewed(here, generation_status="generating")
    incident.write_section("Root cause", written("The cache was cold."))
    here.sync()
    assert "cold" not in here.text()


@pytest.mark.parametrize("status", [402, 404])
def test_that_a_plan_has_no_reviews_and_no_past_incidents_is_no_news(
    here: World, status: int
) -> None:
    reviewed(here)
    for part in ("review", "past_incidents"):
        here.pagerduty.withhold(part, status)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    assert "Not in this draft" not in here.text()


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_review_that_cannot_be_read_is_named_and_keeps_nothing_else_from_the_draft(
    here: World, status: int
) -> None:
    reviewed(here)
    for part in ("review", "past_incidents"):
        here.pagerduty.withhold(part, status)
    result = here.sync()
    assert not result.failures
    assert "Not in this draft: incident review." in here.text()


def test_half_an_answer_is_an_extra_that_fails_alone(here: World) -> None:
    incident = reviewed(here)
    incident.review_item("Update the runbook", DONE)
    here.pagerduty.fault(Fault("/action_items$", times=None, body={"action_items": "none"}))
    here.pagerduty.fault(Fault("/past_incidents$", times=None, body=b"{"))
    assert not here.sync().failures
    assert "Pictures were late" in here.text()


def test_earlier_incidents_and_what_other_systems_keep_are_linked(here: World) -> None:
    incident = here.incidents["quick fix"]
    for day in range(1, 6):
        at = datetime(2026, 9, day, 12, 0, tzinfo=UTC)
        incident.resembles(f"Pictures late, day {day}", at, score=10.0 * day)
    incident.resembles("You forgot the cat", DONE, score=0)
    incident.refer("JIRA issue OPS-9", "https://jira.example.com/browse/OPS-9")
    here.sync()
    data = section(here.text(), "## 8. Supporting Data")
    assert "- [JIRA issue OPS-9](https://jira.example.com/browse/OPS-9)" in data
    assert "- An earlier incident like it, 2026-09-05: [Pictures late, day 5](https://" in data
    assert data.count("An earlier incident like it") == 3
    assert "cat" not in data


def test_an_account_that_refuses_to_include_references_gives_the_rest(here: World) -> None:
    incident = here.incidents["checkout storm"]
    here.pagerduty.fault(Fault(f"GET /incidents/{incident.id}$", 400, times=1))
    assert not here.sync("checkout storm").warnings
