"""Who may see the pages and use the API, and what each may do.

A person shows a token once and gets a cookie; a program sends it with each request. Whose token it
is, or what a proxy says to which people sign in, tells who they are.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from config.page_users import PageUser, People, Role
from worker.journal.web_memory import SessionHolder
from worker.web.visitors.origins import Forbidden, Origins
from worker.web.visitors.sign_in import (
    LIFETIME,
    Sessions,
    SignInBrake,
    new_cookie,
    proof_of,
    session_digest,
)

COOKIE = "postmortem_session"
SAFE_COOKIE = f"__Host-{COOKIE}"
"""The cookie's name where people come by TLS: browsers take one of that name from this very host
alone, and by TLS alone (RFC 6265bis, 4.1.3.2)."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer "


def person_of(request: Request) -> PageUser:
    """Give who an admitted request is from; of any other, nobody who may do anything but read."""
    person: PageUser = getattr(request.state, "person", _NOBODY)
    return person


_NOBODY = PageUser(role=Role.READ)


class NotSignedIn(Exception):
    """The request shows no token, or another one."""


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of who may come in; ``sessions`` keeps who has shown a token.

    ``token`` is everybody's, and lets its bearer do everything; ``people`` have tokens of their
    own, or come through a proxy that ``proxied`` gives somebody for.
    """

    token: str | None
    origins: Origins
    sessions: Sessions
    people: Callable[[], People] | None = None
    proxied: Callable[[Request], PageUser | None] | None = None
    clock: Callable[[], float] = time.time
    brake: SignInBrake = field(default_factory=SignInBrake)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    async def admit(self, request: Request) -> PageUser:
        """Let the request pass, and give who it is from; who sends more than a question may write.

        Raises ``NotSignedIn``, ``Forbidden``, ``Malformed`` or ``TooManyAttempts``.
        """
        person = await self.identify(request)
        if request.method not in _READING:
            self.require(request, Role.WRITE)
        return person

    async def identify(self, request: Request) -> PageUser:
        """Give who the request is from, whatever they may do. Raises as :meth:`admit` does."""
        if request.method not in _READING:
            request.state.is_foreign = True  # unless it is found not to be
            self.origins.check(request)
            request.state.is_foreign = False
        person = await self._person(request)
        request.state.person = person
        return person

    def require(self, request: Request, role: Role) -> None:
        """Raise ``Forbidden`` where whoever sent an admitted request may do less than that."""
        person = person_of(request)
        if not person.role.may(role):
            raise Forbidden(
                f"{person.name or 'You'} may only {person.role} here. Ask whoever runs this "
                f"server for the role '{role}'."
            )

    @property
    def has_tokens(self) -> bool:
        """Whether people can sign in here with a token."""
        return self.token is not None or self.people is not None

    async def _person(self, request: Request) -> PageUser:
        if self.proxied is not None and (person := self.proxied(request)) is not None:
            return person
        if not self.has_tokens and self.proxied is None:
            self.origins.check_host(request)
            return PageUser()
        if self.has_tokens:
            person = await self._session(request) or await self._bearer(request)
            if person is not None:
                return person
        raise NotSignedIn

    async def sign_in(self, request: Request, given: str) -> str | None:
        """Give the value of a cookie that lets its bearer in, None where that is not the token.

        From then on the request is that person's. Raises ``TooManyAttempts``.
        """
        person = await self._whose(request, given) if self.has_tokens else None
        if person is None:
            return None
        cookie, now = new_cookie(), self.clock()
        holder = SessionHolder(person.name, proof_of(cookie, self._credential(person)))
        begin = partial(self.sessions.begin, session_digest(cookie), now + LIFETIME, now, holder)
        await run_in_threadpool(begin)
        request.state.person, request.state.cookie = person, cookie
        return cookie

    def sign_out(self, request: Request) -> None:
        """End the session whose cookie the request has, so that the cookie opens nothing more."""
        if cookie := self.cookie_of(request):
            self.sessions.end(session_digest(cookie))

    def cookie_of(self, request: Request) -> str:
        """Give the value of the request's cookie, "" where it has none."""
        begun: str | None = getattr(request.state, "cookie", None)
        return begun or request.cookies.get(self.cookie, "")

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return SAFE_COOKIE if self.origins.secure else COOKIE

    def form_key(self, request: Request) -> str:
        """Give what a form must send back, so that no other site can make one up."""
        cookie = self.cookie_of(request) if self.has_tokens else ""
        whose = f"form {person_of(request).name}".strip().encode()
        return hmac.new(cookie.encode() or self.key, whose, hashlib.sha256).hexdigest()

    def writer(self, request: Request) -> str:
        """Give by what an admitted visitor's unsaved words are known: a name, or a session."""
        name, cookie = person_of(request).name, self.cookie_of(request)
        known = f"name {name}" if name else f"session {cookie}" if self.has_tokens else "here"
        return hashlib.sha256(known.encode()).hexdigest()

    def check_form(self, request: Request, given: str) -> None:
        """Refuse a form that this site did not give out. Raises ``Forbidden``."""
        if not _same(given, self.form_key(request)):
            raise Forbidden("This form is too old. Go back, reload the page and try again.")

    async def _session(self, request: Request) -> PageUser | None:
        """Give who the request's cookie was given to. Raises ``JournalError``."""
        cookie = self.cookie_of(request)
        if not cookie:
            return None
        digest = session_digest(cookie)
        holder = await run_in_threadpool(self.sessions.holder, digest, self.clock())
        person = self._called(holder.name) if holder else None
        if holder is None or person is None:
            return None
        if not _same(holder.proof, proof_of(cookie, self._credential(person))):
            await run_in_threadpool(self.sessions.end, digest)  # its token was another one
            return None
        return person

    def _called(self, name: str) -> PageUser | None:
        """Give the person of whom a session tells, as they are listed now."""
        if not name:
            return PageUser() if self.token is not None else None
        return self.people().called(name) if self.people is not None else None

    def _credential(self, person: PageUser) -> str:
        return person.credential if person.name else self.token or ""

    async def _bearer(self, request: Request) -> PageUser | None:
        header = request.headers.get("authorization", "")
        if header[: len(_BEARER)].lower() != _BEARER:
            return None
        return await self._whose(request, header[len(_BEARER) :].strip())

    async def _whose(self, request: Request, given: str) -> PageUser | None:
        address = request.client.host if request.client else ""
        return await self.brake.look(address, lambda: self._by_token(given))

    def _by_token(self, given: str) -> PageUser | None:
        if self.token is not None and _same(given, self.token):
            return PageUser()
        return self.people().by_token(given) if self.people is not None else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
