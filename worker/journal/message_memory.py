"""The memory of messages in a chat: an announcement an incident, each channel's last digest, picks.

What was picked in a channel once stays where that cannot be read any more: nobody could tell a
message that is hidden from one that was unpicked.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, RowMapping, String, Table, Text, select

from connectors.chat import ChannelId, MessageId
from connectors.follow_up import ChatFile, ChatMessage, ChatSpan
from connectors.incidents import IncidentId
from worker.announcing.known_messages import KnownAnnouncement, KnownDigest
from worker.journal.database import Database
from worker.journal.incident_locks import must_still_hold
from worker.journal.records import NO_CLAIM, Claim
from worker.journal.tables import metadata, put, put_first

announcements = Table(
    "announcements",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("message", String(64), nullable=False),
    Column("mark", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("kept", String(64), nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("intended_at", String(40), nullable=True),
    Column("services", Text, nullable=False),
    Column("teams", Text, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("channel", String(255), primary_key=True),
    Column("named", Text, nullable=False),
    Column("posted_at", String(40), nullable=True),
    Column("mark", String(64), nullable=False),
    Column("intended_at", String(40), nullable=True),
)

DIGESTS = IncidentId("digests")
"""Under this name the lock is held by whoever posts digests."""


class MessageMemory:
    """The memory of both, in an open database."""

    def __init__(self, database: Database) -> None:
        self.announcements = AnnouncementMemory(database)
        self.digests = DigestMemory(database)


class AnnouncementMemory:
    """What is known of announcements, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, incident: IncidentId) -> KnownAnnouncement | None:
        """Give what is remembered of an incident's announcement, None for nothing."""
        query = select(announcements).where(announcements.c.incident == incident)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _announcement(row) if row else None

    def every(self) -> Mapping[IncidentId, KnownAnnouncement]:
        """Give what is remembered of all announcements, by incident."""
        with self._database.begin() as connection:
            found = connection.execute(select(announcements)).mappings()
            return {IncidentId(row["incident"]): _announcement(row) for row in found}

    def to_come(self) -> Sequence[IncidentId]:
        """Give the incidents whose announcement is still to be posted, or to be looked for."""
        table = announcements.c
        query = select(table.incident).where(table.message == "").where(~table.gone)
        with self._database.begin() as connection:
            return [IncidentId(one) for one in connection.scalars(query)]

    def put_first(self, known: KnownAnnouncement) -> None:
        """Remember that a draft is to be announced, unless one of its incident is known."""
        with self._database.begin() as connection:
            put_first(connection, announcements, _announcement_row(known))

    def put(self, known: KnownAnnouncement, claim: Claim = NO_CLAIM) -> None:
        """Remember an announcement as it is now.

        Raises ``BusyElsewhere`` where the incident's lock was lost and another holds it by now.
        """
        values = _announcement_row(known)
        with self._database.begin() as connection:
            if claim:
                must_still_hold(connection, IncidentId(known.incident), claim)
            put(connection, announcements, {"incident": values.pop("incident")}, values)


class DigestMemory:
    """What is known of digests, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def every(self) -> Mapping[ChannelId, KnownDigest]:
        """Give each channel's last digest, by channel."""
        with self._database.begin() as connection:
            found = connection.execute(select(digests)).mappings()
            return {ChannelId(row["channel"]): _digest(row) for row in found}

    def put(self, known: KnownDigest, claim: Claim = NO_CLAIM) -> None:
        """Remember a channel's digest as it is now.

        Raises ``BusyElsewhere`` where the lock on digests was lost and another holds it by now.
        """
        values = {
            "named": known.named,
            "posted_at": _text(known.posted_at),
            "mark": known.mark,
            "intended_at": _text(known.intended_at),
        }
        with self._database.begin() as connection:
            if claim:
                must_still_hold(connection, DIGESTS, claim)
            put(connection, digests, {"channel": known.channel}, values)


def _announcement_row(known: KnownAnnouncement) -> dict[str, Any]:
    return {
        "incident": known.incident,
        "channel": known.channel,
        "message": known.message,
        "mark": known.mark,
        "digest": known.digest,
        "kept": known.kept,
        "gone": known.gone,
        "intended_at": _text(known.intended_at),
        "services": json.dumps(known.services),
        "teams": json.dumps(known.teams),
    }


def _announcement(row: RowMapping) -> KnownAnnouncement:
    return KnownAnnouncement(
        **{
            **row,
            "channel": ChannelId(row["channel"]),
            "message": MessageId(row["message"]),
            "intended_at": _time(row["intended_at"]),
            "services": tuple(json.loads(row["services"])),
            "teams": tuple(json.loads(row["teams"])),
        }
    )


def _digest(row: RowMapping) -> KnownDigest:
    return KnownDigest(
        ChannelId(row["channel"]),
        row["named"],
        _time(row["posted_at"]),
        row["mark"],
        _time(row["intended_at"]),
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


picks = Table(
    "picks",
    metadata,
    Column("incident", String(80), primary_key=True),
    Column("since", String(40), nullable=False),
    Column("read_at", String(40), nullable=False),
    Column("channels", Text, nullable=False),
    Column("messages", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
)


AGE = 100
"""A channel is looked at again when a hundredth of the time is over for which it is known."""


@dataclass(frozen=True, slots=True)
class KnownPicks:
    """What was picked when the channels of an incident were last looked at, at ``read_at``.

    They were first at ``since``. ``closed`` tells that the document is final: nothing is read.
    """

    incident: IncidentId
    since: datetime
    read_at: datetime
    channels: tuple[str, ...] = ()
    messages: tuple[ChatMessage, ...] = ()
    closed: bool = False

    def is_due(self, now: datetime) -> bool:
        """Tell whether to look again by itself: the longer it is known, the seldomer."""
        waited = now - self.read_at
        return bool(self.channels) and not self.closed and waited >= (now - self.since) / AGE


class PickMemory:
    """What is known of picked messages, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, incident: IncidentId) -> KnownPicks | None:
        """Give what is remembered of an incident's channels, None for nothing."""
        query = select(picks).where(picks.c.incident == incident)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _picks(row) if row else None

    def open(self) -> Sequence[KnownPicks]:
        """Give what is remembered of each incident whose document was not final."""
        query = select(picks).where(picks.c.closed.is_(False))
        with self._database.begin() as connection:
            return [_picks(row) for row in connection.execute(query).mappings()]

    def put(self, known: KnownPicks) -> None:
        """Remember what is picked now."""
        values = {
            "since": known.since.isoformat(),
            "read_at": known.read_at.isoformat(),
            "channels": json.dumps(known.channels),
            "messages": json.dumps([_message_row(one) for one in known.messages]),
            "closed": known.closed,
        }
        with self._database.begin() as connection:
            put(connection, picks, {"incident": known.incident}, values)


def _message_row(message: ChatMessage) -> Mapping[str, object]:
    return {**asdict(message), "at": message.at.isoformat()}


def _picks(row: RowMapping) -> KnownPicks:
    return KnownPicks(
        IncidentId(row["incident"]),
        datetime.fromisoformat(row["since"]),
        datetime.fromisoformat(row["read_at"]),
        tuple(json.loads(row["channels"])),
        tuple(_messages(json.loads(row["messages"]))),
        row["closed"],
    )


def _messages(kept: Iterable[Mapping[str, Any]]) -> Iterable[ChatMessage]:
    for one in kept:
        yield ChatMessage(
            **{
                **one,
                "at": datetime.fromisoformat(one["at"]),
                "words": tuple(ChatSpan(**each) for each in one["words"]),
                "files": tuple(ChatFile(**each) for each in one["files"]),
            }
        )
