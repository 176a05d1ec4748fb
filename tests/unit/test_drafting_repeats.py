"""What a draft says of the earlier incidents that its own repeats, and of what was planned then."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from config.template_names import Slot
from connectors.follow_up import FollowUp, OpenTask, PastIncident, Repeat
from connectors.incidents import IncidentRecord
from tests.incidents import days
from tests.incidents.documents import POLICY
from worker.drafting.draft import draft
from worker.jobs.facts.earlier_incidents import alike_titles

DRAFTED = datetime(2026, 11, 28, 8, tzinfo=UTC)
EARLIER = Repeat(
    id="Q4104",
    number=4104,
    title="Pictures are gone",
    started=datetime(2026, 9, 3, 21, tzinfo=UTC),
    url="https://oncall.example.com/incidents/Q4104",
    key="pictures/origin",
)
NAMED = "[#4104 Pictures are gone](https://oncall.example.com/incidents/Q4104), 2026-09-03"


def told(*repeats: Repeat, drafted_at: datetime | None = DRAFTED) -> list[str]:
    """Give the contributing factors of an incident that repeats others."""
    record = repeated(days.quick(), *repeats)
    entry = draft(record, POLICY, drafted_at).content.entries.get(Slot.CONTRIBUTING_FACTORS)
    points = entry.points if entry else ()
    return [point.text for point in points if point.key.startswith("repeat:")]


def repeated(record: IncidentRecord, *repeats: Repeat) -> IncidentRecord:
    return replace(record, follow_up=replace(record.follow_up, repeats=repeats))


def test_an_earlier_incident_is_named_with_why_it_matched() -> None:
    assert told(EARLIER) == [
        f'Happened before: {NAMED} (same service, same alert key "pictures/origin")'
    ]
    by_title = replace(EARLIER, key="", likeness=94, url="")
    assert told(by_title) == [
        "May have happened before: #4104 Pictures are gone, 2026-09-03 "
        "(same service, title 94 % alike)"
    ]


@pytest.mark.parametrize(
    ("deadline", "says"),
    [
        (date(2026, 10, 18), "OPS-12, 41 days overdue"),
        (date(2026, 11, 27), "OPS-12, 1 day overdue"),
        (date(2026, 11, 28), "OPS-12, due 2026-11-28"),
        (date(2026, 12, 1), "OPS-12, due 2026-12-01"),
        (None, "OPS-12, without a deadline"),
    ],
)
def test_an_open_item_is_told_with_its_ticket_and_how_overdue_it_is(
    deadline: date | None, says: str
) -> None:
    url = "https://jira.example.com/browse/OPS-12"
    (text,) = told(
        replace(EARLIER, open_tasks=(OpenTask("OPS-12", "Add an alert", deadline, url),))
    )
    assert text.endswith(f"; planned then: {says} ([Add an alert]({url})) (as of 2026-11-28)")


def test_the_days_are_those_of_the_day_when_the_document_was_made() -> None:
    """However often it is drafted again: else each document would be written anew each day."""
    open_tasks = (OpenTask("OPS-12", "Add an alert", date(2025, 1, 1)),)
    one = replace(EARLIER, open_tasks=open_tasks)
    assert told(one) == told(one)
    (unknown,) = told(one, drafted_at=None)
    day = POLICY.timezone
    ended = days.quick().incident.resolved_at
    assert ended is not None
    assert f"(as of {ended.astimezone(day).date()})" in unknown


def test_of_many_open_items_five_are_told_and_the_others_counted() -> None:
    many = tuple(OpenTask(f"OPS-{number}", "") for number in range(1, 8))
    (text,) = told(replace(EARLIER, open_tasks=many))
    assert "OPS-5, without a deadline; and 2 more (as of" in text
    assert "OPS-6" not in text


def test_words_of_others_stay_words() -> None:
    hostile = replace(
        EARLIER,
        title="**All** | [gone](javascript:x)",
        key='"] <b>',
        open_tasks=(OpenTask("OPS-1", "Do | *this*", None, "javascript:alert(1)"),),
    )
    (text,) = told(hostile)
    assert "\\*\\*All\\*\\*" in text
    assert "[gone](" not in text.replace("\\[", "")
    assert "<b>" not in text.replace("\\<b>", "")


def test_repeats_go_before_the_changes_and_each_has_a_key_of_its_own() -> None:
    record = repeated(days.quick(), EARLIER, replace(EARLIER, id="Q2", number=2))
    entry = draft(record, POLICY, DRAFTED).content.entries[Slot.CONTRIBUTING_FACTORS]
    assert [point.key for point in entry.points][:2] == ["repeat:Q4104", "repeat:Q2"]
    assert entry.keep_prompt


def test_what_the_source_takes_for_alike_is_not_told_a_second_time() -> None:
    at = datetime(2026, 9, 3, 21, tzinfo=UTC)
    past = (PastIncident("Q4104", "Pictures are gone", at, 4104), PastIncident("Q9", "Else", at))
    record = replace(days.quick(), follow_up=FollowUp(past=past, repeats=(EARLIER,)))
    points = draft(record, POLICY, DRAFTED).content.entries[Slot.LOGS].points
    assert [point.key for point in points if point.key.startswith("past:")] == ["past:Q9"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Checkout API: 5xx above 2 %", "Checkout API: 5xx above 5 %", True),
        ("HIGH CPU on web-1", "high cpu on web-2", True),
        ("[FIRING:3] QueueStuck (mail)", "[FIRING:1] QueueStuck (mail)", True),
        ("Messages are stuck: Order Mail", "Order Mail: messages are stuck", True),
        ("Checkout API: 5xx above 2 %", "Checkout API: latency above 2 s", False),
        ("Search is slow", "Search is down", False),
        ("Order Mail: messages are stuck", "Ledger: exports are late", False),
        ("", "", False),
    ],
)
def test_titles_are_alike_whatever_the_order_and_case_of_their_words(
    one: str, other: str, alike: bool
) -> None:
    assert (alike_titles(one, other) >= 90) is alike
