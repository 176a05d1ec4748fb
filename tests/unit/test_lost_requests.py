"""Why a request got no answer, and whether it may have been done all the same."""

import ssl

import pytest
import requests
from urllib3.exceptions import NewConnectionError

from connectors.answers.lost_requests import lost_request

SERVER = "Tickets at tickets.example.com"


@pytest.mark.parametrize(
    ("error", "sent", "said"),
    [
        (requests.ConnectTimeout(), False, "did not take a connection within 5 s"),
        (requests.ReadTimeout(), True, "did not answer within 30 s"),
        (requests.Timeout(), True, "did not answer within 30 s"),
        (requests.ConnectionError("reset"), True, "closed the connection"),
        (requests.exceptions.ChunkedEncodingError(), True, "closed the connection"),
        (requests.exceptions.ContentDecodingError(), True, "closed the connection"),
        (requests.exceptions.SSLError("bad record"), True, "broke off the encrypted connection"),
        (
            requests.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")),
            False,
            "has a certificate that this machine does not trust",
        ),
        (
            requests.exceptions.ProxyError(NewConnectionError(None, "no proxy")),  # type: ignore[arg-type]  # no connection
            False,
            "refused the connection",
        ),
        (requests.exceptions.ProxyError("tunnel broke"), True, "closed the connection"),
        (
            requests.exceptions.ProxyError(OSError("Tunnel connection failed: 403 Forbidden")),
            False,
            "would not lead there (403 Forbidden)",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_only_a_connection_that_never_was_surely_sent_nothing(
    error: requests.RequestException, sent: bool, said: str
) -> None:
    again = lost_request(error, SERVER, (5.0, 30.0), "Look.")
    assert again.maybe_done is sent
    assert again.error.what == f"Tickets at tickets.example.com {said}."


def test_an_earlier_failure_of_somebody_else_proves_nothing() -> None:
    error = requests.ReadTimeout()
    error.__context__ = NewConnectionError(None, "another server")  # type: ignore[arg-type]  # none on purpose
    assert lost_request(error, SERVER, (5.0, 30.0), "Look.").maybe_done


def test_a_proxy_that_fails_is_named_before_the_server() -> None:
    error = requests.exceptions.ProxyError("tunnel broke")
    told = lost_request(error, SERVER, (5.0, 30.0), "Look.", "http://proxy.example.com:3128").error
    assert told.what == (
        f"The proxy http://proxy.example.com:3128 on the way to {SERVER} closed the connection."
    )
    assert told.remedy != "Look."
