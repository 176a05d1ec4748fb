"""The memory of texts that were given to editors, by their digests: what their changes began with.

A change is joined with what the document has become meanwhile, which needs the text it was made
from. Kept for some weeks: an editor may stand open for long.
"""

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from worker.journal.database import Database
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import opened_texts, put

KEPT = timedelta(days=30)


class OpenedTexts:
    """Texts in an open database. Each method is one transaction, and may raise ``JournalError``."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def keep(self, digest: str, text: str) -> None:
        """Keep a text from now on for :data:`KEPT`, and forget those that are older."""
        now, table = self._now(), opened_texts
        packed = zlib.compress(text.encode())
        try:
            with self._database.begin() as connection:
                old = (now - KEPT).isoformat()
                connection.execute(delete(table).where(table.c.at < old))
                values = {"text": packed, "at": now.isoformat()}
                put(connection, table, {"digest": digest}, values)
        except SQLAlchemyError as error:
            raise _unknown() from error

    def text_of(self, digest: str) -> str | None:
        """Give a text that was kept, None where there is none of that digest."""
        query = select(opened_texts.c.text).where(opened_texts.c.digest == digest)
        try:
            with self._database.begin() as connection:
                packed: bytes | None = connection.scalar(query)
        except SQLAlchemyError as error:
            raise _unknown() from error
        return None if packed is None else zlib.decompress(packed).decode()


def _unknown() -> JournalError:
    return JournalError(
        "The database does not answer, so what a change began with cannot be told.",
        "Try again in a minute; /readyz tells whether the database is back.",
    )
