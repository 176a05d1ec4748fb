"""The way to Jira: who is asked, with what, how long, and what is never told."""

import base64
import contextlib
import logging
import re
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors.errors import (
    AccessDenied,
    ConfigurationError,
    NotFound,
    OutOfQuota,
    Rejected,
    Unreachable,
)
from connectors.jira.client import Jira
from connectors.jira.connection import JiraAccess, JiraConnection
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import API_TOKEN, EMAIL, PERSONAL_TOKEN, JiraSandbox
from connectors.pacing.rate_limit import NoPace
from connectors.retry import Circuit, RetryPolicy
from connectors.sandbox import Fault, Moment
from connectors.tickets import Created, RemoteLink, TicketChanges, TicketId, Unknown
from tests.contract.jira_support import created, new_ticket, patient, tracker

ONCE = RetryPolicy(attempts=1, sleep=lambda _: None)


@contextlib.contextmanager
def server(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """Run a server that takes connections and does with each what ``answer`` does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("http://jira.example.com", {"personal_token": "x"}),
        ("ftp://jira.example.com", {"personal_token": "x"}),
        ("jira.example.com", {"personal_token": "x"}),
        ("https://", {"personal_token": "x"}),
        ("https://user:secret@jira.example.com", {"personal_token": "x"}),
        ("https://jira.example.com", {}),
        ("https://jira.example.com", {"email": "a@example.com"}),
        ("https://jira.example.com", {"api_token": "x"}),
    ],
)
def test_credentials_are_not_sent_where_they_should_not_go(
    url: str, credentials: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Jira(url, **credentials)  # type: ignore[arg-type]  # texts all
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://jira.example.com/", "http://localhost:8080", "http://[::1]:80", "http://127.0.0.2"],
)
def test_https_or_this_machine_is_fine(url: str) -> None:
    Jira(url, personal_token="x").close()


@pytest.mark.parametrize("kind", list(SiteKind), ids=lambda kind: kind.name.lower())
def test_the_kind_of_site_decides_how_it_is_spoken_to(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        assert jira.site().kind is kind
        jira.labelled("a")
        version = "3" if kind is SiteKind.CLOUD else "2"
        assert sandbox.calls()[:2] == [
            "GET /rest/api/2/serverInfo",
            f"GET /rest/api/{version}/myself",
        ]
        assert all(f"/api/{version}/" in call for call in sandbox.calls()[1:])


def test_a_site_is_found_out_about_once() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        for _ in range(3):
            jira.labelled("a")
        assert sandbox.calls().count("GET /rest/api/2/serverInfo") == 1
        assert sandbox.calls().count("GET /rest/api/3/myself") == 1


def test_a_site_that_could_not_be_found_out_about_is_asked_again() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        sandbox.fault(Fault("myself", 401))
        with pytest.raises(AccessDenied):
            jira.site()
        assert jira.site().kind is SiteKind.CLOUD


@pytest.mark.parametrize("kind", list(SiteKind), ids=lambda kind: kind.name.lower())
def test_wrong_credentials_are_told_at_once(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        sandbox.tokens.clear()
        with pytest.raises(AccessDenied, match="does not accept the credentials"):
            tracker(sandbox).create([new_ticket()])


@pytest.mark.parametrize("kind", list(SiteKind), ids=lambda kind: kind.name.lower())
def test_credentials_that_stop_working_are_never_an_empty_answer(kind: SiteKind) -> None:
    with JiraSandbox(kind) as sandbox:
        jira = tracker(sandbox)
        made = created(jira.create([new_ticket()])[0])
        sandbox.tokens.clear()
        for use in (
            lambda: jira.labelled("postmortem-worker"),
            lambda: jira.changed("postmortem-worker", datetime.now(UTC)),
            lambda: jira.read([made.id]),
            lambda: jira.read_keys([made.key]),
            lambda: jira.transitions(made.id),
        ):
            with pytest.raises(AccessDenied):
                use()


def test_a_captcha_is_told_as_such() -> None:
    with JiraSandbox() as sandbox:
        denied = {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://x"}
        sandbox.fault(Fault("myself", 403, headers=denied))
        with pytest.raises(AccessDenied, match="CAPTCHA"):
            tracker(sandbox).site()
        sandbox.fault(
            Fault("myself", 403, {**denied, "X-Seraph-LoginReason": "AUTHENTICATION_DENIED"})
        )
        with pytest.raises(AccessDenied, match="CAPTCHA"):
            tracker(sandbox).site()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with JiraSandbox() as other, JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        own = created(jira.create([new_ticket()])[0]).id
        elsewhere = {"Location": f"{other.url}/rest/api/3/issue"}
        sandbox.fault(Fault("", status, headers=elsewhere, times=None))
        with pytest.raises(Rejected, match="JIRA_URL"):
            jira.read([own])
        assert isinstance(jira.create([new_ticket()])[0], Unknown)
        assert not other.served


def test_nothing_that_is_raised_or_logged_holds_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for kind in SiteKind:
        with JiraSandbox(kind) as sandbox:
            jira = tracker(sandbox, circuit=patient())
            faults = [Fault("", status) for status in (400, 401, 403, 404, 500)]
            faults += [Fault(""), Fault("", 200, body=b"<html>"), Fault("", 302)]
            for fault in faults:
                sandbox.fault(fault)
                with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
                    tracker(sandbox, policy=ONCE, circuit=patient()).site()
                told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
                assert not _secrets(told)
            assert not _secrets(
                repr(jira) + repr(vars(jira)) + repr(vars(jira)["_connection"].access)
            )
    assert not _secrets(caplog.text)


def _secrets(text: str) -> list[str]:
    basic = base64.b64encode(f"{EMAIL}:{API_TOKEN}".encode()).decode()
    return [one for one in (API_TOKEN, PERSONAL_TOKEN, basic, "Bearer ") if one in text]


def test_an_error_of_the_package_does_not_hang_on_ours() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        jira.site()
        sandbox.fault(Fault("search", 400))
        with pytest.raises(Rejected) as caught:
            jira.labelled("a")
        error: BaseException | None = caught.value
        while error is not None:
            assert type(error).__module__.partition(".")[0] not in {"jira", "requests"}
            error = error.__cause__ or error.__context__


def test_a_name_that_nobody_has_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    jira = Jira("https://jira.invalid", personal_token="x", policy=ONCE)
    with pytest.raises(Unreachable, match=r"jira\.invalid could not be found by its name"):
        jira.site()


def silent(connection: socket.socket) -> None:
    """Take the request and say nothing: the socket stays open as long as it is kept."""
    KEPT.append(connection)


KEPT: list[socket.socket] = []
PARTIAL = b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"


def _say(words: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(words)
        connection.close()

    return answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda connection: connection.close(), "closed the connection"),
        (_say(b""), "closed the connection"),
        (_say(b"nonsense\r\n\r\n"), "closed the connection"),
        (_say(PARTIAL), "closed the connection"),
        (silent, "did not answer within 0.2 s"),
    ],
    ids=["hung up", "hung up later", "nonsense", "half an answer", "silence"],
)
def test_a_request_that_was_sent_may_have_happened(
    answer: Callable[[socket.socket], None], said: str
) -> None:
    with server(answer) as url:
        told = _connection(url).exchange("create tickets", "POST", "issue", {})
    assert isinstance(told, Unreachable)
    assert re.search(said, str(told))
    while KEPT:
        KEPT.pop().close()


def _connection(url: str) -> JiraConnection:
    access = JiraAccess(url, personal_token="x", timeouts=(5.0, 0.2))
    return JiraConnection(access, RetryPolicy(sleep=lambda _: None), Circuit(), NoPace())


def test_a_refused_connection_surely_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unreachable, match="refused the connection"):
        _connection(url).exchange("create tickets", "POST", "issue", {})


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        ({"Retry-After": "3"}, [3.0]),
        ({"Retry-After": "0"}, [0.5]),
        ({"Retry-After": "0.5"}, [0.5]),
        ({"Retry-After": "1.5"}, [1.5]),
        ({"Retry-After": "-1"}, [0.5]),
        ({"Retry-After": "soon"}, [0.5]),
        ({}, [0.5]),
        ({"Retry-After": "60"}, [60.0]),
        ({"Retry-After": "2", "RateLimit-Reason": "jira-burst-based"}, [2.0]),
        ({"Retry-After": "2", "RateLimit-Reason": "jira-per-issue-on-write"}, [2.0]),
    ],
)
@pytest.mark.parametrize("method", ["read", "create", "update"])
def test_too_many_requests_are_waited_out(
    method: str, header: dict[str, str], waits: list[float]
) -> None:
    with JiraSandbox() as sandbox:
        waited: list[float] = []
        jira = tracker(sandbox, waited)
        own = created(jira.create([new_ticket()])[0]).id
        sandbox.fault(Fault("", 429, headers=header))
        match method:
            case "read":
                assert jira.read([own]).keys() == {own}
            case "create":
                assert isinstance(jira.create([new_ticket()])[0], Created)
            case "update":
                assert jira.update(own, TicketChanges(summary="anew")) == {}
        assert waited == waits


def test_a_date_to_come_back_at_is_understood() -> None:
    with JiraSandbox() as sandbox:
        waited: list[float] = []
        when = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        sandbox.fault(Fault("myself", 429, headers={"Retry-After": when}))
        tracker(sandbox, waited).site()
        assert 30 < waited[0] <= 40


@pytest.mark.parametrize(
    ("headers", "again_in"),
    [
        ({"Retry-After": "61"}, 61.0),
        ({"Retry-After": "3600", "RateLimit-Reason": "jira-burst-based"}, 3600.0),
        ({"Retry-After": "7", "RateLimit-Reason": "jira-quota-global-based"}, 7.0),
        ({"Retry-After": "7", "RateLimit-Reason": "jira-quota-tenant-based"}, 7.0),
        ({"RateLimit-Reason": "jira-cost-based"}, None),
        ({"RateLimit-Reason": "jira-cost-based", "X-RateLimit-Reset": "nonsense"}, None),
    ],
)
def test_a_quota_or_too_long_a_wait_ends_the_call(
    headers: dict[str, str], again_in: float | None
) -> None:
    with JiraSandbox() as sandbox:
        waited: list[float] = []
        sandbox.fault(Fault("myself", 429, headers=headers))
        with pytest.raises(OutOfQuota) as caught:
            tracker(sandbox, waited).site()
        assert caught.value.again_in == again_in
        assert waited == []
        assert "again" in caught.value.remedy


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"])
def test_a_quota_tells_by_its_reset_when_to_come_back(form: str) -> None:
    with JiraSandbox() as sandbox:
        reset = (datetime.now(UTC) + timedelta(minutes=30)).strftime(form)
        headers = {"RateLimit-Reason": "jira-cost-based", "X-RateLimit-Reset": reset}
        sandbox.fault(Fault("myself", 429, headers=headers))
        with pytest.raises(OutOfQuota) as caught:
            tracker(sandbox).site()
        assert caught.value.again_in is not None
        assert 28 * 60 < caught.value.again_in <= 30 * 60


def test_a_site_that_is_down_is_not_asked_for_an_hour() -> None:
    with JiraSandbox() as sandbox:
        waited: list[float] = []
        jira = tracker(sandbox, waited)
        jira.site()
        sandbox.forget()
        sandbox.fault(Fault("", 503, times=None))
        for _ in range(20):
            with pytest.raises(Unreachable):
                jira.labelled("a")
        assert len(sandbox.served) == 12
        assert len(waited) == 9


def test_an_open_circuit_surely_sends_nothing() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        jira.site()
        sandbox.fault(Fault("", 503, times=None))
        for _ in range(3):
            with pytest.raises(Unreachable):
                jira.labelled("a")
        sandbox.forget()
        with pytest.raises(Unreachable):
            jira.create([new_ticket()])
        assert not sandbox.served


def test_a_move_is_not_repeated_and_what_may_have_happened_is_told() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        own = created(jira.create([new_ticket()])[0]).id
        move = next(one for one in jira.transitions(own) if one.name == "Done")
        sandbox.fault(Fault("POST .*transitions", moment=Moment.AFTER))
        sandbox.forget()
        with pytest.raises(Unreachable):
            jira.transition(own, move, {})
        assert len(sandbox.served) == 1
        assert jira.read([own])[own].status == "Done"


def test_an_edit_and_a_link_are_repeated_since_twice_is_the_same_as_once() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        own = created(jira.create([new_ticket()])[0]).id
        for at in ("PUT", "remotelink"):
            sandbox.fault(Fault(at, moment=Moment.AFTER))
        assert jira.update(own, TicketChanges(summary="anew", add_labels=("x",))) == {}
        jira.link(own, RemoteLink("g", "https://example.com", "t"))
        record = sandbox.ticket(own)
        assert (record.now.summary, record.now.labels.count("x")) == ("anew", 1)
        assert len(record.links) == 1


def test_no_proxy_stands_between_a_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with JiraSandbox() as sandbox:
        assert tracker(sandbox).site().kind is SiteKind.CLOUD


def test_closing_lets_go_of_every_threads_connections() -> None:
    with JiraSandbox() as sandbox:
        jira = tracker(sandbox)
        jira.site()
        jira.close()
        jira.close()


def test_a_ticket_that_is_nobodys_is_not_found() -> None:
    with JiraSandbox() as sandbox, pytest.raises(NotFound):
        tracker(sandbox).transitions(TicketId("999"))
