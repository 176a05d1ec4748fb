"""What each section says, and what it leaves to the prompts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from config.template_names import Slot
from connectors.incidents import CustomField, IncidentStatus, Link, Missing, Reference
from tests.incidents import days, nights, odd
from tests.incidents.making import Making, service
from worker.content.draft_content import Content, DraftEntry
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy

POLICY = DraftPolicy(ZoneInfo("UTC"))
TARGETS = replace(
    POLICY, acknowledge_within=timedelta(minutes=5), resolve_within=timedelta(hours=1)
)
START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)


def _making() -> Making:
    it = Making(1, "Disk full", START, service("Archive"))
    it.triggered()
    return it


def _told(it: Making, policy: DraftPolicy = POLICY) -> Content:
    return draft(it.record(), policy).content


def _points(content: Content, slot: Slot) -> list[str]:
    entry = content.entries.get(slot, DraftEntry())
    return [point.text for point in entry.points]


def test_the_content_names_the_incident_its_day_and_its_zone() -> None:
    content = draft(nights.storm(), replace(POLICY, timezone=ZoneInfo("Asia/Tokyo"))).content
    assert content.incident == "Q004711"
    assert content.url == "https://oncall.example.com/incidents/Q004711"
    assert content.title == "Checkout API: 5xx above 5 %"
    assert content.starts_on == date(2025, 3, 3)
    assert content.timezone == "Asia/Tokyo"


def test_an_incident_without_a_title_is_called_by_its_number() -> None:
    it = _making()
    it.title = " \n"
    assert _told(it).title == "Incident 1"


def test_a_dangerous_incident_url_is_left_out() -> None:
    it = _making()
    it.more = {"url": "javascript:alert(1)"}
    content = _told(it)
    assert content.url == ""
    assert content.entries[Slot.LOGS].text == "Incident #1, with 1 entry in its log"


def test_an_open_incident_is_said_to_be_open() -> None:
    entries = _told(_making()).entries
    assert entries[Slot.DATE_TIME].text == "2025-03-03 12:00 - still open (UTC)"
    assert entries[Slot.DURATION].text == "Still open"
    assert Slot.REVIEW not in entries


def test_an_unknown_end_is_said_to_be_unknown() -> None:
    it = _making()
    it.status = IncidentStatus.RESOLVED
    entries = _told(it).entries
    assert entries[Slot.DATE_TIME].text == "2025-03-03 12:00 - an unknown end (UTC)"
    assert entries[Slot.DURATION].text == "Not known"


def test_a_reopened_incident_lasts_as_long_as_it_was_open() -> None:
    entries = draft(days.reopened(), POLICY).content.entries
    assert entries[Slot.DURATION].text == (
        "1 h 7 min, open 08:00 - 08:50 (50 min) and 10:00 - 10:17 (17 min); "
        "2 h 17 min from start to end"
    )


def test_elapsed_time_is_right_when_the_clocks_change() -> None:
    policy = replace(POLICY, timezone=ZoneInfo("Europe/Berlin"))
    entries = draft(nights.clocks_change(), policy).content.entries
    assert entries[Slot.DURATION].text == "1 h 50 min"
    assert entries[Slot.DATE_TIME].text == (
        "2025-10-26 02:20 +02:00 - 2025-10-26 03:10 +01:00 (Europe/Berlin)"
    )


def test_an_earlier_first_signal_is_named() -> None:
    assert (
        draft(days.merge_target(), POLICY)
        .content.entries[Slot.DATE_TIME]
        .text.endswith("; the first signal came at 16:15, 4 min 35 s before")
    )


def test_what_the_source_cannot_know_keeps_its_prompt() -> None:
    entries = draft(days.quick(), POLICY).content.entries
    asked = {slot for slot, entry in entries.items() if entry.keep_prompt}
    assert {Slot.IMPACT, Slot.ROOT_CAUSE, Slot.PRIMARY_CAUSE, Slot.STAKEHOLDERS} <= asked
    for slot in (Slot.USERS_AFFECTED, Slot.BUSINESS_IMPACT, Slot.IMPROVEMENTS, Slot.DIAGRAMS):
        assert slot not in entries


def test_a_stated_root_cause_wins_over_the_resolution_note_which_is_a_candidate() -> None:
    it = _making()
    it.resolved("30:00", "Ada", "pruned by hand")
    entries = _told(it).entries
    candidate = 'Candidate, from the resolution note: "pruned by hand"'
    assert entries[Slot.ROOT_CAUSE] == DraftEntry(candidate, keep_prompt=True)
    it.noted("20:00", "Ben", "Root cause: snapshots were never pruned")
    entries = _told(it).entries
    assert entries[Slot.ROOT_CAUSE] == DraftEntry('"snapshots were never pruned"')
    it.fields.append(CustomField("root_cause", "Root cause", "expired credentials"))
    assert _told(it).entries[Slot.PRIMARY_CAUSE].text == (
        '"expired credentials" (from the field "Root cause")'
    )


def test_changes_of_the_day_before_are_candidates_the_nearest_first() -> None:
    it = _making()
    it.changed("-23:00:00", "Release 1")
    it.changed("-34:00", "Release 2")
    it.changed("-25:00:00", "Release 0")
    it.changed("5:00", "Release 3")
    told = [text.split(": ")[1:] for text in _points(_told(it), Slot.CONTRIBUTING_FACTORS)]
    assert [text[1].split('"')[1] for text in told] == ["Release 2", "Release 1"]
    assert told[0][0].startswith("change 34 min before the start on Archive")


def test_section_four_tells_times_and_alerts() -> None:
    entries = draft(nights.storm(), POLICY).content.entries
    assert (
        entries[Slot.TECHNICAL_IMPACT].text
        == "Acknowledged after 10 min, resolved after 1 h 47 min"
    )
    assert _points(draft(nights.storm(), POLICY).content, Slot.TECHNICAL_IMPACT) == [
        "37 alerts (critical 23, error 9, warning 5); peak 11 a minute at 01:13",
        "By service: Checkout API 23, Payments 9, Shop frontend 5",
    ]
    assert entries[Slot.BUSINESS_IMPACT].text == "Business services hit: Web shop"


def test_steps_are_what_people_did_and_nothing_that_machines_did() -> None:
    told = _points(draft(nights.storm(), POLICY).content, Slot.STEPS_TAKEN)
    assert told[0] == "01:20 Ben Haugen acknowledged after 10 min"
    assert not any(word in " ".join(told) for word in ("Paged", "Escalated to", "alerts", "ACTION"))


def test_very_many_steps_are_counted() -> None:
    it = _making()
    for at in range(60):
        it.noted(f"{at}:00", "Ada", f"Step {at}")
    told = _points(_told(it), Slot.STEPS_TAKEN)
    assert len(told) == 41
    assert told[-1] == "And 20 more, in the log"


def test_an_incident_that_resolved_itself_says_so() -> None:
    entries = draft(days.recovered(), POLICY).content.entries
    assert entries[Slot.STEPS_TAKEN] == DraftEntry("Nobody acted on it", keep_prompt=True)
    assert entries[Slot.SHORT_TERM_FIXES].text == (
        "None is noted; it was resolved automatically by Lookout"
    )


def test_action_items_are_rows_with_what_is_known() -> None:
    rows = draft(nights.storm(), POLICY).content.action_items
    assert [row.cells for row in rows] == [
        ("add an alert on connection pool usage", "dmitri.sokolov", "", "2025-03-14"),
        ("test connection use in CI", "ada.okafor", "", ""),
        ("write a runbook for a full payments pool", "", "", ""),
    ]
    assert len({row.key for row in rows}) == 3


def test_targets_decide_under_which_heading_a_time_is_told() -> None:
    strict = replace(TARGETS, acknowledge_within=timedelta(minutes=1))
    well = "Acknowledged 1 min 5 s after the first alert (target 5 min)"
    badly = "Acknowledged 1 min 5 s after the first alert (target 1 min)"
    assert well in _points(draft(days.quick(), TARGETS).content, Slot.WENT_WELL)
    assert badly in _points(draft(days.quick(), strict).content, Slot.WENT_BADLY)


def test_without_targets_no_time_is_judged() -> None:
    content = draft(days.quick(), POLICY).content
    assert _points(content, Slot.WENT_WELL) == ["Detected by monitoring (Pulse)"]
    assert _points(content, Slot.WENT_BADLY) == []


def test_evidence_of_what_did_not_go_well() -> None:
    assert _points(draft(days.unanswered(), TARGETS).content, Slot.WENT_BADLY) == [
        "Nobody acknowledged it",
        "Escalated 3 times because nobody acknowledged",
        "The escalation policy ran out of people to page",
        "Resolved after 4 h (target 1 h)",
    ]
    told = _points(draft(days.reopened(), TARGETS).content, Slot.WENT_BADLY)
    assert told[0] == "Open for 1 h 7 min in all (target 1 h)"
    assert told[1] == "Reopened once after it had been resolved"
    assert "An acknowledgement timed out" not in _points(
        draft(nights.days(), TARGETS).content, Slot.WENT_BADLY
    )


def test_an_incident_that_recovered_before_the_target_needed_no_acknowledgement() -> None:
    assert _points(draft(days.recovered(), TARGETS).content, Slot.WENT_BADLY) == []


def test_a_log_that_could_not_be_read_proves_nothing() -> None:
    content = draft(odd.bare(), TARGETS).content
    assert _points(content, Slot.WENT_BADLY) == ["Resolved after 2 h (target 1 h)"]
    assert content.entries[Slot.TECHNICAL_IMPACT].text == "Resolved after 2 h"
    assert Slot.STAKEHOLDERS not in content.entries
    assert "Not in this draft: log entries. The key's role does not allow it." in _points(
        content, Slot.LOGS
    )


def test_a_part_that_is_cut_short_is_told_by_its_reason_alone() -> None:
    it = _making()
    it.missing.append(
        Missing("alerts", "Some alerts are missing: 7 of 9 were listed.", partly=True)
    )
    assert _points(_told(it), Slot.LOGS) == ["Some alerts are missing: 7 of 9 were listed."]


def test_links_of_alerts_are_told_once_and_graphs_apart() -> None:
    content = draft(nights.storm(), replace(POLICY, chart="Q4711-timeline.svg")).content
    assert _points(content, Slot.LOGS) == [
        "[Runbook](https://wiki.example.com/runbooks/checkout-5xx)",
        "[#inc-4711](https://chat.example.com/inc-4711)",
        "Conference bridge: [join](https://meet.example.com/inc-4711) +1 555 0100,,4711#",
    ]
    assert _points(content, Slot.METRICS) == [
        "[Checkout dashboard](https://grafana.example.com/d/checkout?from=now-1h&to=now)",
        "Image: [Error rate](https://grafana.example.com/render/checkout.png)",
    ]
    picture = content.entries[Slot.METRICS].text
    assert picture.startswith("![Incident #4711 from 2025-03-03 01:10 to 2025-03-03 02:57 (UTC); ")
    assert picture.endswith("](<Q4711-timeline.svg>)")


def test_very_many_links_are_counted() -> None:
    it = _making()
    for at in range(50):
        link = Link(f"https://wiki.example.com/{at}", f"Runbook {at // 10}" if at < 20 else f"{at}")
        it.alert(f"0:{at:02}", "Disk full", links=(link,))
    told = _points(_told(it), Slot.LOGS)
    assert len(told) == 31
    assert told[-1] == "And 20 links more, in the alerts"
    assert [text for text in told if "Runbook 0" in text] == [
        f"[Runbook 0](https://wiki.example.com/{at})" for at in range(3)
    ]


def test_merged_incidents_and_business_services_are_named() -> None:
    record = days.merge_target()
    record = replace(record, business_services=(Reference("B1", "Accounts"),))
    content = draft(record, POLICY).content
    assert content.entries[Slot.SERVICES].text == (
        "Login and Sessions; business services: Accounts; merged into this incident: "
        "[#307 Sessions: write errors](https://oncall.example.com/incidents/Q000307)"
    )
    assert _points(content, Slot.LOGS)[0].startswith("Merged into this incident: [#307 ")


@pytest.mark.parametrize(
    ("subscribers", "told"),
    [
        (14, "2 status updates, to 14 subscribers"),
        (None, "2 status updates"),
        (0, "2 status updates"),
    ],
)
def test_subscribers_are_counted_where_their_number_is_known(
    subscribers: int | None, told: str
) -> None:
    record = replace(nights.storm(), subscribers=subscribers)
    assert draft(record, POLICY).content.entries[Slot.STAKEHOLDERS].text == told


def test_the_review_is_due_some_days_after_the_end_in_the_shown_zone() -> None:
    policy = replace(POLICY, review_due=timedelta(days=5), timezone=ZoneInfo("Asia/Tokyo"))
    it = _making()
    it.resolved("4:00:00", "Ada")
    assert _told(it, policy).entries[Slot.REVIEW] == DraftEntry(
        "Due by 2025-03-09", keep_prompt=True
    )


def test_custom_fields_say_who_was_hit() -> None:
    content = draft(days.by_hand(), POLICY).content
    assert content.entries[Slot.USERS_AFFECTED] == DraftEntry(
        'about 60 support staff (from the field "Users affected")'
    )
    impact = draft(nights.storm(), POLICY).content.entries[Slot.IMPACT].text
    assert impact.endswith('Customer impact: "about 38 % of payments failed"')


def test_points_that_share_a_key_are_numbered() -> None:
    it = _making()
    it.missing += [Missing("notes", "No."), Missing("notes", "Never.")]
    entry = _told(it).entries[Slot.LOGS]
    assert [point.key for point in entry.points] == ["missing:notes", "missing:notes#2"]


T = TypeVar("T")


class _Counted(tuple[T, ...]):
    """Things that count how often they were gone through."""

    times = 0

    def __iter__(self) -> Iterator[T]:
        self.times += 1
        return super().__iter__()


@pytest.mark.parametrize("chart", [None, "Q4711-timeline.svg"])
def test_the_story_and_the_timeline_are_made_once_a_draft(chart: str | None) -> None:
    record = nights.storm()
    alerts, changes = _Counted(record.alerts), _Counted(record.change_events)
    counted = replace(record, alerts=alerts, change_events=changes)
    drafted = draft(counted, replace(POLICY, chart=chart))
    assert (drafted.chart is None) == (chart is None)
    assert alerts.times == 1, "the story alone goes through the record's alerts"
    assert changes.times == 2, "once for the timeline, once for the contributing factors"
