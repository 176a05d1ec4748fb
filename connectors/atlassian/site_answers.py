"""What an answer of one of Atlassian's sites means: all is well, try again, an error's sentence.

One table for the statuses that its products share. Only what is said here decides whether a request
is repeated; the repeating itself is :mod:`connectors.retry`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import requests

from connectors.answers.limits import parsed
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    NotFoundByStray,
    NotPermitted,
    NotPermittedByStray,
    OutOfQuota,
    Rejected,
    ServiceFailed,
    Unauthorized,
    Unreachable,
)
from connectors.retry import Retryable, seconds_to_wait

CREATED = 201
REDIRECTS = range(300, 400)
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
REQUEST_TIMEOUT, CONFLICT, GONE, TOO_LARGE = 408, 409, 410, 413
TOO_MANY_REQUESTS, INTERNAL_ERROR, SERVICE_UNAVAILABLE = 429, 500, 503
SERVER_ERRORS = range(500, 600)

_LONG = 300
"""How many characters of a site's words a sentence repeats."""


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """A status, the headers that matter, and the JSON, if the body was any.

    ``text`` is a short body of plain words, "" for markup and all else.
    """

    status: int
    headers: Mapping[str, str]
    data: object = None
    is_json: bool = True
    text: str = ""

    @classmethod
    def of(cls, response: requests.Response) -> Self:
        """Take what is needed of a response; the rest, credentials among it, stays behind."""
        if not response.content:
            return cls(response.status_code, response.headers)
        try:  # also where a package made the response that it raises: within the limits
            return cls(response.status_code, response.headers, parsed(response.content))
        except ValueError:
            words = _plain(response.content)
            return cls(response.status_code, response.headers, is_json=False, text=words)

    @property
    def ok(self) -> bool:
        """Tell whether what was asked is done."""
        return 200 <= self.status < 300  # noqa: PLR2004 - what RFC 9110 calls successful


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What sentences say of a site: its product and host, and what helps against a refusal.

    ``renew`` is the remedy for credentials that are not taken, ``scopes`` for a token that lacks a
    scope, ``address`` names the variable with the site's address.
    """

    product: str
    host: str
    renew: str
    scopes: str
    address: str

    @property
    def server(self) -> str:
        """The product, and where it is."""
        return f"{self.product} at {self.host}"


def error_for(
    answer: SiteAnswer,
    site: SiteWords,
    doing: str,
    problem: str,
    fields: Mapping[str, str] | None = None,
) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not a success.

    ``doing`` completes "could not …"; ``problem`` is what the body says was wrong, by ``fields``
    where it says so. :class:`Retryable` says that the request is worth repeating, and whether it
    may have taken effect.
    """
    said, product, status = quoted(problem), site.product, answer.status
    error: ConnectorError | Retryable
    if status == TOO_MANY_REQUESTS:
        error = _limited(answer, site)
    elif status in SERVER_ERRORS or status == REQUEST_TIMEOUT:
        what = f"{site.server} failed ({status}) and could not {doing}{said}"
        kind = ServiceFailed if status == INTERNAL_ERROR else Unreachable
        down = kind(what, "Try again later.")
        wait = seconds_to_wait(answer.headers.get("Retry-After"))
        error = Retryable(down, wait=wait, holds=status == SERVICE_UNAVAILABLE)
    elif status in {UNAUTHORIZED, FORBIDDEN} and "scope" in said.casefold():
        what = f"{product}'s token lacks a scope, so {product} would not {doing} ({status}){said}"
        error = AccessDenied(what, site.scopes)
    elif status == UNAUTHORIZED:
        error = Unauthorized(f"{product} does not accept the credentials{said}", site.renew)
    elif status == FORBIDDEN:
        error = _forbidden(answer, site, doing, said)
    elif status == NOT_FOUND:
        error = _not_found(answer, site, doing, said)
    elif status in REDIRECTS:
        error = Rejected(
            f"{site.host} sends requests on to another address, and credentials must not follow.",
            f"Set {site.address} to the address that {product} itself answers at.",
        )
    elif status == GONE:
        error = Rejected(
            f"{product} no longer answers where it was asked to {doing} (410){said}",
            "Atlassian has taken that address away: look for a newer release of postmortem-worker.",
        )
    else:
        refused = dict(fields or {})
        error = Rejected(
            f"{product} would not {doing} ({status}){said}", fields=refused, said=problem
        )
    return error


def no_data(site: SiteWords, doing: str) -> tuple[str, str]:
    """Give what happened, and a remedy, where a page came for data: a login, or a proxy's words."""
    return (
        f"{site.host} answered with a page instead of data to the request to {doing}.",
        f"Look whether {site.address} is right and no login page or proxy stands before "
        f"{site.product}.",
    )


def quoted(problem: str) -> str:
    """Give what a site said as the end of a sentence, which a full stop alone is where it is ""."""
    if not problem:
        return "."
    cut = problem if len(problem) <= _LONG else problem[: _LONG - 1] + "…"
    return f": {cut}" if cut.endswith((".", "…", "!", "?")) else f": {cut}."


def _plain(body: bytes) -> str:
    """Give a short body of plain words as one line, "" for a page and for what is no text."""
    words = " ".join(body.decode("utf-8", "replace").split()) if len(body) <= _LONG else ""
    return words if words.isprintable() and not {"<", "{", "\ufffd"}.intersection(words) else ""


def _not_found(answer: SiteAnswer, site: SiteWords, doing: str, said: str) -> NotFound:
    if not answer.is_json:
        return NotFoundByStray(
            f"{site.host} could not {doing} (404), and answered with a page that is not "
            f"{site.product}'s own.",
            f"Look whether {site.address} is right, and what stands before {site.product}.",
        )
    return NotFound(f"{site.product} could not {doing}: there is no such thing to see{said}")


def _forbidden(answer: SiteAnswer, site: SiteWords, doing: str, said: str) -> AccessDenied:
    if not answer.is_json:
        page = f", and answered with a page that is not {site.product}'s own."
        return NotPermittedByStray(
            f"{site.host} would not {doing} (403){quoted(answer.text) if answer.text else page}",
            f"A proxy or firewall before {site.product} may block it: ask those who run it.",
        )
    return NotPermitted(
        f"{site.product} does not let these credentials {doing}{said}",
        "Give the account the permission; 'postmortem check' lists those that are lacking.",
    )


def _limited(answer: SiteAnswer, site: SiteWords) -> OutOfQuota | Retryable:
    """Give what to raise for a 429: surely nothing was done.

    A burst passes within seconds and is waited out. A quota (by the hour, by cost) ends the run:
    source: "Rate limiting" of the Cloud platforms' documentation, header ``RateLimit-Reason``.
    """
    reason = answer.headers.get("RateLimit-Reason", "")
    wait = seconds_to_wait(answer.headers.get("Retry-After"))
    if "quota" in reason or "cost" in reason:
        again_in = wait if wait is not None else _until(answer.headers.get("X-RateLimit-Reset"))
        when = "later" if again_in is None else f"in {again_in:.0f} s"
        return OutOfQuota(
            f"The quota of requests to {site.server} is used up ({reason}).",
            f"Try again {when}; what was done is kept.",
            again_in=again_in,
        )
    busy = OutOfQuota(
        f"{site.server} keeps answering that there are too many requests.",
        "Try again later; what was done is kept.",
        again_in=wait,
    )
    return Retryable(busy, wait=wait, holds=True, maybe_done=False)


def _until(reset: str | None) -> float | None:
    """Read ``X-RateLimit-Reset``, a time in ISO 8601, as seconds from now."""
    try:
        time = datetime.fromisoformat(reset or "")
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return max(0.0, (time - datetime.now(UTC)).total_seconds())
