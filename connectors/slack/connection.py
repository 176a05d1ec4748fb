"""The way to one workspace: every request to Slack goes through here."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from connectors.answers.limits import TOLD_AS, UnusableAnswer
from connectors.answers.lost_requests import lost_request
from connectors.errors import ConnectorError
from connectors.json_fields import JsonValue, Sender
from connectors.pacing.rate_limit import NewPace, Pace, Rate
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.settings import is_loopback
from connectors.slack.responses import LOOK, ListCutShort, SlackAnswer, error_for
from connectors.tls import Authorities, proxy_of, way_to

if TYPE_CHECKING:
    from connectors.slack.transport import SlackTransport

SLACK = Sender("Slack", forgiving=True)
PAGE = 200
"""How many things a page of a list holds: Slack asks for no more."""
_MOST_PAGES = 500
_BETWEEN = "Look what stands between here and Slack."
Parameters = Mapping[str, object]
_USUAL_RATE = 50
_RATES = {
    "bots.info": 50,
    "chat.postMessage": 60,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.list": 20,
    "conversations.replies": 50,
    "pins.list": 20,
    "usergroups.list": 20,
    "users.info": 100,
}
"""Calls a minute that Slack takes of an app of one's own: it counts each method by itself."""


def rate_of(method: str) -> Rate:
    """Give how often a method may be called."""
    return Rate(_RATES.get(method, _USUAL_RATE), is_set=False)


@dataclass(frozen=True, slots=True)
class _MethodPace:
    """What says when a method may be called next: its own budget, and that of all methods."""

    own: Pace
    whole: Pace

    def take(self) -> None:
        """Wait for a permit of each."""
        self.own.take()
        self.whole.take()

    def hold(self, seconds: float) -> None:
        """Let the method alone for so long, and no other."""
        self.own.hold(seconds)


@dataclass(frozen=True, slots=True)
class WorkspaceAccess:
    """Where Slack's API is, and the bot token. ``timeouts`` are seconds: to connect, to answer."""

    api_url: str
    token: str = field(repr=False)
    timeouts: tuple[float, float] = (5.0, 30.0)

    @property
    def host(self) -> str:
        """The host, to name it in sentences."""
        return urlsplit(self.api_url).hostname or self.api_url

    @property
    def server(self) -> str:
        """What sentences call it: Slack, and where it is."""
        return f"Slack at {self.host}"


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody can say whether what was asked is done; ``error`` says why."""

    error: ConnectorError


class SlackConnection:
    """Requests to one workspace. Safe to share between threads."""

    def __init__(
        self,
        access: WorkspaceAccess,
        policy: RetryPolicy,
        circuit: Circuit,
        pace: Pace,
        authorities: Authorities | None = None,
        new_pace: NewPace | None = None,
    ) -> None:
        """Make no request yet. ``pace`` is that of all calls, ``new_pace`` makes a method's.

        Raises ``ConfigurationError`` where no way leads there.
        """
        self.access = access
        self._policy, self._circuit, self._pace = policy, circuit, pace
        self._new_pace = new_pace
        self._retriers: dict[str, Retrier] = {}
        self._authorities = authorities or Authorities()
        if not is_loopback(access.host):
            way_to(access.api_url)
        self._lock = threading.Lock()
        self._transport: SlackTransport | None = None

    def ask(self, doing: str, method: str, parameters: Parameters | None = None) -> JsonValue:
        """Call a method that reads, or does the same done twice, and give its answer.

        ``doing`` completes "could not …" in errors. Raises a ``ConnectorError`` for all but ``ok``.
        """
        return JsonValue(dict(self.answer(doing, method, parameters).data), SLACK)

    def answer(self, doing: str, method: str, parameters: Parameters | None = None) -> SlackAnswer:
        """Do as :meth:`ask`, and give the answer with its headers."""

        def attempt() -> SlackAnswer:
            answer = self._once(method, parameters or {})
            if not answer.ok:
                raise error_for(answer, doing, self.access.host)
            return answer

        return self._retrier(method).run(attempt, repeatable=True)

    def pages(
        self, doing: str, method: str, parameters: Parameters, things: str
    ) -> Iterator[Sequence[JsonValue]]:
        """Call a method that gives a list, and give each page of it, asked for as it is wanted.

        ``things`` is the field with the list. A page may be short or empty though others follow it.
        Raises ``ListCutShort`` behind the last page where Slack has more, but does not give it:
        nobody may take that for the end.
        """
        asked = {"limit": PAGE, **parameters}
        cursors: set[str] = set()
        while True:
            page = self.ask(doing, method, asked)
            page[things].required_list()
            yield page[things].objects()
            cursor = page["response_metadata"]["next_cursor"].text_or_none()
            if cursor is None and not page["has_more"].flag():
                return
            if cursor is None or cursor in cursors or len(cursors) >= _MOST_PAGES:
                raise ListCutShort(doing)
            cursors.add(cursor)
            asked = {**asked, "cursor": cursor}

    def exchange(self, doing: str, method: str, parameters: Parameters) -> JsonValue | Lost:
        """Call a method that must not be done twice; what surely did nothing is repeated.

        Raises a ``ConnectorError`` where it surely was not done, gives :class:`Lost` where it may
        have been.
        """

        def attempt() -> SlackAnswer:
            try:
                answer = self._once(method, parameters)
            except TOLD_AS as unusable:  # what was asked may be done
                raise Retryable(unusable) from None
            if not answer.ok:
                raise error_for(answer, doing, self.access.host)
            return answer

        answer = self._retrier(method).run_once(attempt)
        if isinstance(answer, ConnectorError):
            return Lost(answer)
        return JsonValue(dict(answer.data), SLACK)

    def close(self) -> None:
        """Let go of connections."""
        if self._transport is not None:
            self._transport.close()

    def _retrier(self, method: str) -> Retrier:
        """Give what repeats a method's calls: its pace and the waits named to it are its own."""
        with self._lock:
            if method not in self._retriers:
                pace = self._pace
                if self._new_pace is not None:
                    pace = _MethodPace(self._new_pace(f"Slack's {method}", rate_of(method)), pace)
                self._retriers[method] = Retrier(
                    self.access.server,
                    self._policy,
                    self._circuit,
                    pace,
                    holds=Circuit(clock=self._circuit.clock),
                )
            return self._retriers[method]

    def _once(self, method: str, parameters: Parameters) -> SlackAnswer:
        """Send one request. Errors are raised outside of ``except``: theirs hold the headers."""
        from slack_sdk.errors import SlackApiError  # noqa: PLC0415 - loads much, and late

        access = self.access
        outcome: Retryable | ConnectorError
        try:
            response = self._opened().api_call(method, params=_encoded(parameters))
        except SlackApiError as error:
            told = error.response
            return SlackAnswer(told.status_code, _headers(told.headers), told.data or {})
        except UnusableAnswer as error:
            outcome = error.told(access.server, _BETWEEN)
        except requests.RequestException as error:
            proxy = "" if is_loopback(access.host) else proxy_of(access.api_url)
            outcome = lost_request(error, access.server, access.timeouts, LOOK, proxy)
        else:
            data = response.data if isinstance(response.data, dict) else {}
            return SlackAnswer(response.status_code, _headers(response.headers), data)
        raise outcome

    def _opened(self) -> "SlackTransport":
        from connectors.slack.transport import SlackTransport  # noqa: PLC0415 - as above

        with self._lock:
            if self._transport is None:
                access = self.access
                self._transport = SlackTransport(
                    access.token, access.api_url, access.host, access.timeouts, self._authorities
                )
            return self._transport


def _headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    found: requests.structures.CaseInsensitiveDict[str]
    found = requests.structures.CaseInsensitiveDict(headers)
    return found


def _encoded(parameters: Parameters) -> dict[str, object]:
    """Write lists and objects as JSON, as a form has them."""
    return {
        name: value if isinstance(value, str | int | bool) else json.dumps(value)
        for name, value in parameters.items()
    }
