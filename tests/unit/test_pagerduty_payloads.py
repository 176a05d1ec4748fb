"""PagerDuty's JSON as records: every shape that was seen, and what is refused by its path."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.incidents import (
    Agent,
    AgentKind,
    CustomField,
    FieldChange,
    IncidentStatus,
    Link,
    LogEntry,
    Reference,
)
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import ChannelKind, EntryKind
from connectors.pagerduty import incident_fields, log_payloads, payloads
from connectors.pagerduty.common_payloads import PAGERDUTY
from tests.contract.reference_material import reference

Json = dict[str, Any]
NOON = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)


def ref(kind: str, name: str | None, id_: str = "PX1") -> Json:
    url = f"https://shop.example.com/{id_}"
    return {"id": id_, "type": f"{kind}_reference", "summary": name, "html_url": url}


def incident(**changes: Any) -> Json:
    return {
        "id": "Q1",
        "incident_number": 12,
        "title": "Checkout fails",
        "status": "resolved",
        "html_url": "https://shop.example.com/incidents/Q1",
        "created_at": "2026-10-15T12:00:00Z",
        **changes,
    }


def entry(**changes: Any) -> Json:
    return {
        "id": "R1",
        "type": "annotate_log_entry",
        "summary": "Note added",
        "created_at": "2026-10-15T12:00:00Z",
        **changes,
    }


def alert(**changes: Any) -> Json:
    return {"id": "A1", "summary": "5xx", "created_at": "2026-10-15T12:00:00Z", **changes}


def sent(value: Any) -> JsonValue:
    return JsonValue(value, PAGERDUTY)


# Incidents


def test_the_least_that_an_incident_can_hold() -> None:
    read = payloads.incident(sent(incident()))
    assert (read.id, read.number, read.title) == ("Q1", 12, "Checkout fails")
    assert (read.status, read.created_at) == (IncidentStatus.RESOLVED, NOON)
    assert (read.responders, read.teams, read.service, read.alert_count) == ((), (), None, None)


def test_everything_that_an_incident_can_hold() -> None:
    read = payloads.incident(
        sent(
            incident(
                resolved_at="2026-10-15T14:30:00+02:00",
                updated_at="2026-10-15T06:31:00-06:00",
                last_status_change_at="2026-10-15T12:30:00.250Z",
                last_status_change_by=ref("user", "Ada"),
                service=ref("service", "Checkout"),
                impacted_services=[ref("service", "Checkout"), ref("service", "Ledger", "PX2")],
                teams=[ref("team", "Shop")],
                escalation_policy=ref("escalation_policy", "Shop on call"),
                priority={**ref("priority", "P1"), "name": "P1"},
                urgency="high",
                incident_type={"name": "major"},
                alert_counts={"all": 3, "triggered": 0, "resolved": 3},
                conference_bridge={"conference_number": "+1", "conference_url": "https://m"},
            )
        )
    )
    assert read.resolved_at == NOON + timedelta(minutes=30)
    assert read.last_status_change_at == NOON + timedelta(minutes=30, milliseconds=250)
    assert read.last_status_change_by == Agent(
        AgentKind.PERSON, "PX1", "Ada", "https://shop.example.com/PX1"
    )
    assert read.service == Reference("PX1", "Checkout", "https://shop.example.com/PX1")
    assert [one.name for one in read.impacted_services] == ["Checkout", "Ledger"]
    assert (read.priority, read.urgency, read.incident_type) == ("P1", "high", "major")
    assert (read.alert_count, read.conference_number, read.conference_url) == (3, "+1", "https://m")


def test_a_webhook_calls_the_number_number() -> None:
    data = incident(number=37)
    del data["incident_number"]
    assert payloads.incident(sent(data)).number == 37


def test_null_is_the_same_as_absent() -> None:
    names = ("resolved_at", "service", "teams", "priority", "resolve_reason", "conference_bridge")
    assert payloads.incident(sent(incident(**dict.fromkeys(names)))) == payloads.incident(
        sent(incident())
    )


def test_a_priority_without_a_summary_has_a_name() -> None:
    assert payloads.incident(sent(incident(priority={"name": "P2"}))).priority == "P2"


def test_an_incident_without_a_title_takes_its_summary() -> None:
    read = payloads.incident(sent(incident(title=None, summary="[#12] Checkout fails")))
    assert read.title == "Checkout fails"


def test_a_merged_incident_names_its_target() -> None:
    reason = {"type": "merge_resolve_reason", "incident": ref("incident", "[#11] Outage", "Q0")}
    read = payloads.incident(sent(incident(resolve_reason=reason)))
    assert read.merged_into == Reference("Q0", "[#11] Outage", "https://shop.example.com/Q0")


@pytest.mark.parametrize("target", [None, {}, {"id": "a/b"}])
def test_a_merge_into_an_incident_that_is_not_named_is_none(target: Json | None) -> None:
    reason = {"type": "merge_resolve_reason", "incident": target}
    assert payloads.incident(sent(incident(resolve_reason=reason))).merged_into is None


def test_another_reason_for_the_resolution_is_no_merge() -> None:
    read = payloads.incident(sent(incident(resolve_reason={"type": "of_next_year"})))
    assert read.merged_into is None


def answer(name: str, state: str, id_: str) -> Json:
    return {
        "state": state,
        "user": ref("user", name, id_),
        "requester": ref("user", "Ada"),
        "requested_at": "2026-10-15T12:00:00Z",
        "message": "Please join",
        "updated_at": "2026-10-15T06:04:00-06:00",
    }


def test_an_answer_to_a_call_for_help_has_its_time_and_silence_has_none() -> None:
    joined, silent = answer("Bo", "joined", "PB"), answer("Cy", "pending", "PC")
    read = payloads.incident(sent(incident(incidents_responders=[joined, silent])))
    assert [one.answered_at for one in read.responders] == [NOON + timedelta(minutes=4), None]


def test_responders_are_read_once_each_with_their_answers() -> None:
    joined, declined = answer("Bo", "joined", "PB"), answer("Cy", "declined", "PC")
    target = {"type": "user", "id": "PB", "incidents_responders": [joined, declined]}
    request = {
        "requester": ref("user", "Ada"),
        "requested_at": "2026-10-15T12:00:00Z",
        "message": "Please join",
        "responder_request_targets": [{"responder_request_target": target}],
    }
    read = payloads.incident(
        sent(incident(incidents_responders=[joined], responder_requests=[request]))
    )
    assert [(one.who.name, one.state) for one in read.responders] == [
        ("Bo", "joined"),
        ("Cy", "declined"),
    ]
    assert read.responders[0].requested_by == Agent(
        AgentKind.PERSON, "PX1", "Ada", "https://shop.example.com/PX1"
    )
    assert (read.responders[0].requested_at, read.responders[0].message) == (NOON, "Please join")


def test_a_mails_last_line_of_its_device_is_none_of_its_words() -> None:
    body = "Shop is down.\r\n\r\nSent from my iPhone\r\n"
    read = log_payloads.log_entry(sent(entry(channel={"type": "email", "body": body})))
    assert read.channel.details == "Shop is down."
    body = "Alerts\nSent from my monitor\nare wrong"
    read = log_payloads.log_entry(sent(entry(channel={"type": "email", "body": body})))
    assert (read.channel.details or "").split() == body.split()


def test_what_somebody_wrote_on_opening_an_incident_is_told_in_words() -> None:
    channel = {"type": "web_trigger", "details": " Stores say **no**: <b>x</b>\n- [ ] call them "}
    read = log_payloads.log_entry(sent(entry(channel=channel)))
    assert read.channel.details == "Stores say no: x\n- call them"
    read = log_payloads.log_entry(sent(entry(channel={"type": "api", "details": " "})))
    assert read.channel.details is None


@pytest.mark.parametrize("latest_first", [True, False])
def test_of_two_requests_to_one_person_the_latest_answer_counts(latest_first: bool) -> None:
    declined = answer("Bo", "declined", "PB")
    joined = {**answer("Bo", "joined", "PB"), "updated_at": "2026-10-15T12:09:00Z"}
    again = {**answer("Bo", "pending", "PB"), "updated_at": "2026-10-15T12:20:00Z"}
    each = [again, joined, declined] if latest_first else [declined, joined, again]
    (read,) = payloads.incident(sent(incident(incidents_responders=each))).responders
    assert (read.state, read.answered_at) == ("joined", NOON + timedelta(minutes=9))


def test_a_policy_that_was_asked_and_reached_nobody_yet_is_pending() -> None:
    target = {"type": "escalation_policy", "id": "PE", "summary": "Database on call"}
    request = {"responder_request_targets": [target], "message": "Help"}
    (read,) = payloads.incident(sent(incident(responder_requests=[request]))).responders
    assert (read.who.kind, read.who.name) == (AgentKind.POLICY, "Database on call")
    assert (read.state, read.message, read.requested_at) == ("pending", "Help", None)


def test_a_policy_that_reached_people_is_told_by_them() -> None:
    reached = answer("Bo", "joined", "PB")
    target = {"type": "escalation_policy", "id": "PE", "incidents_responders": [reached]}
    request = {"responder_request_targets": [{"responder_request_target": target}]}
    read = payloads.incident(sent(incident(responder_requests=[request]))).responders
    assert [one.who.name for one in read] == ["Bo"]


# Who acted


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("user_reference", AgentKind.PERSON),
        ("user", AgentKind.PERSON),
        ("bot_user_reference", AgentKind.BOT),
        ("service_reference", AgentKind.SERVICE),
        ("generic_events_api_inbound_integration_reference", AgentKind.INTEGRATION),
        ("events_api_v2_inbound_integration_reference", AgentKind.INTEGRATION),
        ("integration_reference", AgentKind.INTEGRATION),
        ("escalation_policy_reference", AgentKind.POLICY),
        ("event_rule_reference", AgentKind.OTHER),
        ("incident_workflow_reference", AgentKind.WORKFLOW),
        ("workflow_reference", AgentKind.WORKFLOW),
        ("incident_workflow_instance", AgentKind.WORKFLOW),
        ("incident_workflow_of_next_year", AgentKind.OTHER),
        (None, AgentKind.OTHER),
    ],
)
def test_the_type_of_an_agent_tells_who_it_was(type_: str | None, kind: AgentKind) -> None:
    read = log_payloads.log_entry(sent(entry(agent={"id": "P1", "type": type_, "summary": "X"})))
    assert read.agent is not None
    assert read.agent.kind is kind


def test_a_deleted_person_keeps_the_name_that_the_reference_remembers() -> None:
    agent = {"id": "PGONE", "type": "user_reference", "summary": "Sam", "html_url": None}
    read = log_payloads.log_entry(sent(entry(agent=agent)))
    assert read.agent == Agent(AgentKind.PERSON, "PGONE", "Sam", None)


def test_an_agent_without_a_name_is_called_by_its_id() -> None:
    read = log_payloads.log_entry(sent(entry(agent={"id": "P1", "type": "user_reference"})))
    assert read.agent == Agent(AgentKind.PERSON, "P1", "P1", None)


@pytest.mark.parametrize(
    ("agent", "expected", "wrong"),
    [
        ({"id": 7, "summary": "Ada"}, Agent(AgentKind.OTHER, "7", "Ada"), 1),
        ({"id": "7", "summary": "Ada"}, Agent(AgentKind.OTHER, "7", "Ada"), 0),
        ({"id": "7", "summary": "", "name": "Ada"}, Agent(AgentKind.OTHER, "7", "Ada"), 0),
        ({"id": True, "summary": "Ada"}, Agent(AgentKind.OTHER, "", "Ada"), 1),
        ({"id": "7", "summary": "Ada", "name": ["x"]}, Agent(AgentKind.OTHER, "7", "Ada"), 0),
        ({"id": "7", "summary": ["x"], "name": "Ada"}, Agent(AgentKind.OTHER, "7", "Ada"), 1),
        ({"self": "https://x.example"}, None, 0),
        ({}, None, 0),
    ],
)
def test_an_agent_is_read_alike_however_often_and_of_whatever_types(
    agent: Json, expected: Agent | None, wrong: int
) -> None:
    for _ in range(2):
        sender = replace(PAGERDUTY, forgiving=True, forgiven=[])
        assert log_payloads.log_entry(JsonValue(entry(agent=agent), sender)).agent == expected
        assert len(sender.forgiven) == wrong


def test_a_mail_is_told_also_where_it_stands_in_the_channel_itself() -> None:
    mail = {"summary": "Down", "body": "Shops cannot sell.\n-- \nAda"}
    channel = {"type": "email", **mail, "notification": {"type": "email_notification"}}
    read = log_payloads.log_entry(sent(entry(type="trigger_log_entry", channel=channel)))
    assert read.channel.details == "Shops cannot sell."


def test_an_alert_keeps_the_links_of_both_places_also_where_they_differ() -> None:
    def link(name: str) -> Json:
        return {"type": "link", "href": f"https://{name}.example.com", "text": name}

    common = {"contexts": [link("b")], "details": {"x": "https://d.example.com"}}
    body = {"contexts": [link("a")], "details": {"x": "https://c.example.com"}}
    read = payloads.alert(sent(alert(body={**body, "cef_details": common})))
    assert sorted(one.url for one in read.links) == [
        f"https://{name}.example.com" for name in "abcd"
    ]


def test_an_entry_may_have_no_agent() -> None:
    assert log_payloads.log_entry(sent(entry())).agent is None


# Log entries


def test_an_entry_of_an_unknown_type_is_read_like_the_others() -> None:
    read = log_payloads.log_entry(sent(entry(type="of_next_year_log_entry", summary="It rained")))
    assert (read.kind, read.word, read.summary) == (EntryKind.OTHER, "of next year", "It rained")


def test_times_of_any_zone_become_utc() -> None:
    read = log_payloads.log_entry(sent(entry(created_at="2026-10-15T06:00:00-06:00")))
    assert read.created_at == NOON
    assert read.created_at.tzinfo is UTC


def test_a_note_comes_in_the_channel() -> None:
    read = log_payloads.log_entry(sent(entry(channel={"type": "note", "summary": "Rolled back"})))
    assert (read.channel.word, read.channel.summary) == ("note", "Rolled back")


def test_a_channel_may_be_reduced_to_its_type_or_be_absent() -> None:
    assert (
        log_payloads.log_entry(sent(entry(channel={"type": "timeout"}))).channel.kind
        is ChannelKind.TIMEOUT
    )
    assert log_payloads.log_entry(sent(entry())).channel.word == ""


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("sms_notification", "sms"),
        ("phone_notification", "phone"),
        ("email_notification", "email"),
        ("push_notification", "push"),
        ("ios_push_notification", "push"),
        ("android_push_notification", "push"),
        ("short_email_notification", "email"),
        ("pigeon_notification", "pigeon"),
    ],
)
def test_a_page_says_how_it_went_but_not_where_to(type_: str, kind: str) -> None:
    notification = {"type": type_, "address": "+1-555-0100", "status": "success"}
    read = log_payloads.log_entry(
        sent(
            entry(
                type="notify_log_entry",
                channel={"type": "auto", "notification": notification},
                user=ref("user", "Ada"),
            )
        )
    )
    assert read.channel.notification == kind
    assert read.user is not None
    assert read.user.name == "Ada"
    assert "555" not in repr(read)


def test_a_snooze_says_for_how_long() -> None:
    channel = {"type": "website", "duration": 1200}
    read = log_payloads.log_entry(sent(entry(type="snooze_log_entry", channel=channel)))
    assert read.channel.duration == timedelta(minutes=20)


def test_a_priority_change_says_from_what_to_what() -> None:
    channel = {"type": "website", "old_priority": None, "new_priority": {"summary": "P1"}}
    read = log_payloads.log_entry(sent(entry(channel=channel)))
    assert read.changes == (FieldChange("priority", None, "P1"),)


def test_an_urgency_change_says_from_what_to_what() -> None:
    channel = {"type": "website", "old_urgency": "high", "new_urgency": "low"}
    assert log_payloads.log_entry(sent(entry(channel=channel))).changes == (
        FieldChange("urgency", "high", "low"),
    )


def test_field_changes_of_both_kinds_are_read_as_text() -> None:
    changeset = {
        "application_fields": [{"name": "title", "value": "New", "old_value": "Old"}],
        "customer_fields": [
            {"name": "regions", "value": ["eu", "us"], "old_value": None},
            {"name": "count", "value": 3, "old_value": 0},
            {"name": "public", "value": False, "old_value": True},
        ],
    }
    channel = {"type": "website", "changeset": changeset}
    assert log_payloads.log_entry(sent(entry(channel=channel))).changes == (
        FieldChange("title", "Old", "New"),
        FieldChange("regions", None, "eu, us"),
        FieldChange("count", "0", "3"),
        FieldChange("public", "yes", "no"),
    )


def test_a_status_update_carries_its_message() -> None:
    read = log_payloads.log_entry(sent(entry(type="status_update_log_entry", message="We look.")))
    assert read.message == "We look."


def test_a_chat_channel_is_a_link() -> None:
    chat = {"chat_channel_name": "#inc-12", "chat_channel_web_link": "https://chat.example.com/1"}
    read = log_payloads.log_entry(sent(entry(**chat)))
    assert read.links == (Link("https://chat.example.com/1", "#inc-12"),)


def test_an_escalation_says_to_whom_and_a_request_who_was_asked() -> None:
    escalation = log_payloads.log_entry(sent(entry(assignees=[ref("user", "Bo")])))
    request = log_payloads.log_entry(sent(entry(responders=[{"user": ref("user", "Cy")}])))
    assert [one.name for one in escalation.assignees] == ["Bo"]
    assert [one.name for one in request.assignees] == ["Cy"]


def test_a_linked_alert_is_named() -> None:
    read = log_payloads.log_entry(sent(entry(linked_incident=ref("alert", "5xx", "QA"))))
    assert read.linked == Reference("QA", "5xx", "https://shop.example.com/QA")


def test_a_trigger_carries_what_the_monitor_said() -> None:
    common = {
        "client": "Lookout",
        "client_url": "https://lookout.example.com/1",
        "severity": "critical",
        "source_origin": "pod-7",
        "contexts": [{"type": "link", "href": "https://wiki.example.com", "text": "Runbook"}],
    }
    channel = {
        "type": "api",
        "summary": "5xx",
        "details": {"value": 11.4, "labels": {"pod": "7"}, "empty": None},
        "cef_details": common,
    }
    read = log_payloads.log_entry(sent(entry(type="trigger_log_entry", channel=channel)))
    assert read.channel.details == "value: 11.4\nlabels.pod: 7"
    assert (read.channel.client, read.channel.client_url) == (
        "Lookout",
        "https://lookout.example.com/1",
    )
    assert (read.channel.severity, read.channel.source) == ("critical", "pod-7")
    assert read.links == (Link("https://wiki.example.com", "Runbook"),)


@pytest.mark.parametrize(
    ("client", "agent", "kind"),
    [
        ("ServiceNow", "Events API", ChannelKind.DESK),
        (None, "Microsoft Teams", ChannelKind.DESK),
        ("Zendesk Support", None, ChannelKind.DESK),
        ("Lookout", "Slack", ChannelKind.MONITOR),
        ("Frontend checks", "Events API", ChannelKind.MONITOR),
    ],
)
def test_what_people_report_by_is_told_from_monitors(
    client: str | None, agent: str | None, kind: ChannelKind
) -> None:
    by = {"id": "I1", "type": "events_api_v2_inbound_integration", "summary": agent}
    way = {"type": "api", "client": client}
    wire = entry(type="trigger_log_entry", summary="Triggered through the API.", channel=way)
    read = log_payloads.log_entry(sent({**wire, "agent": by if agent else None}))
    assert read.channel.kind is kind


def test_a_service_called_like_a_desk_is_watched_by_monitors() -> None:
    by = {"id": "S1", "type": "service_reference", "summary": "Jira sync"}
    told = "Triggered through the API."
    wire = entry(type="trigger_log_entry", summary=told, channel={"type": "api"}, agent=by)
    assert log_payloads.log_entry(sent(wire)).channel.kind is ChannelKind.MONITOR


def test_a_mail_from_a_desk_is_a_mail() -> None:
    by = {"id": "I1", "type": "generic_email_inbound_integration", "summary": "Zendesk mails"}
    way = {"type": "email", "details": "Nobody can pay."}
    read = log_payloads.log_entry(sent(entry(type="trigger_log_entry", channel=way, agent=by)))
    assert (read.channel.kind, read.channel.details) == (ChannelKind.EMAIL, "Nobody can pay.")


def test_details_may_be_a_text_and_a_subject_a_summary() -> None:
    channel = {"type": "web_trigger", "subject": "Down", "details": "All of it"}
    read = log_payloads.log_entry(sent(entry(channel=channel)))
    assert (read.channel.summary, read.channel.details) == ("Down", "All of it")


# Alerts


def test_an_alert_finds_links_in_contexts_details_and_the_monitors_address() -> None:
    body = {
        "contexts": [
            {"type": "link", "href": "https://wiki.example.com/rb", "text": "Runbook"},
            {
                "type": "image",
                "src": "https://g.example.com/1.png",
                "href": "https://g.example.com",
            },
            {"type": "link"},
        ],
        "details": {
            "firing": "Labels:\n - severity = warning\nSource: https://prom.example.com/graph?g0=1",
            "logs": "See (https://logs.example.com/a_(b)), or https://logs.example.com/c.",
            "links": ["https://wiki.example.com/rb", "ftp://no.example.com", "https://"],
        },
        "cef_details": {
            "client": "Alerts",
            "client_url": "https://alerts.example.com/#/7",
            "contexts": [{"type": "link", "href": "https://wiki.example.com/rb", "text": "Again"}],
        },
    }
    read = payloads.alert(sent(alert(body=body)))
    assert read.links == (
        Link("https://wiki.example.com/rb", "Runbook"),
        Link("https://g.example.com/1.png", "", is_image=True),
        Link("https://g.example.com", ""),
        Link("https://prom.example.com/graph?g0=1", "Source"),
        Link("https://logs.example.com/a_(b)", "logs"),
        Link("https://logs.example.com/c", "logs"),
        Link("https://alerts.example.com/#/7", "Alerts"),
    )


def test_an_alerts_details_are_flattened_to_lines() -> None:
    details = {
        "a": {"b": 1, "c": [1, "x", True, None]},
        "list": [{"n": 1}, {"n": 2}],
        "text": "two\nlines",
        "none": None,
        "blank": "  ",
    }
    read = payloads.alert(sent(alert(body={"details": details})))
    assert read.details == ("a.b: 1\na.c: 1, x, true\nlist.1.n: 1\nlist.2.n: 2\ntext: two\n  lines")


@pytest.mark.parametrize("body", [None, {}, {"details": None}, {"details": ""}])
def test_an_alert_may_have_no_body(body: Json | None) -> None:
    read = payloads.alert(sent(alert(body=body)))
    assert (read.details, read.links) == ("", ())


def test_the_severity_may_stand_in_the_body_alone() -> None:
    read = payloads.alert(sent(alert(body={"cef_details": {"severity": "error"}})))
    assert read.severity == "error"


def test_what_is_nested_without_end_is_cut() -> None:
    deep: Any = "bottom"
    for _ in range(200):
        deep = {"x": [deep]}
    assert payloads.alert(sent(alert(body={"details": {"top": 1, "deep": deep}}))).details == (
        "top: 1"
    )


def test_what_is_no_object_is_told_where_objects_are_cut() -> None:
    deep: Any = {"number": 7, "list": [1]}
    for _ in range(11):
        deep = {"x": deep}
    assert payloads.alert(sent(alert(body={"details": deep}))).details == f"{'x.' * 11}number: 7"


# Notes, changes, fields


def test_a_note_by_a_bot() -> None:
    read = payloads.note(
        sent(
            {
                "id": "N1",
                "content": "Rule fired",
                "created_at": "2026-10-15T06:00:00-06:00",
                "user": ref("bot_user", "A rule"),
                "channel": {"summary": "A rule"},
            }
        )
    )
    assert (read.content, read.created_at, read.channel) == ("Rule fired", NOON, "A rule")
    assert read.author is not None
    assert read.author.kind is AgentKind.BOT


def test_a_change_event_says_why_it_is_related() -> None:
    read = payloads.change_event(
        sent(
            {
                "id": "01C",
                "summary": "Deploy 41",
                "timestamp": "2026-10-15T12:00:00Z",
                "source": "deploys",
                "services": [{"id": "PS", "type": "service_reference"}],
                "links": [{"href": "https://deploys.example.com/41", "text": "Diff"}],
                "images": [{"src": "https://deploys.example.com/41.png", "alt": "Graph"}],
                "correlation_reason": {"reason": "most_recent"},
            }
        )
    )
    assert (read.summary, read.created_at, read.reason) == ("Deploy 41", NOON, "most_recent")
    assert read.services == (Reference("PS", "PS"),)
    assert read.links == (
        Link("https://deploys.example.com/41", "Diff"),
        Link("https://deploys.example.com/41.png", "Graph", is_image=True),
    )


def _page(status: Any, summary: str = "Notified Ada by phone.") -> LogEntry:
    notification = {"type": "phone_notification", "status": status}
    channel = {"type": "auto", "notification": notification}
    return log_payloads.log_entry(
        sent(entry(type="notify_log_entry", channel=channel, summary=summary))
    )


@pytest.mark.parametrize(
    ("status", "kind", "failure"),
    [
        ("success", EntryKind.NOTIFY, None),
        ("delivered", EntryKind.NOTIFY, None),
        ("answered", EntryKind.NOTIFY, None),
        (None, EntryKind.NOTIFY, None),
        ("fail", EntryKind.FAILED_PAGE, "failed"),
        ("no_answer", EntryKind.FAILED_PAGE, "no answer"),
        ("BLOCKED", EntryKind.FAILED_PAGE, "blocked"),
        ("busy", EntryKind.FAILED_PAGE, "busy"),
        ("rate_limit_error", EntryKind.FAILED_PAGE, "rate limit error"),
        ("undeliverable", EntryKind.FAILED_PAGE, "undeliverable"),
        ("not_delivered", EntryKind.FAILED_PAGE, "not delivered"),
        ("queued", EntryKind.UNSURE_PAGE, "queued"),
        ("in_progress", EntryKind.UNSURE_PAGE, "in progress"),
        ("of_next_year", EntryKind.UNSURE_PAGE, "of next year"),
    ],
)
def test_a_page_tells_whether_it_got_through(
    status: str | None, kind: EntryKind, failure: str | None
) -> None:
    read = _page(status)
    assert (read.kind, read.channel.failure) == (kind, failure)


@pytest.mark.parametrize("status", ["success", None])
def test_a_page_whose_sentence_says_that_it_failed_did(status: str | None) -> None:
    read = _page(status, "Failed to notify Ada by SMS.")
    assert (read.kind, read.channel.failure) == (EntryKind.FAILED_PAGE, "failed")


def test_the_end_of_a_snooze_stands_in_what_it_changes() -> None:
    at = "2026-11-17T12:00:00Z"
    read = log_payloads.log_entry(
        sent(
            entry(type="snooze_log_entry", changed_actions=[{"type": "unacknowledge", "at": at}]),
        )
    )
    assert read.channel.until == datetime(2026, 11, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changeset", "expected"),
    [
        (["Updated serial_number to 4711"], FieldChange("serial_number", None, "4711")),
        (['Updated room to ["Queen West"]'], FieldChange("room", None, "Queen West")),
        ('Changed "x" from "a b" to "c"', FieldChange("x", "a b", "c")),
        (["Cleared region."], FieldChange("region", None, None)),
        (["It rained: all day"], FieldChange("", None, None, "It rained: all day")),
        ({"title": {"old": "A", "new": "B"}}, FieldChange("title", "A", "B")),
        ({"fields": [{"name": "n", "value": True}]}, FieldChange("n", None, "yes")),
        ([{"field": "n", "from": 1, "to": 2.0}], FieldChange("n", "1", "2")),
        (
            [{"name": "incident_type", "value": "major_incident"}],
            FieldChange("incident_type", None, "major incident"),
        ),
    ],
)
def test_changes_are_read_one_level_up_as_sentences_too(
    changeset: Any, expected: FieldChange
) -> None:
    read = log_payloads.log_entry(sent(entry(changeset=changeset)))
    assert read.changes == (expected,)


def test_changes_by_id_are_told_by_the_names_that_the_record_has_for_them() -> None:
    names = {"PEDGE04": "Edges"}
    told = {"service": ref("service", "Edge", "PEDGE04"), "x": [{"id": "PP1", "name": "P1"}]}
    incident_fields.add_names([told, {"type": 5, "id": "PP2", "name": 7}, None], names)
    assert names == {"PEDGE04": "Edge", "PP1": "P1"}
    moved = FieldChange("service", "PGONE01", "PEDGE04")
    raised = FieldChange("priority", None, "PP1")
    other = FieldChange("affected_shops", None, "PNOBODY7")
    made = log_payloads.log_entry(sent(entry()))
    (read,) = incident_fields.by_name(
        [replace(made, changes=(moved, raised, other))],
        names,
        [CustomField("affected_shops", "Affected shops", "7")],
    )
    assert read.changes == (
        FieldChange("service", None, "Edge"),
        FieldChange("priority", None, "P1"),
        FieldChange("Affected shops", None, "PNOBODY7"),
    )


def test_a_name_that_looks_like_an_id_is_told_and_an_id_that_nothing_names_is_not() -> None:
    names = {"PAPOLLO": "APOLLO11", "PEDGE04": "EDGE2024"}
    moved = FieldChange("service", "APOLLO11", "EDGE2024")
    gone = FieldChange("service", "PAPOLLO", "PGONE01")
    made = log_payloads.log_entry(sent(entry()))
    (read,) = incident_fields.by_name([replace(made, changes=(moved, gone))], names, [])
    assert read.changes == (moved, FieldChange("service", "APOLLO11", "another"))


def test_an_entry_names_whom_it_is_about_and_all_of_what_changed() -> None:
    about = {
        "agent": ref("user", "Ada", "PU1"),
        "service": ref("service", "Edge", "PEDGE04"),
        "assignees": [ref("user", "Bo", "PU2")],
        "teams": [ref("team", "Core", "PT1")],
        "escalation_policy": ref("escalation_policy", "Days", "PE1"),
    }
    channel = {"type": "web", "new_priority": {"id": "PP1", "name": "P1"}}
    names: dict[str, str] = {}
    for told in (about, {"channel": channel}, {"channel": {"x": {"id": "PX", "name": "no"}}}):
        fields = sent(entry(**told))
        incident_fields.add_entry_names(log_payloads.log_entry(fields), fields, names)
    people = {"PU1": "Ada", "PU2": "Bo"}
    things = {"PEDGE04": "Edge", "PT1": "Core", "PE1": "Days", "PP1": "P1"}
    assert names == {**people, **things, "R1": "Note added"}


def test_the_usual_type_of_incident_is_none_and_others_go_by_name() -> None:
    types = [{"name": "incident_default"}, {"name": "security_incident"}, None]
    read = [payloads.incident(sent(incident(incident_type=one))).incident_type for one in types]
    assert read == [None, "security_incident", None]


def test_what_was_written_on_opening_is_the_body_where_it_is_text() -> None:
    bodies = [{"details": " Twice charged. "}, {"details": {"a": 1}}, None]
    read = [payloads.incident(sent(incident(body=one))).description for one in bodies]
    assert read == ["Twice charged.", None, None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("prod", "prod"),
        (["a", "b"], "a, b"),
        ([], ""),
        (True, "yes"),
        (5.0, "5"),
        ('["Queen West", "Bay"]', "Queen West, Bay"),
        ({"display_name": "Blue", "value": "b"}, "Blue"),
        (3, "3"),
        (0.5, "0.5"),
        ("https://x.example.com/a?b=1|2", "https://x.example.com/a?b=1%7C2"),
        ("https://x.example.com/a|https://b", "https://x.example.com/a|https://b"),
        ({"summary": "x"}, "x"),
        ({"a": 1, "b": [2]}, "a: 1; b: 2"),
    ],
)
def test_a_custom_fields_value_is_text_whatever_its_type(value: Any, text: str) -> None:
    fields = {"custom_fields": [{"name": "env", "display_name": "Environment", "value": value}]}
    assert payloads.custom_fields(sent(fields)) == (CustomField("env", "Environment", text),)


def test_subscribers_are_counted_by_the_total_or_one_by_one() -> None:
    two = [{"subscriber_id": "P1"}, {"subscriber_id": "P2"}]
    assert payloads.subscribers(sent({"subscribers": two, "total": None})) == 2
    assert payloads.subscribers(sent({"subscribers": two, "total": 7})) == 7


# What is refused


@pytest.mark.parametrize(
    ("read", "wire", "message"),
    [
        (payloads.incident, incident(id=None), r"sent no id"),
        (payloads.incident, incident(id="../users/me"), r"'../users/me' as id"),
        (payloads.incident, incident(id="q1"), r"'q1' as id"),
        (payloads.incident, incident(id="Q1\n"), r"as id"),
        (payloads.incident, incident(incident_number="12"), r"'12' as incident_number"),
        (payloads.incident, incident(incident_number=True), r"a truth value as incident_number"),
        (payloads.incident, incident(incident_number=None), r"sent no incident_number"),
        (payloads.incident, incident(status="asleep"), r"'asleep' as status"),
        (payloads.incident, incident(created_at=None), r"sent no created_at"),
        (payloads.incident, incident(created_at=1760529600), r"number 1760529600 as created_at"),
        (payloads.incident, incident(created_at="2026-10-15"), r"as created_at"),
        (payloads.incident, incident(created_at="2026-10-15T12:00:00"), r"as created_at"),
        (payloads.incident, incident(created_at="0001-01-01T00:00:00+14:00"), r"as created_at"),
        (payloads.incident, incident(service="Checkout"), r"'Checkout' as service"),
        (payloads.incident, incident(service={"id": 7}), r"number 7 as service\.id"),
        (payloads.incident, incident(teams={}), r"an object as teams"),
        (payloads.incident, incident(teams=[ref("team", "A"), "B"]), r"'B' as teams\[1\]"),
        (payloads.incident, incident(alert_counts={"all": "3"}), r"'3' as alert_counts\.all"),
        (
            payloads.incident,
            incident(incidents_responders=[{"user": {"summary": []}}]),
            r"a list as incidents_responders\[0\]\.user\.summary",
        ),
        (log_payloads.log_entry, entry(type=None), r"sent no type"),
        (log_payloads.log_entry, entry(channel=[]), r"a list as channel"),
        (log_payloads.log_entry, entry(channel={"duration": "5m"}), r"'5m' as channel\.duration"),
        (log_payloads.log_entry, entry(message={}), r"an object as message"),
        (payloads.alert, alert(suppressed="no"), r"'no' as suppressed"),
        (payloads.alert, alert(summary="x" * 99, id=0.5), r"number 0\.5 as id"),
        (payloads.note, {"id": "N", "created_at": "2026-10-15T12:00:00Z"}, r"sent no content"),
        (payloads.change_event, {"id": "C", "timestamp": "x" * 99}, r"a long text as timestamp"),
        (payloads.custom_fields, {"custom_fields": [{}]}, r"sent no custom_fields\[0\]\.name"),
    ],
)
def test_a_field_of_the_wrong_type_is_named_by_its_path(
    read: Callable[[JsonValue], object], wire: Json, message: str
) -> None:
    with pytest.raises(PayloadError, match=message):
        read(sent(wire))


def test_the_path_begins_where_the_answer_does() -> None:
    answer = sent({"log_entries": [entry(), entry(channel={"type": 1})]})
    with pytest.raises(PayloadError, match=r"log_entries\[1\]\.channel\.type"):
        [log_payloads.log_entry(one) for one in answer["log_entries"].objects()]


FULL: tuple[tuple[Callable[[JsonValue], object], Json], ...] = (
    (payloads.incident, incident(service=ref("service", "S"), teams=[ref("team", "T")])),
    (
        log_payloads.log_entry,
        entry(agent=ref("user", "A"), channel={"type": "note"}, contexts=[{}]),
    ),
    (payloads.alert, alert(body={"details": {"a": "b"}, "contexts": [{}], "cef_details": {}})),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from(FULL), st.data())
def test_any_value_in_any_field_is_read_or_refused_by_name(
    case: tuple[Callable[[JsonValue], object], Json], data: st.DataObject
) -> None:
    read, wire = case[0], copy.deepcopy(case[1])
    place: Any = wire
    while True:
        name = data.draw(st.sampled_from(sorted(place)), label="field")
        if not isinstance(place[name], dict) or not place[name] or data.draw(st.booleans()):
            break
        place = place[name]
    place[name] = data.draw(json_values, label="value")
    refused = ""
    try:
        read(sent(wire))
    except PayloadError as error:
        refused = error.what
    assert not refused or name in refused


# Captured payloads


def sample(name: str) -> Any:
    return json.loads(reference("samples", "pagerduty", name).read_text("utf-8"))


def test_a_captured_incident_is_read() -> None:
    wire = sent(sample("rest-incident-auto-resolved-by-integration.json"))
    read = payloads.incident(wire["incident"])
    assert read.status is IncidentStatus.RESOLVED
    assert read.last_status_change_by is not None
    assert read.last_status_change_by.kind is AgentKind.SERVICE
    assert (read.priority, read.alert_count) == ("P3", 1)


def test_captured_alerts_are_read_in_utc_beside_their_incident() -> None:
    wire = sent(sample("rest-alerts-response-account-offset-timestamps.json"))
    outer = sent(sample("rest-incident-auto-resolved-by-integration.json"))["incident"]
    (read,) = [payloads.alert(one) for one in wire["alerts"].objects()]
    assert read.created_at == payloads.incident(outer).created_at
    assert [link.text for link in read.links][:3] == [
        "Runbook",
        "Grafana Dashboard",
        "Prometheus Query",
    ]


def test_captured_log_entries_are_read() -> None:
    wire = sample("log_entries-with-channels-from-v2-webhook-docs.json")
    read = [
        log_payloads.log_entry(one) for one in sent({"log_entries": wire})["log_entries"].objects()
    ]
    assert [one.kind for one in read] == [
        EntryKind.TRIGGER,
        EntryKind.ACKNOWLEDGE,
        EntryKind.RESOLVE,
        EntryKind.ASSIGN,
    ]
    assert len(read[-1].assignees) == 1
    trigger = log_payloads.log_entry(sent(sample("log_entry-trigger-api-channel-cef_details.json")))
    assert trigger.channel.severity == "info"


def test_the_incident_of_a_captured_webhook_is_read() -> None:
    wire = sent(sample("webhook-v3-incident.resolved.json"))["event"]["data"]
    read = payloads.incident(wire)
    assert (read.status, read.resolved_at) == (IncidentStatus.RESOLVED, None)
