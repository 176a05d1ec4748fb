"""The way to one Confluence site: every request to it goes through here, by ``requests``.

No package for Confluence is used: those there are leave out what the API asks for, repeat creates
by themselves, and give a page of HTML as an answer.
"""

import json
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.answers.limits import TOLD_AS, UnusableAnswer
from connectors.answers.requests_answers import LimitedAdapter
from connectors.confluence.payloads import CONFLUENCE
from connectors.confluence.responses import PageAnswer, error_for, lost, not_data, page_answer
from connectors.errors import ConfigurationError, ConnectorError, OutOfQuota
from connectors.json_fields import JsonValue
from connectors.masking import OwnCredentials
from connectors.pacing.rate_limit import Pace
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.settings import is_loopback
from connectors.tls import Authorities, proxy_of

Query = Sequence[tuple[str, str | int]]
_BETWEEN = "Look what stands between here and Confluence."
Files = Mapping[str, tuple[str | None, bytes | str, str]]


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """Where the site is and how to get in: e-mail and API token (Cloud), or a personal token.

    ``url`` has no slash at its end; ``timeouts`` are the seconds to wait for a connection and for
    an answer.
    """

    url: str
    email: str = ""
    api_token: str = field(default="", repr=False)
    personal_token: str = field(default="", repr=False)
    timeouts: tuple[float, float] = (5.0, 30.0)

    def __post_init__(self) -> None:
        """Raise ``ConfigurationError`` where there is nothing to get in with."""
        if not self.personal_token and not (self.email and self.api_token):
            raise ConfigurationError(
                "There are no credentials for Confluence.",
                "Set CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN (Cloud) or "
                "CONFLUENCE_PERSONAL_TOKEN (Data Center).",
            )

    @property
    def is_cloud(self) -> bool:
        """Tell whether it is Cloud: personal tokens are Data Center's, API tokens Cloud's."""
        return not self.personal_token

    @property
    def base(self) -> str:
        """Where Confluence itself begins: on Cloud below ``/wiki``."""
        url = self.url.rstrip("/")
        return url if not self.is_cloud or url.endswith("/wiki") else f"{url}/wiki"

    @property
    def host(self) -> str:
        """The site's host, to name it in sentences."""
        return urlsplit(self.url).hostname or self.url

    @property
    def is_loopback(self) -> bool:
        """Tell whether the site runs on this very machine."""
        return is_loopback(self.host)


class SiteConnection:
    """Requests to one site. Safe to share between threads: each has a session of its own."""

    def __init__(
        self,
        access: SiteAccess,
        policy: RetryPolicy,
        circuit: Circuit,
        pace: Pace,
        authorities: Authorities | None = None,
    ) -> None:
        """Make no request yet."""
        self.access = access
        self._retrier = Retrier(f"Confluence at {access.host}", policy, circuit, pace)
        self._authorities = authorities or Authorities()
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
                raise not_data(doing, self.access.host)
            return JsonValue(answer.data, CONFLUENCE)

        return self._retrier.run(attempt, repeatable=repeatable)

    def exchange(self, doing: str, path: str, body: object) -> PageAnswer | ConnectorError:
        """Post what must not be done twice and give the answer, unless that may pass.

        What surely did nothing (a 429, no connection) is repeated, and raises ``ConnectorError``
        when no attempt is left. An error is given where the request may have taken effect.
        """

        def attempt() -> PageAnswer:
            try:
                answer = self._once("POST", path, (), body, None)
            except TOLD_AS as unusable:  # what was asked may be done
                raise Retryable(unusable) from None
            error = None if answer.ok else self._error(answer, doing)
            if isinstance(error, Retryable | OutOfQuota):
                raise error
            return answer

        try:
            return self._retrier.run(attempt, repeatable=False)
        except ConnectorError as error:
            if isinstance(error.__cause__, Retryable) and error.__cause__.maybe_done:
                return error
            raise

    def refusal(self, answer: PageAnswer, doing: str) -> ConnectorError:
        """Give the error for an answer that is not a success."""
        error = self._error(answer, doing)
        return error.error if isinstance(error, Retryable) else error

    def _error(self, answer: PageAnswer, doing: str) -> ConnectorError | Retryable:
        return error_for(answer, doing, self.access.host, is_cloud=self.access.is_cloud)

    def close(self) -> None:
        """Let go of the connections of all threads."""
        for session in list(self._sessions):
            session.close()

    def _once(
        self, method: str, path: str, query: Query, body: object, files: Files | None
    ) -> PageAnswer:
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
            return page_answer(
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
            outcome = error.told(f"Confluence at {self.access.host}", _BETWEEN)
        except requests.RequestException as error:
            proxy = "" if self.access.is_loopback else proxy_of(self.access.url)
            outcome = lost(error, self.access.host, self.access.timeouts, proxy)
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
        own = OwnCredentials.of([access.api_token, access.personal_token])
        session.mount("https://", _TrustingAdapter(self._authorities, own))
        session.mount("http://", LimitedAdapter(own))
        if access.is_loopback:
            session.trust_env = False  # no proxy stands between a machine and itself
        return session


class _Bearer(requests.auth.AuthBase):
    """Sends a personal token; as an object, so that no file of passwords overrides it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _TrustingAdapter(LimitedAdapter):
    """Makes connections that trust the authorities that are named, whatever else would say."""

    def __init__(self, authorities: Authorities, own: OwnCredentials) -> None:
        self._authorities = authorities
        super().__init__(own)

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        """Send a request."""
        verify = self._authorities.bundle() or True
        return super().send(request, *args, **{**options, "verify": verify})
