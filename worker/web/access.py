"""Who may see the pages and use the API, and from where; how much a request may bring.

With a token, a person shows it once and gets a cookie; a program sends it with each request.
Without one the server is bound to this machine alone, and only requests that name this machine are
answered: else a web page elsewhere could have its own name point here (DNS rebinding) and read
everything.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

COOKIE = "postmortem_session"
LIFETIME = 30 * 24 * 3600
"""Seconds that a person stays signed in."""

BODY_LIMIT = 1024 * 1024
"""Bytes that a request may have. PagerDuty drops events above 256 KB by itself."""

_BEARER = "bearer "


class BodyTooLarge(Exception):
    """The body is larger than it may be."""


class NotSignedIn(Exception):
    """The request shows no token, or another one."""


class Forbidden(Exception):
    """The request comes from somewhere else; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of who may come in.

    ``key`` signs cookies and forms: with a token it follows from it, so that several processes,
    and one after a restart, understand each other's.
    """

    token: str | None
    public_url: str | None
    key: bytes
    clock: Callable[[], float] = time.time

    @classmethod
    def under(cls, token: str | None, public_url: str | None) -> "Access":
        """Make the rules from the settings."""
        key = hashlib.sha256(f"postmortem {token}".encode()).digest() if token else None
        return cls(token or None, public_url or None, key or secrets.token_bytes(32))

    def admit(self, request: Request) -> None:
        """Let the request pass. Raises ``NotSignedIn`` or ``Forbidden``."""
        if self.token is None:
            self._check_host(request)
        elif not (self._bears_token(request) or self.holds(request.cookies.get(COOKIE, ""))):
            raise NotSignedIn
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            self.check_origin(request)

    def check_origin(self, request: Request) -> None:
        """Refuse what another site's page makes a browser send. Raises ``Forbidden``."""
        origin = request.headers.get("origin")
        fetched = request.headers.get("sec-fetch-site", "same-origin")
        own = {request.headers.get("host", ""), _place(self.public_url)}
        if fetched not in {"same-origin", "none"} or (
            origin is not None and _place(origin) not in own
        ):
            raise Forbidden("This was sent by a page of another site, so it was not done.")

    def is_token(self, given: str) -> bool:
        """Compare with the token, in constant time."""
        return self.token is not None and _same(given, self.token)

    def new_session(self) -> str:
        """Give the value of a cookie that lets its bearer in for :data:`LIFETIME`."""
        until = str(int(self.clock()) + LIFETIME)
        return f"{until}.{self._signed('session', until)}"

    def holds(self, session: str) -> bool:
        """Tell whether a cookie's value is one that lets its bearer in now."""
        until, _, signature = session.partition(".")
        if not _same(signature, self._signed("session", until)):
            return False
        return self.clock() < int(until)

    def form_key(self, request: Request) -> str:
        """Give what a form must send back, so that no other site can make one up."""
        return self._signed("form", request.cookies.get(COOKIE, ""))

    def check_form(self, request: Request, given: str) -> None:
        """Refuse a form that this site did not give out. Raises ``Forbidden``."""
        if not _same(given, self.form_key(request)):
            raise Forbidden("This form is too old. Go back, reload the page and try again.")

    def secure(self, request: Request) -> bool:
        """Tell whether the cookie may be kept to HTTPS."""
        return request.url.scheme == "https" or (self.public_url or "").startswith("https:")

    def _check_host(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if not (_is_this_machine(host) or host == _place(self.public_url)):
            raise Forbidden(
                "This page is for this machine only. Open it as localhost or 127.0.0.1, or set "
                "POSTMORTEM_PUBLIC_URL and POSTMORTEM_TOKEN."
            )

    def _bears_token(self, request: Request) -> bool:
        header = request.headers.get("authorization", "")
        if header[: len(_BEARER)].lower() != _BEARER:
            return False
        return self.is_token(header[len(_BEARER) :].strip())

    def _signed(self, purpose: str, text: str) -> str:
        return hmac.new(self.key, f"{purpose} {text}".encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _place(url: str | None) -> str:
    return urlsplit(url or "").netloc


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


async def read_body(request: Request, limit: int = BODY_LIMIT, seconds: float = 10) -> bytes:
    """Give the raw body.

    Raises ``TooLarge`` before reading where the length is announced, else as soon as it is
    exceeded, and ``TimeoutError`` where the body is not complete in time.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise BodyTooLarge
    body = bytearray()
    async with asyncio.timeout(seconds):
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise BodyTooLarge
    return bytes(body)
