"""The sandbox Jira is strict where Jira is, and lets the tests break it at any moment."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import SECRET, FieldEdit, JiraSandbox, ProjectField
from connectors.jira.sandbox.query_language import BadQuery, parse
from connectors.jira.webhook import read
from connectors.sandbox import Fault, Moment, Served
from connectors.sandbox.loopback_server import LoopbackServer
from connectors.tickets import RemoteLink
from tests.contract.jira_support import created, new_ticket, tracker

DOC = {"type": "doc", "version": 1, "content": []}
MINIMUM = {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "s"}


@pytest.fixture(params=list(SiteKind), ids=lambda kind: kind.name.lower())
def sandbox(request: pytest.FixtureRequest) -> Iterator[JiraSandbox]:
    with JiraSandbox(request.param) as running:
        yield running


def ask(sandbox: JiraSandbox, method: str, path: str, body: Any = None) -> requests.Response:
    version = "3" if sandbox.site.is_cloud else "2"
    return requests.request(
        method,
        f"{sandbox.url}/rest/api/{version}/{path}",
        json=body,
        headers={"Authorization": next(iter(sandbox.tokens))},
        timeout=10,
    )


def create(sandbox: JiraSandbox, **fields: Any) -> requests.Response:
    return ask(sandbox, "POST", "issue", {"fields": {**MINIMUM, **fields}})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", ""),
        ("summary", None),
        ("summary", "two\nlines"),
        ("summary", "x" * 256),
        ("summary", "😀" * 128),
        ("labels", ["two words"]),
        ("labels", ["x" * 256]),
        ("labels", [""]),
        ("labels", "text"),
        ("priority", {"name": "P0"}),
        ("priority", "High"),
        ("duedate", "31.03.2026"),
        ("duedate", "2026-02-30"),
        ("duedate", "20260331"),
        ("assignee", {"accountId": "nobody", "name": "nobody"}),
        ("assignee", "nobody"),
        ("components", [{"name": "None such"}]),
        ("components", ["Search"]),
        ("issuetype", {"name": "Epic"}),
        ("project", {"key": "NONE"}),
        ("customfield_1", "x"),
    ],
)
def test_a_wrong_value_is_refused_by_field(sandbox: JiraSandbox, field: str, value: Any) -> None:
    answer = create(sandbox, **{field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {field}
    assert sandbox.site.records == {}


@pytest.mark.parametrize(
    "description",
    [
        "text",
        {"type": "doc", "content": []},
        {"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]},
        {**DOC, "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]},
        {**DOC, "content": [{"type": "bulletList", "content": []}]},
        {**DOC, "content": [{"type": "marquee", "content": []}]},
        {
            **DOC,
            "content": [{"type": "codeBlock", "content": [{"type": "text", "text": "x" * 32_767}]}],
        },
    ],
)
def test_cloud_takes_only_a_right_document(description: Any) -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        assert create(sandbox, description=description).status_code == 400
        assert create(sandbox, description=DOC).status_code == 201


@pytest.mark.parametrize("description", [DOC, 7, "x" * 32_768])
def test_data_center_takes_only_a_text(description: Any) -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as sandbox:
        assert create(sandbox, description=description).status_code == 400
        assert create(sandbox, description="x" * 32_767).status_code == 201


def test_a_required_field_must_be_given(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].custom = (ProjectField("customfield_7", "Team", required=True),)
    assert create(sandbox).json()["errors"] == {"customfield_7": "Team is required."}
    assert create(sandbox, customfield_7="Blue").status_code == 201


@pytest.mark.parametrize("body", [[], "text", {"unknown": {}}, {"fields": []}, None])
def test_a_body_that_is_no_create_is_refused(sandbox: JiraSandbox, body: Any) -> None:
    assert ask(sandbox, "POST", "issue", body).status_code == 400


def test_more_than_fifty_together_are_refused(sandbox: JiraSandbox) -> None:
    updates = [{"fields": MINIMUM}] * 51
    assert ask(sandbox, "POST", "issue/bulk", {"issueUpdates": updates}).status_code == 400
    assert sandbox.site.records == {}


def test_the_old_search_is_gone_from_cloud() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        assert ask(sandbox, "GET", "search?jql=labels=a").status_code == 410


@pytest.mark.parametrize(
    ("jql", "status"),
    [
        ('labels = "a"', 200),
        ("labels = a AND updated >= 0 ORDER BY key", 200),
        ("project in (OPS, OPS) ORDER BY created DESC, key", 200),
        ("updated >= 0", 400),
        ("", 400),
        ("labels = a OR labels = b", 400),
        ("labels ~ a", 400),
        ("nonsense = 1", 400),
        ("labels = a AND updated >= yesterday", 400),
        ("labels = a ORDER key", 400),
        ("labels in ()", 400),
        ("labels =", 400),
        ("key = NONE-1", 400),
        ("project = NONE", 400),
    ],
)
def test_cloud_takes_only_bounded_queries_that_make_sense(jql: str, status: int) -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        assert ask(sandbox, "POST", "search/jql", {"jql": jql}).status_code == status


def test_enhanced_search_gives_ids_alone_unless_asked_for_more() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        create(sandbox, labels=["a"])
        found = ask(sandbox, "POST", "search/jql", {"jql": "labels = a"}).json()
        assert found == {"isLast": True, "issues": [{"id": "10401"}]}


def test_a_page_token_of_another_query_is_refused() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        sandbox.site.page_limit = 1
        for _ in range(2):
            create(sandbox, labels=["a"])
        first = ask(sandbox, "POST", "search/jql", {"jql": "labels = a"}).json()
        for body in (
            {"jql": "labels = b", "nextPageToken": first["nextPageToken"]},
            {"jql": "labels = a", "nextPageToken": "nonsense"},
        ):
            assert ask(sandbox, "POST", "search/jql", body).status_code == 400


def test_data_center_fails_a_query_for_a_ticket_that_is_gone_unless_told_not_to() -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as sandbox:
        create(sandbox)
        jql = "key in (OPS-1, OPS-9)"
        assert ask(sandbox, "GET", f"search?jql={jql}").status_code == 400
        found = ask(sandbox, "GET", f"search?jql={jql}&validateQuery=false").json()
        assert found["total"] == 1


@pytest.mark.parametrize("query", ['labels = "a', "labels", "labels in (a", "ORDER BY"])
def test_a_query_that_breaks_off_is_an_error(query: str) -> None:
    if query == "ORDER BY":
        assert parse(query) == ([], [])
        return
    with pytest.raises(BadQuery):
        parse(query)


def test_only_moves_of_the_workflow_are_taken(sandbox: JiraSandbox) -> None:
    create(sandbox)
    for own, status in (("51", 400), (11, 400), ("99", 400), ("31", 204), ("31", 400), ("51", 204)):
        body = {"transition": {"id": own}}
        assert ask(sandbox, "POST", "issue/OPS-1/transitions", body).status_code == status


def test_an_edit_with_one_wrong_field_changes_nothing(sandbox: JiraSandbox) -> None:
    create(sandbox, labels=["a"])
    wrong = {"fields": {"summary": "new", "priority": {"name": "P0"}}}
    assert ask(sandbox, "PUT", "issue/OPS-1", wrong).status_code == 400
    assert sandbox.ticket("OPS-1").now.summary == "s"
    for operation in ({"add": "b"}, {"add": "b"}, {"remove": "a"}):
        body = {"update": {"labels": [operation]}}
        assert ask(sandbox, "PUT", "issue/OPS-1", body).status_code == 204
    assert sandbox.ticket("OPS-1").now.labels == ("b",)


def test_a_stranger_sees_nothing(sandbox: JiraSandbox) -> None:
    create(sandbox)
    good = sandbox.tokens.copy()
    sandbox.tokens.add("other")
    for path in ("myself", "issue/OPS-1", "project/OPS"):
        version = "3" if sandbox.site.is_cloud else "2"
        answer = requests.get(f"{sandbox.url}/rest/api/{version}/{path}", timeout=10)
        assert answer.status_code in {401, 404}
        assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    assert good < sandbox.tokens


def test_a_watcher_is_told_before_and_after_each_request_takes_effect(
    sandbox: JiraSandbox,
) -> None:
    seen: list[tuple[int, str, int]] = []

    def watch(served: Served, moment: Moment) -> None:
        seen.append((served.number, moment.value, len(sandbox.site.records)))

    sandbox.recorder.watcher = watch
    create(sandbox)
    create(sandbox)
    assert seen == [(1, "before", 0), (1, "after", 1), (2, "before", 1), (2, "after", 2)]


@pytest.mark.parametrize("moment", list(Moment), ids=lambda moment: moment.value)
def test_a_fault_strikes_the_request_that_it_is_meant_for(
    sandbox: JiraSandbox, moment: Moment
) -> None:
    sandbox.fault(Fault("POST .*/issue$", moment=moment, skip=1))
    assert create(sandbox).status_code == 201
    with pytest.raises(requests.ConnectionError):
        create(sandbox)
    assert create(sandbox).status_code == 201
    assert len(sandbox.site.records) == (3 if moment is Moment.AFTER else 2)
    assert [one.status for one in sandbox.served] == [201, None, 201]


def test_every_ticket_has_a_page_that_shows_its_text_as_text(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    made = created(jira.create([new_ticket(summary="<script>alert(1)</script>")])[0])
    jira.link(made.id, RemoteLink("g", "https://example.com/?a=1&b=2", "<b>Incident</b>"))
    answer = requests.get(made.url, timeout=10)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert 'href="https://example.com/?a=1&amp;b=2"' in answer.text
    assert requests.get(f"{sandbox.url}/browse/OPS-99", timeout=10).status_code == 404


def test_a_webhook_can_be_delivered(sandbox: JiraSandbox) -> None:
    create(sandbox, labels=["a"])
    taken: list[tuple[dict[str, str], Any]] = []

    async def take(request: Request) -> Response:
        taken.append((dict(request.headers), json.loads(await request.body())))
        return Response(status_code=202)

    with LoopbackServer(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as server:
        delivery = sandbox.webhook("OPS-1", FieldEdit("status", "To Do", "Done"))
        assert delivery.send(f"{server.url}/hook") == 202
        sandbox.webhook("OPS-1", event="deleted").send(f"{server.url}/hook")
    headers, body = taken[0]
    assert headers["x-hub-signature"].startswith("sha256=")
    assert ("x-atlassian-webhook-identifier" in headers) == sandbox.site.is_cloud
    (item,) = body["changelog"]["items"]
    assert (item["field"], item["fromString"], item["toString"]) == ("status", "To Do", "Done")
    assert ("fieldId" in item) == sandbox.site.is_cloud
    assert taken[1][1]["webhookEvent"] == "jira:issue_deleted"


def test_what_a_person_does_in_jira_can_be_done(sandbox: JiraSandbox) -> None:
    create(sandbox)
    sandbox.change("OPS-1", summary="Reworded", labels=("theirs",))
    sandbox.transition("OPS-1", "Done")
    now = sandbox.ticket("OPS-1").now
    assert (now.summary, now.labels, now.status, now.resolution) == (
        "Reworded",
        ("theirs",),
        "Done",
        "Done",
    )
    sandbox.delete("OPS-1")
    with pytest.raises(KeyError):
        sandbox.ticket("OPS-1")
    with pytest.raises(KeyError):
        create(sandbox) and sandbox.move("OPS-2", "NONE")


def test_what_the_sandbox_sends_is_understood(sandbox: JiraSandbox) -> None:
    made = created(tracker(sandbox).create([new_ticket()])[0])
    delivery = sandbox.webhook(made.key, FieldEdit("status", "To Do", "Done"))
    told = read(delivery.headers, delivery.body, [SECRET])
    assert told is not None
    assert (told.ticket, told.type) == (made.id, "jira:issue_updated")
