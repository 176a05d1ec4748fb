"""The way to one Confluence site: every request to it goes through here, by ``requests``.

No package for Confluence is used: those there are leave out what the API asks for, repeat creates
by themselves, and give a page of HTML as an answer.
"""

import json
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import requests

from connectors.answers.limits import TOLD_AS, UnusableAnswer
from connectors.answers.lost_requests import lost_request
from connectors.answers.requests_answers import hold_to_limits
from connectors.atlassian.site_access import SiteAccess
from connectors.atlassian.site_answers import SiteAnswer, no_data
from connectors.confluence.payloads import CONFLUENCE
from connectors.confluence.responses import LOOK, error_for, words_of
from connectors.errors import ConnectorError, OutOfQuota, Rejected
from connectors.json_fields import JsonValue
from connectors.pacing.rate_limit import Pace
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.tls import Authorities, proxy_of, way_to

Query = Sequence[tuple[str, str | int]]
_BETWEEN = "Look what stands between here and Confluence."
Files = Mapping[str, tuple[str | None, bytes | str, str]]


@dataclass(frozen=True, slots=True)
class ConfluenceAccess(SiteAccess):
    """Where the site of Confluence is, and how to get in."""

    product: ClassVar[str] = "Confluence"

    @property
    def is_cloud(self) -> bool:
        """Tell whether it is Cloud: personal tokens are Data Center's, API tokens Cloud's."""
        return not self.personal_token

    @property
    def base(self) -> str:
        """Where Confluence itself begins: on Cloud below ``/wiki``."""
        url = self.url.rstrip("/")
        return url if not self.is_cloud or url.endswith("/wiki") else f"{url}/wiki"


class ConfluenceConnection:
    """Requests to one site. Safe to share between threads: each has a session of its own."""

    def __init__(
        self,
        access: ConfluenceAccess,
        policy: RetryPolicy,
        circuit: Circuit,
        pace: Pace,
        authorities: Authorities | None = None,
    ) -> None:
        """Make no request yet. Raises ``ConfigurationError`` where no way leads there."""
        self.access = access
        self._words = words_of(access.host, is_cloud=access.is_cloud)
        self._retrier = Retrier(access.server, policy, circuit, pace)
        self._authorities = authorities or Authorities()
        if not access.is_loopback:
            way_to(access.url)
        self._local = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()

    def ask(
        self,
        doing: str,
        method: str,
        path: str,
        *,
        query: Query = (),
        body: object = None,
        files: Files | None = None,
        repeatable: bool = True,
    ) -> JsonValue:
        """Send a request and give the JSON of its answer.

        ``path`` begins behind the site's base. ``doing`` completes "could not …" in errors.
        ``repeatable`` is for reads and for writes that are the same done twice. Raises a
        ``ConnectorError`` for all but a success.
        """

        def attempt() -> JsonValue:
            answer = self._once(method, path, query, body, files)
            if not answer.ok:
                raise self._error(answer, doing)
            if not answer.is_json:
                raise Rejected(*no_data(self._words, doing))
            return JsonValue(answer.data, CONFLUENCE)

        return self._retrier.run(attempt, repeatable=repeatable)

    def exchange(self, doing: str, path: str, body: object) -> SiteAnswer | ConnectorError:
        """Post what must not be done twice and give the answer, unless that may pass.

        What surely did nothing (a 429, no connection) is repeated, and raises ``ConnectorError``
        when no attempt is left. An error is given where the request may have taken effect.
        """

        def attempt() -> SiteAnswer:
            try:
                answer = self._once("POST", path, (), body, None)
            except TOLD_AS as unusable:  # what was asked may be done
                raise Retryable(unusable) from None
            error = None if answer.ok else self._error(answer, doing)
            if isinstance(error, Retryable | OutOfQuota):
                raise error
            return answer

        return self._retrier.run_once(attempt)

    def refusal(self, answer: SiteAnswer, doing: str) -> ConnectorError:
        """Give the error for an answer that is not a success."""
        error = self._error(answer, doing)
        return error.error if isinstance(error, Retryable) else error

    def _error(self, answer: SiteAnswer, doing: str) -> ConnectorError | Retryable:
        return error_for(answer, self._words, doing)

    def close(self) -> None:
        """Let go of the connections of all threads."""
        for session in list(self._sessions):
            session.close()

    def _once(
        self, method: str, path: str, query: Query, body: object, files: Files | None
    ) -> SiteAnswer:
        """Send one request. Errors are raised outside of ``except``: theirs hold the headers."""
        headers = {"Accept": "application/json"}
        data: bytes | None = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        if files is not None:
            headers["X-Atlassian-Token"] = "no-check"
        send: Callable[..., requests.Response] = self._session().request
        outcome: Retryable | ConnectorError
        try:
            return SiteAnswer.of(
                send(
                    method,
                    self.access.base + path,
                    params=list(query),
                    data=data,
                    files=files,
                    headers=headers,
                    timeout=self.access.timeouts,
                    allow_redirects=False,
                )
            )
        except UnusableAnswer as error:
            outcome = error.told(self.access.server, _BETWEEN)
        except requests.RequestException as error:
            proxy = "" if self.access.is_loopback else proxy_of(self.access.url)
            outcome = lost_request(error, self.access.server, self.access.timeouts, LOOK, proxy)
        raise outcome

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._new_session()
            self._local.session = session
            self._sessions.add(session)
        return session

    def _new_session(self) -> requests.Session:
        access, session = self.access, requests.Session()
        session.auth = _Bearer(access.personal_token) if access.personal_token else None
        if session.auth is None:
            session.auth = (access.email, access.api_token)
        hold_to_limits(session, access.own, self._authorities, is_loopback=access.is_loopback)
        return session


class _Bearer(requests.auth.AuthBase):
    """Sends a personal token; as an object, so that no file of passwords overrides it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
