"""How ``slack-sdk`` sends its requests here: by ``requests``, within the limits of all answers.

The package's own way follows a redirect, credentials and all, to any host, and takes in an answer
of any size. It is loaded with this module alone, where Slack is configured: it is large.
"""

import logging
import threading
import weakref
from typing import Any

import requests
from slack_sdk import WebClient

from connectors.answers.limits import parsed
from connectors.answers.requests_answers import hold_to_limits
from connectors.masking import OwnCredentials
from connectors.settings import is_loopback
from connectors.tls import Authorities

_SILENT = logging.CRITICAL + 1


class SlackTransport(WebClient):
    """The package's client with its retries off. Safe to share between threads."""

    def __init__(
        self,
        token: str,
        base_url: str,
        host: str,
        timeouts: tuple[float, float],
        authorities: Authorities,
    ) -> None:
        """Make no request yet. ``timeouts`` are seconds: for a connection, and for an answer."""
        # its log would have every text, and an error twice
        quiet = logging.Logger("slack", _SILENT)
        super().__init__(token, base_url, logger=quiet, retry_handlers=[])
        self._own = OwnCredentials.of([token])
        self._is_loopback = is_loopback(host)
        self._timeouts = timeouts
        self._authorities = authorities
        self._local = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()

    def _perform_urllib_http_request_internal(self, url: str, req: Any) -> dict[str, Any]:
        """Send one request, as the package built it; an answer that is no JSON object is ``{}``.

        Raises ``UnusableAnswer`` and ``requests.RequestException``.
        """
        answer = self._session().post(
            url,
            data=req.data if isinstance(req.data, bytes) else b"",
            headers=dict(req.header_items()),
            timeout=self._timeouts,
            allow_redirects=False,
        )
        try:
            data = parsed(answer.content)
        except ValueError:
            data = None
        told = data if isinstance(data, dict) else {}
        return {"status": answer.status_code, "headers": answer.headers, "parsed_body": told}

    def close(self) -> None:
        """Let go of the connections of all threads."""
        for session in list(self._sessions):
            session.close()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.auth = _as_it_is
            hold_to_limits(session, self._own, self._authorities, is_loopback=self._is_loopback)
            self._local.session = session
            self._sessions.add(session)
        return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave the token in the head, which a file of passwords would override."""
    return request
