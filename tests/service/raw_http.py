"""Requests as no client library would send them: odd heads, half of them, from another address."""

import http.client
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

WAIT = 60.0
Header = tuple[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    text: str


def ask(
    url: str,
    method: str,
    path: str,
    headers: Sequence[Header] = (),
    body: bytes = b"",
    source: str = "127.0.0.1",
) -> Answer:
    """Send a request with exactly these headers, from an address of this machine."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(
        str(place.hostname), place.port, timeout=WAIT, source_address=(source, 0)
    )
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read().decode())
    finally:
        connection.close()


@contextmanager
def many(url: str, count: int, begun: bytes) -> Iterator[list[socket.socket]]:
    """Open so many connections, each of which has sent this and goes on neither way."""
    place = urlsplit(url)
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            one = stack.enter_context(
                socket.create_connection((str(place.hostname), place.port), timeout=WAIT)
            )
            opened.append(one)
            if begun:
                try:
                    one.sendall(begun)
                except OSError:
                    continue  # it was let go, which is the server's right
        yield opened
