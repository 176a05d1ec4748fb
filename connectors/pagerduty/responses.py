"""What an answer of PagerDuty's other than 2xx means: try again, or an error's sentence."""

import json
import re
import ssl
from collections.abc import Iterator
from typing import Any

import httpx2

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    OutOfQuota,
    Rejected,
    Unauthorized,
    Unreachable,
)
from connectors.masking import Masking, without_controls
from connectors.retry import Retryable, seconds_to_wait
from connectors.tls import PROXY_REMEDY, distrust

_OAUTH_TOKEN = re.compile(r"pd[a-z]{2}\+")
"""How access tokens of scoped OAuth apps begin: ``pdus+_``, ``pdeu+_``."""
_KEY_REMEDY = (
    "Look at PAGERDUTY_API_KEY; a good key is refused too where the account is in the other region "
    "(PAGERDUTY_API_URL: https://api.pagerduty.com or https://api.eu.pagerduty.com)."
)
_OAUTH_REMEDY = (
    "PAGERDUTY_API_KEY is an OAuth access token, sent as such (Bearer): it may have expired, so "
    "get a new one. It is good in its own region only: pdus+_… at https://api.pagerduty.com, "
    "pdeu+_… at https://api.eu.pagerduty.com (PAGERDUTY_API_URL)."
)
_RETRY_STATUS = 408


class Withheld(AccessDenied):
    """The key is good, but this is not for it: 402 (not in the plan) or 403 (not in its scope)."""

    def __init__(self, what: str, remedy: str, *, lasting: bool) -> None:
        super().__init__(what, remedy)
        self.lasting = lasting
        """True for 402: the same for every incident, until the account's plan changes."""


def error_for(
    request: str, response: httpx2.Response, key: str, masking: Masking
) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not a success; it never holds the key."""
    status = response.status_code
    reason = quote(masking.text(_reason(response)))
    said = f"PagerDuty answered {request} with {status}{': ' + reason if reason else ''}."
    again = _named_wait(response)
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        error: ConnectorError = OutOfQuota(
            "PagerDuty's limit of requests for this key is used up.",
            "Try again in a minute.",
            again_in=again,
        )
        return Retryable(error, wait=again, holds=True, maybe_done=False)
    if status == _RETRY_STATUS or status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        down = Unreachable(said, "Try again later.")
        holds = status == httpx2.codes.SERVICE_UNAVAILABLE
        return Retryable(down, wait=again, holds=holds)
    return _refusal(status, said, key)


def lost(error: BaseException, url: str, masking: Masking, proxy: str) -> Unreachable:
    """Say why no answer came from PagerDuty at an address, before which a ``proxy`` may stand."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            what, remedy = distrust(cause)
            return Unreachable(f"PagerDuty at {url} {what}.", remedy)
    words = quote(masking.text(str(error))) or type(error).__name__
    unmade = (httpx2.ProxyError, httpx2.ConnectError, httpx2.ConnectTimeout)
    if proxy and any(isinstance(cause, unmade) for cause in causes):
        return Unreachable(
            f"The proxy {proxy} on the way to PagerDuty at {url} could not be used: {words}.",
            PROXY_REMEDY,
        )
    return Unreachable(
        f"PagerDuty at {url} could not be reached: {words}.",
        "Look at PAGERDUTY_API_URL and at the network.",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def quote(text: str) -> str:
    """Make somebody else's words fit for a sentence of ours."""
    words = " ".join(without_controls(text).split())
    return words[:300].rstrip(".")


def _named_wait(response: httpx2.Response) -> float | None:
    """Give for how many seconds PagerDuty wants not to be asked.

    ``ratelimit-reset`` stands on every answer, right or wrong: it is the clock of a quota, and a
    wait only where that is used up.
    """
    headers = response.headers
    used_up = headers.get("ratelimit-remaining", "").strip() == "0"
    if used_up or response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        reset = seconds_to_wait(headers.get("ratelimit-reset"))
        if reset is not None:
            return reset
    return seconds_to_wait(headers.get("retry-after"))


def is_oauth_token(key: str) -> bool:
    """Tell an access token of a scoped OAuth app from an API key, by its form."""
    return _OAUTH_TOKEN.match(key) is not None


def _refusal(status: int, said: str, key: str) -> ConnectorError:
    match status:
        case 401:
            return Unauthorized(said, _OAUTH_REMEDY if is_oauth_token(key) else _KEY_REMEDY)
        case 402:
            return Withheld(said, "The account's plan does not include this.", lasting=True)
        case 403:
            return Withheld(said, "Use a key that may read this.", lasting=False)
        case 404:
            return NotFound(said, "Look at the id, and at what this key may see.")
    if status < httpx2.codes.BAD_REQUEST:
        return Rejected(
            said,
            "The API never redirects: look at PAGERDUTY_API_URL, and at what stands between here "
            "and PagerDuty.",
        )
    return Rejected(said)


def _reason(response: httpx2.Response) -> str:
    """Find PagerDuty's own words in the body of an error, "" where it has none."""
    try:
        error: Any = json.loads(response.content)["error"]
        if isinstance(error, str):
            return error
        words = [error.get("message"), *(error.get("errors") or ())]
        return ": ".join(str(word) for word in words if word)
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return ""
