"""The door under siege: a process with 128 files, and everybody wants one of them."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.service.happenings import resolved_incident
from tests.service.installation import Installation, installation
from tests.service.processes import until
from tests.service.raw_http import WAIT, ask, many

FILES = 128
BESIEGERS = 200
MIB = 1024 * 1024
SIEGES = {
    "that say nothing": b"",
    "that send half a line": b"GET /hea",
    "that send a head without its end": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "that send a head and no body": (
        b"POST /webhooks/pagerduty HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    ),
    "that send a body without its end": (
        b"POST /webhooks/jira HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"400\r\n" + b"x" * 512
    ),
    "that ask again and again and never read": (
        b"GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    ),
    "that are done and stay": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@contextmanager
def few_files() -> Iterator[None]:
    """Let the processes that start meanwhile have few files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("door"), "sqlite") as made:
        with few_files():
            made.serve()
        yield made


@pytest.fixture(scope="module")
def url(here: Installation) -> str:
    assert here.door is not None
    return here.door.url


def memory(here: Installation) -> int:
    """Give the most memory that the process ever had, in MiB."""
    assert here.door is not None
    status = Path(f"/proc/{here.door.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


@pytest.mark.parametrize(
    "begun", [pytest.param(begun, id=f"200 connections {name}") for name, begun in SIEGES.items()]
)
def test_health_is_told_and_a_webhook_stored(here: Installation, url: str, begun: bytes) -> None:
    event = here.event("resolved", resolved_incident(here.pagerduty.account))
    with many(url, BESIEGERS, begun):
        for _ in range(3):
            assert requests.get(f"{url}/healthz", timeout=WAIT).text == "ok\n"
        here.deliver(event)


def test_who_sends_nothing_is_let_go_in_time(url: str) -> None:
    with many(url, 3, b"GET / HTTP/1.1\r\n") as waiting:
        assert [one.recv(1) for one in waiting] == [b""] * 3


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"X-Long: " + b"x" * MIB, id="a header of a mebibyte"),
        pytest.param(b"X: y\r\n" * 200_000, id="two hundred thousand headers"),
    ],
)
def test_a_head_that_is_too_large_is_refused(url: str, head: bytes) -> None:
    with many(url, 1, b"") as (one,):
        try:
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n\r\n")
            assert one.recv(64).startswith(b"HTTP/1.1 400")
        except ConnectionError:
            pass  # it is closed before all of it is sent
    assert requests.get(f"{url}/healthz", timeout=WAIT).ok


def test_a_hundred_bodies_of_a_mebibyte_at_once_need_little_memory(
    here: Installation, url: str
) -> None:
    before, statuses = memory(here), []

    def send() -> None:
        try:
            answer = ask(url, "POST", "/webhooks/jira", [("Host", "localhost")], b"x" * MIB)
            statuses.append(answer.status)
        except (TimeoutError, ConnectionError, OSError):
            statuses.append(0)

    senders = [threading.Thread(target=send) for _ in range(100)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert set(statuses) <= {401, 503, 0}
    assert 401 in statuses
    assert memory(here) - before < 100


def test_afterwards_all_events_have_become_documents(here: Installation) -> None:
    count = len(here.pagerduty.account.incidents)
    until(lambda: len(here.documents.files()) >= count, "every event's document")
