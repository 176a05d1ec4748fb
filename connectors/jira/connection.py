"""The way to one Jira site: every request to it goes through here.

The ``jira`` package gives the session (authentication, TLS, proxies) and the calls that it does
safely. Its session is used directly for what it lacks: bulk fetch, enhanced search, creates that
carry properties, createmeta of Cloud, remote links that are upserts. Its own retries are off, for
they repeat POSTs, and so are redirects, for they would carry the credentials along.
"""

import json
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jira
import requests

from connectors.answers.limits import TOLD_AS, UnusableAnswer
from connectors.answers.requests_answers import LimitedAdapter
from connectors.errors import ConfigurationError, ConnectorError, OutOfQuota, PayloadError
from connectors.jira.payloads import JIRA
from connectors.jira.responses import JiraAnswer, error_for, jira_answer, login_failure, lost
from connectors.json_fields import JsonValue
from connectors.masking import OwnCredentials
from connectors.pacing.rate_limit import Pace
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.settings import is_loopback
from connectors.tls import Authorities, proxy_of

_BETWEEN = "Look whether JIRA_URL is right and no login page or proxy stands before Jira."
T = TypeVar("T")
Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Credentials:
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
        """Raise ``ConfigurationError`` for an address that credentials must not be sent to."""
        parts = urlsplit(self.url)
        if not parts.hostname or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
            raise ConfigurationError(
                "The address of Jira is not a plain web address.",
                "Set JIRA_URL to something like https://jira.example.com.",
            )
        if parts.scheme == "http" and not self.is_loopback:
            raise ConfigurationError(
                f"Jira's address is plain http to {parts.hostname}: credentials could be read.",
                "Set JIRA_URL to the https address.",
            )
        if not self.personal_token and not (self.email and self.api_token):
            raise ConfigurationError(
                "There are no credentials for Jira.",
                "Set JIRA_EMAIL and JIRA_API_TOKEN (Cloud) or JIRA_PERSONAL_TOKEN (Data Center).",
            )

    @property
    def host(self) -> str:
        """The site's host, to name it in sentences."""
        return urlsplit(self.url).hostname or self.url

    @property
    def is_gateway(self) -> bool:
        """Tell whether this is Atlassian's gateway, which takes tokens that have scopes."""
        return "/ex/jira/" in urlsplit(self.url).path + "/"

    @property
    def is_loopback(self) -> bool:
        """Tell whether the site runs on this very machine."""
        return is_loopback(self.host)


class Connection:
    """Requests to one site. Safe to share between threads: each has a client of its own.

    ``version`` is the REST API's; it is ``2`` until the site turns out to be Cloud.
    """

    def __init__(
        self,
        access: Credentials,
        policy: RetryPolicy,
        circuit: Circuit,
        pace: Pace,
        authorities: Authorities | None = None,
    ) -> None:
        """Make no request yet."""
        self.access = access
        self.version = "2"
        self._retrier = Retrier(f"Jira at {access.host}", policy, circuit, pace)
        self._authorities = authorities or Authorities()
        self._local = threading.local()
        self._clients: weakref.WeakSet[jira.JIRA] = weakref.WeakSet()

    def ask(
        self,
        doing: str,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: object = None,
        repeatable: bool = True,
    ) -> object:
        """Send a request and give the JSON of its answer, None where there is none.

        ``doing`` completes "could not …" in errors. ``repeatable`` is for reads and for writes that
        are the same done twice. Raises a ``ConnectorError`` for all but a success.
        """
        use = self._request(method, path, params, body)
        return self._retrier.run(lambda: self._data(self._once(use), doing), repeatable=repeatable)

    def exchange(
        self, doing: str, method: str, path: str, body: object
    ) -> JiraAnswer | ConnectorError:
        """Send a request that must not be done twice and give its answer, unless it may pass.

        What surely did nothing (a 429, no connection) is repeated, and raises ``ConnectorError``
        when no attempt is left. An error is given where the request may have taken effect: there
        was no answer, or a 5xx.
        """
        use = self._request(method, path, None, body)

        def attempt() -> JiraAnswer:
            try:
                answer = self._once(use)
            except TOLD_AS as unusable:  # what was asked may be done
                raise Retryable(unusable) from None
            error = None if answer.ok else error_for(answer, doing, self.access.host)
            if isinstance(error, Retryable | OutOfQuota):
                raise error
            return answer

        try:
            return self._retrier.run(attempt, repeatable=False)
        except ConnectorError as error:
            if _may_have_happened(error):
                return error
            raise

    def package(self, doing: str, use: Callable[[jira.JIRA], object]) -> object:
        """Let the ``jira`` package read something in one request; errors as for :meth:`ask`."""

        def attempt() -> object:
            given = self._once(use)
            return self._data(given, doing) if isinstance(given, JiraAnswer) else given

        return self._retrier.run(attempt, repeatable=True)

    def cloud_id(self) -> str:
        """Ask a Cloud site's own address for the id that the gateway knows it by, as nobody.

        Gives "" where it does not say, and at the gateway itself.
        """
        if self.access.is_gateway:
            return ""

        def ask(client: jira.JIRA) -> JiraAnswer:
            session, url = client._session, f"{self.access.url}/_edge/tenant_info"
            return jira_answer(session.get(url, auth=lambda request: request))

        try:
            answer = self._data(self._once(ask), "name the site's cloudId")
            return JsonValue(answer, JIRA)["cloudId"].text_or_none() or ""
        except (ConnectorError, Retryable):
            return ""

    def refusal(self, answer: JiraAnswer, doing: str) -> ConnectorError:
        """Give the error for an answer that is not a success."""
        error = error_for(answer, doing, self.access.host)
        return error.error if isinstance(error, Retryable) else error

    def close(self) -> None:
        """Let go of the connections of all threads."""
        for client in list(self._clients):
            client.close()  # type: ignore[no-untyped-call]  # the package leaves it untyped

    def _data(self, answer: JiraAnswer, doing: str) -> object:
        if not answer.ok:
            raise error_for(answer, doing, self.access.host)
        if not answer.is_json:
            raise PayloadError(
                f"{self.access.host} answered with a page instead of data to the request to "
                f"{doing}.",
                _BETWEEN,
            )
        return answer.data

    def _request(
        self, method: str, path: str, params: Params | None, body: object
    ) -> Callable[[jira.JIRA], JiraAnswer]:
        """Make what sends a request in one attempt."""
        url = f"{self.access.url}/rest/api/{self.version}/{path}"
        data = None if body is None else json.dumps(body)

        def use(client: jira.JIRA) -> JiraAnswer:
            session = client._session  # the package has no public way to its session
            return jira_answer(session.request(method, url, params=params, data=data))

        return use

    def _once(self, use: Callable[[jira.JIRA], T]) -> T | JiraAnswer:
        """Run one attempt: what it gives, or the answer that the package raised as an error.

        Errors are raised outside of the ``except`` blocks: the package's own hold the request's
        headers, and must not hang on ours as their context.
        """
        outcome: JiraAnswer | Retryable | ConnectorError
        try:
            return use(self._client())
        except UnusableAnswer as error:
            outcome = error.told(f"Jira at {self.access.host}", _BETWEEN)
        except jira.JIRAError as error:
            if error.response is None:
                raise
            outcome = jira_answer(error.response)
        except requests.JSONDecodeError:
            outcome = JiraAnswer(200, {}, is_json=False)
        except requests.TooManyRedirects as error:
            if error.response is None:
                raise
            outcome = jira_answer(error.response)
        except requests.RequestException as error:
            proxy = "" if self.access.is_loopback else proxy_of(self.access.url)
            outcome = lost(error, self.access.host, self.access.timeouts, proxy)
        if not isinstance(outcome, JiraAnswer):
            raise outcome
        return outcome

    def _client(self) -> jira.JIRA:
        """Give this thread's client; the package's are not made to be shared."""
        client: jira.JIRA | None = getattr(self._local, "client", None)
        if client is None or self._local.version != self.version:
            client = self._new_client()
            self._local.client, self._local.version = client, self.version
            self._clients.add(client)
        return client

    def _new_client(self) -> jira.JIRA:
        access = self.access
        token = access.personal_token
        client = jira.JIRA(
            options={"server": access.url, "rest_api_version": self.version},
            basic_auth=None if token else (access.email, access.api_token),
            token_auth=token or None,
            get_server_info=False,
            logging=False,
            max_retries=0,
            timeout=access.timeouts,
        )
        own = OwnCredentials.of([access.api_token, access.personal_token])
        client._session.mount("https://", _Trusting(self._authorities, own))
        client._session.mount("http://", LimitedAdapter(own))
        client._session.max_redirects = 0
        client._session.hooks["response"].append(_not_as_nobody)
        if access.is_loopback:
            client._session.trust_env = False  # no proxy stands between a machine and itself
        return client


class _Trusting(LimitedAdapter):
    """Makes connections that trust the authorities that are named, whatever else would say."""

    def __init__(self, authorities: Authorities, own: OwnCredentials) -> None:
        self._authorities = authorities
        super().__init__(own)

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        """Send a request."""
        return super().send(request, *args, **{**options, "verify": self._verify})

    @property
    def _verify(self) -> str | bool:
        return self._authorities.bundle() or True


def _may_have_happened(error: ConnectorError) -> bool:
    """Tell whether a request that ended in this error may have taken effect all the same."""
    return isinstance(error.__cause__, Retryable) and error.__cause__.maybe_done


def _not_as_nobody(response: requests.Response, *_: object, **__: object) -> None:
    error = login_failure(response)
    if error is not None:
        response.close()
        raise error
