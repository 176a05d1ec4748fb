"""What an answer of Jira's means, or the lack of one: all is well, try again, an error's sentence.

One table for every status. Only what is said here decides whether a request is repeated; the
repeating itself is :mod:`connectors.retry`.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connectors.answers.limits import parsed
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    NotPermitted,
    OutOfQuota,
    Rejected,
    ServiceFailed,
    Unreachable,
)
from connectors.jira.payloads import JiraProblems, problems
from connectors.retry import Retryable, seconds_to_wait
from connectors.tls import PROXY_REMEDY, distrust

CREATED = 201
REDIRECTS = range(300, 400)
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
REQUEST_TIMEOUT = 408
TOO_MANY_REQUESTS = 429
INTERNAL_ERROR = 500
SERVICE_UNAVAILABLE = 503
SERVER_ERRORS = range(500, 600)

_LOGIN_FAILURES = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")
_LONG = 300
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}[\w ]*)")
"""The words of Python's own HTTP client where a proxy opens no way."""
_RENEW = (
    "Make a new token and set JIRA_API_TOKEN (with JIRA_EMAIL) or JIRA_PERSONAL_TOKEN; tokens of "
    "Jira Cloud expire within a year."
)
GATEWAY = "https://api.atlassian.com/ex/jira/"
"""Where Cloud takes tokens that have scopes, with the site's cloudId behind it."""
SCOPES = ("read:jira-work", "write:jira-work", "read:jira-user")
"""What a token with scopes needs, by the classic scopes of Jira Cloud's API documentation."""
_SCOPES = (
    f"Make an API token with the scopes {', '.join(SCOPES[:-1])} and {SCOPES[-1]}, and set "
    "JIRA_API_TOKEN."
)
_LOOK = "Look whether JIRA_URL is right and Jira is up, then run the command again."


@dataclass(frozen=True, slots=True)
class JiraAnswer:
    """A status, the headers that matter, and the JSON, if the body was any."""

    status: int
    headers: Mapping[str, str]
    data: object = None
    is_json: bool = True

    @property
    def ok(self) -> bool:
        """Tell whether Jira did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - what RFC 9110 calls successful

    @property
    def problems(self) -> JiraProblems:
        """Give what the body says was wrong."""
        return problems(self.data)


def jira_answer(response: requests.Response) -> JiraAnswer:
    """Take what is needed of a response; the rest, credentials among it, stays behind."""
    if not response.content:
        return JiraAnswer(response.status_code, response.headers)
    try:  # also where the package made the response that it raises: within the limits
        data = parsed(response.content)
        return JiraAnswer(response.status_code, response.headers, data)
    except ValueError:
        return JiraAnswer(response.status_code, response.headers, is_json=False)


def login_failure(response: requests.Response) -> AccessDenied | None:
    """Tell whether Jira took the request as nobody's, though credentials were sent.

    Cloud then answers 200 with nothing in it, which must never pass for "no tickets". A 201 is
    proof that something was made, whatever the header says.
    """
    reason = response.headers.get("X-Seraph-LoginReason", "")
    if (asked := captcha(response.headers)) is not None:
        return asked
    if response.status_code == CREATED or not any(word in reason for word in _LOGIN_FAILURES):
        return None
    return not_let_in(_short(jira_answer(response).problems.sentence()))


def not_let_in(said: str = ".", remedy: str = _RENEW) -> AccessDenied:
    """Make the error for credentials that are not taken at all; ``said`` ends its sentence."""
    return AccessDenied(f"Jira does not accept the credentials{said}", remedy)


def through_gateway(denied: AccessDenied, cloud_id: str) -> AccessDenied:
    """Add to what Cloud refused at a site's own address where a token with scopes is taken."""
    where = f"set JIRA_URL to {GATEWAY}{cloud_id}"
    return AccessDenied(
        denied.what,
        f"{denied.remedy} A token with scopes is not taken at the site's own address: for one, "
        f"{where}.",
    )


def unknown_site(missing: NotFound, at_gateway: bool) -> NotFound:
    """Say where an address comes from at which no Jira answers."""
    if at_gateway:
        return NotFound(
            missing.what,
            "The gateway knows no site by the cloudId in JIRA_URL. The right one is told at "
            "https://YOUR-SITE.atlassian.net/_edge/tenant_info.",
        )
    return NotFound(missing.what, "Look whether JIRA_URL is the address of Jira itself.")


def error_for(answer: JiraAnswer, doing: str, host: str) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not a success.

    ``doing`` completes "could not …". :class:`Retryable` says that the request is worth repeating,
    and whether it may have taken effect.
    """
    said = _short(answer.problems.sentence())
    error: ConnectorError | Retryable
    if answer.status == TOO_MANY_REQUESTS:
        error = limited(answer, host)
    elif answer.status in SERVER_ERRORS or answer.status == REQUEST_TIMEOUT:
        what = f"Jira at {host} failed ({answer.status}) and could not {doing}{said}"
        kind = ServiceFailed if answer.status == INTERNAL_ERROR else Unreachable
        down = kind(what, "Try again later.")
        wait = seconds_to_wait(answer.headers.get("Retry-After"))
        error = Retryable(down, wait=wait, holds=answer.status == SERVICE_UNAVAILABLE)
    elif answer.status in {UNAUTHORIZED, FORBIDDEN} and "scope" in said.casefold():
        what = f"Jira's token lacks a scope, so Jira would not {doing} ({answer.status}){said}"
        error = AccessDenied(what, _SCOPES)
    elif answer.status == UNAUTHORIZED:
        error = not_let_in(said)
    elif answer.status == FORBIDDEN:
        error = _forbidden(answer, doing, said, host)
    elif answer.status == NOT_FOUND:
        error = NotFound(f"Jira could not {doing}: there is no such thing to see{said}")
    elif answer.status in REDIRECTS:
        what = f"{host} sends requests on to another address, and credentials must not follow."
        error = Rejected(what, "Set JIRA_URL to the address that Jira itself answers at.")
    else:
        refused = dict(answer.problems.fields)
        error = Rejected(f"Jira would not {doing} ({answer.status}){said}", fields=refused)
    return error


def limited(answer: JiraAnswer, host: str) -> OutOfQuota | Retryable:
    """Give what to raise for a 429: surely nothing was done.

    A burst passes within seconds and is waited out. A quota (by the hour, by cost) ends the run:
    source: "Rate limiting" of the Jira Cloud platform documentation, header ``RateLimit-Reason``.
    """
    reason = answer.headers.get("RateLimit-Reason", "")
    wait = seconds_to_wait(answer.headers.get("Retry-After"))
    if "quota" in reason or "cost" in reason:
        again_in = wait if wait is not None else _until(answer.headers.get("X-RateLimit-Reset"))
        when = "later" if again_in is None else f"in {again_in:.0f} s"
        return OutOfQuota(
            f"The quota of requests to Jira at {host} is used up ({reason}).",
            f"Try again {when}; what was done is kept.",
            again_in=again_in,
        )
    busy = OutOfQuota(
        f"Jira at {host} keeps answering that there are too many requests.",
        "Try again later; what was done is kept.",
        again_in=wait,
    )
    return Retryable(busy, wait=wait, holds=True, maybe_done=False)


def captcha(headers: Mapping[str, str]) -> AccessDenied | None:
    """Tell whether Data Center wants a person to log in before it takes credentials again."""
    if "CAPTCHA" not in headers.get("X-Authentication-Denied-Reason", ""):
        return None
    return AccessDenied(
        "Jira wants a CAPTCHA solved after too many failed logins of this account.",
        "Log in with a browser as that account once, then mend the credentials.",
    )


def _forbidden(answer: JiraAnswer, doing: str, said: str, host: str) -> AccessDenied:
    if not answer.is_json:
        return NotPermitted(
            f"{host} would not {doing} (403), and answered with a page that is not Jira's own.",
            "A proxy or firewall before Jira may block it: ask those who run it.",
        )
    return NotPermitted(
        f"Jira does not let these credentials {doing}{said}",
        "Give the account the permission; 'postmortem check' lists those that are lacking.",
    )


def _until(reset: str | None) -> float | None:
    """Read ``X-RateLimit-Reset``, a time in ISO 8601, as seconds from now."""
    try:
        time = datetime.fromisoformat(reset or "")
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
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

    It was surely not sent where no connection came about (no such name, refused, no answer to the
    connect, a certificate that is not trusted). Everything else may have taken effect.
    """
    connect, answer = timeouts
    causes = list(_causes(error))
    unsent, remedy = True, _LOOK
    untrusted = next((one for one in causes if isinstance(one, ssl.SSLCertVerificationError)), None)
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        what = "could not be found by its name"
    elif untrusted is not None:
        what, remedy = distrust(untrusted)
    elif shut := next((one[1] for one in map(_TUNNEL.search, map(str, causes)) if one), ""):
        what = f"would not lead there ({shut})"
    elif isinstance(error, requests.ConnectTimeout):
        what = f"did not take a connection within {connect:g} s"
    elif any(isinstance(cause, NewConnectionError) for cause in causes):
        what = "refused the connection"
    else:
        unsent = False
        what = "closed the connection"
        if isinstance(error, requests.Timeout):
            what = f"did not answer within {answer:g} s"
        elif isinstance(error, requests.exceptions.SSLError):
            what = "broke off the encrypted connection"
    subject = f"Jira at {host}"
    if proxy and isinstance(error, requests.exceptions.ProxyError):
        subject = f"The proxy {proxy} on the way to Jira at {host}"
        remedy = PROXY_REMEDY
    return Retryable(Unreachable(f"{subject} {what}.", remedy), maybe_done=not unsent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go through an error and those inside it: ``requests`` wraps urllib3's in its arguments.

    The context of an error is left out, for it may be the caller's: another request's failure.
    """
    yield error
    for inside in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inside, BaseException):
            yield from _causes(inside)
