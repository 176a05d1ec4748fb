"""Why Jira lets nobody in: its own words, what a token lacks, and where it would be taken."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests

from connectors.errors import AccessDenied, Finding, NotFound
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox, Project
from connectors.jira.sandbox.server import CLOUD_ID
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault
from connectors.tickets import RemoteLink, TicketChanges
from tests.contract.jira_support import created, new_ticket, tracker

EVERY = frozenset({"read:jira-work", "write:jira-work", "read:jira-user"})
GATEWAY = f"https://api.atlassian.com/ex/jira/{CLOUD_ID}"


@pytest.fixture
def sandbox() -> Iterator[JiraSandbox]:
    with JiraSandbox() as server:
        yield server


def through_gateway(sandbox: JiraSandbox) -> Jira:
    policy = RetryPolicy(sleep=lambda _: None)
    return Jira(sandbox.gateway_url, **sandbox.credentials, policy=policy)


def problems(findings: Any) -> list[Finding]:
    return [one for one in findings if one.problem]


def test_a_token_with_scopes_does_all_at_the_gateway_and_links_lead_to_the_site(
    sandbox: JiraSandbox,
) -> None:
    sandbox.scopes = EVERY
    jira = through_gateway(sandbox)
    made = created(jira.create([new_ticket()])[0])
    assert made.url == f"{sandbox.url}/browse/OPS-1"
    assert jira.update(made.id, TicketChanges(summary="anew")) == {}
    jira.link(made.id, RemoteLink("g", "https://example.com", "t"))
    assert jira.read([made.id]).keys() == {made.id}
    assert [one.id for one in jira.labelled("postmortem-worker")] == [made.id]
    assert problems(jira.check("OPS", "Task")) == []


@pytest.mark.parametrize("lacking", sorted(EVERY))
def test_a_scope_that_is_lacking_is_told_in_jira_s_words(
    sandbox: JiraSandbox, lacking: str
) -> None:
    sandbox.scopes = EVERY - {lacking}
    jira = through_gateway(sandbox)
    create: Callable[[], object] = partial(jira.create, [new_ticket()])
    ask = partial(jira.labelled, "a") if lacking == "read:jira-work" else create
    with pytest.raises(AccessDenied) as caught:
        ask()
    assert "lacks a scope" in caught.value.what
    assert "(401): Unauthorized; scope does not match." in caught.value.what
    assert all(scope in caught.value.remedy for scope in EVERY)
    assert "expire" not in caught.value.remedy


def test_a_403_for_a_scope_is_one_too(sandbox: JiraSandbox) -> None:
    sandbox.fault(Fault("myself", 403, body={"message": "Insufficient scope for this resource"}))
    with pytest.raises(AccessDenied, match=r"lacks a scope.*\(403\): Insufficient scope"):
        tracker(sandbox).site()


def test_at_the_site_s_own_address_a_refusal_names_the_gateway_of_this_site(
    sandbox: JiraSandbox,
) -> None:
    sandbox.scopes = EVERY
    (finding,) = tracker(sandbox).check("OPS", "Task")
    assert finding.problem == "Jira does not accept the credentials: You are not authenticated."
    assert f"JIRA_URL to {GATEWAY}." in finding.remedy
    assert "Make a new token" in finding.remedy


def test_who_asks_for_the_cloud_id_is_nobody(sandbox: JiraSandbox) -> None:
    sandbox.tokens.clear()
    with pytest.raises(AccessDenied):
        tracker(sandbox).site()
    (asked,) = [one for one in sandbox.served if one.path == "/_edge/tenant_info"]
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    "fault",
    [
        Fault("tenant_info", 404),
        Fault("tenant_info", 503, times=None),
        Fault("tenant_info", body=b"<html>"),
        Fault("tenant_info", body={"cloudId": 7}),
        Fault("tenant_info", body={}),
        Fault("tenant_info"),
    ],
)
def test_a_site_that_does_not_say_its_cloud_id_is_told_as_before(
    sandbox: JiraSandbox, fault: Fault
) -> None:
    sandbox.tokens.clear()
    sandbox.fault(fault)
    with pytest.raises(AccessDenied) as caught:
        tracker(sandbox).site()
    assert "gateway" not in caught.value.remedy
    assert "ex/jira" not in caught.value.remedy


def test_data_center_and_the_gateway_itself_are_not_asked_for_a_cloud_id() -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as server, JiraSandbox() as cloud:
        server.tokens.clear()
        cloud.tokens.clear()
        for jira in (tracker(server), through_gateway(cloud)):
            with pytest.raises(AccessDenied, match="You are not authenticated"):
                jira.site()
        for sandbox in (server, cloud):
            assert not [call for call in sandbox.calls() if "tenant_info" in call]


def test_a_cloud_id_that_the_gateway_does_not_know_says_where_it_is_found(
    sandbox: JiraSandbox,
) -> None:
    url = sandbox.gateway_url.replace(CLOUD_ID, "another")
    jira = Jira(url, **sandbox.credentials, policy=RetryPolicy(sleep=lambda _: None))
    with pytest.raises(NotFound, match="_edge/tenant_info"):
        jira.site()


@pytest.mark.parametrize("status", [401, 403])
def test_jira_s_own_words_are_told(sandbox: JiraSandbox, status: int) -> None:
    words = "Basic authentication with passwords is deprecated."
    sandbox.fault(Fault("myself", status, body={"errorMessages": [words], "errors": {}}))
    with pytest.raises(AccessDenied, match=words):
        tracker(sandbox).site()


@pytest.mark.parametrize("kind", list(SiteKind), ids=lambda kind: kind.name.lower())
def test_a_project_that_is_not_there_lists_those_that_are(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        sandbox.site.projects.append(Project("PAY", "10002", "Payments"))
        jira = tracker(sandbox)
        (finding,) = problems(jira.check("NOPE", "Task"))
        assert "Those to be seen are OPS (Operations), PAY (Payments)." in finding.remedy
        with pytest.raises(NotFound, match=r"no project NOPE .* OPS \(Operations\), PAY"):
            jira.create_fields("NOPE", "Task")
        sandbox.site.projects.clear()
        (finding,) = problems(jira.check("NOPE", "Task"))
        assert "no project at all" in finding.remedy


def test_of_many_projects_some_are_named(sandbox: JiraSandbox) -> None:
    sandbox.site.projects += [Project(f"P{at}", str(20_000 + at), "x") for at in range(30)]
    (finding,) = problems(tracker(sandbox).check("NOPE", "Task"))
    assert "and 11 more." in finding.remedy


def test_a_list_that_is_refused_hides_nothing_else(sandbox: JiraSandbox) -> None:
    sandbox.fault(Fault("project/search", 403, times=None))
    (finding,) = problems(tracker(sandbox).check("NOPE", "Task"))
    assert "NOPE" in finding.problem
    assert "JIRA_PROJECT" in finding.remedy


def test_the_sandbox_tells_its_cloud_id_to_anybody(sandbox: JiraSandbox) -> None:
    answer = requests.get(f"{sandbox.url}/_edge/tenant_info", timeout=5)
    assert json.loads(answer.content) == {"cloudId": CLOUD_ID}
