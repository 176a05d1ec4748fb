"""Tasks, roles and automation as rows, whatever the order in which events told of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from config.template_names import Slot
from connectors.follow_up import (
    EventReport,
    FollowUp,
    IncidentReview,
    PastIncident,
    ReportKind,
    ReportState,
    ReviewItem,
)
from tests.incidents.making import Making, person, service
from worker.content.draft_content import Content
from worker.drafting.draft import draft
from worker.drafting.history.tasks_and_roles import commander, followed_up
from worker.drafting.policy import DraftPolicy

START = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
OPEN, DONE, ENDED = ReportState.OPEN, ReportState.DONE, ReportState.ENDED


def report(
    minutes: int,
    kind: ReportKind,
    name: str,
    state: ReportState,
    *people: str,
    by: str = "",
    word: str = "",
) -> EventReport:
    at = START + timedelta(minutes=minutes)
    event = f"E{minutes}{kind}{state}"
    return EventReport(event, kind, name, name, state, at, word=word, by=by, people=people)


def role(minutes: int, name: str, who: str, state: ReportState = OPEN) -> EventReport:
    return report(minutes, ReportKind.ROLE, name, state, who)


def drafted(*reports: EventReport, items: Sequence[ReviewItem] = ()) -> Content:
    making = Making(4711, "Slow", START, service("Shop"))
    making.entry("trigger", "0", "Triggered", person("Ada Example"))
    making.entry("resolve", "1:00:00", "Resolved", person("Ada Example"))
    review = IncidentReview("Review", "started", items=tuple(items)) if items else None
    record = replace(making.record(), follow_up=FollowUp(review=review, reports=reports))
    return draft(record, DraftPolicy(timezone=ZoneInfo("UTC"), links=False)).content


def told(content: Content) -> list[str]:
    return [f"{row.cells[0]} {row.cells[1]}" for row in content.timeline]


TASK = (
    report(5, ReportKind.TASK, "Ask the bank", OPEN, "Bo Example"),
    report(20, ReportKind.TASK, "Ask the bank", DONE, "Bo Example", by="Cy Example"),
    report(9, ReportKind.TASK, "Ask the bank", OPEN, "Bo Example"),
)


@pytest.mark.parametrize("reports", list(permutations(TASK)))
def test_the_latest_word_on_a_task_counts_in_whatever_order_it_comes(
    reports: tuple[EventReport, ...],
) -> None:
    content = drafted(*reports)
    assert content.action_items == ()
    assert '09:20 Cy Example finished the task "Ask the bank"' in told(content)


def test_a_task_that_is_opened_again_is_an_action_item_again() -> None:
    content = drafted(*TASK, report(30, ReportKind.TASK, "Ask the bank", OPEN, "Bo Example"))
    (row,) = content.action_items
    assert row.cells == ("Ask the bank", "Bo Example", "", "")
    assert not [line for line in told(content) if "finished" in line]


def test_a_task_that_was_dropped_is_told_nowhere() -> None:
    content = drafted(TASK[0], report(7, ReportKind.TASK, "Ask the bank", ENDED))
    assert content.action_items == ()
    assert not [line for line in told(content) if "bank" in line]


def test_several_who_are_to_do_a_task_are_all_named() -> None:
    one = report(5, ReportKind.TASK, "Ask | the *bank*", OPEN, "Bo", "Cy", "Di")
    (row,) = drafted(one).action_items
    assert row.cells[:2] == ("Ask \\| the \\*bank\\* (with Cy and Di)", "Bo")


def test_who_had_a_role_is_told_from_when_to_when() -> None:
    name = "Incident Commander"
    content = drafted(role(2, name, "Ada"), role(7, name, "Bo"), role(40, name, "Bo", ENDED))
    held = [one.text for one in content.entries[Slot.STAKEHOLDERS].points]
    assert held == ["Incident Commander: Ada from 09:02 until 09:07, Bo from 09:07 until 09:40"]
    assert [line for line in told(content) if name in line] == [
        "09:02 Ada became Incident Commander",
        "09:07 Bo became Incident Commander after Ada",
        "09:40 Bo was no longer Incident Commander",
    ]


@pytest.mark.parametrize(
    ("reports", "leader"),
    [
        ((role(1, "Incident Commander", "Ada"), role(5, "Scribe", "Bo")), "Ada"),
        ((role(1, "Incident Commander", "Ada"), role(5, "Deputy Incident Commander", "Bo")), "Ada"),
        ((role(5, "incident lead", "Bo"), role(9, "Communications Lead", "Cy")), "Bo"),
        ((role(5, "IC", "Bo"), role(1, "IC", "Ada")), "Bo"),
        ((role(5, "IC", "Bo"), role(9, "IC", "Bo", ENDED)), "Bo"),
        ((role(9, "IC", "Bo", ENDED),), "Bo"),
        ((role(5, "Scribe", "Bo"),), None),
        ((), None),
    ],
)
def test_the_commander_is_whoever_led_last(
    reports: tuple[EventReport, ...], leader: str | None
) -> None:
    found = commander(reports)
    assert (found.name if found else None) == leader


@pytest.mark.parametrize(
    ("state", "word", "sentence"),
    [
        (OPEN, "running", "was started by Ada (running)"),
        (DONE, "completed", "was started by Ada; it completed at 09:09"),
        (ReportState.FAILED, "timed_out", "was started by Ada; it failed at 09:09 (timed out)"),
        (ENDED, "aborted", "was started by Ada; it was broken off at 09:09 (aborted)"),
    ],
)
def test_a_run_is_one_row_with_its_outcome(state: ReportState, word: str, sentence: str) -> None:
    begun = report(4, ReportKind.ACTION, "Restart pods", OPEN, by="Ada", word="created")
    later = report(9, ReportKind.ACTION, "Restart pods", state, word=word)
    content = drafted(later, begun)
    assert f'09:04 The automated action "Restart pods" {sentence}' in told(content)


def test_a_run_of_which_only_the_end_came_is_told_by_that() -> None:
    content = drafted(report(9, ReportKind.WORKFLOW, "Major incident", DONE))
    assert '09:09 The workflow "Major incident" completed' in told(content)


def test_an_item_of_the_review_and_a_task_with_the_same_words_are_one_row() -> None:
    item = ReviewItem("A1", "ask the bank.", priority="high", due=START + timedelta(days=9))
    other = ReviewItem("A2", "Ask the bank")
    rows = drafted(TASK[0], items=[item, other]).action_items
    assert [row.cells for row in rows] == [
        ("Ask the bank", "Bo Example", "High", "2026-10-23"),
        ("Ask the bank", "", "", ""),
    ]


def test_what_was_told_of_a_merged_incident_goes_on_but_for_who_led_it() -> None:
    making = Making(4711, "Slow", START, service("Shop"))
    making.entry("trigger", "0", "Triggered", person("Ada Example"))
    ada = person("Ada Example")
    own = (role(2, "IC", "Bo Example"), report(4, ReportKind.TASK, "Ask", OPEN, ada.id))
    others = (role(9, "IC", "Cy Example"), report(6, ReportKind.TASK, "Tell", OPEN, by=ada.id))
    told = followed_up(making.record(), own, others, {})
    assert [(one.name, one.people, one.by) for one in told.follow_up.reports] == [
        ("IC", ("Bo Example",), ""),
        ("Ask", ("Ada Example",), ""),
        ("Tell", (), "Ada Example"),
    ]
    assert told.commander is not None
    assert told.commander.name == "Bo Example"


def test_the_source_s_own_commander_and_numbers_are_kept() -> None:
    making = Making(4711, "Slow", START, service("Shop"))
    past = (PastIncident("Q1", "A", START, 7), PastIncident("Q2", "B", START))
    record = making.record()
    record = replace(record, follow_up=FollowUp(past=past), commander=person("Di Example"))
    told = followed_up(record, (role(2, "IC", "Bo"),), (), {"Q1": 9, "Q2": 12, "Q3": 13})
    assert [one.number for one in told.follow_up.past] == [7, 12]
    assert told.commander == person("Di Example")


def test_who_is_told_twice_to_hold_a_role_holds_it_from_the_first_on() -> None:
    content = drafted(role(2, "Scribe", "Ada"), role(7, "Scribe", "Ada"))
    held = [one.text for one in content.entries[Slot.STAKEHOLDERS].points]
    assert held == ["Scribe: Ada from 09:02"]


def test_an_item_of_the_review_that_is_done_or_tracked_elsewhere_says_so() -> None:
    items = [
        ReviewItem("A1", "Ask the bank", is_done=True, done_at=START + timedelta(days=1)),
        ReviewItem("A2", "Tell them", tracked_as="OPS-7", url="https://jira.example.com/OPS-7"),
        ReviewItem("A3", "Write", tracked_as="OPS-8", url="javascript:alert(1)"),
    ]
    assert [row.cells[0] for row in drafted(items=items).action_items] == [
        "~~Ask the bank~~ (completed 2026-10-15)",
        "Tell them (tracked in [OPS-7](https://jira.example.com/OPS-7))",
        "Write (tracked in OPS-8)",
    ]
