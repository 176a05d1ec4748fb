"""Every HTTP status of every call: what is raised or given, and how often Jira is asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    OutOfQuota,
    PayloadError,
    Rejected,
    Unreachable,
)
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox
from connectors.sandbox import Fault
from connectors.tickets import (
    Category,
    NoAccount,
    Refused,
    RemoteLink,
    TicketChanges,
    TicketId,
    TicketKey,
    Transition,
    Unknown,
)
from tests.contract.jira_support import created, new_ticket, patient, tracker


@pytest.fixture(scope="module", params=list(SiteKind), ids=lambda kind: kind.name.lower())
def running(request: pytest.FixtureRequest) -> Iterator[JiraSandbox]:
    with JiraSandbox(request.param) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: JiraSandbox) -> JiraSandbox:
    """Give a sandbox as good as new; one that runs already, for there are many tests."""
    running.clear()
    return running


ATTEMPTS = 4
"""How often the default policy tries what may be tried again."""


@dataclass(frozen=True)
class Call:
    """A method of the tracker, and the request that the status answers, for either kind."""

    use: Callable[[Jira, TicketId], object]
    at: str
    repeated: bool = True


CALLS = {
    "site": Call(lambda jira, _: jira.site(), "myself"),
    "read": Call(lambda jira, own: jira.read([own]), "bulkfetch|GET .*/search$"),
    "read_keys": Call(lambda jira, _: jira.read_keys([TicketKey("OPS-1")]), "bulkfetch|/search$"),
    "labelled": Call(lambda jira, _: jira.labelled("a"), "search"),
    "changed": Call(lambda jira, _: jira.changed("a", datetime.now(UTC)), "search"),
    "create_fields": Call(lambda jira, _: jira.create_fields("OPS", "Task"), "createmeta"),
    "account": Call(lambda jira, _: jira.account("OPS", "Mira"), "assignable"),
    "update": Call(lambda jira, own: jira.update(own, TicketChanges(summary="a")), "PUT"),
    "transitions": Call(lambda jira, own: jira.transitions(own), "transitions"),
    "transition": Call(
        lambda jira, own: jira.transition(own, Transition("31", "Done", "Done", Category.DONE), {}),
        "POST .*transitions",
        repeated=False,
    ),
    "link": Call(
        lambda jira, own: jira.link(own, RemoteLink("g", "https://example.com", "t")), "remotelink"
    ),
}
RAISED: dict[int, type[ConnectorError]] = {
    302: Rejected,
    400: Rejected,
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    405: Rejected,
    408: Unreachable,
    409: Rejected,
    410: Rejected,
    413: Rejected,
    422: Rejected,
    429: OutOfQuota,
    500: Unreachable,
    502: Unreachable,
    503: Unreachable,
    504: Unreachable,
}
ODD: dict[tuple[str, int], type[ConnectorError]] = {
    ("create_fields", status): NotFound for status in (400, 405, 409, 410, 413, 422, 302)
}
"""Where a call means something else by a status than the others do."""
PASSING = {408, 429, 500, 502, 503, 504}
HEADERS = {302: {"Location": "https://login.example.com/"}}


@pytest.mark.parametrize("status", RAISED)
@pytest.mark.parametrize("name", CALLS)
def test_a_status_is_raised_as_what_it_means(sandbox: JiraSandbox, name: str, status: int) -> None:
    call = CALLS[name]
    jira = tracker(sandbox, circuit=patient())
    own = TicketId("1")
    if name != "site":
        own = created(jira.create([new_ticket()])[0]).id
    sandbox.fault(Fault(call.at, status, headers=HEADERS.get(status, {}), times=None))
    sandbox.forget()
    if (name, status) == ("account", 404):
        assert isinstance(call.use(jira, own), NoAccount)
        return
    with pytest.raises(ODD.get((name, status), RAISED[status])) as caught:
        call.use(jira, own)
    asked = [one for one in sandbox.served if one.status == status]
    surely_nothing = status == 429
    again = status in PASSING and (call.repeated or surely_nothing)
    legacy = 1 if (name, status) == ("create_fields", 404) else 0
    assert len(asked) == (ATTEMPTS if again else 1) + legacy
    assert str(caught.value)
    assert "sandbox-" not in str(caught.value)


CREATED: dict[int, type] = {
    200: Unknown,
    202: Unknown,
    204: Unknown,
    302: Unknown,
    400: Refused,
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    405: Rejected,
    408: Unknown,
    409: Refused,
    410: Rejected,
    413: Refused,
    422: Refused,
    429: OutOfQuota,
    500: Unknown,
    502: Unknown,
    503: Unknown,
    504: Unknown,
}
"""What a create of one ticket raises, or gives as its outcome."""


@pytest.mark.parametrize("status", CREATED)
def test_a_create_of_one_is_sent_once_whatever_comes(sandbox: JiraSandbox, status: int) -> None:
    jira = tracker(sandbox, circuit=patient())
    fault = Fault("POST .*/issue$", status, headers=HEADERS.get(status, {}), times=None)
    sandbox.fault(fault)
    expected = CREATED[status]
    if issubclass(expected, ConnectorError):
        with pytest.raises(expected):
            jira.create([new_ticket()])
    else:
        (outcome,) = jira.create([new_ticket()])
        assert isinstance(outcome, expected)
    sent = [one for one in sandbox.served if one.method == "POST"]
    assert len(sent) == (ATTEMPTS if status == 429 else 1)


ALONE = {400, 404, 405, 409, 413, 422}
"""Refusals of many together as a whole: nothing was made, so each may be tried alone."""


@pytest.mark.parametrize("status", CREATED)
def test_a_create_of_many_is_never_repeated_where_it_may_have_worked(
    sandbox: JiraSandbox, status: int
) -> None:
    jira = tracker(sandbox, circuit=patient())
    fault = Fault("issue/bulk", status, headers=HEADERS.get(status, {}), times=None)
    sandbox.fault(fault)
    tickets = [new_ticket(1), new_ticket(2)]
    if status in ALONE:
        assert [created(one).key for one in jira.create(tickets)] == ["OPS-1", "OPS-2"]
    elif issubclass(CREATED[status], ConnectorError):
        with pytest.raises(CREATED[status]):
            jira.create(tickets)
    else:
        assert [type(one) for one in jira.create(tickets)] == [CREATED[status]] * 2
    sent = [one for one in sandbox.served if one.path.endswith("/bulk")]
    assert len(sent) == (ATTEMPTS if status == 429 else 1)
    alone = [one for one in sandbox.served if one.method == "POST" and one not in sent]
    assert len(alone) == (2 if status in ALONE else 0)


@pytest.mark.parametrize("status", [status for status in RAISED if status != 302])
@pytest.mark.parametrize("at", ["serverInfo", "myself", "project", "createmeta", "mypermissions"])
def test_a_check_never_raises(sandbox: JiraSandbox, at: str, status: int) -> None:
    sandbox.fault(Fault(at, status, times=None))
    findings = tracker(sandbox, circuit=patient()).check("OPS", "Task")
    assert any(finding.problem for finding in findings)


@pytest.mark.parametrize("name", [name for name in CALLS if name not in {"update", "link"}])
def test_a_page_instead_of_data_is_an_error(sandbox: JiraSandbox, name: str) -> None:
    call = CALLS[name]
    jira = tracker(sandbox, circuit=patient())
    own = TicketId("1")
    if name != "site":
        own = created(jira.create([new_ticket()])[0]).id
    page = Fault(call.at, 200, headers={"content-type": "text/html"}, body=b"<html>Log in")
    sandbox.fault(page)
    with pytest.raises(PayloadError):
        call.use(jira, own)


@pytest.mark.parametrize(
    "name", [name for name in CALLS if name not in {"site", "transition", "create_fields"}]
)
def test_a_login_failure_is_an_error_even_with_a_success(sandbox: JiraSandbox, name: str) -> None:
    call = CALLS[name]
    jira = tracker(sandbox, circuit=patient())
    own = created(jira.create([new_ticket()])[0]).id
    failed = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    sandbox.fault(Fault(call.at, 200, headers=failed, body={"issues": [], "isLast": True}))
    with pytest.raises(AccessDenied):
        call.use(jira, own)
