"""Whom the sentence of a log entry names, where nothing structured does."""

from typing import Any

import pytest

from connectors.incidents import AgentKind
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import ChannelKind, EntryKind
from connectors.pagerduty import common_payloads, log_payloads
from connectors.pagerduty.common_payloads import PAGERDUTY
from connectors.pagerduty.log_sentences import read_sentence

ACK, ASSIGN, ESCALATE = EntryKind.ACKNOWLEDGE, EntryKind.ASSIGN, EntryKind.ESCALATE
DELEGATE, NOTIFY = EntryKind.DELEGATE, EntryKind.NOTIFY
ASKED = EntryKind.RESPONDER_REQUEST


@pytest.mark.parametrize(
    ("kind", "sentence", "by", "targets"),
    [
        (ESCALATE, "Escalated to Rosa Berger by Nils Berger.", "Nils Berger", ["Rosa Berger"]),
        (ESCALATE, "Escalated to Rosa Berger through the API.", None, ["Rosa Berger"]),
        (ESCALATE, "Escalated to Rosa Berger due to timeout.", None, ["Rosa Berger"]),
        (ESCALATE, "Escalated automatically to Rosa Berger", None, ["Rosa Berger"]),
        (ESCALATE, "Escalated by Nils Berger to Rosa Berger", "Nils Berger", ["Rosa Berger"]),
        (ESCALATE, "Nils Berger escalated to Rosa Berger", "Nils Berger", ["Rosa Berger"]),
        (ESCALATE, "Escalated from Nils to Rosa by Ida via Slack.", "Ida", ["Rosa"]),
        (ESCALATE, "Escalated to level 2 by Nils Berger", "Nils Berger", ["level 2"]),
        (ESCALATE, "Escalated to level 2: Rosa Berger", None, ["Rosa Berger"]),
        (ESCALATE, "Escalated to Rosa Berger (level 2)", None, ["Rosa Berger"]),
        (
            ESCALATE,
            "Escalated to A. Bo, C. Do and E. Fo by G. Ho",
            "G. Ho",
            ["A. Bo", "C. Do", "E. Fo"],
        ),
        (ESCALATE, "Escalated automatically", None, []),
        (ASSIGN, "Assigned to Bo O'Neil, and Andy Brandt.", None, ["Bo O'Neil", "Andy Brandt"]),
        (ASSIGN, "Reassigned to Bo Li by Abby Bybee through the website", "Abby Bybee", ["Bo Li"]),
        (ASSIGN, "Assigned to the escalation policy", None, []),
        (ASSIGN, "Assigned to Zoë Ångström & 李 雷 by José", "José", ["Zoë Ångström", "李 雷"]),
        (
            DELEGATE,
            "Delegated to Data and Storage On-Call by Ida.",
            "Ida",
            ["Data and Storage On-Call"],
        ),
        (DELEGATE, "Delegated Default by Ida", "Ida", ["Default"]),
        (ACK, "Acknowledged by Nils Berger.", "Nils Berger", []),
        (ACK, "Acknowledged by Nils Berger via the mobile app", "Nils Berger", []),
        (ACK, "Acknowledged by Slack User: nils", "nils", []),
        (ACK, "Nils Berger acknowledged the incident", "Nils Berger", []),
        (ACK, "Acknowledged through the API.", None, []),
        (ACK, "Acknowledged by the API", None, []),
        (ACK, "Incident acknowledged", None, []),
        (NOTIFY, "Notified Rosa Berger by SMS.", None, ["Rosa Berger"]),
        (NOTIFY, "Notified Rosa Berger via phone call at +49 30 1234567", None, ["Rosa Berger"]),
        (NOTIFY, "Rosa Berger was notified by push notification", None, ["Rosa Berger"]),
        (ASKED, "Ida requested Bo and Rosa as responders", "Ida", ["Bo", "Rosa"]),
        (ASKED, "Responder request sent to Bo by Ida", "Ida", ["Bo"]),
        (ASKED, "Ida requested help from Bo and Rosa", "Ida", ["Bo", "Rosa"]),
        (ASKED, "Ida asked for help from Bo", "Ida", ["Bo"]),
        (ASKED, "Help requested from Bo by Ida", "Ida", ["Bo"]),
        (EntryKind.SNOOZE, "Snoozed by Ida for 4 hours", "Ida", []),
        (EntryKind.SNOOZE, "Snoozed for 4 hours by Ida", "Ida", []),
        (EntryKind.ANNOTATE, "Note added by Ida.", "Ida", []),
        (EntryKind.STATUS_UPDATE, "Ida sent a status update", "Ida", []),
        (EntryKind.PRIORITY_CHANGE, "Priority changed to P1 by Ida", "Ida", []),
        (EntryKind.RESOLVE, "Resolved by Ida.", "Ida", []),
        (EntryKind.RESOLVE, "Resolved by timeout", None, []),
        (EntryKind.REOPEN, "Reopened by Ida", "Ida", []),
        (EntryKind.TRIGGER, "Triggered through the website by Ida", "Ida", []),
        (EntryKind.OTHER, "Frobnicated by Ida", None, []),
        (ACK, "Acknowledged by Priya N. through the API (note: on it).", "Priya N.", []),
        (ACK, "Acknowledged by Ida Berg (ida@shop.example)", "Ida Berg", []),
        (ACK, "Acknowledged by Ida Berg (Contractor)", "Ida Berg (Contractor)", []),
        (ACK, "Acknowledged by Ida Berg using the PagerDuty mobile app.", "Ida Berg", []),
        (ACK, "Acknowledged by Ida Berg on 2026-11-17 at 09:02 UTC", "Ida Berg", []),
        (ESCALATE, "Escalated to Bo Li by Ida: disk is full", "Ida", ["Bo Li"]),
        (ASSIGN, "Assigned to Bo Li by Ida (Reason: vacation)", "Ida", ["Bo Li"]),
        (EntryKind.STATUS_UPDATE, "Status update published by Ida: 20% cannot pay", "Ida", []),
        (EntryKind.RESOLVE, "Resolved by Ida with note: restarted web-7", "Ida", []),
        (EntryKind.REOPEN, "Reopened by Ida (alert re-triggered)", "Ida", []),
        (ASKED, "Ida requested additional responders: Bo, Rosa", "Ida", ["Bo", "Rosa"]),
        (ASKED, "Responders requested by Ida: Bo and Rosa", "Ida", ["Bo", "Rosa"]),
        (EntryKind.MOVE_IN, "Incident #313 merged into this incident by Ida", "Ida", []),
        (EntryKind.MOVE_OUT, "Alert moved to #314 by Ida", "Ida", []),
        (ACK, "", None, []),
        (ACK, "Acknowledged by ", None, []),
    ],
)
def test_a_sentence_names_who_did_it_and_to_whom(
    kind: EntryKind, sentence: str, by: str | None, targets: list[str]
) -> None:
    read = read_sentence(kind, sentence)
    assert (read.by.name if read.by else None) == by
    assert [one.name for one in read.targets] == targets


def _entry(kind: str, summary: str, **more: Any) -> Any:
    wire = {
        "id": "R1",
        "type": f"{kind}_log_entry",
        "summary": summary,
        "created_at": "2026-10-15T12:00:00Z",
        **more,
    }
    return log_payloads.log_entry(JsonValue(wire, PAGERDUTY))


def _user(name: str | None, id_: str = "PU1") -> dict[str, object]:
    return {"id": id_, "type": "user_reference", "summary": name}


def test_an_entry_without_structure_has_the_people_of_its_sentence() -> None:
    entry = _entry("escalate", "Escalated to Rosa Berger by Nils Berger.")
    assert (entry.agent.name, entry.agent.kind) == ("Nils Berger", AgentKind.PERSON)
    assert [one.name for one in entry.assignees] == ["Rosa Berger"]
    assert _entry("notify", "Notified Rosa Berger by SMS.").user.name == "Rosa Berger"
    assert _entry("delegate", "Delegated to Storage by Ida").assignees[0].kind is AgentKind.POLICY


def test_what_is_structured_counts_before_the_sentence() -> None:
    people = {"agent": _user("Ada"), "assignees": [_user("Ben", "PU2")]}
    entry = _entry("escalate", "Escalated to Rosa Berger by Nils Berger.", **people)
    assert (entry.agent.name, [one.name for one in entry.assignees]) == ("Ada", ["Ben"])


def test_a_reference_without_a_name_has_the_one_of_the_sentence() -> None:
    people = {"agent": _user(None), "assignees": [_user(None, "PU2"), _user("Ben", "PU3")]}
    entry = _entry("assign", "Assigned to Rosa and Benjamin by Nils.", **people)
    assert (entry.agent.id, entry.agent.name) == ("PU1", "Nils")
    assert [(one.id, one.name) for one in entry.assignees] == [("PU2", "Rosa"), ("PU3", "Ben")]


def test_a_sentence_may_tell_that_a_time_ran_out() -> None:
    assert _entry("unacknowledge", "Unacknowledged due to timeout").channel.kind is (
        ChannelKind.TIMEOUT
    )
    assert _entry("acknowledge", "Acknowledged by Ida").channel.kind is ChannelKind.OTHER


@pytest.mark.parametrize(
    ("kind", "sentence", "way"),
    [
        ("trigger", "Triggered through the API.", ChannelKind.MONITOR),
        ("trigger", "Triggered by email", ChannelKind.MONITOR),
        ("trigger", "Triggered through the website by Ida.", ChannelKind.OTHER),
        ("resolve", "Resolved through the API.", ChannelKind.MONITOR),
        ("acknowledge", "Acknowledged through the API.", ChannelKind.MONITOR),
        ("acknowledge", "Acknowledged by Ida: seen through the API", ChannelKind.OTHER),
        ("escalate", "Escalated through the API.", ChannelKind.OTHER),
    ],
)
def test_a_sentence_may_tell_that_no_person_opened_or_resolved_it(
    kind: str, sentence: str, way: ChannelKind
) -> None:
    assert _entry(kind, sentence).channel.kind is way


@pytest.mark.parametrize(
    ("kind", "sentence", "words"),
    [
        ("acknowledge", "Acknowledged by Ida (note: on it).", "on it"),
        ("escalate", "Escalated to Bo Li by Ida: disk is full", "disk is full"),
        ("resolve", "Resolved by Ida with note: restarted web-7.", "restarted web-7"),
        ("resolve", 'Resolved by Ida: "restarted: web-7"', "restarted: web-7"),
        ("resolve", "Resolved by Ida.", None),
        ("acknowledge", "Acknowledged by Slack User: ida", None),
        ("escalate", "Escalated to level 2: Bo Li", None),
        ("annotate", "Note added by Ida: gone since", None),
    ],
)
def test_what_somebody_wrote_behind_the_name_is_no_part_of_it(
    kind: str, sentence: str, words: str | None
) -> None:
    assert _entry(kind, sentence).note == words
    assert _entry(kind, sentence, note="Mine").note == "Mine"


def test_a_status_update_may_have_its_words_in_its_sentence_alone() -> None:
    for told in (
        "Status update published by Ida: 20% cannot pay",
        "Ida sent an update: 20% cannot pay",
    ):
        assert _entry("status_update", told).message == "20% cannot pay"
    assert _entry("status_update", "Status update sent by Ida.").message is None


@pytest.mark.parametrize(
    ("sentence", "until"),
    [
        ("Snoozed by Ida for 2 hours.", "14:00"),
        ("Snoozed for 90 minutes by Ida", "13:30"),
        ("Snoozed for 1 hour and 30 minutes by Ida", "13:30"),
        ("Snoozed for an hour by Ida", "13:00"),
        ("Snoozed by Ida", None),
    ],
)
def test_a_snooze_may_tell_its_end_by_how_long_it_is(sentence: str, until: str | None) -> None:
    end = _entry("snooze", sentence).channel.until
    assert (end and f"{end:%H:%M}") == until


@pytest.mark.parametrize(
    ("sentence", "medium", "failure"),
    [
        ("Failed to notify Ida Berg by phone.", "phone", "failed"),
        ("Unable to reach Ida Berg via SMS", "SMS", "failed"),
        ("Couldn't contact Ida Berg by phone", "phone", "failed"),
        ("Failed to send push notification to Ida Berg.", "push", "failed"),
        ("Failed to deliver SMS to Ida Berg", "SMS", "failed"),
        ("Ida Berg could not be notified by phone: number is invalid", "phone", "failed"),
        ("Ida Berg was not reached by phone", "phone", "failed"),
        ("Ida Berg did not answer the phone", "phone", "no answer"),
        ("Phone call to Ida Berg went unanswered", "phone", "no answer"),
        ("Notification to Ida Berg by email bounced", "email", "bounced"),
        ("SMS to Ida Berg undelivered", "SMS", "undelivered"),
        ("The push notification to Ida Berg was not delivered.", "push", "not delivered"),
        ("Notification to Ida Berg by phone failed: busy", "phone", "failed"),
        ("Notified Ida Berg by phone (no answer).", "phone", "no answer"),
    ],
)
@pytest.mark.parametrize("status", [None, "success"])
def test_a_page_failed_where_its_sentence_says_so_in_whatever_words(
    sentence: str, medium: str, failure: str, status: str | None
) -> None:
    channel = {"type": "auto", "notification": {"status": status} if status else None}
    entry = _entry("notify", sentence, channel=channel)
    assert entry.kind is EntryKind.FAILED_PAGE
    assert (entry.user.name, entry.channel.failure) == ("Ida Berg", failure)
    assert entry.channel.notification == common_payloads.medium(medium.lower())


@pytest.mark.parametrize(
    "sentence",
    ["Notified Ida Berg by SMS.", "Paged Failed Payments Team", "Notified No Answer Ltd by phone"],
)
def test_a_page_got_through_where_only_a_name_sounds_else(sentence: str) -> None:
    assert _entry("notify", sentence).kind is EntryKind.NOTIFY


def test_an_entry_may_name_its_note() -> None:
    assert _entry("annotate", "Note added", channel={"type": "note", "id": "PN1"}).note_id == "PN1"
    assert _entry("acknowledge", "Acknowledged", channel={"id": "PN1"}).note_id is None


SLACK = {"id": "PSLACK1", "type": "app_reference", "summary": "Slack"}


@pytest.mark.parametrize(
    ("kind", "sentence", "who"),
    [
        ("acknowledge", "Acknowledged by Slack on behalf of Rosa Berger.", "Rosa Berger"),
        ("acknowledge", "Acknowledged on behalf of Rosa Berger via Slack", "Rosa Berger"),
        ("acknowledge", "Acknowledged by Slack (on behalf of Rosa Berger)", "Rosa Berger"),
        ("resolve", "Resolved by Slack on behalf of Rosa Berger: restarted", "Rosa Berger"),
        ("escalate", "Escalated to Bo Li by Slack on behalf of Rosa Berger", "Rosa Berger"),
        ("escalate", "Escalated on behalf of Rosa Berger to Bo Li", "Rosa Berger"),
        ("snooze", "Snoozed for 1 hour by Slack on behalf of Rosa Berger", "Rosa Berger"),
        ("status_update", "Status update sent by Slack on behalf of Rosa Berger", "Rosa Berger"),
        ("responder_request", "Slack requested Bo Li on behalf of Rosa Berger", "Rosa Berger"),
        ("acknowledge", "Acknowledged on behalf of Rosa Berger by Slack", "Rosa Berger"),
        ("acknowledge", "Acknowledged by Slack on behalf of Rosa Berger at 12:04", "Rosa Berger"),
        ("acknowledge", "Acknowledged by Slack on behalf of Rosa Berger on the web", "Rosa Berger"),
        ("acknowledge", "Acknowledged by Slack on behalf of Rosa Berger (Acme)", "Rosa Berger"),
        ("acknowledge", "Acknowledged by Slack on behalf of Piet in 't Veld", "Piet in 't Veld"),
        ("acknowledge", "Acknowledged by Slack: calling on behalf of Rosa Berger", "Slack"),
        ("acknowledge", "Acknowledged by Slack on behalf of the API", "Slack"),
    ],
)
@pytest.mark.parametrize("agent", [SLACK, None])
def test_who_acts_by_a_program_is_who_did_it(
    kind: str, sentence: str, who: str, agent: dict[str, str] | None
) -> None:
    entry = _entry(kind, sentence, agent=agent)
    assert entry.agent is not None
    assert entry.agent.name == who
    assert (entry.agent.kind is AgentKind.PERSON) == (who != "Slack" or agent is None)
    if kind == "escalate":
        assert [one.name for one in entry.assignees] == ["Bo Li"]
    if "restarted" in sentence:
        assert entry.note == "restarted"


def test_a_person_who_is_known_did_it_on_whosever_behalf() -> None:
    ida = {"id": "PIDA", "type": "user_reference", "summary": "Ida"}
    entry = _entry("acknowledge", "Acknowledged by Ida on behalf of Rosa Berger", agent=ida)
    assert entry.agent is not None
    assert entry.agent.name == "Ida"


@pytest.mark.parametrize(
    ("kind", "sentence", "way"),
    [
        ("resolve", "Resolved due to auto-resolve timeout.", ChannelKind.TIMEOUT),
        ("unacknowledge", "Unacknowledged due to timeout", ChannelKind.TIMEOUT),
        ("escalate", "Escalated to Bo Li due to timeout", ChannelKind.TIMEOUT),
        ("escalate", "Escalated to Bo Li", ChannelKind.AUTOMATION),
        ("resolve", "Resolved automatically", ChannelKind.AUTOMATION),
        ("notify", "Failed to notify Bo Li by SMS: timed out", ChannelKind.AUTOMATION),
    ],
)
def test_a_sentence_may_tell_that_a_time_ran_out_where_the_channel_tells_no_person(
    kind: str, sentence: str, way: ChannelKind
) -> None:
    assert _entry(kind, sentence, channel={"type": "auto"}).channel.kind is way


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("resolve", "Resolved by timeout"),
        ("unacknowledge", "Unacknowledged: timed out."),
        ("resolve", "Auto-resolve timeout reached"),
        ("resolve", "The incident timed out"),
        ("resolve", "Resolved after the auto-resolution timeout of 4 hours"),
        ("unacknowledge", "Acknowledgement timeout expired"),
        ("unacknowledge", "Unacknowledged (timeout)"),
        ("unacknowledge", "Acknowledgement timed out"),
        ("escalate", "Escalated to Bo Li by timeout"),
        ("escalate", "Escalated to Bo Li: nobody acknowledged"),
        ("escalate", "Escalated to Bo Li because of the escalation timeout"),
        ("assign", "Assigned to Bo Li due to a timeout"),
        ("escalate", "Escalated by timeout to Bo Li"),
        ("escalate", "Escalated to Bo Li by timeout (30 minutes)"),
        ("escalate", "Escalated to Bo Li by timeout at level 2"),
        ("escalate", "Escalated to Bo Li (timeout)"),
        ("escalate", "Escalated to Bo Li via timeout"),
        ("escalate", "Escalated to Bo Li since the escalation timeout was reached"),
        ("unacknowledge", "Unacknowledged due to time out"),
        ("unacknowledge", "Unacknowledged [timeout]"),
    ],
)
def test_a_time_that_ran_out_is_told_in_many_words(kind: str, sentence: str) -> None:
    entry = _entry(kind, sentence)
    assert entry.channel.kind is ChannelKind.TIMEOUT
    assert [one.name for one in entry.assignees] in ([], ["Bo Li"])
    assert entry.agent is None


@pytest.mark.parametrize(
    ("kind", "sentence", "more"),
    [
        ("resolve", "Resolved by Lookout - Timeout", {}),
        ("resolve", "Resolved by Timeout Monitor.", {"agent": {"summary": "Timeout Monitor"}}),
        ("resolve", "Resolved by DB timed out check through the API", {}),
        ("resolve", "Resolved by Timeout Monitor through the API", {}),
        ("resolve", "Resolved via Timeout Monitor", {}),
        ("resolve", "Resolved from Timeout Squad", {}),
        ("acknowledge", "Acknowledged by Request Timeout (Lookout)", {}),
        ("escalate", "Escalated to Timeout Squad by Ida", {}),
        ("escalate", "Escalated to Timeout", {"assignees": [{"id": "PT", "summary": "Timeout"}]}),
        ("assign", "Assigned to Timeout Squad", {}),
    ],
)
def test_a_name_tells_of_no_time_that_ran_out(
    kind: str, sentence: str, more: dict[str, Any]
) -> None:
    entry = _entry(kind, sentence, channel={"type": "api"}, **more)
    assert entry.channel.kind is not ChannelKind.TIMEOUT


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("acknowledgement_log_entry", EntryKind.ACKNOWLEDGE),
        ("acknowledge_log_entry_reference", EntryKind.ACKNOWLEDGE),
        ("resolve_log_entry_reference", EntryKind.RESOLVE),
        ("reassign_log_entry", EntryKind.ASSIGN),
        ("unsnooze_log_entry", EntryKind.UNACKNOWLEDGE),
        ("workflow_run_log_entry_reference", EntryKind.OTHER),
    ],
)
def test_a_kind_is_known_by_each_of_the_words_for_it(type_: str, kind: EntryKind) -> None:
    wire = {"id": "R1", "type": type_, "summary": "Done", "created_at": "2026-10-15T12:00:00Z"}
    entry = log_payloads.log_entry(JsonValue(wire, PAGERDUTY))
    assert entry.kind is kind
    assert "log entry" not in entry.word
