"""Answers that swell, drip, nest or never end: each ends in a sentence that names the service."""

import gzip
import itertools
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import pytest

from connectors.answers import limits
from connectors.errors import ConnectorError, PayloadError, Unreachable
from connectors.jira.connection import JiraAccess, JiraConnection
from connectors.pacing.rate_limit import NoPace
from connectors.pagerduty.transport import PagerDutyTransport
from connectors.retry import Circuit, RetryPolicy

MIB = 1024 * 1024
DRIP_SECONDS = 1.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ONCE = RetryPolicy(attempts=1, sleep=lambda _: None)
Pieces = Iterable[bytes]


def body(content: bytes, *headers: bytes) -> Pieces:
    """Give an answer with such a body."""
    told = b"".join(header + b"\r\n" for header in headers)
    yield HEAD + told + b"Content-Length: %d\r\n\r\n" % len(content)
    yield from (content[at : at + MIB] for at in range(0, len(content), MIB))


def endless() -> Pieces:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    yield from itertools.repeat(b"100000\r\n" + b" " * MIB + b"\r\n")


def dripping(begin: bytes, drop: bytes) -> Pieces:
    """Give a beginning, and then a drop at a time: each far sooner than a client waits."""
    yield begin
    yield from itertools.repeat(drop)


def packed(content: bytes, bits: int) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, bits)
    return stream.compress(content) + stream.flush()


BOMB = b" " * (33 * MIB)
GZIP = b"Content-Encoding: gzip"
LARGE = "more than 32 MiB"
ANSWERS: dict[str, tuple[Callable[[], Pieces], str]] = {
    "33 MiB": (lambda: body(BOMB), LARGE),
    "a body without an end": (endless, LARGE),
    "33 MiB in 33 KB of gzip": (lambda: body(gzip.compress(BOMB), GZIP), LARGE),
    "33 MiB in many pieces of gzip": (lambda: body(gzip.compress(b" " * MIB) * 33, GZIP), LARGE),
    "33 MiB in a deflate with its head": (
        lambda: body(zlib.compress(BOMB), b"Content-Encoding: deflate"),
        LARGE,
    ),
    "33 MiB in a deflate without": (
        lambda: body(packed(BOMB, -zlib.MAX_WBITS), b"Content-Encoding: deflate"),
        LARGE,
    ),
    "gzip that is none": (lambda: body(b"{}", GZIP), "cannot be decompressed"),
    "a compression that nobody asked for": (
        lambda: body(b"{}", b"Content-Encoding: br"),
        "nobody asked for ('br')",
    ),
    "gzip in gzip": (
        lambda: body(gzip.compress(gzip.compress(b"{}")), b"Content-Encoding: gzip, gzip"),
        "nobody asked for",
    ),
    "lists, 201 deep": (lambda: body(b"[" * 201 + b"]" * 201), "deeper than 200"),
    "lists, 300,000 deep": (lambda: body(b"[" * 300_000 + b"]" * 300_000), "deeper than 200"),
    "objects, 100,000 deep": (lambda: body(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "deeper"),
    "a number of 101 digits": (lambda: body(b'{"a":' + b"1" * 101 + b"}"), "more than 100 digits"),
    "a number of a million digits": (lambda: body(b'{"a":' + b"1" * 10**6 + b"}"), "100 digits"),
    "a fraction of 5,000 digits": (lambda: body(b'{"a":0.' + b"1" * 5000 + b"}"), "100 digits"),
    "a number beyond numbers": (lambda: body(b'{"a":1e999}'), "larger than numbers can be"),
    "a drop at a time": (
        lambda: dripping(HEAD + b"Content-Length: 99999\r\n\r\n", b" "),
        "took more than",
    ),
    "a chunk at a time": (
        lambda: dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "took more than",
    ),
    "a head that drips": (lambda: dripping(HEAD + b"X-Slow: ", b"x"), "took more than"),
    "headers without an end, slowly": (lambda: dripping(HEAD, b"X: y\r\n"), "took more than"),
}


@contextmanager
def answering(pieces: Callable[[], Pieces]) -> Iterator[str]:
    """Run a server that gives every request this answer; a short piece takes it a moment."""
    pause = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            for piece in pieces():
                connection.sendall(piece)
                if len(piece) < 16 and pause.wait(0.05):
                    return

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        pause.set()
        listener.shutdown(socket.SHUT_RDWR)


def pagerduty(url: str) -> object:
    asking = PagerDutyTransport("a-key-of-pagerduty", url, 30.0, ONCE, NoPace())
    try:
        return asking.get("/incidents/PFREIGHT").value
    finally:
        asking.close()


def jira(url: str) -> object:
    asking = way_to_jira(url)
    try:
        return asking.ask("read the ticket", "GET", "issue/OPS-1")
    finally:
        asking.close()


def way_to_jira(url: str) -> JiraConnection:
    return JiraConnection(JiraAccess(url, personal_token="a-token"), ONCE, Circuit(), NoPace())


SERVICES = {"PagerDuty": pagerduty, "Jira": jira}


@pytest.fixture(autouse=True)
def _soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", DRIP_SECONDS)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("tried", ANSWERS)
def test_a_sentence_names_the_service(service: str, tried: str) -> None:
    if "took" not in ANSWERS[tried][1]:
        limits.MOST_SECONDS = 60.0
    pieces, told = ANSWERS[tried]
    with answering(pieces) as url, pytest.raises(ConnectorError) as caught:
        SERVICES[service](url)
    assert type(caught.value) is (Unreachable if "took" in told else PayloadError)
    assert caught.value.what.startswith(service)
    assert told in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(b'{"a": "' + b"x" * (31 * MIB) + b'"}', (), id="31 MiB"),
        pytest.param(b'{"a":' + b"[" * 199 + b"]" * 199 + b"}", (), id="200 deep"),
        pytest.param(b'{"a":' + b"1" * 100 + b"}", (), id="a number of 100 digits"),
        pytest.param(gzip.compress(b'{"a": 1}'), (GZIP,), id="gzip"),
        pytest.param(
            zlib.compress(b'{"a": 1}'), (b"Content-Encoding: deflate",), id="deflate with a head"
        ),
    ],
)
def test_what_is_within_the_limits_is_read(
    service: str, content: bytes, headers: tuple[bytes, ...]
) -> None:
    limits.MOST_SECONDS = 60.0
    with answering(lambda: body(content, *headers)) as url:
        read = SERVICES[service](url)
    plain = zlib.decompress(content, 47) if headers else content
    assert read == json.loads(plain)


@pytest.mark.parametrize(
    "tried", ["33 MiB in 33 KB of gzip", "lists, 201 deep", "a drop at a time"]
)
def test_a_create_that_was_answered_so_may_have_been_done(tried: str) -> None:
    if "took" not in ANSWERS[tried][1]:
        limits.MOST_SECONDS = 60.0
    with answering(ANSWERS[tried][0]) as url:
        asking = way_to_jira(url)
        given = asking.exchange("create the ticket", "POST", "issue", {})
        asking.close()
    assert isinstance(given, ConnectorError)
