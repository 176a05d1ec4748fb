"""What an answer of Confluence's means, or the lack of one: all is well, try again, or an error.

One table for every status. Only what is said here decides whether a request is repeated; the
repeating itself is :mod:`connectors.retry`.
"""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connectors.answers.limits import parsed
from connectors.confluence.payloads import problem
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    NotPermitted,
    OutOfQuota,
    Rejected,
    ServiceFailed,
    Unauthorized,
    Unreachable,
)
from connectors.pages import StaleVersion
from connectors.retry import Retryable, seconds_to_wait
from connectors.tls import PROXY_REMEDY, distrust

REDIRECTS = range(300, 400)
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
REQUEST_TIMEOUT, CONFLICT, TOO_LARGE = 408, 409, 413
TOO_MANY_REQUESTS, INTERNAL_ERROR, SERVICE_UNAVAILABLE = 429, 500, 503
SERVER_ERRORS = range(500, 600)

SCOPES = (
    "read:space:confluence",
    "read:page:confluence",
    "write:page:confluence",
    "read:hierarchical-content:confluence",
    "read:attachment:confluence",
    "write:confluence-file",
    "read:user:confluence",
    "read:comment:confluence",
    "search:confluence",
)
"""What a token with scopes needs."""
GATEWAY = "https://api.atlassian.com/ex/confluence/"
_LONG = 300
_GATEWAY_HOST = "api.atlassian.com"
_AT_GATEWAY = (
    "A token with scopes is taken at the gateway alone: for one, set CONFLUENCE_URL to "
    f"{GATEWAY} and the site's cloudId, which https://YOUR-SITE.atlassian.net/_edge/tenant_info "
    "tells."
)
_RENEW = "Make a new API token and set CONFLUENCE_API_TOKEN (with CONFLUENCE_EMAIL). " + _AT_GATEWAY
_RENEW_PERSONAL = (
    "Make a new personal access token (your settings in Confluence) and set "
    "CONFLUENCE_PERSONAL_TOKEN."
)
_SCOPES = f"Make an API token with the scopes {', '.join(SCOPES[:-1])} and {SCOPES[-1]}."
_LOOK = "Look whether CONFLUENCE_URL is right and Confluence is up, then run the command again."


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """A status, the headers that matter, and the JSON, if the body was any."""

    status: int
    headers: Mapping[str, str]
    data: object = None
    is_json: bool = True

    @property
    def ok(self) -> bool:
        """Tell whether Confluence did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - what RFC 9110 calls successful


def page_answer(response: requests.Response) -> PageAnswer:
    """Take what is needed of a response; the rest, credentials among it, stays behind."""
    if not response.content:
        return PageAnswer(response.status_code, response.headers)
    try:
        return PageAnswer(response.status_code, response.headers, parsed(response.content))
    except ValueError:
        return PageAnswer(response.status_code, response.headers, is_json=False)


def error_for(
    answer: PageAnswer, doing: str, host: str, *, is_cloud: bool = True
) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not a success; ``doing`` completes "could not …"."""
    said = _short(problem(answer.data))
    error: ConnectorError | Retryable
    if answer.status == TOO_MANY_REQUESTS:
        error = _limited(answer, host)
    elif answer.status in SERVER_ERRORS or answer.status == REQUEST_TIMEOUT:
        what = f"Confluence at {host} failed ({answer.status}) and could not {doing}{said}"
        kind = ServiceFailed if answer.status == INTERNAL_ERROR else Unreachable
        wait = seconds_to_wait(answer.headers.get("Retry-After"))
        down = kind(what, "Try again later.")
        error = Retryable(down, wait=wait, holds=answer.status == SERVICE_UNAVAILABLE)
    elif answer.status in {UNAUTHORIZED, FORBIDDEN} and "scope" in said.casefold():
        what = f"Confluence's token lacks a scope, so it would not {doing} ({answer.status}){said}"
        error = AccessDenied(what, _SCOPES if host == _GATEWAY_HOST else f"{_AT_GATEWAY} {_SCOPES}")
    elif answer.status == UNAUTHORIZED:
        error = Unauthorized(
            f"Confluence does not accept the credentials{said}",
            _RENEW if is_cloud else _RENEW_PERSONAL,
        )
    elif answer.status == FORBIDDEN:
        error = _forbidden(answer, doing, said, host)
    elif answer.status == NOT_FOUND:
        error = NotFound(f"Confluence could not {doing}: there is no such thing to see{said}")
    elif answer.status == CONFLICT:
        error = StaleVersion(f"Confluence would not {doing}: it was changed meanwhile{said}")
    elif answer.status == TOO_LARGE:
        error = Rejected(f"Confluence would not {doing}: it is too large{said}")
    elif answer.status in REDIRECTS:
        what = f"{host} sends requests on to another address, and credentials must not follow."
        error = Rejected(what, "Set CONFLUENCE_URL to the address that Confluence answers at.")
    else:
        error = Rejected(f"Confluence would not {doing} ({answer.status}){said}")
    return error


def not_data(doing: str, host: str) -> Rejected:
    """Make the error for a page where data should be: a login, or a proxy's own words."""
    return Rejected(
        f"{host} answered with a page instead of data to the request to {doing}.",
        "Look whether CONFLUENCE_URL is right and no login or proxy stands before Confluence.",
    )


def _forbidden(answer: PageAnswer, doing: str, said: str, host: str) -> AccessDenied:
    if not answer.is_json:
        return NotPermitted(
            f"{host} would not {doing} (403), and answered with a page that is not Confluence's.",
            "A proxy or firewall before Confluence may block it: ask those who run it.",
        )
    return NotPermitted(
        f"Confluence does not let these credentials {doing}{said}",
        "Give the account the permission; 'postmortem check' lists those that are lacking.",
    )


def _limited(answer: PageAnswer, host: str) -> OutOfQuota | Retryable:
    """Give what to raise for a 429, at which surely nothing was done: a burst passes."""
    reason = answer.headers.get("RateLimit-Reason", "")
    wait = seconds_to_wait(answer.headers.get("Retry-After"))
    if "quota" in reason or "cost" in reason:
        again_in = wait if wait is not None else _until(answer.headers.get("X-RateLimit-Reset"))
        when = "later" if again_in is None else f"in {again_in:.0f} s"
        return OutOfQuota(
            f"The quota of requests to Confluence at {host} is used up ({reason}).",
            f"Try again {when}; what was done is kept.",
            again_in=again_in,
        )
    busy = OutOfQuota(
        f"Confluence at {host} keeps answering that there are too many requests.",
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
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return max(0.0, (time - datetime.now(UTC)).total_seconds())


def _short(sentence: str) -> str:
    if not sentence:
        return "."
    cut = sentence if len(sentence) <= _LONG else sentence[: _LONG - 1] + "…"
    return f": {cut}" if cut.endswith((".", "…", "!", "?")) else f": {cut}."


def lost(
    error: requests.RequestException, host: str, timeouts: tuple[float, float], proxy: str = ""
) -> Retryable:
    """Give what to raise for a request that got no answer.

    It was surely not sent where no connection came about. All else may have taken effect.
    """
    causes = list(_causes(error))
    unsent, remedy = True, _LOOK
    untrusted = next((one for one in causes if isinstance(one, ssl.SSLCertVerificationError)), None)
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        what = "could not be found by its name"
    elif untrusted is not None:
        what, remedy = distrust(untrusted)
    elif isinstance(error, requests.ConnectTimeout):
        what = f"did not take a connection within {timeouts[0]:g} s"
    elif any(isinstance(cause, NewConnectionError) for cause in causes):
        what = "refused the connection"
    else:
        unsent = False
        timed_out = isinstance(error, requests.Timeout)
        what = f"did not answer within {timeouts[1]:g} s" if timed_out else "closed the connection"
    subject = f"Confluence at {host}"
    if proxy and isinstance(error, requests.exceptions.ProxyError):
        subject, remedy = f"The proxy {proxy} on the way to Confluence at {host}", PROXY_REMEDY
    return Retryable(Unreachable(f"{subject} {what}.", remedy), maybe_done=not unsent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go through an error and those inside it: ``requests`` wraps urllib3's in its arguments."""
    yield error
    for inside in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inside, BaseException):
            yield from _causes(inside)
