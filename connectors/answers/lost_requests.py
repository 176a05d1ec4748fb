"""Why a request of ``requests`` got no answer, as a sentence, and whether it may have been done."""

import re
import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connectors.errors import Unreachable
from connectors.retry import Retryable
from connectors.tls import PROXY_REMEDY, distrust

_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}[\w ]*)")
"""The words of Python's own HTTP client where a proxy opens no way."""


def lost_request(
    error: requests.RequestException,
    server: str,
    timeouts: tuple[float, float],
    remedy: str,
    proxy: str = "",
) -> Retryable:
    """Give what to raise for a request that got no answer from ``server``, as sentences name it.

    It was surely not sent where no connection came about (no such name, refused, no answer to the
    connect, a certificate that is not trusted). Everything else may have taken effect.
    ``timeouts`` are the seconds for a connection and for an answer, ``proxy`` is on the way.
    """
    connect, answer = timeouts
    causes = list(_causes(error))
    unsent = True
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
    if proxy and isinstance(error, requests.exceptions.ProxyError):
        server, remedy = f"The proxy {proxy} on the way to {server}", PROXY_REMEDY
    return Retryable(Unreachable(f"{server} {what}.", remedy), maybe_done=not unsent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go through an error and those inside it: ``requests`` wraps urllib3's in its arguments.

    The context of an error is left out, for it may be the caller's: another request's failure.
    """
    yield error
    for inside in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inside, BaseException):
            yield from _causes(inside)
