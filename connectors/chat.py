"""Records of what is said in a chat, and what a chat must do.

A post has three outcomes and each is a value: :class:`Posted`, :class:`NotPosted` (surely no
message) and :class:`MaybePosted` (there may be one). A chat never repeats a post on its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType, Protocol

from connectors.errors import ConnectorError, Finding, NotFound, NotPermitted
from connectors.follow_up import ChatMessage

ChannelId = NewType("ChannelId", str)
"""A chat's own id of a channel, which stays when the channel is renamed."""
MessageId = NewType("MessageId", str)
"""A message's id within its channel; text, for a number would lose digits."""


@dataclass(frozen=True, slots=True)
class ChatChannel:
    """A channel as it is now. ``reads`` says whether the account is in it."""

    id: ChannelId
    name: str
    is_private: bool = False
    is_archived: bool = False
    reads: bool = False


@dataclass(frozen=True, slots=True)
class PickedMessages:
    """The messages of a channel that somebody picked, oldest first.

    ``problems`` are sentences, each with its remedy, about what could not be read. Where they are
    not ``whole``, others may be picked that are not among them; else names alone lack.
    """

    channel: ChannelId
    messages: tuple[ChatMessage, ...] = ()
    problems: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Post:
    """What a message is to say.

    ``text`` stands in notices and where ``blocks`` cannot be shown; both are in the chat's own
    format, with other people's words escaped. ``mark`` and ``facts`` travel with it, unseen by
    readers, so that the message is known again: together they stay below 1 KB.
    """

    text: str
    blocks: Sequence[Mapping[str, object]] = ()
    mark: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """The message is there."""

    channel: ChannelId
    message: MessageId


@dataclass(frozen=True, slots=True)
class NotPosted:
    """There is none, surely; ``error`` says why."""

    error: ConnectorError


@dataclass(frozen=True, slots=True)
class MaybePosted:
    """Nobody can say whether it is there; ``error`` says why."""

    error: ConnectorError


PostOutcome = Posted | NotPosted | MaybePosted


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A message of the program's own, read back with what travelled with it."""

    message: MessageId
    mark: str
    facts: Mapping[str, str]


class MessageGone(NotFound):
    """Somebody has deleted the message."""


class MessageFixed(NotPermitted):
    """The message is there, and nobody may change it any more."""


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """Which incidents are told of in a channel; without services and teams, all. Names or ids.

    ``channel`` is its id or name.
    """

    channel: str
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


class Chat(Protocol):
    """What a chat must do. Every method may raise ``ConnectorError`` unless it says else."""

    def channel_id(self, word: str) -> ChannelId | None:
        """Give the channel that a word names by its id, None where it is a name; asks nothing."""

    def channel_named(self, word: str) -> ChatChannel:
        """Give the channel that an id or a name (with or without #) means.

        Raises ``NotFound`` where there is none to see.
        """

    def channels_in(self, address: str) -> Sequence[ChannelId]:
        """Give the channels that an address, or a text with addresses in it, names."""

    def is_own(self, address: str) -> bool:
        """Tell whether an address leads into this chat, whatever it names there."""

    def channels_like(self, number: int, incident: str) -> Sequence[ChannelId]:
        """Give the channels that the configured patterns mean for an incident."""

    def picked(self, channel: ChannelId, since: datetime, until: datetime | None) -> PickedMessages:
        """Read what was picked in a channel, of what was said in that time; nothing is changed.

        Raises ``ConnectorError`` where the channel cannot be read at all.
        """

    def post(self, channel: ChannelId, post: Post) -> PostOutcome:
        """Post a message, in one request that is never repeated; never raises."""

    def edit(self, channel: ChannelId, message: MessageId, post: Post) -> None:
        """Change a message of one's own.

        Raises ``MessageGone`` where somebody has deleted it, and ``MessageFixed``.
        """

    def own_posts(self, channel: ChannelId, since: datetime) -> Iterator[OwnPost]:
        """Give each message of one's own in a channel since a time, newest first.

        Pages are asked for as they are wanted. Raises ``NotPermitted`` where the channel cannot be
        read.
        """

    def permalink(self, channel: ChannelId, message: MessageId) -> str:
        """Give the address at which people open a message; costs no request of its own."""

    def check(self) -> Sequence[Finding]:
        """Look at the token, its scopes and the channel; never raises."""

    def close(self) -> None:
        """Let go of connections."""
