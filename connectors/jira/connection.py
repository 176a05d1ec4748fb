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
from dataclasses import dataclass
from typing import ClassVar, TypeVar
from urllib.parse import urlsplit

import jira
import requests

from connectors.answers.limits import TOLD_AS, UnusableAnswer
from connectors.answers.lost_requests import lost_request
from connectors.answers.requests_answers import hold_to_limits
from connectors.atlassian.site_access import SiteAccess
from connectors.atlassian.site_answers import no_data
from connectors.errors import ConnectorError, OutOfQuota, PayloadError
from connectors.jira.payloads import JIRA
from connectors.jira.responses import LOOK, JiraAnswer, error_for, login_failure, words_of
from connectors.json_fields import JsonValue
from connectors.pacing.rate_limit import Pace
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.tls import Authorities, proxy_of, way_to

BETWEEN = "Look whether JIRA_URL is right and no login page or proxy stands before Jira."
T = TypeVar("T")
Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class JiraAccess(SiteAccess):
    """Where the site of Jira is, and how to get in."""

    product: ClassVar[str] = "Jira"

    @property
    def is_gateway(self) -> bool:
        """Tell whether this is Atlassian's gateway, which takes tokens that have scopes."""
        return "/ex/jira/" in urlsplit(self.url).path + "/"


class JiraConnection:
    """Requests to one site. Safe to share between threads: each has a client of its own.

    ``version`` is the REST API's; it is ``2`` until the site turns out to be Cloud.
    """

    def __init__(
        self,
        access: JiraAccess,
        policy: RetryPolicy,
        circuit: Circuit,
        pace: Pace,
        authorities: Authorities | None = None,
    ) -> None:
        """Make no request yet. Raises ``ConfigurationError`` where no way leads there."""
        self.access = access
        self.version = "2"
        self._words = words_of(access.host)
        self._retrier = Retrier(access.server, policy, circuit, pace)
        self._authorities = authorities or Authorities()
        if not access.is_loopback:
            way_to(access.url)
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
            error = None if answer.ok else error_for(answer, self._words, doing)
            if isinstance(error, Retryable | OutOfQuota):
                raise error
            return answer

        return self._retrier.run_once(attempt)

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
            return JiraAnswer.of(session.get(url, auth=lambda request: request))

        try:
            answer = self._data(self._once(ask), "name the site's cloudId")
            return JsonValue(answer, JIRA)["cloudId"].text_or_none() or ""
        except (ConnectorError, Retryable):
            return ""

    def refusal(self, answer: JiraAnswer, doing: str) -> ConnectorError:
        """Give the error for an answer that is not a success."""
        error = error_for(answer, self._words, doing)
        return error.error if isinstance(error, Retryable) else error

    def close(self) -> None:
        """Let go of the connections of all threads."""
        for client in list(self._clients):
            client.close()  # type: ignore[no-untyped-call]  # the package leaves it untyped

    def _data(self, answer: JiraAnswer, doing: str) -> object:
        if not answer.ok:
            raise error_for(answer, self._words, doing)
        if not answer.is_json:
            raise PayloadError(*no_data(self._words, doing))
        return answer.data

    def _request(
        self, method: str, path: str, params: Params | None, body: object
    ) -> Callable[[jira.JIRA], JiraAnswer]:
        """Make what sends a request in one attempt."""
        url = f"{self.access.url}/rest/api/{self.version}/{path}"
        data = None if body is None else json.dumps(body)

        def use(client: jira.JIRA) -> JiraAnswer:
            session = client._session  # the package has no public way to its session
            return JiraAnswer.of(session.request(method, url, params=params, data=data))

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
            outcome = error.told(self.access.server, BETWEEN)
        except jira.JIRAError as error:
            if error.response is None:
                raise
            outcome = JiraAnswer.of(error.response)
        except requests.JSONDecodeError:
            outcome = JiraAnswer(200, {}, is_json=False)
        except requests.TooManyRedirects as error:
            if error.response is None:
                raise
            outcome = JiraAnswer.of(error.response)
        except requests.RequestException as error:
            proxy = "" if self.access.is_loopback else proxy_of(self.access.url)
            outcome = lost_request(error, self.access.server, self.access.timeouts, LOOK, proxy)
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
        session, is_loopback = client._session, access.is_loopback
        hold_to_limits(session, access.own, self._authorities, is_loopback=is_loopback)
        session.max_redirects = 0
        session.hooks["response"].append(_not_as_nobody)
        return client


def _not_as_nobody(response: requests.Response, *_: object, **__: object) -> None:
    error = login_failure(response)
    if error is not None:
        response.close()
        raise error
    if not response.ok:  # before the package reads what is wrong, and trips over any other form
        raise jira.JIRAError(response=response)
