"""PagerDuty on loopback: an account with incidents behind the real API's paths, and webhooks.

Stateful and strict: keys, paging, periods, parameters and includes are checked as the API checks
them, or harder. What goes wrong on request is a :class:`Fault`; what was served is remembered, so
that calls can be counted and held to the official OpenAPI document.
"""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.loopback import LoopbackServer, Sandbox
from connectors.pagerduty.sandbox import webhooks
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.faults import Fault
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.json_shapes import Wire
from connectors.pagerduty.sandbox.routes import Api

API_KEY = "sandbox-pagerduty-key"
SECRET = "sandbox-signing-secret"  # noqa: S105 - guards nothing but the sandbox
REMEMBERED = 2_000
"""How many requests are kept, so that a sandbox that serves for days does not grow."""
_RATE = {"ratelimit-limit": "960", "ratelimit-remaining": "950", "ratelimit-reset": "30"}


@dataclass
class Served:
    """One request and its answer. ``status`` is None where the connection was cut."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    answer: bytes = b""


@dataclass
class PagerDutySandbox(Sandbox):
    """The server and its account; usable as a context manager.

    ``since_means`` chooses which timestamp ``GET /incidents`` holds ``since`` and ``until``
    against: PagerDuty does not say. With ``sorts_by`` (like "created_at:desc") incidents come in
    that order, whatever ``sort_by`` asks for. The last ``REMEMBERED`` requests are in ``served``.
    """

    account: SandboxAccount = field(default_factory=SandboxAccount)
    api_keys: Sequence[str] = (API_KEY,)
    since_means: Literal["created_at", "resolved_at"] = "created_at"
    sorts_by: str = ""
    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    served: deque[Served] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def __post_init__(self) -> None:
        api = Api(self.account, self.api_keys, self.since_means, self.sorts_by)
        self._app = _Recorded(Starlette(routes=api.routes()), self)
        self._server = LoopbackServer(self._app, port=self.port)

    @property
    def api_key(self) -> str:
        """A key that is good, for ``PAGERDUTY_API_KEY``."""
        return self.api_keys[0]

    def fault(self, fault: Fault) -> None:
        """Let something go wrong from now on; of several that fit, the first one does."""
        with self.account.lock:
            self.faults.append(fault)

    def withhold(self, part: str, status: int) -> None:
        """Refuse a part of every incident for good: 402, 403 or 404 on ``…/{part}``."""
        self.fault(Fault(rf"/incidents/\w+/{part}", status, times=None))

    def calls(self) -> list[str]:
        """Give what was asked since the start or the last :meth:`forget`, like "GET /incidents"."""
        with self.account.lock:
            return [f"{one.method} {one.path}" for one in self.served]

    def forget(self) -> None:
        """Begin to count anew."""
        with self.account.lock:
            self.served.clear()

    def webhook(
        self,
        type_: str,
        incident: SandboxIncident,
        *,
        at: datetime | None = None,
        by: Wire | None = None,
        secret: str = SECRET,
    ) -> webhooks.Delivery:
        """Make the signed delivery of an event about an incident; :meth:`Delivery.send` sends it.

        Its time is that of the incident's last change, unless ``at`` says else.
        """
        when = at or incident.changed_at or incident.created_at
        return webhooks.delivery(webhooks.event(type_, incident, when, by), secret)


class _Recorded:
    """An application whose requests are remembered, and go wrong where a fault strikes."""

    def __init__(self, app: ASGIApp, sandbox: PagerDutySandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        served = Served(
            request.method,
            request.url.path,
            list(request.query_params.multi_items()),
            dict(request.headers),
            await request.body(),
        )
        with self._sandbox.account.lock:
            self._sandbox.served.append(served)
            fault = next(
                (one for one in self._sandbox.faults if one.strikes(served.path)), Fault("")
            )
        await asyncio.sleep(fault.delay)
        if fault.drop:
            await _cut_off(send)
            return
        status, headers, answer = fault.status, dict(fault.headers), fault.answer()
        if fault.status is None:
            status, answer = await self._right_answer(scope, served)
            if fault.change:
                answer = json.dumps(fault.change(json.loads(answer))).encode()
            elif fault.body is not None:
                answer = fault.body
            headers = {**_RATE, **headers}
        served.status, served.answer = status, answer
        await _reply(send, status or 200, headers, answer)

    async def _right_answer(self, scope: Scope, served: Served) -> tuple[int, bytes]:
        """Let the application answer, and keep what it says."""
        status, parts = 500, []

        async def receive() -> Message:
            return {"type": "http.request", "body": served.body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        return status, b"".join(parts)


async def _reply(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    headers = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _cut_off(send: Send) -> None:
    """Promise more than is sent: the server then closes the connection in mid-answer."""
    raw = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": b'{"incident": {'})
