"""The memory of who is signed in to the web page: a row a session, for every machine to see."""

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from worker.journal.database import Database
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import put, web_sessions


class WebSessions:
    """Sessions in an open database, by their digests; times are seconds since 1970.

    Each method is one transaction, and raises ``JournalError`` where the database does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, digest: str, until: float, now: float) -> None:
        """Keep a session, and forget those that have ended."""
        try:
            with self._database.begin() as connection:
                connection.execute(delete(web_sessions).where(web_sessions.c.until <= now))
                put(connection, web_sessions, {"digest": digest}, {"until": until})
        except SQLAlchemyError as error:
            raise _unknown() from error

    def holds(self, digest: str, now: float) -> bool:
        """Tell whether there is such a session that has not ended."""
        table = web_sessions
        query = select(table.c.digest).where(table.c.digest == digest, table.c.until > now)
        try:
            with self._database.begin() as connection:
                return connection.scalar(query) is not None
        except SQLAlchemyError as error:
            raise _unknown() from error

    def end(self, digest: str) -> None:
        """End a session, if there is such a one."""
        try:
            with self._database.begin() as connection:
                connection.execute(delete(web_sessions).where(web_sessions.c.digest == digest))
        except SQLAlchemyError as error:
            raise _unknown() from error


def _unknown() -> JournalError:
    return JournalError(
        "The database does not answer, so nobody can be told to be signed in.",
        "Try again in a minute; /readyz tells whether the database is back.",
    )
