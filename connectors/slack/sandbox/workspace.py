"""The sandbox's workspace: people, channels and what was said there, and Slack's rules for them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

TEAM, APP, OWN_USER, OWN_BOT = "T0SANDBOX01", "A0SANDBOX01", "U0WORKER000", "B0WORKER000"
OWN_NAME = "postmortem_worker"
Json = dict[str, object]


class SlackRefused(Exception):
    """A request that is answered with ``ok: false`` and a name."""

    def __init__(self, name: str, **further: object) -> None:
        super().__init__(name)
        self.name = name
        self.further = further


@dataclass(slots=True)
class SaidMessage:
    """A message as Slack keeps it; ``further`` are the fields that it has besides."""

    ts: str
    text: str
    user: str = ""
    thread: str = ""
    further: Json = field(default_factory=dict)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    edited: str = ""


@dataclass(slots=True)
class ChatRoom:
    """A channel. The app reads it where it is a ``member``."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    member: bool = True
    messages: dict[str, SaidMessage] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)

    def replies(self, parent: str) -> list[SaidMessage]:
        """Give what was said in a thread, oldest first, without its beginning."""
        found = [one for one in self.messages.values() if one.thread == parent]
        return sorted((one for one in found if one.ts != parent), key=lambda one: one.ts)


class Workspace:
    """One workspace. ``lock`` is held while anything is read or changed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.rooms: dict[str, ChatRoom] = {}
        self.people: dict[str, Json] = {}
        self.bots: dict[str, str] = {OWN_BOT: "Postmortem Worker"}
        self.groups: dict[str, Json] = {}
        self._count = 0
        self.person(OWN_NAME, "Postmortem Worker", user=OWN_USER, is_bot=True)

    def person(self, name: str, real_name: str, *, user: str = "", **further: object) -> str:
        """Let somebody be there, and give their id; ``further`` goes into the profile or above."""
        user = user or self._id("U0PERSON")
        profile: Json = {"real_name": real_name, "display_name": name, "team": TEAM}
        for key in ("real_name", "display_name"):
            if key in further:
                profile[key] = further.pop(key)
        told: Json = {"id": user, "team_id": TEAM, "name": name, "deleted": False}
        self.people[user] = {**told, "profile": profile, **further}
        return user

    def bot(self, name: str) -> str:
        """Let an integration be there, and give its id."""
        bot = self._id("B0BOT")
        self.bots[bot] = name
        return bot

    def group(self, handle: str, name: str) -> str:
        """Let a group of people be there, and give its id."""
        group = self._id("S0GROUP")
        self.groups[group] = {"id": group, "handle": handle, "name": name, "team_id": TEAM}
        return group

    def room(
        self, name: str, *, private: bool = False, member: bool = True, channel: str = ""
    ) -> ChatRoom:
        """Make a channel, by an id of its own where one is given."""
        room = ChatRoom(channel or self._id("C0ROOM"), name, is_private=private, member=member)
        self.rooms[room.id] = room
        return room

    def say(
        self,
        room: ChatRoom,
        user: str,
        text: str,
        at: datetime | None = None,
        *,
        thread: str = "",
        **further: object,
    ) -> str:
        """Say something, and give its ``ts``; ``thread`` is that of the message it answers."""
        with self.lock:
            moment = int((at or self.clock()).timestamp() * 1_000_000)
            while (ts := f"{moment // 1_000_000}.{moment % 1_000_000:06d}") in room.messages:
                moment += 1
            room.messages[ts] = SaidMessage(ts, text, user, thread, dict(further))
            return ts

    def react(self, room: ChatRoom, ts: str, name: str, user: str = "U0SOMEBODY") -> None:
        """Add a reaction to a message."""
        with self.lock:
            people = room.messages[ts].reactions.setdefault(name, [])
            if user not in people:
                people.append(user)

    def unreact(self, room: ChatRoom, ts: str, name: str) -> None:
        """Take a reaction back, everybody's."""
        with self.lock:
            room.messages[ts].reactions.pop(name, None)

    def pin(self, room: ChatRoom, ts: str) -> None:
        """Pin a message to its channel."""
        with self.lock:
            room.pins.insert(0, ts)

    def edit(self, room: ChatRoom, ts: str, text: str, **further: object) -> None:
        """Change a message's words."""
        with self.lock:
            message = room.messages[ts]
            message.text, message.edited = text, message.user or OWN_USER
            message.further.update(further)

    def delete(self, room: ChatRoom, ts: str) -> None:
        """Delete a message; of one that was answered a stone stays."""
        with self.lock:
            if ts in room.pins:
                room.pins.remove(ts)
            if not room.replies(ts):
                del room.messages[ts]
                return
            stone = {"subtype": "tombstone", "hidden": True}
            text = "This message was deleted."
            room.messages[ts] = SaidMessage(ts, text, "USLACKBOT", ts, dict(stone))

    def seen(self, channel: str) -> ChatRoom:
        """Give a channel that the app may know of. Raises ``SlackRefused``."""
        room = self.rooms.get(channel)
        if room is None or (room.is_private and not room.member):
            raise SlackRefused("channel_not_found")
        return room

    def read(self, channel: str) -> ChatRoom:
        """Give a channel that the app may read. Raises ``SlackRefused``."""
        room = self.seen(channel)
        if not room.member:
            raise SlackRefused("not_in_channel")
        return room

    def archive(self, room: ChatRoom) -> None:
        """Archive a channel, which throws the app out."""
        with self.lock:
            room.is_archived, room.member = True, False

    def permalink(self, base: str, room: ChatRoom, message: SaidMessage) -> str:
        """Give the address of a message."""
        address = f"{base}archives/{room.id}/p{message.ts.replace('.', '')}"
        if message.thread and message.thread != message.ts:
            address += f"?thread_ts={message.thread}&cid={room.id}"
        return address

    def _id(self, beginning: str) -> str:
        self._count += 1
        return f"{beginning}{self._count:0{11 - len(beginning)}d}"


def shown(room: ChatRoom, message: SaidMessage, *, with_metadata: bool = True) -> Json:
    """Give a message as Slack tells it; without ``with_metadata`` only its type is told."""
    told: Json = {"type": "message", "ts": message.ts, "text": message.text, "team": TEAM}
    if message.user:
        told["user"] = message.user
    replies = room.replies(message.ts)
    if message.thread or replies:
        told["thread_ts"] = message.thread or message.ts
    if replies:
        told["reply_count"] = len(replies)
        told["latest_reply"] = replies[-1].ts
    if message.reactions:
        told["reactions"] = [
            {"name": name, "users": people[:1], "count": len(people)}
            for name, people in message.reactions.items()
        ]
    if message.ts in room.pins:
        told["pinned_to"] = [room.id]
    if message.edited:
        told["edited"] = {"user": message.edited, "ts": message.ts}
    if message.metadata is not None:
        told["metadata"] = message.metadata if with_metadata else _type_alone(message.metadata)
    return {**told, **message.further}


def _type_alone(metadata: Mapping[str, object]) -> Json:
    return {"event_type": metadata.get("event_type")}
