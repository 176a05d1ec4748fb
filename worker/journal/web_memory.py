"""What the web page remembers from one request to the next: who is signed in, and texts.

Opened texts are those that were given to editors, by their digests. A change is joined with what
the document has become meanwhile, which needs the text it was made from. Kept for some weeks: an
editor may stand open for long. So is what somebody writes, until it is saved.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import SQLAlchemyError

from worker.journal.database import Database
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import opened_texts, put, web_drafts, web_sessions

KEPT = timedelta(days=30)
_A_DAY = timedelta(days=1)
_NOBODY_KNOWN = "nobody can be told to be signed in"
_NOT_JOINED = "what a change began with cannot be told"
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
    """What somebody wrote and has not saved: made from the text whose digest is ``base``."""

    text: str
    base: str
    at: datetime


class WebDrafts:
    """Unsaved texts in an open database, one for each writer and incident.

    Each method is one transaction, and may raise ``JournalError``.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def keep(self, owner: str, incident: str, text: str, base: str) -> None:
        """Keep a text in the place of the one before, and forget those older than :data:`KEPT`."""
        now, table = self._now(), web_drafts
        key = {"owner": owner, "incident": incident}
        values = {"base": base, "text": zlib.compress(text.encode()), "at": now.isoformat()}
        with _answering(self._database, _NOT_KEPT) as connection:
            connection.execute(delete(table).where(table.c.at < (now - KEPT).isoformat()))
            put(connection, table, key, values)

    def of(self, owner: str, incident: str) -> WebDraft | None:
        """Give what somebody wrote, None where there is nothing unsaved."""
        table = web_drafts
        query = select(table).where(table.c.owner == owner, table.c.incident == incident)
        with _answering(self._database, _NOT_KEPT) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        text = zlib.decompress(row.text).decode()
        return WebDraft(text, row.base, datetime.fromisoformat(row.at))

    def forget(self, owner: str, incident: str) -> None:
        """Forget it, if there is any."""
        table = web_drafts
        ended = delete(table).where(table.c.owner == owner, table.c.incident == incident)
        with _answering(self._database, _NOT_KEPT) as connection:
            connection.execute(ended)


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
