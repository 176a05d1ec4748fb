"""What stands before the sandbox Jira: every request is counted and kept, and may go wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.jira.sandbox.faults import Fault, Moment


@dataclass
class Served:
    """One request and its answer; ``number`` counts from 1.

    ``status`` is None where no answer was given; then the request may have taken effect or not.
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


Watcher = Callable[[Served, Moment], None]
"""Told of each request before it takes effect and again after, before the answer."""


class Gate:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp) -> None:
        """Let everything through at first."""
        self._app = app
        self._count = 0
        self.served: list[Served] = []
        self.faults: list[Fault] = []
        self.watcher: Watcher | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
        self.served.append(served)
        fault = self._at(served, Moment.BEFORE)
        if fault is None:
            await self._effect(scope, served)
            fault = self._at(served, Moment.AFTER)
        if fault is not None:
            served.status, served.answer = fault.status, fault.answer()
            served.answer_headers = {"content-type": "application/json", **fault.headers}
        if served.status is None:
            _hang_up(receive)
        else:
            await _reply(send, served, cut=fault is not None and fault.cut_short)

    def _at(self, served: Served, moment: Moment) -> Fault | None:
        """Tell the watcher of a moment, and give the first fault that strikes then."""
        if self.watcher is not None:
            self.watcher(served, moment)
        return next((each for each in self.faults if each.strikes(str(served), moment)), None)

    async def _effect(self, scope: Scope, served: Served) -> None:
        """Let the application answer, and keep what it says."""

        async def receive() -> Message:
            return {"type": "http.request", "body": served.body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                served.status = message["status"]
                served.answer_headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                served.answer += message.get("body", b"")

        await self._app(scope, receive, send)


async def _reply(send: Send, served: Served, *, cut: bool) -> None:
    headers = {**served.answer_headers, "content-length": str(len(served.answer))}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": served.status, "headers": raw})
    # Less than was promised makes the server close the connection in mid-answer.
    body = served.answer[: len(served.answer) // 2] if cut else served.answer
    await send({"type": "http.response.body", "body": body})


def _hang_up(receive: Receive) -> None:
    """Close the connection without a word. ASGI has no way to, so uvicorn's own is used."""
    cycle = receive.__self__  # type: ignore[attr-defined]  # uvicorn's request, by its method
    cycle.transport.abort()
