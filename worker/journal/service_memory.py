"""The memory of what services are like: a row for each thing that one told, with its age."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from worker.journal.database import Database
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import put, service_memory

log = structlog.get_logger()


class ServiceMemory:
    """What services told, in an open database; ``clock`` gives aware UTC times.

    A database that does not answer is as one that knows nothing: then the service is asked.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def get(self, name: str, longest: float) -> str | None:
        """Give what is remembered under a name, for so many seconds at the longest."""
        oldest = self._clock() - timedelta(seconds=longest)
        table = service_memory
        query = select(table.c.value).where(table.c.name == name, table.c.at > oldest.isoformat())
        try:
            with self._database.begin() as connection:
                found: str | None = connection.scalar(query)
        except (SQLAlchemyError, JournalError) as error:
            log.info("what a service told could not be looked up", error=str(error))
            return None
        return found

    def put(self, name: str, value: str) -> None:
        """Remember what was told just now."""
        values = {"value": value, "at": self._clock().isoformat()}
        try:
            with self._database.begin() as connection:
                put(connection, service_memory, {"name": name}, values)
        except (SQLAlchemyError, JournalError) as error:
            log.info("what a service told could not be kept", error=str(error))

    def forget(self, beginning: str) -> None:
        """Forget all whose name begins so."""
        table = service_memory
        query = delete(table).where(table.c.name.startswith(beginning, autoescape=True))
        try:
            with self._database.begin() as connection:
                connection.execute(query)
        except (SQLAlchemyError, JournalError) as error:
            log.warning("What a service told could not be forgotten.", error=str(error))
