"""What webhooks tell of tasks, roles and automation: read once, when the event comes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.follow_up import EventReport, ReportKind, ReportState
from connectors.pagerduty.webhook import SIGNATURE_HEADER, WANTED_EVENTS, read, sign

INCIDENT = {"id": "Q7NAMED", "type": "incident_reference", "summary": None}
AIKO = {"id": "PAIKO01", "type": "user_reference", "summary": "Aiko Brandt"}
LENA = {"id": "PLENA01", "type": "user_reference", "summary": "Lena Okafor"}


def told(type_: str, data: object, **event: Any) -> tuple[EventReport, ...]:
    """Deliver an event and give what it reports."""
    whole = {
        "id": "01EVENT",
        "event_type": type_,
        "occurred_at": "2026-10-15T00:10:00.000Z",
        "agent": LENA,
        "data": data,
        **event,
    }
    body = json.dumps({"event": whole}).encode()
    found = read({SIGNATURE_HEADER: sign(body, "secret")}, body, ["secret"])
    return found.reports if found else ()


def task(**more: Any) -> dict[str, Any]:
    return {
        "id": "PTASK01",
        "type": "incident_task",
        "name": "Ask the bank",
        "status": "todo",
        "assignees": [AIKO],
        "incident": INCIDENT,
        **more,
    }


def test_a_task_is_read_with_whom_it_is_for() -> None:
    (one,) = told("incident.task.created", task())
    assert one == EventReport(
        event="01EVENT",
        kind=ReportKind.TASK,
        subject="PTASK01",
        name="Ask the bank",
        state=ReportState.OPEN,
        at=datetime(2026, 10, 15, 0, 10, tzinfo=UTC),
        word="todo",
        by="Lena Okafor",
        people=("Aiko Brandt",),
    )


@pytest.mark.parametrize(
    ("type_", "status", "state"),
    [
        ("created", "todo", ReportState.OPEN),
        ("updated", "in_progress", ReportState.OPEN),
        ("updated", "Completed", ReportState.DONE),
        ("completed", "todo", ReportState.DONE),
        ("completed", None, ReportState.DONE),
        ("updated", "cancelled", ReportState.ENDED),
        ("updated", "a word of next year", ReportState.OPEN),
        ("updated", {"odd": True}, ReportState.OPEN),
    ],
)
def test_a_task_is_done_by_its_status_or_by_the_event(
    type_: str, status: object, state: ReportState
) -> None:
    (one,) = told(f"incident.task.{type_}", task(status=status))
    assert one.state is state


@pytest.mark.parametrize("odd", [None, [], {}, "Aiko", [None, "Aiko", {"id": None}], 7])
def test_odd_assignees_leave_the_task(odd: object) -> None:
    (one,) = told("incident.task.created", task(assignees=odd))
    assert (one.name, one.people) == ("Ask the bank", ())


def test_a_task_without_an_incident_or_a_name_is_told_by_nobody() -> None:
    assert told("incident.task.created", task(incident=None)) == ()
    assert told("incident.task.created", task(name=None, summary=" ")) == ()


def role(**more: Any) -> dict[str, Any]:
    assignment = {
        "assignee": AIKO,
        "old_assignee": None,
        "incident": INCIDENT,
        "role": {"id": "PROLE01", "summary": "Incident Commander"},
        "status": "active",
        **more,
    }
    return {"type": "incident_role_assignment", "incident_role_assignments": [assignment]}


@pytest.mark.parametrize(
    ("change", "people", "state"),
    [
        ({}, ("Aiko Brandt",), ReportState.OPEN),
        ({"old_assignee": LENA}, ("Aiko Brandt",), ReportState.OPEN),
        ({"assignee": None, "old_assignee": AIKO}, ("Aiko Brandt",), ReportState.ENDED),
        ({"status": "removed"}, ("Aiko Brandt",), ReportState.ENDED),
    ],
)
def test_a_role_is_held_until_it_is_taken_away(
    change: dict[str, Any], people: tuple[str, ...], state: ReportState
) -> None:
    (one,) = told("incident.role.assigned", role(**change))
    assert (one.name, one.people, one.state) == ("Incident Commander", people, state)


POLICY = {"id": "PPOL001", "type": "escalation_policy_reference", "summary": "Leads on call"}


@pytest.mark.parametrize("type_", ["escalation_policy_reference", "escalation_policy", "schedule"])
def test_a_policy_that_is_to_find_somebody_for_a_role_does_not_hold_it(type_: str) -> None:
    policy = {**POLICY, "type": type_}
    assert told("incident.role.assigned", role(assignee=policy)) == ()
    (one,) = told("incident.role.assigned", role(assignee=policy, old_assignee=LENA))
    assert (one.people, one.state) == (("Lena Okafor",), ReportState.ENDED)
    (one,) = told("incident.role.assigned", role(old_assignee=policy))
    assert (one.people, one.state) == (("Aiko Brandt",), ReportState.OPEN)


@pytest.mark.parametrize(
    "change", [{"assignee": None}, {"role": None}, {"role": "IC"}, {"incident": {"id": "Q8OTHER"}}]
)
def test_an_assignment_that_names_no_role_nobody_or_another_incident_is_no_report(
    change: dict[str, Any],
) -> None:
    data = role(**change)
    data["incident_role_assignments"].insert(0, {"incident": INCIDENT})
    assert told("incident.role.assigned", data) == ()


def test_automation_is_read_with_its_outcome() -> None:
    workflow = {
        "id": "PRUN001",
        "summary": "An instance",
        "incident_workflow": {"id": "PFLOW01", "summary": "Major incident"},
        "incident": INCIDENT,
    }
    (started,) = told("incident.workflow.started", workflow)
    (ended,) = told("incident.workflow.completed", workflow)
    assert [(one.subject, one.name, one.state) for one in (started, ended)] == [
        ("PRUN001", "Major incident", ReportState.OPEN),
        ("PRUN001", "Major incident", ReportState.DONE),
    ]
    action = {
        "id": "01RUN",
        "html_url": "https://shop.example.com/invocations/01RUN/report",
        "action": {"summary": "Restart pods"},
        "incident": INCIDENT,
        "state": "error",
    }
    (failed,) = told("incident.action_invocation.terminated", action)
    assert (failed.name, failed.state, failed.word) == ("Restart pods", ReportState.FAILED, "error")
    assert failed.url == action["html_url"]


def test_what_no_database_holds_is_left_out_of_names() -> None:
    (one,) = told("incident.task.created", task(id="no id: \u0000", name="Ask\u0000\ud800" * 999))
    assert (one.subject, len(one.name)) == ("01EVENT", 1000)
    assert "\u0000" not in one.name


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@given(
    type_=st.sampled_from(WANTED_EVENTS),
    field=st.sampled_from(["id", "name", "summary", "status", "assignees", "action", "role"]),
    value=ANYTHING,
    agent=ANYTHING,
)
def test_no_value_anywhere_makes_an_event_one_to_refuse(
    type_: str, field: str, value: object, agent: object
) -> None:
    data = {**task(), **role(), "incident_workflow": None, "action": {"summary": "Restart"}}
    told(type_, {**data, field: value}, agent=agent)
    told(type_, {**role(**{field: value}), "incident": INCIDENT}, agent=agent)
