"""What the web page remembers from one request to the next: who is signed in, and texts.

Opened texts are those that were given to editors, by their digests. A change is joined with what
the document has become meanwhile, which needs the text it was made from. Kept for some weeks: an
editor may stand open for long. So is what somebody writes, until it is saved; and for minutes who
writes where.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from connectors.incidents import IncidentId
from worker.journal.database import Database
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import metadata, put

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("until", Double, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("proof", String(64), nullable=False, server_default=""),
)
opened_texts = Table(
    "opened_texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("text", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
)
Index("opened_texts_at", opened_texts.c.at)
editor_drafts = Table(
    "editor_drafts",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("incident", String(64), primary_key=True),
    Column("editor", String(64), primary_key=True),
    Column("base", String(64), nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
)
web_writers = Table(
    "web_writers",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("writer", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("since", Double, nullable=False),
    Column("last", Double, nullable=False),
)

KEPT = timedelta(days=30)
_A_DAY = timedelta(days=1)
_NOBODY_KNOWN = "nobody can be told to be signed in"
_NOT_JOINED = "what a change began with cannot be told"
_NOBODY_TOLD = "who else is writing cannot be told"
_MOST_WRITERS = 100
_NOT_KEPT = "what was written and not saved is not kept here"


@dataclass(frozen=True, slots=True)
class SessionHolder:
    """Whose session it is: a name ("" for the common token's), and proof of that one's token."""

    name: str
    proof: str


class WebSessions:
    """Sessions in an open database, by their digests; times are seconds since 1970.

    Each method is one transaction, and raises ``JournalError`` where the database does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, digest: str, until: float, now: float, holder: SessionHolder) -> None:
        """Keep a session, and forget those that have ended."""
        values = {"until": until, "name": holder.name, "proof": holder.proof}
        with _answering(self._database, _NOBODY_KNOWN) as connection:
            connection.execute(delete(web_sessions).where(web_sessions.c.until <= now))
            put(connection, web_sessions, {"digest": digest}, values)

    def holder(self, digest: str, now: float) -> SessionHolder | None:
        """Give whose session it is, None where there is no such session that has not ended."""
        table = web_sessions
        query = select(table.c.name, table.c.proof).where(
            table.c.digest == digest, table.c.until > now
        )
        with _answering(self._database, _NOBODY_KNOWN) as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else SessionHolder(row.name, row.proof)

    def end(self, digest: str) -> None:
        """End a session, if there is such a one."""
        with _answering(self._database, _NOBODY_KNOWN) as connection:
            connection.execute(delete(web_sessions).where(web_sessions.c.digest == digest))


@dataclass(frozen=True, slots=True)
class WebDraft:
    """What somebody wrote and has not saved: made from the text whose digest is ``base``.

    ``editor`` is the opened editor in which they did, "" where it has no name.
    """

    text: str
    base: str
    at: datetime
    editor: str = ""


MOST_DRAFTS = 10
"""How many of one writer are kept for one incident: the latest."""


class WebDrafts:
    """Unsaved texts in an open database, one for each opened editor of a writer and incident.

    Each method is one transaction, and may raise ``JournalError``.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def keep(
        self, owner: str, incident: IncidentId, text: str, base: str, editor: str = ""
    ) -> None:
        """Keep a text in the place of the editor's one before.

        Those older than :data:`KEPT` are forgotten, and those beyond :data:`MOST_DRAFTS`.
        """
        now, table = self._now(), editor_drafts
        own = {"owner": owner, "incident": incident}
        values = {"base": base, "text": zlib.compress(text.encode()), "at": now.isoformat()}
        latest = select(table.c.editor).filter_by(**own).order_by(table.c.at.desc())
        with _answering(self._database, _NOT_KEPT) as connection:
            connection.execute(delete(table).where(table.c.at < (now - KEPT).isoformat()))
            put(connection, table, {**own, "editor": editor}, values)
            for one in connection.scalars(latest.offset(MOST_DRAFTS)).all():
                connection.execute(delete(table).filter_by(**own, editor=one))

    def of(self, owner: str, incident: IncidentId) -> Sequence[WebDraft]:
        """Give what somebody wrote and has not saved, the latest first."""
        table = editor_drafts
        query = select(table).where(table.c.owner == owner, table.c.incident == incident)
        with _answering(self._database, _NOT_KEPT) as connection:
            rows = connection.execute(query.order_by(table.c.at.desc(), table.c.editor)).all()
        return [
            WebDraft(
                zlib.decompress(row.text).decode(),
                row.base,
                datetime.fromisoformat(row.at),
                row.editor,
            )
            for row in rows
        ]

    def forget(self, owner: str, incident: IncidentId, editor: str = "") -> None:
        """Forget what was written in an editor, if there is any."""
        table = editor_drafts
        ended = delete(table).filter_by(owner=owner, incident=incident, editor=editor)
        with _answering(self._database, _NOT_KEPT) as connection:
            connection.execute(ended)


FORGOTTEN_AFTER = 300.0
"""Seconds without a word from an editor after which nobody is taken to write in it."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody who writes; ``name`` is "" where it is not known who. Seconds since 1970."""

    name: str
    since: float
    last: float

    @property
    def minute(self) -> str:
        """Since when, as hours and minutes in UTC."""
        return f"{datetime.fromtimestamp(self.since, UTC):%H:%M}"


class WebWriters:
    """Who is writing in which document just now, as a hint to others: it locks nothing.

    In an open database, so that all processes on it tell the same; known for as long as an editor
    says something of itself, as each pause in writing does. Each method is one transaction, and may
    raise ``JournalError``.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def note(self, incident: IncidentId, writer: str, name: str) -> None:
        """Note that somebody writes there; forgets those who have not said anything for long."""
        now, table = self._now().timestamp(), web_writers
        key = {"incident": incident, "writer": writer}
        with _answering(self._database, _NOBODY_TOLD) as connection:
            connection.execute(delete(table).where(table.c.last <= now - FORGOTTEN_AFTER))
            since = connection.scalar(select(table.c.since).filter_by(**key))
            values = {"name": name, "since": now if since is None else since, "last": now}
            put(connection, table, key, values)

    def leave(self, incident: IncidentId, writer: str) -> None:
        """Note that they have saved it, or given it up."""
        with _answering(self._database, _NOBODY_TOLD) as connection:
            connection.execute(delete(web_writers).filter_by(incident=incident, writer=writer))

    def others(self, incident: IncidentId, writer: str) -> Sequence[Writing]:
        """Give who else writes there, the first to begin first."""
        now, table = self._now().timestamp(), web_writers
        query = select(table.c.name, table.c.since, table.c.last).where(
            table.c.incident == incident,
            table.c.writer != writer,
            table.c.last > now - FORGOTTEN_AFTER,
        )
        with _answering(self._database, _NOBODY_TOLD) as connection:
            rows = connection.execute(query.order_by(table.c.since).limit(_MOST_WRITERS)).all()
        return [Writing(*row) for row in rows]


class OpenedTexts:
    """Texts in an open database. Each method is one transaction, and may raise ``JournalError``."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def keep(self, digest: str, text: str) -> None:
        """Keep a text for :data:`KEPT` to the day from now on, and forget those that are older.

        Nothing is written for one that was kept within a day: it may be read every few seconds.
        """
        now, table = self._now(), opened_texts
        kept_at = select(table.c.at).where(table.c.digest == digest)
        with _answering(self._database, _NOT_JOINED) as connection:
            at = connection.scalar(kept_at)
            if at is not None and at > (now - _A_DAY).isoformat():
                return
            packed = zlib.compress(text.encode())
            old = (now - KEPT).isoformat()
            connection.execute(delete(table).where(table.c.at < old))
            values = {"text": packed, "at": now.isoformat()}
            put(connection, table, {"digest": digest}, values)

    def text_of(self, digest: str) -> str | None:
        """Give a text that was kept, None where there is none of that digest."""
        query = select(opened_texts.c.text).where(opened_texts.c.digest == digest)
        with _answering(self._database, _NOT_JOINED) as connection:
            packed: bytes | None = connection.scalar(query)
        return None if packed is None else zlib.decompress(packed).decode()


@contextmanager
def _answering(database: Database, so: str) -> Iterator[Connection]:
    """Give one transaction; raise ``JournalError``, with what follows, where there is none."""
    try:
        with database.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise JournalError(
            f"The database does not answer, so {so}.",
            "Try again in a minute; /readyz tells whether the database is back.",
        ) from error
