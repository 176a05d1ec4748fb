"""Requests to PagerDuty, reads among them repeated where that is worth it.

Stands on the ``pagerduty`` package, around these traps of its version 7.2.0: it repeats a 429 for
ever without reading ``ratelimit-reset``; it sleeps by itself; it ignores every timeout but the
attribute's; it takes no ``http://`` address, which a server on loopback needs; its errors end with
the last letters of the key; and it would send the key to a payload's URL that merely begins like
the API's, so only paths made here are ever asked for.
"""

import copy
import ssl
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import pagerduty

from connectors.answers.httpx_answers import LimitedClient
from connectors.answers.limits import UnusableAnswer, parsed
from connectors.errors import ConfigurationError, PayloadError
from connectors.json_fields import JsonValue
from connectors.masking import Hidden, Masking, OwnCredentials
from connectors.pacing.rate_limit import Pace
from connectors.pagerduty import responses
from connectors.pagerduty.common_payloads import PAGERDUTY
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.settings import is_loopback
from connectors.tls import Authorities, proxy_of, way_to

SERVICE = "PagerDuty"
BRIEF = 6.0
"""Seconds that a brief request waits for an answer, and after which it is not tried again."""
PATIENT = 20.0
"""The seconds after which any other is not tried again: an answer that late would be late again."""
_BETWEEN = "Look at PAGERDUTY_API_URL, and at what stands between here and PagerDuty."
Query = Mapping[str, str | int | Sequence[str]]


_SECONDS: ContextVar[float] = ContextVar("seconds")
"""The timeout of a thread's request: the package takes it from an attribute alone."""


class _Answered(Exception):
    """Carries an answer past the package's own handling of it."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class _Client(pagerduty.RestApiV2Client, LimitedClient):
    """The package's client without its own retries, for https and for loopback."""

    max_network_attempts = 0
    _address: str

    @property  # type: ignore[override]  # an attribute of the package's, a number of seconds
    def timeout(self) -> float:
        """For how many seconds the request that this thread makes waits for its answer."""
        return _SECONDS.get()

    @timeout.setter  # type: ignore[override]  # the same
    def timeout(self, seconds: float) -> None:
        _SECONDS.set(seconds)

    @property
    def url(self) -> str:
        """The API's address; :func:`api_address` has checked it."""
        return self._address

    @url.setter
    def url(self, address: str) -> None:
        self._address = address

    def postprocess(self, response: httpx2.Response, suffix: str | None = None) -> None:  # noqa: ARG002 - the package's signature
        """Take each answer as it comes, before the package repeats, logs or words it."""
        raise _Answered(response)


class PagerDutyTransport:
    """Asks PagerDuty; every request has a timeout, a permit, and is repeated within ``policy``.

    Secrets in what PagerDuty answers are hidden here, so nothing behind it ever holds them. Safe to
    share between threads, as httpx's clients are; a request's timeout is its thread's own.
    """

    def __init__(
        self,
        api_key: str,
        url: str,
        timeout: float,
        policy: RetryPolicy,
        pace: Pace,
        authorities: Authorities | None = None,
        masking: Masking | None = None,
    ) -> None:
        """Take the key and the address. Raises ``ConfigurationError`` where one cannot be."""
        self.url = api_address(url)
        self._key = _usable(api_key)
        given = masking or Masking()
        own = OwnCredentials.of([*given.own.plain, self._key])
        self._masking = replace(given, own=own)
        self._hidden: Hidden | None = None
        self._circuit = Circuit()
        self._retrier = Retrier(SERVICE, _within(policy, PATIENT), self._circuit, pace)
        self._brief_retrier = Retrier(SERVICE, _within(policy, BRIEF), self._circuit, pace)
        self._direct = is_loopback(urlsplit(self.url).hostname or "")
        self._client = _Client(
            self._key,
            auth_type="bearer" if responses.is_oauth_token(self._key) else "token",
            base_url=self.url,
            trust_env=False,  # it would look at the proxies of other addresses, too
            proxy=None if self._direct else way_to(self.url),
            verify=_trusted(self.url, authorities),
        )
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"PagerDutyTransport({self.url!r})"

    def counting(self, hidden: Hidden) -> Self:
        """Give the same transport, which notes in ``hidden`` what it hides."""
        counting = copy.copy(self)
        counting._hidden = hidden
        return counting

    def get(self, path: str, query: Query | None = None, *, brief: bool = False) -> JsonValue:
        """Give the JSON object at a path; where ``brief``, within some seconds or not at all.

        What an answer's optional fields hold of another type than documented counts as absent.
        Raises ``NotFound`` (404), ``Withheld`` (402, 403), ``AccessDenied`` (401), ``Rejected``
        (other 4xx), ``Unreachable`` (network, 5xx), ``OutOfQuota`` (429), ``PayloadError``.
        """
        retrier = self._brief_retrier if brief else self._retrier
        seconds = min(self._timeout, BRIEF) if brief else self._timeout
        return retrier.run(lambda: self._attempt(path, query or {}, seconds), repeatable=True)

    def send(self, method: str, path: str, body: object = None) -> JsonValue:
        """Write something, once; gives the answer as it is, a secret in it included.

        Raises as :meth:`get`; whether a request whose answer was lost was done, nobody can say.
        """
        return self._retrier.run(lambda: self._written(method, path, body), repeatable=False)

    def is_up(self) -> None:
        """Take back that requests failed in a row: it was their own matter, not the site's."""
        self._circuit.succeeded()

    @property
    def _proxy(self) -> str:
        return "" if self._direct else proxy_of(self.url)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _attempt(self, path: str, query: Query, seconds: float) -> JsonValue:
        try:
            response = self._answer("GET", path, seconds, params=dict(query))
            if response.is_success:
                sender = replace(PAGERDUTY, forgiving=True, forgiven=[])
                answer = self._masking.json(parsed(response.content), self._hidden)
                return JsonValue(answer, sender).required_object()
        except UnusableAnswer as unusable:
            raise unusable.told(SERVICE, _BETWEEN, f" (GET {path})") from None
        except ValueError:
            what = f"PagerDuty answered GET {path} with something that is not JSON."
            raise PayloadError(what, _BETWEEN) from None
        raise responses.error_for(f"GET {path}", response, self._key, self._masking)

    def _written(self, method: str, path: str, body: object) -> JsonValue:
        response = self._answer(method, path, self._timeout, json=body)
        if not response.is_success:
            raise responses.error_for(f"{method} {path}", response, self._key, self._masking)
        try:
            return JsonValue(parsed(response.content) if response.content else {}, PAGERDUTY)
        except ValueError:
            what = f"PagerDuty answered {method} {path} with something that is not JSON."
            raise PayloadError(what, _BETWEEN) from None

    def _answer(self, method: str, path: str, seconds: float, **sent: Any) -> httpx2.Response:
        self._client.timeout = seconds
        try:
            self._client.request(method, path, **sent)
        except _Answered as answered:
            return answered.response
        except (pagerduty.Error, httpx2.HTTPError) as error:
            lost = responses.lost(error.__cause__ or error, self.url, self._masking, self._proxy)
            raise Retryable(lost) from None
        raise RuntimeError("The pagerduty package gave no answer and no error.")


def _trusted(url: str, authorities: Authorities | None) -> ssl.SSLContext | bool:
    """Give whom to trust: on this very machine, where nothing is encrypted, nobody is asked."""
    if urlsplit(url).scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return (authorities or Authorities()).context() or True


def _within(policy: RetryPolicy, seconds: float) -> RetryPolicy:
    return replace(policy, last_repeat=min(policy.last_repeat, seconds))


def api_address(url: str) -> str:
    """Give the API's address without a slash at its end.

    Raises ``ConfigurationError`` unless it is an https address, or one on this very machine.
    """
    try:
        parts = urlsplit(url.strip())
        extra = "@" in parts.netloc or parts.query or parts.fragment or parts.path.strip("/")
        usable = bool(parts.hostname and not extra and parts.port != 0)
    except ValueError:
        usable = False
    if not usable or parts.hostname is None:
        raise ConfigurationError(
            "PAGERDUTY_API_URL is no address of an API.",
            "Give https://api.pagerduty.com or https://api.eu.pagerduty.com.",
        )
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return f"{parts.scheme}://{parts.netloc}"
    raise ConfigurationError(
        f"PAGERDUTY_API_URL is {url!r}, and the key would travel in the open.",
        "Begin it with https://; plain http:// is for addresses of this machine alone.",
    )


def _usable(api_key: str) -> str:
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(
            "PAGERDUTY_API_KEY is empty or holds characters that no key has.",
            "Copy the key again from PagerDuty (Integrations, API Access Keys).",
        )
    return key
