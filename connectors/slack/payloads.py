"""Slack's JSON into records, and records into what its methods take. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.chat import ChannelId, ChatChannel, MessageId, OwnPost, Post
from connectors.follow_up import ChatFile
from connectors.json_fields import JsonValue

EVENT_TYPE = "postmortem_worker"
"""The type of what travels with our messages."""
_ID = re.compile(r"[CG][A-Z0-9]{7,20}")
_LINKED = re.compile(
    r"https://(?:[a-z0-9-]+\.)*slack(?:-gov)?\.com/"
    r"(?:archives/|client/[TE][A-Z0-9]+/|app_redirect\?(?:[^\s#]*&)?channel=|messages/)"
    r"(?-i:([CG][A-Z0-9]{7,20}))(?![A-Za-z0-9])"
    r"|slack://channel\?(?:[^\s#]*&)?id=(?-i:([CG][A-Z0-9]{7,20}))(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""How links name a channel by its id: in capitals, for older links have its name in that place."""
_OWN = re.compile(
    r"slack://|https://(?:[a-z0-9-]+\.)*slack(?:-gov)?\.com(?:[/?#]|$)", re.IGNORECASE
)
_TS = re.compile(r"(\d{1,11})(?:\.(\d{1,6}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GONE = "tombstone"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the app is, and the workspace it is in; ``url`` ends with a slash."""

    url: str
    workspace: str
    name: str
    team: str
    user: str
    bot: str


def identity(answer: JsonValue) -> Identity:
    """Read who the token belongs to."""
    url = answer["url"].text_or_none() or ""
    return Identity(
        url=url if url.endswith("/") else f"{url}/",
        workspace=answer["team"].text_or_none() or "",
        name=answer["user"].text_or_none() or "",
        team=answer["team_id"].text_or_none() or "",
        user=answer["user_id"].text_or_none() or "",
        bot=answer["bot_id"].text_or_none() or "",
    )


def channel_id(word: str) -> ChannelId | None:
    """Give a channel's id, None where a word is none."""
    return ChannelId(word) if _ID.fullmatch(word) else None


def channel(answer: JsonValue) -> ChatChannel:
    """Read a channel."""
    found = ChannelId(answer["id"].text())
    return ChatChannel(
        id=found,
        name=answer["name"].text_or_none() or found,
        is_private=answer["is_private"].flag(),
        is_archived=answer["is_archived"].flag(),
        reads=answer["is_member"].flag(),
    )


def message(post: Post) -> Mapping[str, object]:
    """Give what a post is to the methods that write one."""
    written: dict[str, object] = {"text": post.text}
    if post.blocks:
        written["blocks"] = list(post.blocks)
    if post.mark:
        payload = {**post.facts, "mark": post.mark}
        written["metadata"] = {"event_type": EVENT_TYPE, "event_payload": payload}
    return written


def own_post(told: JsonValue, own: Identity) -> OwnPost | None:
    """Give a message of the app's own, None where it is another's or has nothing with it."""
    metadata = told["metadata"]
    by_us = told["bot_id"].text_or_none() == own.bot or told["user"].text_or_none() == own.user
    if not by_us or metadata["event_type"].text_or_none() != EVENT_TYPE:
        return None
    facts = {k: v for k, v in metadata["event_payload"].members().items() if isinstance(v, str)}
    mark = facts.pop("mark", "")
    return OwnPost(MessageId(told["ts"].text()), mark, facts) if mark else None


def permalink(workspace: str, channel: ChannelId, message: MessageId, parent: str = "") -> str:
    """Compose the address of a message, as Slack's own method would tell it."""
    address = f"{workspace}archives/{channel}/p{message.replace('.', '')}"
    if parent and parent != message:
        address += f"?thread_ts={parent}&cid={channel}"
    return address


def channels_in(text: str) -> Sequence[ChannelId]:
    """Give the channels that the links in a text name, each once; no link is opened."""
    plain = text.replace("&amp;", "&")
    found = (one[1] or one[2] for one in _LINKED.finditer(plain))
    return tuple(dict.fromkeys(ChannelId(one) for one in found))


def is_own(address: str) -> bool:
    """Tell whether an address is one of Slack's."""
    return _OWN.match(address.strip()) is not None


def time_of(ts: str) -> datetime:
    """Give when a message was sent, to the microsecond; a ``ts`` that is none is of long ago."""
    found = _TS.fullmatch(ts)
    if not found:
        return _EPOCH
    try:
        micros = int(f"{found[2] or '':0<6}")
        return _EPOCH + timedelta(seconds=int(found[1]), microseconds=micros)
    except OverflowError:
        return _EPOCH


def is_gone(message: JsonValue) -> bool:
    """Tell whether what stands there is the stone of a message that was deleted."""
    return message["subtype"].text_or_none() == _GONE or message["hidden"].flag()


def person_name(user: JsonValue) -> str:
    """Give the name in a person's profile: the real one, else what they call themselves."""
    profile = user["profile"]
    told = [profile["real_name"], profile["display_name"], user["real_name"], user["name"]]
    names = (one.text_or_none() or "" for one in told)
    return next((name.strip() for name in names if name.strip()), "")


def files(message: JsonValue) -> tuple[ChatFile, ...]:
    """Read what came with a message; an address that needs the token is nobody's to see."""
    found = []
    for one in message["files"].objects():
        name = one["title"].text_or_none() or one["name"].text_or_none() or "a file"
        found.append(ChatFile(name, one["permalink"].text_or_none() or ""))
    return tuple(found)
