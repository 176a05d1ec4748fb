"""What each section says, and what it leaves to the prompts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from config.groups import DraftSettings
from config.template_names import Slot
from connectors.incidents import (
    Agent,
    AgentKind,
    CustomField,
    FieldChange,
    IncidentStatus,
    Link,
    Missing,
    Reference,
)
from connectors.log_entry_kinds import ChannelKind
from tests.incidents import days, nights, odd
from tests.incidents.making import Making, channel, person, service
from worker.content.draft_content import Content, DraftEntry
from worker.drafting.draft import draft
from worker.drafting.history.agents import is_person
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


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Disk \n full", "Disk full"),
        ("Replica 1 lags by 137 s behind its leader.\n" * 9, "Replica 1 lags by 137 s behind its leader…"),
        ("Down:\n" + "word " * 60, "Down: " + "word " * 25 + "word…"),
        ("x" * 500, "x" * 137 + "…"),
        ("See " + "it " * 40 + "https://a.example.com/" + "y" * 90, "See " + "it " * 39 + "it…"),
        ("*" * 200, r"\*" * 69 + "…"),
        ("a" * 138, "a" * 138),
    ],
)  # fmt: skip
def test_a_title_of_any_length_is_one_heading_and_told_whole_once(title: str, heading: str) -> None:
    it = _making()
    it.title = title
    content = _told(it)
    assert len(content.title) <= 140
    assert content.title.startswith(heading[:60])
    assert content.title == heading or "*" in title
    assert ["The whole title" in one for one in _points(content, Slot.IMPACT)] == [True] * (
        len(" ".join(title.split())) > 138
    )
    assert len(content.facts["title"][0]) <= 138


def test_a_long_title_is_told_by_its_beginning_where_it_was_triggered() -> None:
    it = Making(1, "Replica 1 lags behind its leader by 137 s.\n" * 9, START, service("Archive"))
    it.triggered()
    told = _told(it).timeline[0].cells[1]
    assert 'reported "Replica 1 lags behind its leader by 137 s…" on Archive' in told


def test_the_front_matter_gets_what_is_known() -> None:
    record = nights.storm()
    incident = replace(
        record.incident,
        teams=(Reference("T1", "Shop"), Reference("T2", "Shop"), Reference("T3", "T3")),
    )
    told = replace(record, incident=incident, commander=record.log_entries[0].agent)
    facts = draft(told, replace(POLICY, timezone=ZoneInfo("Asia/Tokyo"))).content.facts
    assert facts["started"] == ("2025-03-03T10:10:04+09:00",)
    assert (facts["teams"], facts["number"]) == (("Shop",), ("4711",))
    assert facts["services"][0] == "Checkout API"
    assert facts["commander"] == (record.log_entries[0].agent.name,)  # type: ignore[union-attr]  # there is one
    still_open = draft(_making().record(), POLICY).content.facts
    assert {"ended", "severity", "teams", "commander"}.isdisjoint(still_open)


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
    judged = {Slot.CONTRIBUTING_FACTORS, Slot.WENT_WELL}
    assert asked - judged == {Slot.IMPACT, Slot.STAKEHOLDERS}
    for slot in (
        Slot.ROOT_CAUSE,
        Slot.PRIMARY_CAUSE,
        Slot.USERS_AFFECTED,
        Slot.BUSINESS_IMPACT,
        Slot.IMPROVEMENTS,
        Slot.DIAGRAMS,
    ):
        assert slot not in entries


def test_a_resolution_note_is_the_fix_and_no_cause() -> None:
    it = _making()
    it.resolved("30:00", "Ada", "pruned by hand")
    entries = _told(it).entries
    assert entries[Slot.SHORT_TERM_FIXES] == DraftEntry('"pruned by hand" (Ada, 12:30)')
    assert Slot.ROOT_CAUSE not in entries
    assert Slot.PRIMARY_CAUSE not in entries


def test_a_stated_root_cause_stands_in_the_summary_with_who_states_it() -> None:
    it = _making()
    it.noted("10:00", "Cy", "Probably so because the disk is small.")
    it.noted("20:00", "Ben", "Root cause: snapshots were never pruned")
    entries = _told(it).entries
    said = '"snapshots were never pruned" (note of Ben, 12:20)'
    assert entries[Slot.ROOT_CAUSE] == DraftEntry(said)
    assert entries[Slot.PRIMARY_CAUSE].text == "See the summary (note of Ben, 12:20)"
    assert not entries[Slot.PRIMARY_CAUSE].keep_prompt
    assert entries[Slot.PRIMARY_CAUSE].told_in is Slot.ROOT_CAUSE
    assert entries[Slot.PRIMARY_CAUSE].instead == said
    assert _points(_told(it), Slot.PRIMARY_CAUSE) == [
        'Candidate: "Probably so because the disk is small." (note of Cy, 12:10)'
    ]
    it.fields.append(CustomField("root_cause", "Root cause", "expired credentials"))
    content = _told(it)
    said = '"expired credentials" (the field "Root cause")'
    assert content.entries[Slot.ROOT_CAUSE].text == said
    assert _points(content, Slot.PRIMARY_CAUSE)[0] == (
        'Candidate: "snapshots were never pruned" (note of Ben, 12:20)'
    )


@pytest.mark.parametrize(
    ("name", "value", "is_told"),
    [
        ("Cause", "disk full", True),
        ("RCA", "disk full", True),
        ("Root cause category", "Storage", False),
        ("Root cause known", "true", False),
        ("Root cause", "Still under investigation", False),
        ("Root cause", "TBD.", False),
        ("Root cause", "We don't know yet", False),
        ("Root cause", "Waiting for RCA from the vendor", False),
        ("Root cause", "under investigation by the network team", False),
        ("Root cause", "unknown at this time", False),
        ("Root cause", "null", False),
        ("Root cause", "unknown host in DNS", True),
        ("Root cause", "Found in the pool: a leak", True),
        ("Root cause", "null pointer in pay()", True),
        ("Because", "disk full", False),
    ],
)
def test_a_field_tells_the_cause_where_it_means_that(name: str, value: str, is_told: bool) -> None:
    it = _making()
    it.fields.append(CustomField(name.lower().replace(" ", "_"), name, value))
    assert (Slot.ROOT_CAUSE in _told(it).entries) is is_told


@pytest.mark.parametrize(
    "note",
    ["Root cause: we don't know yet", "RCA: TBD", "Ursache: noch unklar", "根本原因\uff1a调查中"],
)
def test_a_note_that_has_no_cause_to_tell_leaves_its_prompt(note: str) -> None:
    it = _making()
    it.noted("5:00", "Ada", note)
    assert Slot.ROOT_CAUSE not in _told(it).entries
    assert Slot.PRIMARY_CAUSE not in _told(it).entries


@pytest.mark.parametrize(
    ("note", "cause"),
    [
        ("Ursache: Zertifikat abgelaufen", "Zertifikat abgelaufen"),
        ("Cause racine : disque plein", "disque plein"),
        ("**Causa raíz:** disco lleno", "disco lleno"),
        ("数据库已切换。\n根本原因\uff1a连接池耗尽", "连接池耗尽"),
    ],
)
def test_a_root_cause_may_be_stated_in_other_languages(note: str, cause: str) -> None:
    it = _making()
    it.noted("5:00", "Ada", note)
    assert _told(it).entries[Slot.ROOT_CAUSE] == DraftEntry(f'"{cause}" (note of Ada, 12:05)')


def test_a_sentence_that_says_why_is_a_candidate_the_latest_first() -> None:
    it = _making()
    it.noted("5:00", "Ada", "Slow. Due to DNS, I think.")
    it.updated("8:00", "Ben", "Some pages fail because a disk is full. We are on it.")
    it.noted("9:00", "Cy", "Is it because of the deploy? Not caused by the deploy.")
    content = _told(it)
    told = 'Candidate: "Some pages fail because a disk is full." (status update of Ben, 12:08)'
    assert content.entries[Slot.ROOT_CAUSE] == DraftEntry(told, keep_prompt=True)
    assert content.entries[Slot.PRIMARY_CAUSE].keep_prompt
    assert _points(content, Slot.PRIMARY_CAUSE) == [
        'Candidate: "Due to DNS, I think." (note of Ada, 12:05)'
    ]
    assert _points(content, Slot.STAKEHOLDERS) == ["12:08 by Ben (quoted above)"]


def test_a_step_that_says_why_is_a_step_and_its_reason_a_candidate() -> None:
    it = _making()
    it.noted("5:00", "Ada", "Restarted the pods because the pool leaked connections.")
    it.resolved("9:00", "Ada", "Rolled back because of a bad release.")
    content = _told(it)
    assert _points(content, Slot.STEPS_TAKEN) == [
        '12:05 Ada: "Restarted the pods because the pool leaked connections."'
    ]
    fix = '"Rolled back because of a bad release." (Ada, 12:09)'
    assert content.entries[Slot.SHORT_TERM_FIXES].text == fix
    assert content.entries[Slot.ROOT_CAUSE].text == (
        'Candidate: "a bad release." (resolution note of Ada, 12:09)'
    )
    it.noted("10:00", "Ben", "Root cause: the new pool")
    assert "a bad release" not in str(_told(it).entries[Slot.PRIMARY_CAUSE])


def test_a_note_of_many_parts_is_told_in_its_parts() -> None:
    it = _making()
    it.noted(
        "5:00",
        "Ada",
        "Root cause: the certificate had expired\nImpact: 12 % of customers could not log in\n"
        "Fix: renewed it\nACTION: alert on expiry\nCost us about 4,000 EUR",
    )
    content = _told(it)
    assert content.entries[Slot.ROOT_CAUSE].text == (
        '"the certificate had expired" (note of Ada, 12:05)'
    )
    assert _points(content, Slot.IMPACT) == [
        'Candidate: "Impact: 12 % of customers could not log in" (note of Ada, 12:05)'
    ]
    assert content.entries[Slot.USERS_AFFECTED].text == (
        "Candidate: 12 % of customers (note of Ada, 12:05; see the summary)"
    )
    assert _points(content, Slot.BUSINESS_IMPACT) == [
        'Candidate: "Cost us about 4,000 EUR" (note of Ada, 12:05)'
    ]
    assert _points(content, Slot.STEPS_TAKEN) == ['12:05 Ada: "Fix: renewed it"']


@pytest.mark.parametrize(
    ("note", "cause", "steps"),
    [
        ("Root cause: a leak. Restarted it.", '"a leak."', ['12:05 Ada: "Restarted it."']),
        ("Root cause: a leak\nin the pool\nLooks bad.", '"a leak in the pool"', []),
        ("Root cause:\n- a leak\n- no limit\nDone.", '"a leak; no limit"', []),
        ("Root cause: a leak\nOwner: Ada\nRestarted it", '"a leak"', None),
        ("We looked.\nRoot cause: a leak. It grew. \n\nMore.", '"a leak. It grew."', []),
    ],
)
def test_a_root_cause_ends_where_something_else_is_told(
    note: str, cause: str, steps: list[str] | None
) -> None:
    it = _making()
    it.noted("5:00", "Ada", note)
    content = _told(it)
    assert content.entries[Slot.ROOT_CAUSE].text == f"{cause} (note of Ada, 12:05)"
    if steps is not None:
        assert _points(content, Slot.STEPS_TAKEN) == steps


def test_a_resolution_note_that_tells_the_cause_alone_is_no_fix() -> None:
    it = _making()
    it.noted("2:00", "Ada", "Restarted the pods.")
    it.resolved("5:00", "Ada", "The outage was caused by a full disk.")
    entries = _told(it).entries
    assert "caused by a full disk" in entries[Slot.ROOT_CAUSE].text
    assert Slot.SHORT_TERM_FIXES not in entries


def test_a_resolution_note_that_repeats_a_note_is_the_fix() -> None:
    it = _making()
    it.noted("2:00", "Ada", "Restarted all the pods.")
    it.resolved("9:00", "Ada", "Restarted all the pods.")
    content = _told(it)
    assert content.entries[Slot.SHORT_TERM_FIXES].text == '"Restarted all the pods." (Ada, 12:09)'
    assert _points(content, Slot.STEPS_TAKEN) == []


def test_words_said_again_are_told_once() -> None:
    it = _making()
    for minute in range(3, 6):
        it.updated(
            f"{minute}:00", "Ben", f"Some customers cannot pay. We look into it, part {minute}."
        )
    it.noted("7:00", "Ada", "Some customers cannot pay.")
    content = _told(it)
    told = "\n".join(str(entry) for entry in content.entries.values())
    assert told.count("Some customers cannot pay") == 1
    assert _points(content, Slot.STAKEHOLDERS)[0] == "12:03 by Ben (quoted above)"


def test_what_was_said_keeps_its_key_when_others_say_it_too() -> None:
    it = _making()
    it.noted("5:00", "Ada", "Restarted the pods. About 300 users are hit.")
    before = [point.key for point in _told(it).entries[Slot.IMPACT].points]
    it.resolved("9:00", "Ada", "Restarted the pods.")
    assert [point.key for point in _told(it).entries[Slot.IMPACT].points] == before


def test_of_who_was_hit_the_summary_has_what_tells_most() -> None:
    it = _making()
    it.updated("3:00", "Ben", "Some customers cannot pay.")
    it.updated("5:00", "Ben", "About 300 merchants are affected. The SLA of 99.9 % is breached.")
    it.noted("6:00", "Ada", "Told the customers on the status page.")
    content = _told(it)
    assert _points(content, Slot.IMPACT) == [
        'Candidate: "About 300 merchants are affected." (status update of Ben, 12:05)'
    ]
    assert _points(content, Slot.USERS_AFFECTED) == [
        'Candidate: "Some customers cannot pay." (status update of Ben, 12:03)'
    ]
    assert _points(content, Slot.BUSINESS_IMPACT) == [
        'Candidate: "The SLA of 99.9 % is breached." (status update of Ben, 12:05)'
    ]
    assert content.entries[Slot.IMPACT].keep_prompt


def test_where_a_field_tells_the_impact_who_was_hit_stands_under_the_users() -> None:
    it = _making()
    it.updated("3:00", "Ben", "Some customers cannot pay. The search is down.")
    it.noted("4:00", "Ada", "40 % of requests fail.")
    it.fields.append(CustomField("impact", "Impact", "no checkout"))
    content = _told(it)
    assert _points(content, Slot.IMPACT) == [
        'Candidate: "40 % of requests fail." (note of Ada, 12:04)'
    ]
    assert _points(content, Slot.USERS_AFFECTED) == [
        'Candidate: "Some customers cannot pay." (status update of Ben, 12:03)'
    ]
    assert _points(content, Slot.STAKEHOLDERS) == ["12:03 by Ben (quoted above)"]


def test_where_nobody_is_named_the_first_update_that_tells_of_an_outage_is_the_impact() -> None:
    it = _making()
    it.noted("2:00", "Ada", "db-4 is down.")
    it.updated("3:00", "Ben", "We are looking into it. The search is unavailable.")
    it.updated("5:00", "Ben", "The search is still slow, and pages fail.")
    content = _told(it)
    assert _points(content, Slot.IMPACT) == [
        'Candidate: "The search is unavailable." (status update of Ben, 12:03)'
    ]
    assert _points(content, Slot.STAKEHOLDERS)[1] == (
        '12:05 by Ben: "The search is still slow, and pages fail."'
    )


def test_what_the_opener_wrote_is_the_impact() -> None:
    it = Making(1, "Double charges", START, service("Payments"))
    it.opened("Mina Park")
    words = "Customers with gift cards are charged twice. 14 tickets since 08:40."
    way_in = replace(it.log[0].channel, details=words)
    it.log[0] = replace(it.log[0], channel=way_in)
    it.updated("3:00", "Ben", "14 tickets since 08:40. Some customers cannot pay.")
    content = _told(it)
    assert _points(content, Slot.IMPACT) == [
        f'Candidate: "{words}" (description by Mina Park, 12:00)'
    ]
    assert _points(content, Slot.USERS_AFFECTED) == [
        'Candidate: "Some customers cannot pay." (status update of Ben, 12:03)'
    ]


def test_each_field_of_impact_stands_in_one_place() -> None:
    it = _making()
    for name in ("Impacted users", "Business impact", "Customer impact"):
        it.fields.append(CustomField(name.lower().replace(" ", "_"), name, f"value of {name}"))
    entries = _told(it).entries
    assert "value of Impacted users" in entries[Slot.USERS_AFFECTED].text
    assert "value of Business impact" in entries[Slot.BUSINESS_IMPACT].text
    told = "\n".join(str(entry) for entry in entries.values())
    assert told.count("value of ") == 3
    assert not entries[Slot.IMPACT].keep_prompt


def test_changes_of_the_day_before_are_candidates_the_nearest_first() -> None:
    it = _making()
    it.changed("-23:00:00", "Release 1")
    it.changed("-34:00", "Release 2")
    it.changed("-25:00:00", "Release 0")
    it.changed("5:00", "Release 3")
    told = [text.split(": ")[1:] for text in _points(_told(it), Slot.CONTRIBUTING_FACTORS)]
    assert [text[1].split('"')[1] for text in told] == ["Release 2", "Release 1"]
    assert told[0][0].startswith("change 34 min before the start on Archive")
    it.changed("-0:00", "Release 4")
    assert _points(_told(it), Slot.CONTRIBUTING_FACTORS)[0].startswith(
        "Candidate: change at the start on Archive"
    )


@pytest.mark.parametrize(
    ("severities", "told"),
    [
        (["critical", "critical"], "2 alerts (all critical)"),
        (["critical", None, None], "3 alerts (critical 1, without severity 2)"),
        (["critical", "error", "warning", "info"], "(critical 1, error 1, warning 1, info 1)"),
        ([None, None], "2 alerts"),
    ],
)
def test_alerts_are_counted_by_severity_those_without_one_too(
    severities: list[str | None], told: str
) -> None:
    it = _making()
    for minute, severity in enumerate(severities):
        it.alert(f"{minute}:00", "Disk full", severity=severity)
    (point,) = [one for one in _points(_told(it), Slot.TECHNICAL_IMPACT) if " alerts" in one]
    assert point.endswith(told)


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
    assert len(told) == 1
    assert told[0].startswith('01:44 Dmitri Sokolov: "Payments pool is exhausted since 02:09, ')
    assert told[0].endswith('restart did not help"')


def test_steps_are_no_handling_of_the_incident_and_end_with_it() -> None:
    it = _making()
    it.acknowledged("1:00", "Ada")
    it.prioritised("2:00", "Ada", "P3", "P1")
    it.assigned("3:00", "Ben", by="Ada")
    it.noted("4:00", "Ben", "Restarted db-4.")
    it.noted("5:00", "Ben", "Looks better now.")
    it.resolved("6:00", "Ben")
    it.noted("7:00", "Ben", "Restarted db-5 as well.")
    assert _points(_told(it), Slot.STEPS_TAKEN) == ['12:04 Ben: "Restarted db-4."']


def test_what_automation_did_before_the_end_is_a_step() -> None:
    it = _making()
    it.noted("2:00", "Ada", "Restarted db-4.")
    it.entry("automation", "1:00", "Action Restart pods ran on 3 nodes", None)
    it.resolved("6:00", "Ada")
    it.entry("automation", "7:00", "Action Tidy up ran", None)
    assert _points(_told(it), Slot.STEPS_TAKEN) == [
        "12:01 Action Restart pods ran on 3 nodes",
        '12:02 Ada: "Restarted db-4."',
    ]


def test_an_update_is_quoted_whole_or_not_at_all_where_people_were_told() -> None:
    it = _making()
    it.updated("2:00", "Ben", "Some customers cannot pay. Next update within 20 minutes.")
    it.updated("4:00", "Ben", "A fix is in place. We keep watching.")
    it.asked("5:00", "Ben", "Ada")
    assert _points(_told(it), Slot.STAKEHOLDERS) == [
        "12:02 by Ben (quoted above)",
        '12:04 by Ben: "A fix is in place. We keep watching."',
    ]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+1-555-0142,,7788#", "+1-555-0142 (without its code)"),
        ("+1 (555) 010-0142;7788", "+1 (555) 010-0142 (without its code)"),
        ("+1 555 0142 PIN 7788#", "+1 555 0142 (without its code)"),
        ("tel:+15550142,,,7788#,,#", "tel:+15550142 (without its code)"),
        ("+1 555 0142 x7788", "+1 555 0142 (without its code)"),
        ("+1 555 0142", "+1 555 0142"),
        ("1-800-FLOWERS", "1-800-FLOWERS"),
        ("ask the duty desk", "ask the duty desk"),
        ("Room 5, floor 3", "Room 5, floor 3"),
    ],
)
def test_the_code_of_a_conference_stays_at_its_source(number: str, told: str) -> None:
    it = _making()
    it.more = {"conference_url": "https://meet.example.com/a", "conference_number": number}
    (bridge,) = [one for one in _points(_told(it), Slot.LOGS) if "bridge" in one]
    assert bridge == f"Conference bridge: [join](https://meet.example.com/a) {told}"


def test_links_of_one_name_are_told_apart_by_what_their_addresses_name() -> None:
    it = _making()
    runbook, board = "https://wiki.example.com/runbooks", "https://graphs.example.com/d"
    for service_, shown in (("checkout", "5xx-errors"), ("ledger-db", "slow-pods")):
        to_metrics = Link(f"{board}/a/{shown}", "Graph")
        it.alert("1:00", "Full", links=(Link(f"{runbook}/{service_}", "Runbook"), to_metrics))
    told = draft(it.record(), POLICY).content.entries
    assert [one.text for one in told[Slot.LOGS].points] == [
        f"[Runbook]({runbook}/checkout) (checkout)",
        f"[Runbook]({runbook}/ledger-db) (ledger-db)",
    ]
    assert [one.text for one in told[Slot.METRICS].points] == [
        f"[Graph]({board}/a/5xx-errors) (5xx-errors)",
        f"[Graph]({board}/a/slow-pods) (slow-pods)",
    ]


def test_a_number_leads_the_impact() -> None:
    it = Making(1, "Payments fail", START, service("Shop"))
    it.triggered()
    it.updated("2:00", "Ben", "Users cannot pay since 12:10.")
    it.updated("3:00", "Ben", "18 % of users cannot pay.")
    it.updated("4:00", "Ben", "Users cannot pay since 12:30 with db-4.")
    assert "18 % of users" in _points(_told(it), Slot.IMPACT)[0]


def test_very_many_steps_are_counted() -> None:
    it = _making()
    for at in range(60):
        it.noted(f"{at}:00", "Ada", f"Restarted node {at}")
    told = _points(_told(it), Slot.STEPS_TAKEN)
    assert len(told) == 41
    assert told[-1] == "And 20 more, in the log"


def test_an_incident_that_resolved_itself_says_so() -> None:
    entries = draft(days.recovered(), POLICY).content.entries
    assert entries[Slot.STEPS_TAKEN] == DraftEntry("Nobody acted on it")
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


def test_no_lesson_names_a_person_as_what_went_wrong() -> None:
    for record in (nights.storm(), days.by_hand(), days.lapsed(), days.unanswered()):
        people = {one.agent.name for one in record.log_entries if is_person(one.agent)}
        people |= {one.who.name for one in record.incident.responders}
        told = " ".join(_points(draft(record, TARGETS).content, Slot.WENT_BADLY))
        assert not [name for name in people if name and name in told]
    told = _points(draft(nights.storm(), TARGETS).content, Slot.WENT_BADLY)
    assert "1 of 2 people asked to help did not join" in told


def test_a_schedule_or_policy_that_nobody_answered_for_is_no_person() -> None:
    record = nights.storm()
    asked = [one for one in record.incident.responders if one.state != "joined"]
    policy = replace(asked[0], who=Agent(AgentKind.POLICY, "PE1", "Database on call"))
    responders = (*record.incident.responders, policy)
    record = replace(record, incident=replace(record.incident, responders=responders))
    told = _points(draft(record, TARGETS).content, Slot.WENT_BADLY)
    assert "2 of 3 that were asked to help did not join" in told


@pytest.mark.parametrize("way", [ChannelKind.EMAIL, ChannelKind.DESK])
def test_what_people_report_by_as_well_is_not_called_monitoring(way: ChannelKind) -> None:
    it = _making()
    it.log[0] = replace(it.log[0], channel=replace(it.log[0].channel, kind=way))
    content = _told(it)
    assert not [one for one in _points(content, Slot.WENT_WELL) if "monitor" in one]
    assert not [one for one in _points(content, Slot.WENT_BADLY) if "monitor" in one]


def test_a_place_without_a_name_that_cannot_be_linked_is_told_once() -> None:
    it = _making()
    it.alert("0:00", "Disk full", links=(Link("/c.png", "", is_image=True),))
    assert "Image: /c.png (not linked)" in _points(_told(it), Slot.METRICS)


def test_what_acts_stands_behind_what_is_to_read_and_says_so() -> None:
    it = _making()
    silence = Link("https://grafana.example.com/alerting/silence/new", "Silence", is_button=True)
    it.alert("0:00", "Full", links=(silence, Link("https://wiki.example.com/a", "Notes")))
    told = _told(it)
    assert _points(told, Slot.METRICS) == []
    assert _points(told, Slot.LOGS)[-2:] == [
        "[Notes](https://wiki.example.com/a)",
        "Button: [Silence](https://grafana.example.com/alerting/silence/new)",
    ]


def test_without_targets_no_time_is_judged() -> None:
    content = draft(days.quick(), POLICY).content
    assert _points(content, Slot.WENT_WELL) == ["Detected by monitoring (Pulse)"]
    assert _points(content, Slot.WENT_BADLY) == []
    drafts = DraftSettings()
    assert not drafts.acknowledge_target, "no target is a team's unless it set one"
    assert not drafts.resolve_target


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Renewed the cert.\nNext steps:\n- automate it\n- alert\nRestarted lb-1.",
         '"Renewed the cert. Restarted lb-1." (Ada, 12:09)'),
        ("Renewed the cert. Next steps: automate it", '"Renewed the cert." (Ada, 12:09)'),
        ("Next steps are clear: renewed it", '"Next steps are clear: renewed it" (Ada, 12:09)'),
        ("To do: automate it", None),
    ],
)  # fmt: skip
def test_what_is_still_to_be_done_is_no_fix(note: str, told: str | None) -> None:
    it = _making()
    it.triggered()
    it.resolved("9:00", "Ada", note)
    entry = _told(it, replace(POLICY, timezone=ZoneInfo("UTC"))).entries.get(Slot.SHORT_TERM_FIXES)
    assert (entry and entry.text) == told


def test_what_a_time_limit_resolved_nobody_did() -> None:
    it = _making()
    it.triggered()
    it.acknowledged("1:00", "Ada")
    it.resolved("4:00:00", way="timeout")
    assert _points(_told(it), Slot.WENT_BADLY) == ["Nobody resolved it: its time limit ran out"]


def test_evidence_of_what_did_not_go_well() -> None:
    assert _points(draft(days.unanswered(), TARGETS).content, Slot.WENT_BADLY) == [
        "Nobody acknowledged it",
        "Escalated 3 times because nobody acknowledged",
        "The escalation policy ran out of people to page",
        "Nobody resolved it: its time limit ran out",
        "Resolved after 4 h (target 1 h)",
    ]
    told = _points(draft(days.reopened(), TARGETS).content, Slot.WENT_BADLY)
    assert told[0] == "Open for 1 h 7 min in all (target 1 h)"
    assert told[1] == "Reopened once after it had been resolved"
    assert "An acknowledgement timed out" not in _points(
        draft(nights.days(), TARGETS).content, Slot.WENT_BADLY
    )
    assert _points(draft(days.lapsed(), TARGETS).content, Slot.WENT_BADLY)[1:4] == [
        "Escalated once because nobody acknowledged",
        "Escalated once after an acknowledgement that did not last",
        "An acknowledgement timed out",
    ]


def test_an_escalation_tells_what_had_become_of_the_acknowledgement_before_it() -> None:
    it = _making()
    it.triggered()
    it.acknowledged("1:00", "Ada")
    it.entry("delegate", "10:00", "Delegated to Ben by Ada", person("Ada"))
    it.escalated("20:00", "Chloé")
    it.acknowledged("21:00", "Chloé")
    hour = channel("website", duration=timedelta(hours=1))
    it.entry("snooze", "22:00", "Snoozed by Chloé", person("Chloé"), channel=hour)
    text = "Unacknowledged: the snooze ended"
    it.entry("unacknowledge", "1:22:00", text, it.me, channel=channel("auto"))
    it.escalated("1:30:00", "Dmitri")
    it.resolved("2:00:00", "Dmitri")
    assert _points(_told(it), Slot.WENT_BADLY) == [
        "Escalated once because nobody acknowledged after a handover",
        "Escalated once after a snooze had ended",
    ]


def test_an_escalation_after_the_urgency_was_raised_or_during_a_snooze_says_so() -> None:
    it = _making()
    it.acknowledged("1:00", "Ada")
    raised = (FieldChange("urgency", "low", "high"),)
    it.entry("urgency_change", "5:00", "Urgency changed", person("Ada"), changes=raised)
    it.escalated("15:00", "Ben")
    it.acknowledged("16:00", "Ben")
    hours = channel("website", duration=timedelta(hours=4))
    it.entry("snooze", "17:00", "Snoozed by Ben", person("Ben"), channel=hours)
    it.escalated("47:00", "Chloé")
    it.resolved("50:00", "Chloé")
    assert _points(_told(it), Slot.WENT_BADLY) == [
        "Escalated once because nobody acknowledged after the urgency was raised",
        "Escalated once while it was snoozed",
    ]


@pytest.mark.parametrize("way", ["auto", "timeout", "website"])
def test_the_end_of_a_snooze_is_no_acknowledgement_that_timed_out(way: str) -> None:
    it = _making()
    it.triggered()
    it.acknowledged("1:00", "Ada")
    for _ in range(2):
        it.entry("unacknowledge", "30:00", "The snooze ended", it.me, channel=channel(way))
    assert _points(_told(it), Slot.WENT_BADLY) == []
    it.lapsed("40:00")
    assert _points(_told(it), Slot.WENT_BADLY) == ["An acknowledgement timed out"]


def test_what_was_acknowledged_after_a_reopening_is_not_said_to_be_never() -> None:
    it = _making()
    it.resolved("4:00", "Ada")
    it.entry("reopen", "8:00", "Reopened", person("Ben"))
    it.acknowledged("9:00", "Ben")
    it.resolved("12:00", "Ben")
    content = _told(it, TARGETS)
    said = "Nobody acknowledged it before it was reopened"
    assert said in _points(content, Slot.WENT_BADLY)
    assert content.entries[Slot.TECHNICAL_IMPACT].text.startswith(
        "Not acknowledged before it was reopened, resolved after 12 min"
    )


def test_an_incident_that_recovered_before_the_target_needed_no_acknowledgement() -> None:
    for policy in (TARGETS, POLICY):
        assert _points(draft(days.recovered(), policy).content, Slot.WENT_BADLY) == []


def test_a_log_that_could_not_be_read_proves_nothing() -> None:
    content = draft(odd.bare(), TARGETS).content
    assert _points(content, Slot.WENT_BADLY) == ["Resolved after 2 h (target 1 h)"]
    assert content.entries[Slot.TECHNICAL_IMPACT].text == "Resolved after 2 h"
    assert Slot.STAKEHOLDERS not in content.entries
    said = "Not in this draft: log entries, alerts and notes. The key's role does not allow it."
    assert said in _points(content, Slot.LOGS)


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
        "Conference bridge: [join](https://meet.example.com/inc-4711) +1 555 0100 (without its code)",
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
    record = replace(record, business_services=(Reference("B1", "Accounts"), Reference("B2", "B2")))
    content = draft(record, POLICY).content
    services = content.entries[Slot.SERVICES].text
    assert services == "Login and Sessions; business services: Accounts"
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
        "Due by 2025-03-10", keep_prompt=True
    )


@pytest.mark.parametrize(
    ("drafted", "due"),
    [
        (None, "2025-03-10"),  # the end of Tuesday, 4 March, and five days: a Sunday
        ("2025-03-04T10:00:00+00:00", "2025-03-10"),
        ("2025-03-09T23:00:00+00:00", "2025-03-10"),
        ("2025-03-11T10:00:00+00:00", "2025-03-17"),  # a Sunday again
        ("2025-04-02T10:00:00+00:00", "2025-04-07"),
    ],
)
def test_the_review_is_due_on_a_working_day_that_was_to_come(drafted: str | None, due: str) -> None:
    policy = replace(POLICY, review_due=timedelta(days=5))
    it = _making()
    it.resolved("24:00:00", "Ada")
    drafted_at = datetime.fromisoformat(drafted) if drafted else None
    entry = draft(it.record(), policy, drafted_at).content.entries[Slot.REVIEW]
    assert entry.text == f"Due by {due}"


def test_custom_fields_say_who_was_hit() -> None:
    content = draft(days.by_hand(), POLICY).content
    told = content.entries[Slot.USERS_AFFECTED]
    assert told == DraftEntry('about 60 support staff (from the field "Users affected")')
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
