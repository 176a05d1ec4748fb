"""What Jira sends becomes records, or an error that names the field."""

import copy
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.errors import PayloadError
from connectors.jira import payloads
from connectors.jira.payloads import SiteKind
from connectors.json_fields import JsonValue
from connectors.tickets import Account, AccountId, Category

SITE = "https://jira.example.com"


def issue(**changes: Any) -> dict[str, Any]:
    """Give an issue as Data Center shows it, with fields changed."""
    fields = {
        "summary": "Add an alert",
        "status": {"name": "Offen", "statusCategory": {"key": "new", "name": "Zu erledigen"}},
        "resolution": None,
        "labels": ["postmortem-worker", "pm-abc123"],
        "assignee": {
            "name": "mira",
            "displayName": "Mira Castellan",
            "emailAddress": "m@x.example",
        },
        "priority": {"id": "2", "name": "Hoch"},
        "duedate": "2026-03-31",
        "project": {"id": "10001", "key": "OPS"},
        "created": "2026-03-01T14:05:20.974+0100",
        "updated": "2026-03-02T00:00:00.000-0830",
    }
    return {"id": "10401", "key": "OPS-12", "fields": {**fields, **changes}}


def read(sent: Any, kind: SiteKind = SiteKind.DATA_CENTER) -> Any:
    return payloads.ticket(JsonValue(sent, payloads.JIRA, "issue"), kind, SITE)


def test_a_ticket_is_read_whole() -> None:
    ticket = read(issue())
    assert (ticket.id, ticket.key, ticket.project) == ("10401", "OPS-12", "OPS")
    assert ticket.url == "https://jira.example.com/browse/OPS-12"
    assert (ticket.summary, ticket.status, ticket.priority) == ("Add an alert", "Offen", "Hoch")
    assert ticket.due == date(2026, 3, 31)
    assert ticket.assignee == Account(AccountId("mira"), "Mira Castellan", "m@x.example", "mira")
    assert ticket.mark == "abc123"
    assert not ticket.archived


def test_times_come_in_utc() -> None:
    ticket = read(issue())
    assert ticket.created == datetime(2026, 3, 1, 13, 5, 20, 974000, UTC)
    assert ticket.updated == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "category"),
    [
        ("new", Category.NEW),
        ("indeterminate", Category.INDETERMINATE),
        ("done", Category.DONE),
        ("undefined", Category.UNDEFINED),
        ("in-flight", Category.UNDEFINED),
        (None, Category.UNDEFINED),
    ],
)
def test_a_status_means_what_the_key_of_its_category_says(
    key: str | None, category: Category
) -> None:
    status = {"name": "Done", "statusCategory": {"key": key, "name": "Done"}}
    assert read(issue(status=status)).category is category


def test_a_status_without_a_category_means_nothing_certain() -> None:
    assert read(issue(status={"name": "To Do"})).category is Category.UNDEFINED


def test_the_resolution_tells_done_from_not_done() -> None:
    assert read(issue(resolution={"name": "Won't Do"})).resolution == "Won't Do"
    assert read(issue()).resolution is None


@pytest.mark.parametrize("absent", ["assignee", "priority", "duedate", "resolution", "labels"])
def test_what_a_project_does_not_use_may_be_absent_or_null(absent: str) -> None:
    sent = issue()
    del sent["fields"][absent]
    assert read(sent) == read(issue(**{absent: None}))


def test_cloud_knows_people_by_account_and_hides_addresses() -> None:
    person = {"accountId": "712020:ab", "displayName": "Mira", "active": True}
    ticket = read(issue(assignee=person), SiteKind.CLOUD)
    assert ticket.assignee == Account(AccountId("712020:ab"), "Mira", None, None)


def test_the_mark_of_the_property_goes_before_that_of_a_label() -> None:
    sent = issue() | {"properties": {"postmortem-worker": {"mark": "own", "incident": "Q1"}}}
    assert read(sent).mark == "own"


@pytest.mark.parametrize("value", [None, "text", {}, {"mark": None}, 7])
def test_a_property_without_a_mark_leaves_it_to_the_label(value: Any) -> None:
    assert read(issue() | {"properties": {"postmortem-worker": value}}).mark == "abc123"


def test_a_ticket_of_nobody_has_no_mark() -> None:
    assert read(issue(labels=["other"])).mark is None


def test_an_archived_ticket_says_so() -> None:
    assert read(issue(archiveddate="2026-03-05T10:00:00.000+0000")).archived


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({}, None),
        ({"resolutiondate": None, "statuscategorychangedate": None}, None),
        ({"resolutiondate": "2026-03-05T23:00:00.000-0500"}, 6),
        ({"statuscategorychangedate": "2026-03-04T10:00:00.000+0000"}, 4),
        (
            {
                "resolutiondate": "2026-03-05T10:00:00.000+0000",
                "statuscategorychangedate": "2026-03-04T10:00:00.000+0000",
            },
            5,
        ),
    ],
)
def test_when_it_was_closed_is_when_it_was_resolved_else_since_when_it_is_done(
    fields: dict[str, Any], day: int | None
) -> None:
    at = read(issue(**fields)).closed_at
    assert (at and at.day) == day


def test_a_key_cannot_break_out_of_its_link() -> None:
    assert read(issue() | {"key": "OPS-1/../?x"}).url == f"{SITE}/browse/OPS-1%2F..%2F%3Fx"


WRONG: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda i: i.pop("id"), "issue.id"),
    (lambda i: i.update(id="OPS-1) or (1"), "issue.id"),
    (lambda i: i.update(id=True), "issue.id"),
    (lambda i: i.update(key=12), "issue.key"),
    (lambda i: i.update(fields=[]), "issue.fields"),
    (lambda i: i["fields"].update(summary=None), "issue.fields.summary"),
    (lambda i: i["fields"].update(status="Done"), "issue.fields.status"),
    (lambda i: i["fields"]["status"].update(name=3), "issue.fields.status.name"),
    (lambda i: i["fields"].update(labels="a"), "issue.fields.labels"),
    (lambda i: i["fields"].update(labels=["a", 1]), "issue.fields.labels[1]"),
    (lambda i: i["fields"].update(duedate="soon"), "issue.fields.duedate"),
    (lambda i: i["fields"].update(duedate=20260331), "issue.fields.duedate"),
    (lambda i: i["fields"].update(created="2026-03-01T14:05:20"), "issue.fields.created"),
    (lambda i: i["fields"].update(created="yesterday"), "issue.fields.created"),
    (lambda i: i["fields"].update(updated=None), "issue.fields.updated"),
    (lambda i: i["fields"]["assignee"].pop("name"), "issue.fields.assignee.name"),
    (lambda i: i["fields"].update(project={}), "issue.fields.project.key"),
]


@pytest.mark.parametrize(("spoil", "where"), WRONG, ids=[where for _, where in WRONG])
def test_a_wrong_field_is_named(spoil: Callable[[dict[str, Any]], Any], where: str) -> None:
    sent = copy.deepcopy(issue())
    spoil(sent)
    with pytest.raises(PayloadError, match=rf" {re.escape(where)}[, ]"):
        read(sent)


def test_an_error_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(PayloadError) as caught:
        read(issue(duedate="a secret"))
    assert "a secret" not in str(caught.value)


def test_an_id_may_come_as_a_number() -> None:
    assert read(issue() | {"id": 10401}).id == "10401"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("Cloud", SiteKind.CLOUD),
        ("Server", SiteKind.DATA_CENTER),
        ("Data Center", SiteKind.DATA_CENTER),
        (None, SiteKind.DATA_CENTER),
    ],
)
def test_the_deployment_tells_the_kind_of_site(told: str | None, kind: SiteKind) -> None:
    assert payloads.server({"deploymentType": told, "version": "9.12.1"}).kind is kind


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        ({"baseUrl": "https://team.example.net/"}, "https://team.example.net"),
        (
            {"baseUrl": "https://team.example.net", "displayUrl": "https://jira.example.com"},
            "https://jira.example.com",
        ),
        ({}, None),
        ({"baseUrl": "javascript:alert(1)"}, None),
    ],
)
def test_links_begin_with_the_address_that_people_know(
    addresses: dict[str, str], url: str | None
) -> None:
    assert payloads.server({"version": "1", **addresses}).url == url


def test_a_page_tells_what_could_not_be_given() -> None:
    sent = {"issues": [issue()], "issueErrors": [{"id": 10402, "errorMessage": "later"}]}
    page = payloads.found(sent, SiteKind.DATA_CENTER, SITE)
    assert [ticket.id for ticket in page.tickets] == ["10401"]
    assert page.failed == ("10402",)


@pytest.mark.parametrize("sent", [{}, {"issues": None}, {"issues": {}}, [], "page", None])
def test_a_page_without_issues_is_an_error_and_not_empty(sent: Any) -> None:
    with pytest.raises(PayloadError):
        payloads.found(sent, SiteKind.CLOUD, SITE)


def test_people_who_left_and_apps_cannot_be_owners() -> None:
    people = [
        {"accountId": "1", "displayName": "Mira", "active": True, "accountType": "atlassian"},
        {"accountId": "2", "displayName": "Sam", "active": False},
        {"accountId": "3", "displayName": "Robot", "active": True, "accountType": "app"},
        {"accountId": "4"},
    ]
    found = payloads.candidates(people, SiteKind.CLOUD)
    assert [each.usable for each in found] == [True, False, False, True]
    assert found[3].account.name == "4"


def test_transitions_tell_where_they_lead() -> None:
    to = {"name": "Done", "statusCategory": {"key": "done"}}
    (move,) = payloads.transitions({"transitions": [{"id": 31, "name": "Close", "to": to}]})
    assert (move.id, move.name, move.to_status, move.to_category) == (
        "31",
        "Close",
        "Done",
        Category.DONE,
    )


def test_a_permission_not_told_of_is_not_held() -> None:
    held = payloads.permissions(
        {"permissions": {"A": {"havePermission": True}, "B": {"havePermission": False}, "C": {}}}
    )
    assert held == {"A": True, "B": False, "C": False}
