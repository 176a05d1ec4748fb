"""How much of the process requests may have: their number, their bodies, and the time to send one.

Requests are counted, not connections: one that is idle costs a file and no more, see
``worker.web.limits.idle_connections``. Health is answered whatever the count is.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

BODY_LIMIT = 1024 * 1024
"""Bytes that a request may have. PagerDuty drops events above 256 KB by itself."""
BODY_SECONDS = 10.0
"""Seconds within which a body must have come."""
BODIES_LIMIT = 64 * BODY_LIMIT
"""Bytes that the bodies of all requests under way may have together."""
MOST_REQUESTS = 500
"""Requests at a time; more are told to come back (503)."""
ALWAYS_ANSWERED = frozenset({"/healthz"})
WEBHOOKS = "/webhooks/"
"""Paths for which a quarter of the requests is kept: an event that is refused may be lost."""


class BodyTooLarge(Exception):
    """The body is larger than it may be."""


class BodiesTooMany(Exception):
    """The bodies that are being received are all that fit into memory for now."""


@dataclass(slots=True)
class BodyRoom:
    """Bytes for the bodies that are being received. Used by one event loop alone."""

    left: int = BODIES_LIMIT

    def take(self, size: int) -> None:
        """Take so much. Raises ``BodiesTooMany``."""
        if size > self.left:
            raise BodiesTooMany
        self.left -= size

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        self.left += size


async def read_body(
    request: Request, limit: int = BODY_LIMIT, seconds: float = BODY_SECONDS
) -> bytes:
    """Give the raw body; the application's state has the ``room`` for it.

    Raises ``BodyTooLarge`` before reading where the length is announced, else as soon as it is
    exceeded, ``BodiesTooMany`` where there is no room for it now, and ``TimeoutError`` where the
    body is not complete in time.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise BodyTooLarge
    body = bytearray()
    room: BodyRoom = request.app.state.room
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                room.take(len(chunk))
                body += chunk
                if len(body) > limit:
                    raise BodyTooLarge
        return bytes(body)
    finally:
        room.give_back(len(body))


class RequestLimit:
    """ASGI middleware that takes at most ``most`` requests at a time.

    Where there are more, ``make_room`` may end one that nobody has sent to its end.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int = MOST_REQUESTS,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self._app = app
        self._most = most
        self._make_room = make_room
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say that it must come again."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        most = self._most if scope["path"].startswith(WEBHOOKS) else self._most * 3 // 4
        if self._under_way >= most and not self._make_room():
            sentence = "The server has as much to do as it can. Send the request again.\n"
            answer = PlainTextResponse(sentence, 503, {"Retry-After": "5", "Connection": "close"})
            await answer(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
