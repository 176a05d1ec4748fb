"""Rows of the timeline: what is kept, folded and dropped, and how each kind reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import ConfigurationError
from connectors.incidents import (
    Agent,
    AgentKind,
    FieldChange,
    IncidentRecord,
    Note,
    Reference,
    Responder,
)
from connectors.log_entry_kinds import EntryKind
from tests.incidents import nights, odd
from tests.incidents.making import Making, channel, monitor, person, service
from worker.drafting.history.story import PhaseState, phases, story
from worker.drafting.policy import (
    DEFAULT_RULES,
    MILESTONES,
    DraftPolicy,
    Handling,
    OutsideLog,
    Rule,
    Weight,
    rules_with,
)
from worker.drafting.timeline.timeline import IncidentTimeline, limited, timeline

UTC_ZONE = ZoneInfo("UTC")
POLICY = DraftPolicy(UTC_ZONE, links=False)
START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _making() -> Making:
    return Making(1, "Disk full", START, service("Archive"))


def _told(record: IncidentRecord, policy: DraftPolicy = POLICY) -> IncidentTimeline:
    return timeline(story(record), policy)


def _rows(it: Making, policy: DraftPolicy = POLICY) -> list[str]:
    return [" ".join(row.cells) for row in _told(it.record(), policy).rows]


def test_a_trigger_by_a_monitor_tells_which_and_how_severe() -> None:
    it = _making()
    it.triggered("Lookout")
    assert _rows(it) == ['12:00 Lookout reported "Disk full" on Archive (critical)']


def test_the_alert_that_opened_the_incident_is_told_with_the_trigger() -> None:
    it = _making()
    it.alert("0:00", "Disk full", cleared="20:00")
    it.triggered()
    assert _rows(it) == [
        '12:00 Lookout reported "Disk full" on Archive (critical); cleared at 12:20'
    ]


def test_assignments_are_told_with_what_caused_them() -> None:
    it = _making()
    it.triggered()
    it.assigned("0:01", "Ada", "Ben")
    it.escalated("5:00", "Chloé")
    it.assigned("9:00", "Dmitri", by="Ben")
    assert _rows(it) == [
        '12:00 Lookout reported "Disk full" on Archive (critical); assigned to Ada and Ben',
        "12:05 Escalated to Chloé: nobody had acknowledged for 5 min",
        "12:09 Ben assigned it to Dmitri",
    ]


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        ((), "nobody had acknowledged for 40 min"),
        (("acknowledged",), "the acknowledgement had timed out"),
        (
            ("acknowledged", "lapsed"),
            "the acknowledgement had timed out, and nobody acknowledged again for 10 min",
        ),
        (
            ("acknowledged", "snoozed", "lapsed"),
            "the snooze had ended, and nobody acknowledged again for 10 min",
        ),
        (
            ("acknowledged", "taken back"),
            "the acknowledgement had been taken back, and nobody acknowledged again for 10 min",
        ),
        (
            ("acknowledged", "handed over"),
            "it had been handed over, and nobody acknowledged again for 10 min",
        ),
        (("acknowledged", "resolved", "reopened"), "nobody had acknowledged for 10 min"),
    ],
)
def test_that_nobody_acknowledged_is_said_where_nobody_had(
    between: tuple[str, ...], reason: str
) -> None:
    it = _making()
    it.triggered()
    ada = person("Ada")
    for what in between:
        match what:
            case "acknowledged":
                it.acknowledged("4:00", "Ada")
            case "snoozed":
                way_in = channel("website", duration=timedelta(minutes=25))
                it.entry("snooze", "5:00", "Snoozed", ada, channel=way_in)
            case "lapsed":
                it.lapsed("30:00")
            case "taken back":
                it.entry("unacknowledge", "30:00", "Unacknowledged", ada)
            case "handed over":
                it.entry("delegate", "30:00", "Delegated", ada, assignees=(person("Cy"),))
            case "resolved":
                it.resolved("20:00", "Ada")
            case "reopened":
                it.entry("reopen", "30:00", "Reopened", ada)
    it.escalated("40:00", "Ben")
    assert _rows(it)[-1] == f"12:40 Escalated to Ben: {reason}"


def test_an_escalation_by_a_person_is_told_from_a_timeout_whatever_the_summary_says() -> None:
    it = _making()
    it.triggered()
    it.escalated("5:00", "Ben")
    it.escalated("7:00", "Chloé", by="Ben")
    assert [event.summary for event in it.log if event.kind is EntryKind.ESCALATE] == [
        "Escalated to Ben through the API",
        "Escalated to Chloé by Ben",
    ]
    assert _rows(it)[1:] == [
        "12:05 Escalated to Ben: nobody had acknowledged for 5 min",
        "12:07 Ben escalated to Chloé",
    ]


@pytest.mark.parametrize("act", ["escalate", "assign", "delegate"])
def test_who_did_not_take_over_is_no_acknowledgement_that_timed_out(act: str) -> None:
    it = _making()
    it.triggered()
    it.acknowledged("1:00", "Ada")
    it.entry(act, "10:00", "Reassigned", person("Ada"), assignees=(person("Ben"),))
    it.escalated("20:00", "Chloé")
    it.acknowledged("21:00", "Chloé")
    it.entry("unacknowledge", "51:00", "Unacknowledged", it.me, channel=channel("timeout"))
    it.escalated("51:00", "Dmitri")
    told = [row for row in _rows(it) if "Escalated" in row]
    assert told == [
        "12:20 Escalated to Chloé: it had been handed over, and nobody acknowledged again for "
        "10 min",
        "12:51 Escalated to Dmitri: the acknowledgement had timed out",
    ]


@pytest.mark.parametrize(
    ("who", "told", "minute"),
    [
        (person("Ada"), "Ada ended the snooze", 30),
        (None, "The snooze ended", 30),
        (person("Ada"), "The snooze ended", 61),
    ],
)
def test_whoever_ends_a_snooze_before_its_time_is_named(
    who: Agent | None, told: str, minute: int
) -> None:
    it = _making()
    it.acknowledged("1:00", "Ada")
    hour = channel("website", duration=timedelta(hours=1))
    it.entry("snooze", "2:00", "Snoozed by Ada", person("Ada"), channel=hour)
    it.entry("unsnooze", f"{minute}:00", "Unsnoozed", who)
    it.escalated(f"{minute + 10}:00", "Ben")
    unsnoozed, escalated = _rows(it)[3:]
    assert unsnoozed.partition(" ")[2] == told
    assert escalated.partition(" ")[2] == (
        "Escalated to Ben: the snooze had ended, and nobody acknowledged again for 10 min"
    )


def test_raising_the_urgency_takes_an_acknowledgement_back() -> None:
    it = _making()
    it.acknowledged("1:00", "Ada")
    raised = (FieldChange("urgency", "low", "high"),)
    it.entry("urgency_change", "5:00", "Urgency changed", person("Ada"), changes=raised)
    it.escalated("15:00", "Ben")
    it.resolved("20:00", "Ben")
    assert _rows(it)[3] == (
        "12:15 Escalated to Ben: the urgency had been raised, and nobody acknowledged again for "
        "10 min"
    )
    told = story(it.record())
    found = phases(told.open_periods, told.entries, it.at("20:00"))
    assert [one.state for one in found][:3] == [
        PhaseState.UNACKNOWLEDGED,
        PhaseState.ACKNOWLEDGED,
        PhaseState.UNACKNOWLEDGED,
    ]


def test_an_escalation_during_a_snooze_is_no_acknowledgement_that_timed_out() -> None:
    it = _making()
    it.acknowledged("1:00", "Ada")
    hours = channel("website", duration=timedelta(hours=4))
    it.entry("snooze", "2:00", "Snoozed by Ada", person("Ada"), channel=hours)
    it.escalated("32:00", "Ben")
    assert _rows(it)[3] == "12:32 Escalated to Ben: a time ran out while it was snoozed"
    it.acknowledged("33:00", "Ben")
    it.escalated("1:33:00", "Chloé")
    assert _rows(it)[5] == "13:33 Escalated to Chloé: the acknowledgement had timed out"


@pytest.mark.parametrize("kind", ["responder_request", "responder_request_for_escalation_policy"])
def test_an_escalation_after_a_policy_was_asked_is_no_acknowledgement_that_timed_out(
    kind: str,
) -> None:
    it = _making()
    it.acknowledged("1:00", "Ada")
    policy = Agent(AgentKind.POLICY, "PPOL", "Databases")
    it.entry(kind, "5:00", "Ada asked Databases", person("Ada"), assignees=(policy,))
    it.escalated("35:00", "Ben")
    assert _rows(it)[3] == (
        "12:35 Escalated to Ben: a time ran out after a policy had been asked to help"
    )
    it.lapsed("40:00")
    it.escalated("40:00", "Chloé")
    assert _rows(it)[5] == "12:40 Escalated to Chloé: the acknowledgement had timed out"


def test_what_shows_a_reopening_stands_after_it_and_tells_no_wait() -> None:
    it = _making()
    it.triggered()
    it.resolved("10:00", "Ada")
    it.acknowledged("15:00", "Ben")
    it.resolved("20:00", "Ben")
    it.escalated("25:00", "Chloé", by="Ada")
    it.acknowledged("25:00", "Chloé")
    it.resolved("30:00", "Chloé")
    it.more = {"reopened_at": it.at("25:00")}
    assert _rows(it)[1:] == [
        "12:10 Ada resolved the incident",
        "12:15 Ben reopened the incident",
        "12:15 Ben acknowledged",
        "12:20 Ben resolved the incident",
        "12:25 Ada reopened the incident",
        "12:25 Ada escalated to Chloé",
        "12:25 Chloé acknowledged after 0 s",
        "12:30 Chloé resolved the incident",
    ]


def test_what_was_resolved_reopened_and_resolved_in_one_second_is_told_in_that_order() -> None:
    it = _making()
    it.triggered()
    it.acknowledged("5:00", "Ada")
    it.resolved("5:00", "Ada")
    it.entry("reopen", "5:00", "Reopened by Ben", person("Ben"))
    it.acknowledged("5:00", "Ben")
    it.resolved("5:00", "Ben")
    assert [row.partition(" ")[2] for row in _rows(it)[1:]] == [
        "Ada acknowledged after 5 min",
        "Ada resolved the incident",
        "Ben reopened the incident",
        "Ben acknowledged after 0 s",
        "Ben resolved the incident",
    ]


def test_pages_become_one_row_for_each_round_of_paging() -> None:
    it = _making()
    it.triggered()
    it.paged("0:01", "Ada", "sms", "phone")
    it.paged("8:00", "Ben", "sms")
    it.paged("21:30", "Chloé", "push")
    it.paged("50:00", "Ada", "phone")
    assert _rows(it)[1:] == [
        "12:00 Paged 3 people over 21 min: Ada, Ben and Chloé",
        "12:50 Paged Ada by phone",
    ]


def test_only_the_first_acknowledgement_says_how_long_it_took() -> None:
    it = _making()
    it.triggered()
    it.acknowledged("2:10", "Ada")
    it.acknowledged("9:00", "Ben")
    it.acknowledged("9:30", None)
    assert _rows(it)[1:] == [
        "12:02 Ada acknowledged after 2 min 10 s",
        "12:09 Ben acknowledged",
        "12:09 Somebody acknowledged",
    ]


def test_the_end_of_a_snooze_is_no_lapsed_acknowledgement() -> None:
    it = _making()
    it.triggered()
    way_in = channel("website", duration=timedelta(minutes=30))
    it.entry("snooze", "5:00", "Snoozed", person("Ada"), channel=way_in)
    it.lapsed("35:00")
    it.lapsed("90:00")
    assert _rows(it)[1:] == [
        "12:05 Ada snoozed it for 30 min, until 12:35",
        "12:35 The snooze ended",
        "13:30 The acknowledgement timed out",
    ]


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        (
            "priority_change",
            FieldChange("priority", "P3", "P1"),
            "changed the priority from P3 to P1",
        ),
        ("priority_change", FieldChange("priority", None, "P1"), "set the priority to P1"),
        (
            "urgency_change",
            FieldChange("urgency", "high", "low"),
            "lowered the urgency from high to low",
        ),
        ("field_value_change", FieldChange("title", "a", "b"), 'changed title from "a" to "b"'),
        (
            "field_value_change",
            FieldChange("affected_room", "x", None),
            'cleared affected room, which was "x"',
        ),
        ("field_value_change", FieldChange("", None, ""), "cleared a field"),
    ],
)
def test_changes_tell_from_what_to_what(kind: str, change: FieldChange, told: str) -> None:
    it = _making()
    it.triggered()
    it.entry(kind, "1:00", "?", person("Ada"), changes=(change,))
    assert _rows(it)[1:] == [f"12:01 Ada {told}"]


def test_a_change_without_its_values_is_told_by_its_summary() -> None:
    it = _making()
    it.entry("urgency_change", "1:00", "Urgency set to high.", person("Ada"))
    assert _rows(it)[1] == "12:01 Urgency set to high"


def test_fields_changed_together_are_one_row() -> None:
    it = _making()
    it.triggered()
    for offset, name in (("1:00", "region"), ("1:20", "room"), ("9:00", "floor")):
        change = FieldChange(name, None, "7")
        it.entry("custom_field_value_change", offset, "?", person("Ada"), changes=(change,))
    assert _rows(it)[1:] == [
        '12:01 Ada set region to "7" and set room to "7"',
        '12:09 Ada set floor to "7"',
    ]


def test_an_unknown_type_appears_by_its_summary_or_its_name() -> None:
    it = _making()
    it.triggered()
    it.entry("workflow_run", "1:00", "Workflow started.", None)
    it.entry("quantum_leap", "2:00", " ", None)
    assert _rows(it)[1:] == ["12:01 Workflow started", "12:02 Quantum leap"]


def test_requests_for_help_tell_how_each_answered() -> None:
    it = _making()
    it.triggered()
    it.asked("1:00", "Ada", "Please join", Ben="joined", Chloé="declined", Dmitri="pending")
    assert _rows(it)[1:] == [
        "12:01 Ada asked Ben (joined), Chloé (declined) and Dmitri (no answer) to help: "
        '"Please join"'
    ]


def test_requests_that_the_log_lacks_are_told_once_for_those_asked_together() -> None:
    it = _making()
    it.triggered()
    for who, offset in (("Ben", "1:00"), ("Chloé", "1:01"), ("Dmitri", "9:00")):
        it.responders.append(Responder(person(who), "joined", person("Ada"), it.at(offset)))
    assert _rows(it)[1:] == [
        "12:01 Ada asked Ben (joined) and Chloé (joined) to help",
        "12:09 Ada asked Dmitri (joined) to help",
    ]


@pytest.mark.parametrize(
    ("agent", "way", "told"),
    [
        (person("Ada"), "website", "Ada resolved the incident"),
        (monitor("Lookout"), "api", "Resolved automatically by Lookout"),
        (monitor("API"), "api", "Resolved automatically by monitoring"),
        (None, "timeout", "Resolved automatically when its time limit ran out"),
        (None, "website", "Somebody resolved the incident"),
    ],
)
def test_a_resolution_tells_by_whom_or_by_what(agent: Agent | None, way: str, told: str) -> None:
    it = _making()
    it.triggered()
    it.entry("resolve", "9:00", "Resolved through the API", agent, channel=channel(way))
    it.status, it.resolved_at = it.status.RESOLVED, it.at("9:00")
    assert _rows(it)[1:] == [f"12:09 {told}"]


def test_a_resolution_without_an_agent_is_by_who_last_changed_the_status() -> None:
    it = _making()
    it.triggered()
    it.entry("resolve", "9:00", "Resolved", None, channel=channel("auto"))
    it.status, it.resolved_at = it.status.RESOLVED, it.at("9:00")
    it.more = {"last_status_change_by": person("Ada")}
    assert _rows(it)[1:] == ["12:09 Ada resolved the incident"]


def test_start_and_end_are_told_even_where_the_log_lacks_them() -> None:
    it = _making()
    it.status, it.resolved_at = it.status.RESOLVED, it.at("9:00")
    assert _rows(it) == [
        '12:00 The incident was opened: "Disk full" on Archive',
        "12:09 The incident was resolved; the log does not say by whom",
    ]


def test_a_merged_incident_names_its_target() -> None:
    it = _making()
    it.triggered()
    it.resolved("9:00", "Ada")
    it.more = {"merged_into": Reference("Q2", "#2 All disks", "https://oncall.example.com/i/Q2")}
    assert _rows(it)[1:] == [
        "12:09 Ada merged the incident into [#2 All disks](https://oncall.example.com/i/Q2)"
    ]


def test_of_several_moves_none_names_the_merged_incidents_since_nobody_knows_which_brought_which() -> (
    None
):
    it = _making()
    it.triggered()
    for offset, who in (("5:00", "Ada"), ("9:00", "Ben")):
        it.entry("link", offset, "Alert was added", person(who))
    it.record_more = {
        "merged_incidents": (
            Reference("Q2", "#2 Disks", "https://oncall.example.com/i/Q2"),
            Reference("Q3", "#3 Racks", "https://oncall.example.com/i/Q3"),
        )
    }
    assert _rows(it)[1:] == [
        "12:05 Ada moved 1 alert into this incident",
        "12:09 Ben moved 1 alert into this incident",
    ]
    it.log.pop()
    assert _rows(it)[1:] == [
        "12:05 Ada merged [#2 Disks](https://oncall.example.com/i/Q2) and "
        "[#3 Racks](https://oncall.example.com/i/Q3) into this incident, with 1 alert"
    ]
    third = Reference("Q4", "#4 [Fans]", "")
    it.record_more["merged_incidents"] += (third,)
    assert _rows(it)[1:] == [
        "12:05 Ada merged [#2 Disks](https://oncall.example.com/i/Q2), "
        r"[#3 Racks](https://oncall.example.com/i/Q3) and #4 \[Fans\] into this incident, "
        "with 1 alert"
    ]


def test_alerts_that_joined_by_themselves_are_told_where_no_alert_can_be() -> None:
    it = _making()
    it.triggered()
    for offset in ("5:00", "5:20"):
        it.entry("link", offset, "Alert was added", it.me)
    assert _rows(it)[1:] == ["12:05 2 alerts joined the incident"]
    it.alert("5:00", "Disk full")
    assert not [row for row in _rows(it) if "joined" in row]


def test_further_triggers_are_told_as_alerts_or_as_the_same_one_that_fired_again() -> None:
    it = _making()
    it.triggered()
    for offset in ("1:00", "2:00", "3:00"):
        it.entry("trigger", offset, "Triggered", monitor("Lookout"))
    again = 'Fired again{}: "Disk full" on Archive'
    assert _rows(it)[1:] == [f"12:01 {again.format(' 3 times until 12:03')}"]
    it.alert("0:00", "Disk full")
    assert _rows(it)[1:] == [f"12:01 {again.format(' 3 times until 12:03')}"]
    it.alert("1:00", "Disk full")
    it.alert("2:00", "Disk full")
    assert _rows(it)[-1] == f"12:03 {again.format('')}"


def test_what_fired_again_is_told_before_and_after_what_people_noted() -> None:
    it = _making()
    it.alert("0:00", "Disk full")
    it.triggered()
    for minute in range(10, 60, 10):
        it.entry("trigger", f"{minute}:00", "Triggered", monitor("Lookout"))
    it.noted("35:00", "Ada", "Deleted old logs, that should be it.")
    assert _rows(it)[1:] == [
        '12:10 Fired again 3 times until 12:30: "Disk full" on Archive',
        '12:35 Ada noted: "Deleted old logs, that should be it."',
        '12:40 Fired again twice until 12:50: "Disk full" on Archive',
    ]


def test_changes_shortly_before_and_during_the_incident_are_rows() -> None:
    it = _making()
    it.triggered()
    it.changed("-1:30:00", "Release 2")
    it.changed("-3:00:00", "Release 1")
    it.changed("5:00", "Release 3", source=None)
    it.changed("60:00", "Release 4")
    it.resolved("30:00", "Ada")
    assert [row for row in _rows(it) if "Change" in row] == [
        '10:30 Change on Archive, from deploys.example.com: "Release 2"',
        '12:05 Change on Archive: "Release 3"',
    ]


def test_every_row_ends_with_a_link_to_its_source_unless_they_are_turned_off() -> None:
    record = nights.storm()
    linked = _told(record, replace(POLICY, links=True)).rows
    plain = _told(record).rows
    assert all(row.cells[1].endswith(")") and "](https://" in row.cells[1] for row in linked)
    assert not any("](" in row.cells[1] for row in plain)
    assert [row.key for row in linked] == [row.key for row in plain]


def test_an_entry_without_a_page_of_its_own_links_the_incident() -> None:
    it = _making()
    it.entry("acknowledge", "1:00", "?", person("Ada"), url=None)
    (_, row) = _told(it.record(), replace(POLICY, links=True)).rows
    assert row.cells[1] == f"Ada acknowledged after 1 min [incident]({it.url})"


def test_keys_stay_the_same_when_more_happens() -> None:
    record = nights.storm()
    early = replace(
        record,
        log_entries=record.log_entries[:-6],
        alerts=record.alerts[:-2],
        notes=record.notes[:-2],
    )
    keys = [row.key for row in _told(record).rows]
    assert [row.key for row in _told(early).rows if row.key not in keys] == ["incident:end"]


def test_a_team_can_drop_fold_keep_and_reword_each_type() -> None:
    it = _making()
    it.triggered()
    it.paged("0:01", "Ada", "sms", "phone")
    it.acknowledged("1:00", "Ada")
    it.noted("2:00", "Ada", "one")
    it.noted("3:00", "Ada", "two")
    it.updated("4:00", "Ada", "We are on it")
    it.updated("5:00", "Ada", "Still on it")
    it.entry("workflow_run", "6:00", "Workflow started", None)
    rules = {
        EntryKind.NOTIFY: Rule(Handling.DROP),
        EntryKind.ACKNOWLEDGE: Rule(Handling.KEEP, "{who} took it[, {waited} later]"),
        EntryKind.ANNOTATE: Rule(Handling.FOLD),
        EntryKind.STATUS_UPDATE: Rule(Handling.FOLD),
        "workflow run": Rule(Handling.DROP),
    }
    assert _rows(it, replace(POLICY, rules=rules))[1:] == [
        "12:01 Ada took it, 1 min later",
        "12:02 2 notes by Ada, until 12:03",
        '12:04 Ada published a status update: "We are on it" (twice) until 12:05',
    ]
    assert _rows(it, replace(POLICY, rules={EntryKind.NOTIFY: Rule(Handling.KEEP)}))[1:3] == [
        "12:00 Paged Ada by sms",
        "12:00 Paged Ada by phone",
    ]


def test_an_assignment_stands_alone_where_its_cause_is_dropped() -> None:
    it = _making()
    it.triggered()
    it.escalated("5:00", "Ben")
    rules = {EntryKind.ESCALATE: Rule(Handling.DROP)}
    assert _rows(it, replace(POLICY, rules=rules))[1:] == ["12:05 Assigned to Ben"]


def test_a_wording_that_names_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(ConfigurationError, match=r"\{whom\}.*Use any of .*who"):
        Rule(Handling.KEEP, "{whom} acknowledged")


def test_an_override_without_a_wording_keeps_the_built_in_one() -> None:
    rule = rules_with({EntryKind.ESCALATE: Rule(Handling.FOLD)})[EntryKind.ESCALATE]
    assert rule == replace(DEFAULT_RULES[EntryKind.ESCALATE], handling=Handling.FOLD)


def test_milestones_are_what_people_and_the_policy_did() -> None:
    assert {EntryKind.TRIGGER, EntryKind.ESCALATE, EntryKind.STATUS_UPDATE} <= MILESTONES
    assert not {EntryKind.NOTIFY, EntryKind.MOVE_IN, OutsideLog.ALERT} & MILESTONES


def test_a_very_big_incident_gives_few_rows_with_every_milestone() -> None:
    record = odd.big()
    assert (len(record.alerts), len(record.log_entries)) == (1000, 4994)
    told = _told(record)
    assert len(told.rows) <= 60
    shown = {source for event in limited(told.events, 60) for source in event.sources}
    milestones = {entry.id for entry in record.log_entries if entry.kind in MILESTONES}
    assert len(milestones) > 30
    assert milestones <= shown


def _busy(it: Making) -> None:
    """Ten details and ten notes before, ten notes after each of three resolutions."""
    for hour in range(3):
        for at in range(10):
            it.entry("unheard_of", f"{hour}:{at:02}:00", f"Detail {at}", None)
            it.noted(f"{hour}:{at + 10:02}:00", ("Ada", "Ben")[at % 2], f"Note {hour} {at}")
        it.resolved(f"{hour}:40:00", "Ada")
        it.assigned(f"{hour}:50:00", "Ada", by="Ben")
    it.resolved("3:00:00", "Ada")


def test_what_matters_least_is_folded_first_and_only_as_far_as_needed() -> None:
    it = _making()
    it.triggered()
    _busy(it)
    everything = _rows(it, replace(POLICY, max_rows=1000))
    assert len(everything) == 1 + 60 + 3 + 3 + 1
    some = _rows(it, replace(POLICY, max_rows=60))
    assert len(some) == 59
    assert [row for row in some if "other entries" in row] == [
        "12:00 10 other entries, until 12:09"
    ]
    fewer = _rows(it, replace(POLICY, max_rows=30))
    assert len(fewer) <= 30
    assert "13:00 10 other entries, until 13:09" in fewer
    assert '12:10 Ada noted: "Note 0 0"; 12:11 Ben noted: "Note 0 1"' in fewer
    fewest = _rows(it, replace(POLICY, max_rows=12))
    assert len(fewest) <= 12
    assert "12:00 30 other entries, until 14:09" in fewest
    assert all(f"Note {hour} {at}" in "".join(fewest) for hour in range(3) for at in range(10))
    turns = [row for row in everything if "resolved" in row or "reopened" in row]
    assert [row for row in fewest if "resolved" in row or "reopened" in row] == turns


def test_the_limit_holds_even_for_turning_points_and_the_first_and_last_of_them_stay() -> None:
    it = _making()
    it.triggered()
    for hour in range(40):
        it.resolved(f"{hour}:30:00", "Ada")
        it.assigned(f"{hour}:50:00", "Ada", by="Ben")
    it.resolved("40:30:00", "Chloé")
    rows = _rows(it, replace(POLICY, max_rows=10))
    assert len(rows) == 10
    assert "Lookout reported" in rows[0]
    assert rows[-1].endswith("Chloé resolved the incident")
    (folded,) = [row for row in rows if "reopenings" in row]
    assert "37 resolutions and 36 reopenings, until" in folded


def test_rows_of_another_day_than_the_one_before_are_dated_and_the_first_where_any_is() -> None:
    it = Making(1, "Disk full", START.replace(hour=23, minute=50), service("Archive"))
    it.triggered()
    assert _rows(it)[0].startswith("23:50 ")
    it.acknowledged("5:00", "Ada")
    it.entry("snooze", "6:00", "?", person("Ada"), channel=channel("web", duration=HOUR))
    it.noted("12:00", "Ada", "Looking")
    it.resolved("20:00", "Ada")
    assert _rows(it) == [
        '2025-03-03 23:50 Lookout reported "Disk full" on Archive (critical)',
        "23:55 Ada acknowledged after 5 min",
        "23:56 Ada snoozed it for 1 h, until 00:56",
        '2025-03-04 00:02 Ada noted: "Looking"',
        "00:10 Ada resolved the incident",
    ]


def test_one_late_note_dates_no_row_but_its_own_and_the_first() -> None:
    it = _making()
    it.triggered()
    it.acknowledged("1:00", "Ada")
    it.resolved("9:00", "Ada")
    before = _rows(it)
    it.noted("1000:00:00", "Ada", "Looked at it again")
    after = _rows(it)
    assert after[0] == f"2025-03-03 {before[0]}"
    assert after[1:-1] == before[1:]
    assert after[-1] == '2025-04-14 04:00 Ada noted: "Looked at it again"'


def test_pages_that_failed_or_may_have_are_told_for_each_person_with_the_reason() -> None:
    it = _making()
    it.triggered()
    it.paged("0:01", "Ada", "email")
    it.page_failed("0:01", "Ada", "phone", "no answer")
    it.page_failed("0:30", "Ada", "phone", "no answer")
    it.page_failed("2:30", "Ada", "sms", "blocked")
    it.page_failed("0:40", "Ben", "push", "failed")
    it.page_failed("0:50", "Cy", "sms", "queued", sure=False)
    assert sorted(_rows(it)[1:]) == [
        "12:00 Paged Ada by e-mail",
        "12:00 Paging Ada failed over 2 min: phone (no answer twice) and SMS (blocked)",
        "12:00 Paging Ben failed: push message (failed)",
        "12:00 Whether pages reached Cy is not known: SMS (queued)",
    ]


def test_pages_that_failed_for_a_whole_team_are_one_row() -> None:
    it = _making()
    it.triggered()
    for number, name in enumerate(("Ada", "Ben", "Cy", "Di", "Eve", "Fay", "Gus")):
        it.page_failed(f"0:{10 + number}", name, "email", "bounced")
    it.page_failed("1:30", "Ada", "sms", "failed")
    it.page_failed("30:00", "Ben", "sms", "failed")
    assert _rows(it)[1:] == [
        "12:00 Paging Ada, Ben, Cy, Di, Eve, Fay and Gus failed over 1 min: "
        "e-mail (bounced 7 times) and SMS (failed)",
        "12:30 Paging Ben failed: SMS (failed)",
    ]


def test_an_answer_with_a_time_has_a_row_and_is_not_told_with_the_request() -> None:
    it = _making()
    it.triggered()
    it.asked("1:00", "Ada", "Please join", Ben="joined", Cy="declined", Di="joined")
    for at, offset in enumerate(("4:00", "2:00")):
        it.responders[at] = replace(it.responders[at], answered_at=it.at(offset))
    assert _rows(it)[1:] == [
        '12:01 Ada asked Ben, Cy and Di (joined) to help: "Please join"',
        "12:02 Cy declined to help",
        "12:04 Ben joined after 3 min",
    ]


def test_of_a_storm_pages_fold_first_alerts_stay_by_service_and_words_stay() -> None:
    it = _making()
    for at in range(900):
        burst, rest = divmod(at, 100)
        on = service(("Payments", "Search", "Mail")[at % 3])
        it.alert(f"{burst * 20 + rest // 25}:{rest % 25:02}", f"check {at} of host {at}", on=on)
    it.triggered()
    for at in range(300):
        it.paged(f"{at // 2}:{at % 2 * 30:02}", ("Ada", "Ben")[at % 2], "push")
    for at in range(90):
        it.noted(f"{at * 2}:10", "Ada", f"Finding {at}")
    rows = _rows(it)
    assert len(rows) == 60
    for name in ("Payments", "Search", "Mail"):
        (row,) = [row for row in rows if f"{name}: " in row]
        assert f"{name}: 300 alerts in 9 bursts from 12:00 to 14:43, peak " in row
    assert len([row for row in rows if "Paged" in row]) == 1
    assert all(f'"Finding {at}"' in " ".join(rows) for at in range(90))


def test_a_moment_in_a_changed_field_is_shown_as_the_team_reads_it() -> None:
    it = _making()
    it.triggered()
    change = FieldChange("Began", None, "2025-03-03T01:10:00+01:00")
    it.entry("custom_field_value_change", "1:00", "?", person("Ada"), changes=(change,))
    told = FieldChange("", None, None, "It rained: all day")
    it.entry("field_value_change", "5:00", "?", person("Ada"), changes=(told,))
    assert _rows(it)[1:] == [
        '12:01 Ada set Began to "2025-03-03 00:10"',
        '12:05 Ada changed fields: "It rained: all day"',
    ]


def test_a_reopening_names_who_did_it() -> None:
    it = _making()
    it.triggered()
    it.resolved("10:00", "Ada")
    it.assigned("20:00", "Ada", by="Ben")
    it.resolved("30:00", "Ada")
    assert _rows(it)[2] == "12:20 Ben reopened the incident; assigned to Ada"


def test_the_alert_that_opened_an_incident_is_quoted_where_it_says_something_else() -> None:
    it = _making()
    it.alert("0:00", "Queue depth 90,000", cleared="5:00")
    it.triggered()
    (row,) = _rows(it)
    assert '; its alert: "Queue depth 90,000"; cleared at' in row


def test_an_agent_that_is_a_bot_is_called_one() -> None:
    it = _making()
    it.triggered()
    bot = Agent(AgentKind.BOT, "B1", "Deploy helper")
    it.notes.append(Note("PN1", "done", it.at("1:00"), bot))
    assert _rows(it)[1:] == ['12:01 Deploy helper (bot) noted: "done"']


def test_details_weigh_less_than_acts_and_acts_less_than_turning_points() -> None:
    assert DEFAULT_RULES[EntryKind.RESOLVE].weight is Weight.TURN
    assert Weight.DETAIL < Weight.ACT < Weight.TURN


def test_nobody_is_said_to_have_reopened_it_who_merely_came_next() -> None:
    it = _making()
    it.triggered()
    it.resolved("10:00", "Ada")
    it.acknowledged("25:00", "Ben")
    it.resolved("30:00", "Ada")
    it.more = {"reopened_at": it.at("20:00")}
    assert _rows(it)[2:4] == [
        "12:20 The incident was reopened",
        "12:25 Ben acknowledged after 5 min",
    ]


def test_an_alert_beside_an_incident_opened_by_hand_has_a_row_of_its_own() -> None:
    it = _making()
    it.opened("Ada")
    it.alert("0:10", "Disk full")
    assert _rows(it) == [
        '12:00 Ada opened the incident by hand: "Disk full" on Archive',
        '12:00 Alert on Archive: "Disk full" (critical)',
    ]


def test_an_assignment_after_a_further_trigger_is_not_lost_with_it() -> None:
    it = _making()
    it.triggered()
    it.alert("0:00", "Disk full")
    it.alert("5:00", "Disk full")
    it.entry("trigger", "5:00", "Triggered", monitor("Lookout"))
    it.assigned("5:01", "Ben")
    assert "12:05 Assigned to Ben" in _rows(it)


def test_who_was_asked_again_is_told_so_also_where_the_log_tells_the_first_request_alone() -> None:
    it = _making()
    it.triggered()
    it.asked("1:00", "Ada", "Please join", Ben="joined")
    again = replace(it.responders[0], requested_at=it.at("9:00"), message="Please!")
    it.responders[0] = replace(again, answered_at=it.at("12:00"))
    assert _rows(it)[1:] == [
        '12:01 Ada asked Ben to help: "Please join"',
        '12:09 Ada asked Ben to help: "Please!"',
        "12:12 Ben joined after 3 min",
    ]


def test_a_request_that_names_nobody_is_matched_with_the_answers_by_its_time() -> None:
    it = _making()
    it.triggered()
    it.entry("responder_request_for_escalation_policy", "1:00", "?", person("Ada"))
    it.responders.append(Responder(person("Ben"), "joined", person("Ada"), it.at("1:02")))
    it.entry("responder_request", "9:00", "?", person("Ada"))
    assert _rows(it)[1:] == [
        "12:01 Ada asked Ben (joined) to help",
        "12:09 Ada asked others to help",
    ]


def test_entries_that_share_an_id_still_have_rows_with_keys_of_their_own() -> None:
    it = _making()
    it.triggered()
    for offset in ("1:00", "2:00"):
        it.log.append(replace(it.entry("unheard_of", offset, "?", None), id=""))
        it.log.pop(-2)
    assert [row.key for row in _told(it.record()).rows][1:] == ["log:", "log:#2"]


def test_the_largest_groups_are_folded_first() -> None:
    it = _making()
    it.triggered()
    for at in range(3):
        it.entry("unheard_of", f"{at}:00", "Small", None)
    it.resolved("10:00", "Ada")
    it.assigned("20:00", "Ada", by="Ben")
    for at in range(6):
        it.entry("unheard_of", f"{at + 21}:00", "Large", None)
    it.resolved("30:00", "Ada")
    rows = _rows(it, replace(POLICY, max_rows=10))
    assert [row for row in rows if "entries" in row] == ["12:21 6 other entries, until 12:26"]


def test_no_timeline_is_shorter_than_three_rows() -> None:
    assert len(_told(nights.storm(), replace(POLICY, max_rows=0)).rows) == 3
