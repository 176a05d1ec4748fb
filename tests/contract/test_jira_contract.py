"""Holds the sandbox's answers and the connector's requests to Atlassian's official documents."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from connectors.errors import ConnectorError, Rejected
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import PEOPLE, JiraSandbox
from connectors.jira.sandbox.projects import person
from connectors.sandbox import Fault
from connectors.ticket_fields import FieldChoice
from connectors.tickets import AccountId, Parent, RemoteLink, TicketChanges, TicketId, TicketKey
from tests.contract.jira_contracts import contract_of, exchange_of, problems
from tests.contract.jira_support import INCIDENT, created, new_ticket, tracker

KINDS = pytest.mark.parametrize("kind", list(SiteKind), ids=lambda kind: kind.name.lower())
SCREEN = {"screen": {"resolution": "Resolution"}, "required": frozenset({"resolution"})}
LABEL = f"postmortem-{INCIDENT}"


@KINDS
def test_creates_are_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        owner = jira.account("OPS", "Mira Castellan")
        full = new_ticket(
            1, priority=FieldChoice("High"), components=(FieldChoice("Search"),), assignee=owner.id
        )  # type: ignore[union-attr]  # who is known to be there
        jira.create([full])
        jira.create([new_ticket(2, priority=FieldChoice("P0"))])
        jira.create(
            [
                new_ticket(3),
                new_ticket(4, priority=FieldChoice("P0")),
                new_ticket(5, project="NONE"),
            ]
        )
        jira.create([new_ticket(6, project="NONE"), new_ticket(7, issue_type="Epic")])
        jira.create([new_ticket(8, assignee=AccountId("nobody"), project="NONE")])
        assert {one.status for one in sandbox.served if one.method == "POST"} == {201, 400}
        assert problems(kind, sandbox.served) == []


@KINDS
def test_epics_and_what_belongs_to_them_are_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        sandbox.site.projects[0].issue_types += ("Epic",)
        jira = tracker(sandbox)
        fields = jira.create_fields("OPS", "Epic")
        assert fields.issue_type is not None
        named = {fields.title: "Reliability"} if fields.title else {}
        own = fields.issue_type.id
        epic = created(jira.create([new_ticket(1, issue_type=own, extra=named)])[0])
        parent = Parent(epic.key, jira.create_fields("OPS", "Task").parent)
        task = created(jira.create([new_ticket(2, parent=parent)])[0])
        assert task.dropped == {}
        below = created(jira.create([new_ticket(3, parent=replace(parent, key=task.key))])[0])
        assert below.dropped.keys() == {parent.field}
        jira.read([epic.id, task.id])
        assert problems(kind, sandbox.served) == []


@KINDS
def test_reads_and_searches_are_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        made = [created(each) for each in jira.create([new_ticket(n) for n in range(5)])]
        sandbox.site.page_limit = 2
        assert len(jira.labelled(LABEL)) == 5
        assert len(jira.changed(LABEL, datetime.now(UTC))) == 5
        old_key = made[0].key
        sandbox.move(old_key, "OPS")
        sandbox.transition(made[1].key, "Won't do")
        jira.read([*(one.id for one in made), TicketId("999999")])
        jira.read_keys([old_key, made[1].key, TicketKey("NONE-1")])
        assert problems(kind, sandbox.served) == []


@KINDS
def test_changes_are_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        own = created(jira.create([new_ticket()])[0]).id
        owner = PEOPLE[0].account_id if kind is SiteKind.CLOUD else PEOPLE[0].handle
        changes = TicketChanges(
            summary="Anew", priority=FieldChoice("P0"), assignee=AccountId(owner)
        )
        jira.update(own, changes)
        jira.update(own, TicketChanges(clear_due=True, clear_assignee=True, add_labels=("x",)))
        move = jira.transitions(own)[-1]
        jira.transition(own, move, {})
        with pytest.raises(ConnectorError):
            jira.transition(own, move, {})
        sandbox.site.workflow = [replace(each, **SCREEN) for each in sandbox.site.workflow]
        (back,) = jira.transitions(own)
        with pytest.raises(Rejected, match="Resolution is required"):
            jira.transition(own, back, {})
        with pytest.raises(Rejected, match="not on the appropriate screen"):
            jira.transition(own, back, {"summary": "Anew"})
        jira.transition(own, back, {"resolution": back.fields["resolution"].allowed[-1]})
        sandbox.site.projects[0].edit_screen = frozenset({"summary"})
        sandbox.site.projects[0].lacking.add("ASSIGN_ISSUES")
        for changes in (
            TicketChanges(assignee=AccountId(owner)),
            TicketChanges(clear_assignee=True),
        ):
            assert jira.update(own, changes).keys() == {"assignee"}
        sandbox.site.projects[0].lacking.clear()
        assert jira.update(own, TicketChanges(assignee=AccountId("nobody"))).keys() == {"assignee"}
        for changes in (
            TicketChanges(assignee=AccountId(owner)),
            TicketChanges(clear_assignee=True),
        ):
            assert jira.update(own, changes) == {}
        for title in ("Incident", "Incident, renamed"):
            jira.link(own, RemoteLink("incident", "https://example.com/i", title))
        assert problems(kind, sandbox.served) == []


@KINDS
def test_looking_around_is_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        jira.check("OPS", "Task")
        jira.check("NONE", "Task")
        for name in ("Mira Castellan", PEOPLE[1].account_id, "@lena.okafor", "nobody"):
            jira.account("OPS", name)
        jira.account("NONE", "Mira Castellan")
        with pytest.raises(ConnectorError):
            jira.create_fields("NONE", "Task")
        assert problems(kind, sandbox.served) == []


@KINDS
def test_refusals_of_a_stranger_are_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        own = created(jira.create([new_ticket()])[0]).id
        sandbox.tokens.clear()
        sandbox.forget()
        for use in _uses(jira, own):
            with pytest.raises(ConnectorError):
                use()
        assert problems(kind, sandbox.served) == []


def _uses(jira: Jira, own: TicketId) -> list:  # type: ignore[type-arg]  # of callables, each its own
    return [
        lambda: jira.create([new_ticket()]),
        lambda: jira.read([own]),
        lambda: jira.labelled(LABEL),
        lambda: jira.transitions(own),
        lambda: jira.update(own, TicketChanges(summary="Anew")),
    ]


@KINDS
def test_the_rest_of_the_sandbox_is_as_documented(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        own = created(tracker(sandbox).create([new_ticket()])[0]).id
        sandbox.forget()
        cloud = kind is SiteKind.CLOUD
        base = f"{sandbox.url}/rest/api/{'3' if cloud else '2'}"
        headers = {"Authorization": next(iter(sandbox.tokens))}
        query = {"query" if cloud else "username": "mira"}
        requests.get(f"{base}/issue/{own}", headers=headers, timeout=10)
        requests.get(f"{base}/user/search", params=query, headers=headers, timeout=10)
        address = f"{base}/issue/{own}/properties/note"
        requests.put(address, json="a note", headers=headers, timeout=10)
        requests.get(address, headers=headers, timeout=10)
        requests.get(f"{base}/issue/{own}/remotelink", headers=headers, timeout=10)
        requests.delete(f"{base}/issue/{own}", headers=headers, timeout=10)
        assert [one.status for one in sandbox.served] == [200, 200, 201, 200, 200, 204]
        assert problems(kind, sandbox.served) == []


def test_a_wrong_answer_is_seen() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        sandbox.fault(Fault("bulkfetch", status=200, body={"issues": [{"id": 7}]}))
        with pytest.raises(ConnectorError):
            tracker(sandbox).read([TicketId("7")])
        judge = contract_of(SiteKind.CLOUD)
        assert any(
            "7 is not of type 'string'" in line
            for line in judge.problems(exchange_of(sandbox.served[-1]))
        )


def test_a_wrong_request_is_seen() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        url = f"{sandbox.url}/rest/api/3/issue/bulkfetch"
        headers = {"Authorization": next(iter(sandbox.tokens))}
        requests.post(url, json={"ids": ["7"]}, headers=headers, timeout=10)
        assert problems(SiteKind.CLOUD, sandbox.served) != []


def test_invented_people_are_alike_each_time() -> None:
    assert person("Mira Castellan") == PEOPLE[0]
    assert PEOPLE[0].account_id == person("Mira Castellan").account_id
