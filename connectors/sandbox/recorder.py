"""What the stand-ins of services share: requests are kept and go wrong on request; webhooks."""

import asyncio
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import requests
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.sandbox.loopback_server import LoopbackServer, Running

TOO_MANY_REQUESTS = 429


class Moment(Enum):
    """When something happens: before the request takes effect, or after, before the answer."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class Served:
    """One request and its answer; ``number`` counts from 1.

    ``status`` is None where no whole answer was given; the request may have taken effect or not.
    """

    number: int
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    answer: bytes = b""
    answer_headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Fault:
    """One thing that goes wrong, for requests whose "METHOD path" the pattern ``at`` is found in.

    ``skip`` requests are served well first, then ``times`` of them (None: all) are answered with
    ``status``, ``headers`` and ``body`` (bytes, or what becomes JSON). Without a ``status`` the
    right answer comes with another ``body``, with its JSON changed by ``change``, or ``delay``
    seconds late; where none of these is given, the connection is closed. With ``Moment.AFTER`` the
    request has taken effect all the same; with ``cut_short`` the answer breaks off in the middle.
    """

    at: str = ".*"
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    moment: Moment = Moment.BEFORE
    times: int | None = 1
    skip: int = 0
    cut_short: bool = False
    delay: float = 0.0
    change: Callable[[Any], Any] | None = None

    def strikes(self, request: str, moment: Moment) -> bool:
        """Tell whether this request goes wrong at this moment, and count it."""
        if moment is not self.moment or self.times == 0 or not re.search(self.at, request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    @property
    def spoils_the_right_answer(self) -> bool:
        """Tell whether the service answers first, and that answer goes wrong."""
        spoils = self.cut_short or self.delay or self.change or self.body is not None
        return self.status is None and bool(spoils)

    def spoil(self, served: Served, words: Callable[[int], object]) -> None:
        """Change an answer; ``words`` is the body that the service gives with a status."""
        if self.status is not None:
            served.status = self.status
            served.answer = _content(words(self.status) if self.body is None else self.body)
            served.answer_headers = {"content-type": "application/json", **self.headers}
        elif self.spoils_the_right_answer:
            if self.change is not None:
                served.answer = _content(self.change(json.loads(served.answer)))
            elif self.body is not None:
                served.answer = _content(self.body)
            served.answer_headers |= self.headers
        else:
            served.status, served.answer, served.answer_headers = None, b"", {}


def _content(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


Watcher = Callable[[Served, Moment], None]
"""Told of each request before it takes effect and again after, before the answer."""


class Recorder:
    """An ASGI application around another one: every request is kept, and may go wrong.

    ``words`` gives the body that the service answers a status with, ``headers`` are in each of its
    answers, right or wrong, but for a 429, which says for itself when to come back. At most
    ``keep`` requests are kept, the last ones. Each answer comes ``latency`` seconds late; of more
    than ``most_at_once`` requests under way (None: any number) those too many get a 429.
    ``busiest`` tells how many there were at once at most.
    """

    def __init__(
        self,
        app: ASGIApp,
        words: Callable[[int], object],
        headers: Mapping[str, str] | None = None,
        keep: int | None = None,
    ) -> None:
        """Let everything through at first."""
        self._app = app
        self._words = words
        self._headers = dict(headers or {})
        self._count = 0
        self.lock = threading.Lock()
        self.served: deque[Served] = deque(maxlen=keep)
        self.faults: list[Fault] = []
        self.watcher: Watcher | None = None
        self.latency = 0.0
        self.most_at_once: int | None = None
        self.busiest = self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as late as the service is far away."""
        self._under_way += 1
        self.busiest = max(self.busiest, self._under_way)
        try:
            await asyncio.sleep(self.latency)
            await self._answer(scope, receive, send)
        finally:
            self._under_way -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep the request, let it have its effect unless a fault strikes, answer or do not."""
        request = Request(scope, receive)
        self._count += 1
        served = Served(
            self._count,
            request.method,
            request.url.path,
            request.query_params.multi_items(),
            dict(request.headers),
            await request.body(),
        )
        with self.lock:
            self.served.append(served)
        fault = self._at(served, Moment.BEFORE)
        if fault is not None:
            await asyncio.sleep(fault.delay)
        if fault is None or fault.spoils_the_right_answer:
            await self._effect(scope, served)
            fault = fault or self._at(served, Moment.AFTER)
        if fault is not None:
            fault.spoil(served, self._words)
            if served.status != TOO_MANY_REQUESTS:
                served.answer_headers = {**self._headers, **served.answer_headers}
        status, answer = served.status, served.answer
        if fault is not None and fault.cut_short:
            served.status, answer = None, answer[: len(answer) // 2]
        if status is None:
            _hang_up(receive)
        else:
            await _reply(send, served, status, answer)

    def _at(self, served: Served, moment: Moment) -> Fault | None:
        """Tell the watcher of a moment, and give the first fault that strikes then."""
        if self.watcher is not None:
            self.watcher(served, moment)
        if moment is Moment.BEFORE and self._under_way > (self.most_at_once or self._under_way):
            return Fault(status=TOO_MANY_REQUESTS)
        with self.lock:
            return next((each for each in self.faults if each.strikes(str(served), moment)), None)

    async def _effect(self, scope: Scope, served: Served) -> None:
        """Let the application answer, and keep what it says."""

        async def receive() -> Message:
            return {"type": "http.request", "body": served.body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                served.status = message["status"]
                told = {k.decode(): v.decode() for k, v in message["headers"]}
                served.answer_headers = {**told, **self._headers}
            else:
                served.answer += message.get("body", b"")

        await self._app(scope, receive, send)


async def _reply(send: Send, served: Served, status: int, body: bytes) -> None:
    """Send the body; less than was promised makes the server close the connection in mid-answer."""
    headers = {**served.answer_headers, "content-length": str(len(served.answer))}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _hang_up(receive: Receive) -> None:
    """Close the connection without a word. ASGI has no way to, so uvicorn's own is used."""
    cycle = receive.__self__  # type: ignore[attr-defined]  # uvicorn's request, by its method
    cycle.transport.abort()


class Sandbox(Running):
    """A service of the sandbox, behind a server of its own; usable as a context manager."""

    recorder: Recorder
    _server: LoopbackServer

    def listen(self, recorder: Recorder, port: int, certificate: Path | None = None) -> None:
        """Take the port (0: any free one); answers come after :meth:`start`.

        With a ``certificate`` (PEM, its key too) the service is reached by TLS alone.
        """
        self.recorder = recorder
        self._server = LoopbackServer(recorder, port=port, certificate=certificate)

    @property
    def url(self) -> str:
        """Where the service is reached, without a slash at its end."""
        return self._server.url

    @property
    def served(self) -> deque[Served]:
        """The requests since the start or the last :meth:`forget`."""
        return self.recorder.served

    @property
    def faults(self) -> list[Fault]:
        """What goes wrong; of several that fit, the first one does."""
        return self.recorder.faults

    def start(self) -> None:
        """Start answering."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering, and free the port."""
        self._server.stop()

    def fault(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self.recorder.lock:
            self.faults.append(fault)

    def calls(self) -> list[str]:
        """Give what was asked, like "GET /incidents"."""
        with self.recorder.lock:
            return [str(one) for one in self.served]

    def forget(self) -> None:
        """Begin to count anew."""
        with self.recorder.lock:
            self.served.clear()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver a webhook's event; the same again is a second attempt.

    ``timeout`` is how many seconds the service waits for an answer.
    """

    body: bytes
    headers: Mapping[str, str]
    timeout: float = 10.0

    def send(self, url: str) -> int:
        """Post it; gives the status that came back. Raises ``requests.RequestException``."""
        answer = requests.post(
            url, data=self.body, headers=dict(self.headers), timeout=self.timeout
        )
        return answer.status_code
