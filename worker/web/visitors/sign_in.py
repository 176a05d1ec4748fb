"""Signing in: sessions that are kept on this side and end here, and a brake on guessing the token.

A cookie holds random letters and nothing else. What is kept of a session is made with those letters
as the key, so that neither the cookie nor the database tells anything about the token, and a
session ends with the token under which it began: seen under another one it is over for good.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Protocol, TypeVar

from worker.journal.web_memory import SessionHolder
from worker.log import Log

LIFETIME = 30 * 24 * 3600
"""Seconds that a person stays signed in."""

FREE_FAILURES = 5
"""How many wrong tokens an address may show before it is slowed."""
GAP = 0.5
"""Seconds from one look at a token to the next, for an address that is slowed."""
LONGEST_TURN = 14.0
"""Seconds that an attempt waits for its turn; one that would wait for longer is refused (429)."""
FORGOTTEN_AFTER = 60.0
"""Seconds without a wrong token after which an address is free again."""
_MOST_ADDRESSES = 1_000
_NETWORK = 64
"""Bits of an IPv6 address that tell its owner: one who has it has all the addresses in it."""

_log = Log(__name__)
Found = TypeVar("Found")


class Sessions(Protocol):
    """Where sessions are kept, each by a digest; times are seconds since 1970."""

    def begin(self, digest: str, until: float, now: float, holder: SessionHolder) -> None:
        """Keep a session, and forget those that have ended."""

    def holder(self, digest: str, now: float) -> SessionHolder | None:
        """Give whose session it is, None where there is no such session."""

    def end(self, digest: str) -> None:
        """End a session, if there is such a one."""


def new_cookie() -> str:
    """Give the value of a new cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def session_digest(cookie: str) -> str:
    """Give by what a session is kept."""
    return hmac.new(cookie.encode(), b"session", hashlib.sha256).hexdigest()


def proof_of(cookie: str, token: str) -> str:
    """Give what is kept of the token under which a session began."""
    return hmac.new(cookie.encode(), f"session {token}".encode(), hashlib.sha256).hexdigest()


class TooManyAttempts(Exception):
    """So many wrong tokens came from an address that the next is not looked at for now."""

    def __init__(self, again_in: float) -> None:
        super().__init__("Too many wrong tokens came from your address. Try again in a minute.")
        self.again_in = again_in


@dataclass(slots=True)
class _Failures:
    """The wrong tokens of one address, and when the next token of its may be looked at."""

    count: int = 0
    last: float = 0.0
    next_turn: float = 0.0


@dataclass(slots=True)
class SignInBrake:
    """Slows the guessing of tokens, by the address at the other end of the connection.

    What a header says of the address counts for nothing. Once slowed, a right token waits for its
    turn as well, for who waits less for a right one has guessed it.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _addresses: OrderedDict[str, _Failures] = field(default_factory=OrderedDict)

    async def look(self, address: str, whose: Callable[[], Found | None]) -> Found | None:
        """Tell whose a token is, once it is its turn. Raises ``TooManyAttempts``."""
        found = self._failures(address)
        slowed = found is not None and found.count >= FREE_FAILURES
        if found is not None and slowed:
            await self._wait_for_turn(found)
        right = whose()
        if right is None:
            self._failed(address)
        elif found is not None and slowed:
            found.next_turn -= GAP  # a right one holds up nobody
        return right

    async def _wait_for_turn(self, found: _Failures) -> None:
        now = self.clock()
        turn = max(now, found.next_turn)
        if turn - now > LONGEST_TURN:
            raise TooManyAttempts(turn - now)
        found.next_turn = turn + GAP
        if turn > now:
            await self.sleep(turn - now)

    def _failures(self, address: str) -> _Failures | None:
        found = self._addresses.get(network(address))
        if found is None or self.clock() - found.last <= FORGOTTEN_AFTER:
            return found
        del self._addresses[network(address)]
        return None

    def _failed(self, address: str) -> None:
        now = self.clock()
        found = self._addresses.pop(network(address), None) or _Failures()
        self._addresses[network(address)] = found  # the latest is the last
        while len(self._addresses) > _MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        found.count += 1
        found.last = now
        if found.count == FREE_FAILURES:
            found.next_turn = now + GAP
        _log.warning("A wrong token was shown.", address=address, times=found.count)


def network(address: str) -> str:
    """Give what one owner of addresses surely has: an IPv4 address, or an IPv6 network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> (128 - _NETWORK) << (128 - _NETWORK)))
    return str(getattr(found, "ipv4_mapped", None) or found)
