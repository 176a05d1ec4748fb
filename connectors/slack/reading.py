"""What was picked in a channel: found in its history, its threads and its pins, and named."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from connectors.chat import ChannelId, ChatChannel, MessageId, PickedMessages
from connectors.errors import ConnectorError, NotFound, PayloadError, Rejected, ServiceFailed
from connectors.follow_up import ChatMessage
from connectors.json_fields import JsonValue
from connectors.slack import mrkdwn, payloads
from connectors.slack.connection import SLACK, SlackConnection
from connectors.slack.mrkdwn import ChatMention, Named, SaidPiece
from connectors.slack.responses import ListCutShort


@dataclass(frozen=True, slots=True)
class Picking:
    """What puts a message into a document: these reactions, and whether a pin does."""

    reactions: Collection[str] = ("pushpin", "memo")
    pins: bool = True


class MemberNames:
    """People, integrations, channels and groups by their ids; each is asked for once."""

    def __init__(self, connection: SlackConnection) -> None:
        """Make no request yet."""
        self._connection = connection
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._groups_read = False

    def named(self, wanted: Iterable[ChatMention], problems: list[str]) -> Mapping[str, str]:
        """Give the names that can be had; what keeps others from it is added to ``problems``."""
        for one in wanted:
            if one.id and one.id not in self._known:
                try:
                    self._learn(one)
                except NotFound:
                    self._keep(one.id, "")
                except ConnectorError as error:
                    told = str(error)
                    if told not in problems:
                        problems.append(told)
        return self._known

    def author(self, message: JsonValue, problems: list[str]) -> str:
        """Give who wrote a message: a person by the profile's name, an integration by its own."""
        bot = message["bot_id"].text_or_none() or ""
        if bot:
            told = message["bot_profile"]["name"].text_or_none()
            told = told or message["username"].text_or_none()
            return told or self._bot(bot, problems)
        user = message["user"].text_or_none() or ""
        known = self.named([ChatMention(Named.PERSON, user)], problems)
        return known.get(user) or message["username"].text_or_none() or ""

    def _bot(self, bot: str, problems: list[str]) -> str:
        if bot not in self._known:
            try:
                answer = self._connection.ask("name an integration", "bots.info", {"bot": bot})
                self._keep(bot, answer["bot"]["name"].text_or_none() or "")
            except NotFound:
                self._keep(bot, "")
            except ConnectorError as error:
                problems.append(str(error))
        return self._known.get(bot, "")

    def _learn(self, one: ChatMention) -> None:
        ask = self._connection.ask
        match one.kind:
            case Named.PERSON:
                user = ask("name a person", "users.info", {"user": one.id})["user"]
                self._keep(one.id, payloads.person_name(user))
            case Named.CHANNEL:
                channel = ask("name a channel", "conversations.info", {"channel": one.id})
                self._keep(one.id, channel["channel"]["name"].text_or_none() or "")
            case Named.GROUP:
                if not self._groups_read:
                    self._read_groups()
                self._keep(one.id, self._known.get(one.id, ""))

    def _read_groups(self) -> None:
        try:
            answer = self._connection.ask("name groups", "usergroups.list")
        except Rejected:  # a plan without groups
            self._groups_read = True
            return
        for group in answer["usergroups"].objects():
            name = group["handle"].text_or_none() or group["name"].text_or_none() or ""
            self._keep(group["id"].text_or_none() or "", name)
        self._groups_read = True

    def _keep(self, id_: str, name: str) -> None:
        with self._lock:
            self._known[id_] = name


class ChannelReader:
    """Reads the channels of incidents."""

    def __init__(self, connection: SlackConnection, names: MemberNames, picking: Picking) -> None:
        """Make no request yet."""
        self._connection = connection
        self._names = names
        self._picking = picking

    def picked(
        self, channel: ChannelId, since: datetime, until: datetime | None, workspace: str
    ) -> PickedMessages:
        """Read what was picked; ``workspace`` is its address, for the messages' own.

        Raises ``ConnectorError`` where the channel's history cannot be read.
        """
        unread: list[str] = []
        window = _Window(since, until)
        said = self._said(channel, window, unread)
        pinned = self._pinned(channel, unread) if self._picking.pins else {}
        for ts, message in pinned.items():
            if window.holds(ts):
                said.setdefault(ts, message)
        chosen = {
            ts: message
            for ts, message in sorted(said.items())
            if window.holds(ts)
            and not payloads.is_gone(message)
            and (ts in pinned or self._is_picked(message, channel))
        }
        problems: list[str] = []
        told = {ts: mrkdwn.pieces_of(message) for ts, message in chosen.items()}
        self._names.named(
            (one for each in told.values() for one in mrkdwn.mentions(each)), problems
        )
        messages = tuple(
            self._message(channel, ts, message, told[ts], workspace, problems)
            for ts, message in chosen.items()
        )
        every = tuple(dict.fromkeys([*unread, *problems]))
        return PickedMessages(channel, messages, every, whole=not unread)

    def _said(
        self, channel: ChannelId, window: "_Window", problems: list[str]
    ) -> dict[str, JsonValue]:
        """Give what is picked of what was said in the time, threads included, by its ``ts``.

        The stones of deleted messages are among it. All else is let go of page by page.
        """
        asked = {"channel": channel, **window.bounds}
        doing = f"read the channel {channel}"
        said: dict[str, JsonValue] = {}
        threads: set[str] = set()
        try:
            for ts, message in self._listed(doing, "conversations.history", asked):
                if window.may_hold_replies(ts, message):
                    threads.add(ts)
                self._keep(said, channel, ts, message)
        except ListCutShort as error:
            problems.append(str(error))
        for parent in sorted(threads):
            thread = {**asked, "ts": parent}
            try:
                for ts, message in self._listed(doing, "conversations.replies", thread):
                    self._keep(said, channel, ts, message)
            except NotFound:
                continue  # deleted meanwhile
            except (ListCutShort, PayloadError, Rejected, ServiceFailed) as error:
                problems.append(str(error))  # it is this thread's own
            except ConnectorError as error:
                problems.append(str(error))
                break
        return said

    def _keep(
        self, said: dict[str, JsonValue], channel: ChannelId, ts: str, message: JsonValue
    ) -> None:
        if self._is_picked(message, channel) or payloads.is_gone(message):
            said.setdefault(ts, JsonValue(message.value, SLACK))  # without the page around it

    def _listed(
        self, doing: str, method: str, asked: Mapping[str, object]
    ) -> Iterator[tuple[str, JsonValue]]:
        """Give each message of a list by its ``ts``; one without could not be named."""
        for page in self._connection.pages(doing, method, asked, "messages"):
            for message in page:
                if ts := message["ts"].text_or_none():
                    yield ts, message

    def _pinned(self, channel: ChannelId, problems: list[str]) -> dict[str, JsonValue]:
        try:
            doing = f"read the pins of the channel {channel}"
            answer = self._connection.ask(doing, "pins.list", {"channel": channel})
            answer["items"].required_list()
        except ConnectorError as error:
            problems.append(str(error))
            return {}
        items = [one["message"] for one in answer["items"].objects()]
        return {ts: one for one in items if (ts := one["ts"].text_or_none())}

    def _is_picked(self, message: JsonValue, channel: ChannelId) -> bool:
        for reaction in message["reactions"].objects():
            name = (reaction["name"].text_or_none() or "").partition("::")[0]
            if name.lower() in self._picking.reactions and reaction["count"].value != 0:
                return True
        pinned_to = [one.value for one in message["pinned_to"].each()]
        return self._picking.pins and channel in pinned_to

    def _message(
        self,
        channel: ChannelId,
        ts: str,
        message: JsonValue,
        pieces: list[SaidPiece],
        workspace: str,
        problems: list[str],
    ) -> ChatMessage:
        parent = message["thread_ts"].text_or_none() or ""
        link = message["permalink"].text_or_none()
        return ChatMessage(
            channel=channel,
            id=ts,
            at=payloads.time_of(ts),
            author=self._names.author(message, problems),
            words=mrkdwn.spans(pieces, self._names.named((), problems)),
            files=payloads.files(message),
            url=link or payloads.permalink(workspace, channel, MessageId(ts), parent),
        )


@dataclass(frozen=True, slots=True)
class _Window:
    """The time in which what is said counts; both ends do."""

    since: datetime
    until: datetime | None

    @property
    def bounds(self) -> Mapping[str, object]:
        """Say it as Slack's methods take it."""
        bounds: dict[str, object] = {"oldest": _ts(self.since), "inclusive": True}
        if self.until is not None:
            bounds["latest"] = _ts(self.until)
        return bounds

    def holds(self, ts: str) -> bool:
        """Tell whether a message is of that time."""
        at = payloads.time_of(ts)
        return self.since <= at and (self.until is None or at <= self.until)

    def may_hold_replies(self, ts: str, message: JsonValue) -> bool:
        """Tell whether a message begins a thread that somebody answered in within the time."""
        parent = message["thread_ts"].text_or_none()
        if parent not in {None, ts} or not message["reply_count"].value:
            return False
        latest = message["latest_reply"].text_or_none()
        return latest is None or payloads.time_of(latest) >= self.since


def _ts(at: datetime) -> str:
    return f"{int(at.timestamp())}.{at.microsecond:06d}"


def matching(channels: Iterable[ChatChannel], patterns: Collection[str]) -> Iterator[ChannelId]:
    """Give the channels whose names a pattern means."""
    for one in channels:
        if any(fnmatchcase(one.name.lower(), pattern) for pattern in patterns):
            yield one.id
