"""Queries and request bodies."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Rejected
from connectors.jira import jql
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.query_language import parse
from connectors.jira.writing.request_bodies import edit, new_issue, remote_link, transition
from connectors.ticket_fields import FieldChoice
from connectors.tickets import AccountId, RemoteLink, TicketChanges, TicketId, TicketKey
from tests.contract.jira_support import INCIDENT, new_ticket


def test_a_label_is_quoted() -> None:
    assert jql.label_query("postmortem-Q1") == (
        'labels = "postmortem-Q1" ORDER BY created ASC, key ASC'
    )


@given(st.text(min_size=1, max_size=60))
def test_no_label_becomes_anything_but_a_label(label: str) -> None:
    try:
        query = jql.label_query(label)
    except Rejected:
        assert any(char.isspace() or ord(char) < 32 for char in label)
    else:
        clauses, _ = parse(query)
        assert [(c.field, c.operator, c.values) for c in clauses] == [("labels", "=", (label,))]


@pytest.mark.parametrize("label", ["", "two words", "tab\t", "x" * 256, "a\x00b", "a\u00a0b"])
def test_what_cannot_be_a_label_is_not_asked_for(label: str) -> None:
    with pytest.raises(Rejected):
        jql.label_query(label)


@pytest.mark.parametrize(
    ("since", "milliseconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 3, 1, 13, 5, 20, 974999, UTC), 1772370320974),
        (datetime(2026, 3, 1, 14, 5, 20, 974000, timezone(timedelta(hours=1))), 1772370320974),
    ],
)
def test_a_time_is_asked_for_in_milliseconds(since: datetime, milliseconds: int) -> None:
    query = f'labels = "a" AND updated >= {milliseconds} ORDER BY created ASC, key ASC'
    assert jql.changed_query("a", since) == query


def test_ids_and_keys_are_asked_for_together() -> None:
    assert jql.id_query([TicketId("1"), TicketId("2")]).startswith("id in (1, 2) ORDER BY")
    assert jql.key_query([TicketKey("A-1"), TicketKey("B-2")]).startswith('key in ("A-1", "B-2") O')


def test_a_create_for_cloud_holds_everything() -> None:
    ticket = new_ticket(
        priority=FieldChoice("High"),
        components=(FieldChoice("Search"),),
        assignee=AccountId("712020:ab"),
        extra={"cf": "x"},
    )
    body = new_issue(ticket, SiteKind.CLOUD)
    fields = dict(body["fields"])  # type: ignore[call-overload]  # a JSON object
    assert fields.pop("description")["type"] == "doc"
    assert fields == {
        "cf": "x",
        "project": {"key": "OPS"},
        "issuetype": {"name": "Task"},
        "summary": "Action item 1",
        "labels": list(ticket.labels),
        "components": [{"name": "Search"}],
        "priority": {"name": "High"},
        "duedate": "2026-03-31",
        "assignee": {"accountId": "712020:ab"},
    }
    mark = {"mark": "mark1", "incident": INCIDENT}
    assert body["properties"] == [{"key": "postmortem-worker", "value": mark}]


def test_a_create_for_data_center_has_texts_and_names() -> None:
    body = new_issue(new_ticket(assignee=AccountId("mira")), SiteKind.DATA_CENTER)
    fields = dict(body["fields"])  # type: ignore[call-overload]  # a JSON object
    assert fields["description"].startswith("Alert on [queue depth|")
    assert fields["assignee"] == {"name": "mira"}
    (own,) = body["properties"]  # type: ignore[misc]  # a JSON list
    assert json.loads(own["value"]) == {"mark": "mark1", "incident": INCIDENT}


def test_an_issue_type_may_be_named_by_its_id() -> None:
    fields = new_issue(new_ticket(issue_type="10100"), SiteKind.CLOUD)["fields"]
    assert dict(fields)["issuetype"] == {"id": "10100"}  # type: ignore[call-overload]  # an object


def test_extra_fields_do_not_replace_those_of_the_ticket() -> None:
    ticket = new_ticket(extra={"summary": "other", "labels": ["other"]})
    fields = dict(new_issue(ticket, SiteKind.CLOUD)["fields"])  # type: ignore[call-overload]  # an object
    assert (fields["summary"], fields["labels"]) == (ticket.summary, list(ticket.labels))


def test_refused_fields_are_left_out() -> None:
    ticket = new_ticket(priority=FieldChoice("High"))
    fields = new_issue(ticket, SiteKind.CLOUD, {"priority", "duedate"})["fields"]
    assert {"priority", "duedate"}.isdisjoint(dict(fields))  # type: ignore[call-overload]  # an object


@pytest.mark.parametrize(
    ("changes", "kind", "body"),
    [
        (TicketChanges(), SiteKind.CLOUD, {}),
        (TicketChanges(summary="a"), SiteKind.CLOUD, {"fields": {"summary": "a"}}),
        (
            TicketChanges(priority=FieldChoice("High"), due=date(2026, 4, 1)),
            SiteKind.CLOUD,
            {"fields": {"priority": {"name": "High"}, "duedate": "2026-04-01"}},
        ),
        (
            TicketChanges(clear_due=True, clear_assignee=True),
            SiteKind.CLOUD,
            {"fields": {"duedate": None, "assignee": None}},
        ),
        (
            TicketChanges(assignee=AccountId("a")),
            SiteKind.CLOUD,
            {"fields": {"assignee": {"accountId": "a"}}},
        ),
        (
            TicketChanges(assignee=AccountId("a")),
            SiteKind.DATA_CENTER,
            {"fields": {"assignee": {"name": "a"}}},
        ),
        (
            TicketChanges(add_labels=("a", "b")),
            SiteKind.CLOUD,
            {"update": {"labels": [{"add": "a"}, {"add": "b"}]}},
        ),
    ],
)
def test_an_edit_holds_what_changes_and_nothing_else(
    changes: TicketChanges, kind: SiteKind, body: dict[str, object]
) -> None:
    assert edit(changes, kind) == body


def test_an_edit_leaves_out_what_was_refused() -> None:
    changes = TicketChanges(summary="a", priority=FieldChoice("b"), add_labels=("c",))
    assert edit(changes, SiteKind.CLOUD, {"priority", "labels"}) == {"fields": {"summary": "a"}}
    assert edit(changes, SiteKind.CLOUD, {"summary", "priority", "labels"}) == {}


def test_a_link_is_sent_whole() -> None:
    body = remote_link(RemoteLink("g", "https://example.com", "Title"))
    assert body == {"globalId": "g", "object": {"url": "https://example.com", "title": "Title"}}


def test_days_and_times_of_a_settings_file_are_sent_as_jira_takes_them() -> None:
    settings = """
    customfield_1 = 2026-12-01
    customfield_2 = 2026-12-01T10:00:00+01:00
    customfield_3 = { value = "A", child = { value = 2026-12-02 } }
    customfield_4 = [2026-12-03, 07:30:00]
    """
    ticket = replace(new_ticket(), extra=tomllib.loads(settings))
    expected = {
        "customfield_1": "2026-12-01",
        "customfield_2": "2026-12-01T10:00:00.000+0100",
        "customfield_3": {"value": "A", "child": {"value": "2026-12-02"}},
        "customfield_4": ["2026-12-03", "07:30:00"],
    }
    fields = new_issue(ticket, SiteKind.CLOUD)["fields"]
    assert json.loads(json.dumps(fields)).items() >= expected.items()
    moved = transition("31", ticket.extra)
    assert json.loads(json.dumps(moved))["fields"] == expected
