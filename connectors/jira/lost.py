"""What became of a request that got no answer: surely not sent, or nobody knows."""

import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connectors.errors import Unreachable
from connectors.retry import Again

_REMEDY = "Look whether JIRA_URL is right and Jira is up, then run the command again."


def lost(error: requests.RequestException, host: str, timeouts: tuple[float, float]) -> Again:
    """Give what to raise for a request that got no answer.

    It was surely not sent where no connection came about (no such name, refused, no answer to the
    connect, a certificate that is not trusted). Everything else may have taken effect.
    """
    connect, answer = timeouts
    causes = list(_causes(error))
    unsent = True
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        what = "could not be found by its name"
    elif any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        what = "has a certificate that this machine does not trust"
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
    return Again(Unreachable(f"Jira at {host} {what}.", _REMEDY), maybe_done=not unsent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go through an error and those inside it: ``requests`` wraps urllib3's in its arguments.

    The context of an error is left out, for it may be the caller's: another request's failure.
    """
    yield error
    for inside in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inside, BaseException):
            yield from _causes(inside)
