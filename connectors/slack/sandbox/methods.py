"""The methods of the stand-in, each with the scopes of which it asks for one."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.slack.sandbox.method_call import MethodCall
from connectors.slack.sandbox.workspace import (
    APP,
    OWN_BOT,
    OWN_NAME,
    OWN_USER,
    TEAM,
    ChatRoom,
    Json,
    SaidMessage,
    SlackRefused,
    shown,
)

_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")
MOST_TEXT, MOST_BLOCKS, MOST_METADATA = 40_000, 50, 8_000
MOST_IN_SECTION, MOST_IN_BLOCKS = 3_000, 13_000
MOST_MESSAGES, MOST_LISTED = 999, 1000


@dataclass(frozen=True, slots=True)
class Method:
    """What a method answers, and the scopes of which the token needs one."""

    answer: Callable[[MethodCall], Json]
    scopes: tuple[str, ...] = ()


def _auth_test(call: MethodCall) -> Json:
    who = {"user": OWN_NAME, "user_id": OWN_USER, "bot_id": OWN_BOT, "team_id": TEAM}
    return {"url": call.base, "team": "Sandbox", "is_enterprise_install": False, **who}


def _room(room: ChatRoom) -> Json:
    return {
        "id": room.id,
        "name": room.name,
        "is_channel": not room.is_private,
        "is_private": room.is_private,
        "is_archived": room.is_archived,
        "is_member": room.member,
        "context_team_id": TEAM,
    }


def _conversations_list(call: MethodCall) -> Json:
    kinds = str(call.given.get("types") or "public_channel").split(",")
    needed = {"public_channel": "channels:read", "private_channel": "groups:read"}
    for kind in kinds:
        if kind not in needed:
            raise SlackRefused("invalid_types")
        call.may(needed[kind])
    rooms = [
        _room(one)
        for one in call.workspace.rooms.values()
        if (one.member if one.is_private else True)
        and ("private_channel" if one.is_private else "public_channel") in kinds
        and not (one.is_archived and call.flag("exclude_archived"))
    ]
    page, following = call.cut(rooms, call.limit(100, MOST_LISTED))
    return {"channels": list(page), **following}


def _conversations_info(call: MethodCall) -> Json:
    return {"channel": _room(call.room("read"))}


def _within(call: MethodCall, messages: Sequence[SaidMessage]) -> list[SaidMessage]:
    """Leave out what is outside ``oldest`` and ``latest``: exclusive, unless it is inclusive."""
    bounds = [str(call.given.get(name) or "") for name in ("oldest", "latest")]
    if any(one and not _TS.fullmatch(one) for one in bounds):
        raise SlackRefused("invalid_ts_oldest" if bounds[0] else "invalid_ts_latest")
    oldest, latest = (_micros(one) if one else None for one in bounds)
    slack = 1 if call.flag("inclusive") else 0
    return [
        one
        for one in messages
        if (oldest is None or _micros(one.ts) > oldest - slack)
        and (latest is None or _micros(one.ts) < latest + slack)
    ]


def _micros(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int(f"{rest:0<6}"[:6] or 0)


def _history(call: MethodCall) -> Json:
    room = call.room("history")
    parents = [
        one
        for one in room.messages.values()
        if not one.thread
        or one.thread == one.ts
        or one.further.get("subtype") == "thread_broadcast"
    ]
    newest = sorted(_within(call, parents), key=lambda one: one.ts, reverse=True)
    with_metadata = call.flag("include_all_metadata")
    cut, following = call.cut(newest, call.limit(100, MOST_MESSAGES))
    page = [shown(room, one, with_metadata=with_metadata) for one in cut]
    more = bool(following["response_metadata"]["next_cursor"])  # type: ignore[index]  # made above
    return {"messages": page, "has_more": more, **(following if more else {})}


def _replies(call: MethodCall) -> Json:
    room = call.room("history")
    parent = room.messages.get(call.text("ts"))
    if parent is None:
        raise SlackRefused("thread_not_found")
    begin = room.messages.get(parent.thread or parent.ts, parent)
    with_metadata = call.flag("include_all_metadata")
    said = [begin, *_within(call, room.replies(begin.ts))]
    told = [shown(room, one, with_metadata=with_metadata) for one in said]
    page, following = call.cut(told, call.limit(1000, MOST_LISTED))
    return {"messages": list(page), **following}


def _pins(call: MethodCall) -> Json:
    room = call.workspace.read(call.text("channel", "channel_not_found"))
    items = []
    for ts in room.pins:
        message = room.messages[ts]
        link = call.workspace.permalink(call.base, room, message)
        told = {**shown(room, message), "permalink": link}
        items.append({"type": "message", "channel": room.id, "created": 1, "message": told})
    return {"items": items}


def _user(call: MethodCall) -> Json:
    person = call.workspace.people.get(call.text("user", "user_not_found"))
    if person is None:
        raise SlackRefused("user_not_found")
    return {"user": person}


def _bot(call: MethodCall) -> Json:
    bot = call.text("bot", "bot_not_found")
    if bot not in call.workspace.bots:
        raise SlackRefused("bot_not_found")
    return {"bot": {"id": bot, "name": call.workspace.bots[bot], "deleted": False}}


def _groups(call: MethodCall) -> Json:
    return {"usergroups": list(call.workspace.groups.values())}


def _permalink(call: MethodCall) -> Json:
    room = call.workspace.seen(call.text("channel", "channel_not_found"))
    message = room.messages.get(call.text("message_ts"))
    if message is None:
        raise SlackRefused("message_not_found")
    return {"channel": room.id, "permalink": call.workspace.permalink(call.base, room, message)}


def _post(call: MethodCall) -> Json:
    workspace = call.workspace
    room = _writable(call)
    words = _words_of(call)
    bot: Json = {"bot_id": OWN_BOT, "app_id": APP, "bot_profile": {"name": workspace.bots[OWN_BOT]}}
    thread = str(call.given.get("thread_ts") or "")
    ts = workspace.say(room, OWN_USER, words.text, thread=thread)
    room.messages[ts].further = {**bot, **words.further}
    room.messages[ts].metadata = words.metadata
    return {"channel": room.id, "ts": ts, "message": shown(room, room.messages[ts])}


def _update(call: MethodCall) -> Json:
    room = _writable(call)
    message = room.messages.get(call.text("ts"))
    if message is None:
        raise SlackRefused("message_not_found")
    if message.further.get("bot_id") != OWN_BOT:
        raise SlackRefused("cant_update_message")
    words = _words_of(call)
    message.text, message.edited = words.text, OWN_USER
    message.further.update(words.further)
    message.metadata = words.metadata or message.metadata
    return {"channel": room.id, "ts": message.ts, "text": message.text}


def _writable(call: MethodCall) -> ChatRoom:
    room = call.workspace.seen(call.text("channel", "channel_not_found"))
    if room.is_archived:
        raise SlackRefused("is_archived")
    if not room.member and "chat:write.public" not in call.scopes:
        raise SlackRefused("not_in_channel")
    return room


@dataclass(frozen=True, slots=True)
class _Written:
    text: str
    further: Json
    metadata: Json | None


def _words_of(call: MethodCall) -> _Written:
    """Read what is to be said, by Slack's rules for it."""
    text = str(call.given.get("text") or "")
    blocks = _json(call, "blocks", "invalid_blocks")
    metadata = _json(call, "metadata", "invalid_metadata_format")
    if not text and not blocks:
        raise SlackRefused("no_text")
    if len(text) > MOST_TEXT:
        raise SlackRefused("msg_too_long")
    if blocks is not None and (
        not isinstance(blocks, list)
        or len(blocks) > MOST_BLOCKS
        or not all(isinstance(one, dict) and one.get("type") for one in blocks)
        or not all(1 <= len(one) <= MOST_IN_SECTION for one in _section_texts(blocks))
    ):
        raise SlackRefused("invalid_blocks")
    if blocks and sum(map(len, _section_texts(blocks))) > MOST_IN_BLOCKS:
        raise SlackRefused("msg_blocks_too_long")
    if metadata is not None and (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
        or len(json.dumps(metadata)) > MOST_METADATA
    ):
        raise SlackRefused("invalid_metadata_format")
    return _Written(text, {"blocks": blocks} if blocks else {}, metadata)


def _section_texts(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(one["text"].get("text", "")) for one in blocks if isinstance(one.get("text"), dict)]


def _json(call: MethodCall, name: str, wrong: str) -> Any:
    value = call.given.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackRefused(wrong) from None


_ANY_READ = ("channels:read", "groups:read")
_ANY_HISTORY = ("channels:history", "groups:history")
METHODS: Mapping[str, Method] = {
    "auth.test": Method(_auth_test),
    "bots.info": Method(_bot, ("users:read",)),
    "chat.getPermalink": Method(_permalink),
    "chat.postMessage": Method(_post, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "conversations.history": Method(_history, _ANY_HISTORY),
    "conversations.info": Method(_conversations_info, _ANY_READ),
    "conversations.list": Method(_conversations_list, _ANY_READ),
    "conversations.replies": Method(_replies, _ANY_HISTORY),
    "pins.list": Method(_pins, ("pins:read",)),
    "usergroups.list": Method(_groups, ("usergroups:read",)),
    "users.info": Method(_user, ("users:read",)),
}
