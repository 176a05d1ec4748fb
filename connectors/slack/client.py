"""A workspace of Slack's: a :class:`Chat`."""

import itertools
import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.chat import (
    ChannelId,
    ChatChannel,
    MaybePosted,
    MessageFixed,
    MessageId,
    NotPosted,
    OwnPost,
    PickedMessages,
    Post,
    Posted,
    PostOutcome,
)
from connectors.errors import ConnectorError, Finding, NotFound
from connectors.pacing.rate_limit import NewPace, NoPace, Pace
from connectors.retry import Circuit, RetryPolicy
from connectors.slack import payloads
from connectors.slack.checks import findings
from connectors.slack.connection import Lost, SlackConnection, WorkspaceAccess
from connectors.slack.payloads import Identity
from connectors.slack.reading import ChannelReader, MemberNames, Picking, matching
from connectors.slack.responses import ChannelArchived, NotAMember, ScopeMissing, not_readable
from connectors.tls import Authorities

_MOST_LISTED = 1000
_LISTED_FOR = 60.0
"""Seconds for which a list of all channels is good: it may take many calls."""
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
_BOTH_KINDS, _PUBLIC = "public_channel,private_channel", "public_channel"


class Slack:
    """A :class:`Chat`. Safe to share between threads."""

    def __init__(
        self,
        access: WorkspaceAccess,
        announce_in: str = "",
        *,
        picking: Picking | None = None,
        patterns: Sequence[str] = (),
        channels: Sequence[str] = (),
        policy: RetryPolicy | None = None,
        circuit: Circuit | None = None,
        pace: Pace | None = None,
        new_pace: NewPace | None = None,
        authorities: Authorities | None = None,
    ) -> None:
        """Make no request yet. ``announce_in``, and other ``channels`` of ours, are for the checks.

        ``patterns`` of channels' names hold ``{number}`` or ``{id}`` for the incident's.
        ``pace`` is that of all calls, ``new_pace`` makes each method's own.
        """
        self._connection = SlackConnection(
            access,
            policy or RetryPolicy(),
            circuit or Circuit(),
            pace or NoPace(),
            authorities,
            new_pace,
        )
        self._patterns = tuple(patterns)
        self._channels = tuple(filter(None, dict.fromkeys([announce_in, *channels])))
        self._picking = picking or Picking()
        self._reader = ChannelReader(self._connection, MemberNames(self._connection), self._picking)
        self._lock = threading.Lock()
        self._listing = threading.Lock()  # one lists channels, the others wait for what it finds
        self._identity: Identity | None = None
        self._named: dict[str, ChatChannel] = {}
        self._listed_lately: tuple[float, Sequence[ChatChannel]] = (-math.inf, ())

    def channel_id(self, word: str) -> ChannelId | None:
        return payloads.channel_id(word.strip().removeprefix("#"))

    def channel_named(self, word: str) -> ChatChannel:
        named = word.strip().removeprefix("#")
        if channel := payloads.channel_id(named):
            return self._channel(channel)
        if (known := self._by_name(named.lower())) is not None:
            return known
        raise NotFound(
            f"Slack shows the app no channel called #{named}.",
            "Look at the name. If the channel is private, invite the app to it, or give the "
            "channel's id.",
        )

    def _by_name(self, name: str) -> ChatChannel | None:
        """Give the channel of that name; where it was not listed lately, they are listed anew."""
        with self._listing:
            lately = self._listed_lately[1] if self._is_fresh() else ()
            for one in itertools.chain(self._named.values(), lately, self.listed_channels()):
                if one.name == name:
                    self._named[name] = one
                    return one
        return None

    def listed_channels(self) -> Iterator[ChatChannel]:
        """Give each channel that the app may see, archived ones too, a page at a time."""
        try:
            yield from self._listed(_BOTH_KINDS)
        except ScopeMissing:
            yield from self._listed(_PUBLIC)

    def _listed(self, kinds: str) -> Iterator[ChatChannel]:
        asked = {"types": kinds, "limit": _MOST_LISTED, "team_id": self.identity().team}
        found = self._connection.pages("list channels", "conversations.list", asked, "channels")
        for page in found:
            yield from map(payloads.channel, page)

    def _channel(self, channel: ChannelId) -> ChatChannel:
        doing = f"look at the channel {channel}"
        answer = self._connection.ask(doing, "conversations.info", {"channel": channel})
        return payloads.channel(answer["channel"])

    def channels_in(self, address: str) -> Sequence[ChannelId]:
        return payloads.channels_in(address)

    def is_own(self, address: str) -> bool:
        return payloads.is_own(address)

    def channels_like(self, number: int, incident: str) -> Sequence[ChannelId]:
        if not self._patterns:
            return ()
        known = {"{number}": str(number), "{id}": incident.lower()}
        patterns = [_filled(one, known) for one in self._patterns]
        return tuple(matching(self._all_channels(), patterns))

    def _all_channels(self) -> Sequence[ChatChannel]:
        """Give every channel, as they were a minute ago at most."""
        with self._listing:
            if not self._is_fresh():
                channels = tuple(self.listed_channels())
                self._listed_lately = time.monotonic(), channels
            return self._listed_lately[1]

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._listed_lately[0] <= _LISTED_FOR

    def picked(self, channel: ChannelId, since: datetime, until: datetime | None) -> PickedMessages:
        try:
            return self._reader.picked(channel, since, until, self.identity().url)
        except NotAMember as error:
            raise self._why_not(channel, error) from error

    def _why_not(self, channel: ChannelId, error: NotAMember) -> ConnectorError:
        """Give why a channel cannot be read, as far as more can be said than that."""
        try:
            return not_readable(self._channel(channel), error)
        except ConnectorError:
            return error

    def post(self, channel: ChannelId, post: Post) -> PostOutcome:
        asked = {"channel": channel, **_NO_PREVIEWS, **payloads.message(post)}
        try:
            answer = self._connection.exchange(
                f"post in the channel {channel}", "chat.postMessage", asked
            )
        except ConnectorError as error:
            return NotPosted(error)
        if isinstance(answer, Lost):
            return MaybePosted(answer.error)
        try:
            return Posted(ChannelId(answer["channel"].text()), MessageId(answer["ts"].text()))
        except ConnectorError as error:
            return MaybePosted(error)

    def edit(self, channel: ChannelId, message: MessageId, post: Post) -> None:
        asked = {"channel": channel, "ts": message, **payloads.message(post)}
        try:
            self._connection.ask(f"change a message in {channel}", "chat.update", asked)
        except ChannelArchived as error:  # as its incident is over; the message stays as it is
            raise MessageFixed(error.what, error.remedy) from error

    def own_posts(self, channel: ChannelId, since: datetime) -> Iterator[OwnPost]:
        own = self.identity()
        asked = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
        }
        doing = f"read the channel {channel}"
        for page in self._connection.pages(doing, "conversations.history", asked, "messages"):
            for message in page:
                if (found := payloads.own_post(message, own)) is not None:
                    yield found

    def permalink(self, channel: ChannelId, message: MessageId) -> str:
        return payloads.permalink(self.identity().url, channel, message)

    def identity(self) -> Identity:
        """Tell who the app is and where; read once."""
        with self._lock:
            if self._identity is None:
                self._identity = payloads.identity(self._connection.ask("sign in", "auth.test"))
            return self._identity

    def check(self) -> Sequence[Finding]:
        named = self.channel_named
        return list(findings(self._connection, named, self._channels, pins=self._picking.pins))

    def close(self) -> None:
        self._connection.close()


def _filled(pattern: str, known: Mapping[str, str]) -> str:
    for place, value in known.items():
        pattern = pattern.replace(place, value)
    return pattern
