"""Slack on loopback: one workspace behind the real API's methods, with faults on request."""

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox import TOO_MANY_REQUESTS, Delivery, Recorder, Sandbox
from connectors.slack.connection import WorkspaceAccess
from connectors.slack.sandbox.method_call import MethodCall
from connectors.slack.sandbox.methods import METHODS
from connectors.slack.sandbox.workspace import TEAM, ChatRoom, SaidMessage, SlackRefused, Workspace
from connectors.slack.webhook import SIGNATURE_HEADER, TIME_HEADER

BOT_TOKEN = "xoxb-sandbox-bot-token"  # noqa: S105 - opens nothing but the sandbox
SIGNING_SECRET = "sandbox-slack-signing-secret"  # noqa: S105 - as above
SCOPES = (
    "channels:read",
    "channels:history",
    "groups:read",
    "groups:history",
    "pins:read",
    "users:read",
    "usergroups:read",
    "chat:write",
)
"""What the app that the manifest describes may do."""
MINUTE = 60.0


@dataclass
class SlackSandbox(Sandbox):
    """The server and its workspace.

    ``scopes`` is what the token may do. Of ``page`` things at most a list gives at once, whatever
    is asked for: pages may be short. ``limits`` is how many calls a minute it takes of a method, by
    its clock; each is counted by itself.
    """

    port: int = 0
    clock: Callable[[], datetime] | None = None
    page: int | None = None
    workspace: Workspace = field(init=False)
    tokens: set[str] = field(default_factory=lambda: {BOT_TOKEN})
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    limits: Mapping[str, int] = field(default_factory=dict)
    _called: dict[str, list[float]] = field(default_factory=dict, init=False)
    _told_of: int = field(default=0, init=False)

    url_of_people: ClassVar[str] = "https://sandbox.slack.com/"

    def __post_init__(self) -> None:
        self.workspace = Workspace()
        if self.clock is not None:
            self.workspace.clock = self.clock
        route = Route("/api/{method}", self._answer, methods=["GET", "POST"])
        self.listen(Recorder(Starlette(routes=[route]), _words), self.port)

    @property
    def address(self) -> str:
        """What to set as the API's address."""
        return f"{self.url}/api/"

    @property
    def access(self) -> WorkspaceAccess:
        """What the client needs to get in."""
        return WorkspaceAccess(self.address, BOT_TOKEN)

    @property
    def methods(self) -> list[str]:
        """Give the methods that were called since the last :meth:`forget`, in order."""
        return [one.rpartition("/")[2] for one in self.calls()]

    def posts(self, room: ChatRoom) -> list[SaidMessage]:
        """Give what the app itself said in a channel, oldest first."""
        with self.workspace.lock:
            own = [one for one in room.messages.values() if one.further.get("bot_id")]
            return sorted((one for one in own if one.metadata), key=lambda one: one.ts)

    def event(self, told: Mapping[str, object], at: datetime | None = None) -> Delivery:
        """Make the delivery of an event, signed as Slack does at a time."""
        now = at or self.workspace.clock()
        self._told_of += 1
        envelope = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{self._told_of:010d}",
            "event_time": int(now.timestamp()),
            "event": told,
        }
        return self.signed(envelope, now)

    def signed(self, body: Mapping[str, object], at: datetime | None = None) -> Delivery:
        """Make a delivery of whatever body, signed as Slack does at a time."""
        stamp = str(int((at or self.workspace.clock()).timestamp()))
        raw = json.dumps(body).encode()
        made = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256)
        signature = {SIGNATURE_HEADER: f"v0={made.hexdigest()}", TIME_HEADER: stamp}
        return Delivery(raw, {"Content-Type": "application/json", **signature})

    async def _answer(self, request: Request) -> Response:
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        if wait := self._wait(request.path_params["method"]):
            headers["Retry-After"] = str(wait)
            return JSONResponse(_words(TOO_MANY_REQUESTS), TOO_MANY_REQUESTS, headers)
        try:
            told = self._told(request, await _parameters(request))
        except SlackRefused as refused:
            told = {"ok": False, "error": refused.name, **refused.further}
            return JSONResponse(told, headers=headers)
        return JSONResponse({"ok": True, **told}, headers=headers)

    def _wait(self, method: str) -> int:
        """Give for how many seconds a method is to be left alone; a call that may be is counted."""
        most = self.limits.get(method)
        if most is None:
            return 0
        now = self.workspace.clock().timestamp()
        lately = [at for at in self._called.get(method, ()) if now - at < MINUTE]
        if len(lately) >= most:
            return math.ceil(MINUTE - (now - lately[0]))
        self._called[method] = [*lately, now]
        return 0

    def _told(self, request: Request, given: Mapping[str, Any]) -> Mapping[str, object]:
        method = METHODS.get(request.path_params["method"])
        if method is None:
            raise SlackRefused("unknown_method")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise SlackRefused("invalid_auth" if token else "not_authed")
        call = MethodCall(self.workspace, given, self.scopes, self.url_of_people, self.page)
        call.may(*method.scopes)
        with self.workspace.lock:
            return method.answer(call)


async def _parameters(request: Request) -> Mapping[str, Any]:
    """Read a query, a form or JSON, all of which Slack takes; a token has no place in the first."""
    if "token" in request.query_params:
        raise SlackRefused("invalid_auth")
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if kind.startswith("application/json"):
        try:
            told = json.loads(body or b"{}")
        except ValueError:
            raise SlackRefused("invalid_json") from None
        if not isinstance(told, dict):
            raise SlackRefused("json_not_object")
        return {**given, **told}
    if kind.startswith("application/x-www-form-urlencoded"):
        return {**given, **dict(parse_qsl(body.decode(), keep_blank_values=True))}
    if body:
        raise SlackRefused("invalid_post_type")
    return given


def _words(status: int) -> object:
    """Give what Slack says with a status."""
    return {"ok": False, "error": "ratelimited" if status == TOO_MANY_REQUESTS else "fatal_error"}
