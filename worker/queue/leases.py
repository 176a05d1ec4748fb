"""Which processes work on a database, told without a clock and without the engine.

Each holds a lock that is named after it for as long as it lives. The lock goes with the process,
however that ends; so one that can be taken belongs to a process that is gone, and its work may be
handed on.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, select
from sqlalchemy.exc import DBAPIError, OperationalError

from connectors.errors import Unreachable
from worker import locks
from worker.queue.jobs_database import InFile, Location, locate

if TYPE_CHECKING:
    from filelock import FileLock

AT_A_TIME = 4
"""Incidents that one process works on at a time, be it a server's or a command's."""
_KIND = 0x706D7721
"""Sets these locks apart from other programs' advisory locks in the same database."""


class FileLeases:
    """Locked files in a folder beside the SQLite file: all processes are on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: FileLock | None = None

    def hold(self, name: str) -> bool:
        """Take the lock named ``name``, or see that it is still held; False where another has it.

        To be called again now and then: a lost connection to a server is made anew.
        """
        if self._held is None:
            self._folder.mkdir(exist_ok=True)
            self._held = locks.take_file(self._folder / name)
        return self._held is not None

    def let_go(self) -> None:
        """Give up the lock and remove its file."""
        if self._held is not None:
            locks.remove_file(self._held)
            self._held = None

    def gone(self, name: str) -> bool:
        """Tell whether the process whose lock this is has ended; what it left is removed."""
        lock = locks.take_file(self._folder / name)
        if lock is not None:
            locks.remove_file(lock)
        return lock is not None

    def living(self) -> int:
        """Count the processes that hold a lock now."""
        return sum(not self.gone(path.name) for path in self._folder.glob("*"))


class ServerLeases:
    """The same by advisory locks of PostgreSQL, each held by a connection that is kept open.

    Methods may raise ``Unreachable``.
    """

    def __init__(self, url: URL) -> None:
        self._engine = locks.connections(url)
        self._connection: Connection | None = None

    def hold(self, name: str) -> bool:
        """Take the lock, or take it again where the connection was lost."""
        if self._connection is not None and not _answers(self._connection):
            self.let_go()
        if self._connection is None:
            connection = self._connect()
            if not locks.take(connection, _key(name)):
                connection.close()
                return False
            self._connection = connection
        return True

    def let_go(self) -> None:
        """Give up the lock and close its connection."""
        if self._connection is not None:
            locks.let_go(self._connection)
            self._connection.close()
            self._connection = None

    def gone(self, name: str) -> bool:
        """Try the lock, on a connection of its own."""
        with self._connect() as connection:
            return locks.take(connection, _key(name))

    def living(self) -> int:
        """Count the locks of this kind."""
        with self._connect() as connection:
            return locks.count(connection, _KIND)

    def _connect(self) -> Connection:
        try:
            return self._engine.connect()
        except OperationalError as error:
            first_line = str(error.orig).strip().partition("\n")[0]
            raise Unreachable(
                f"The database cannot be reached: {first_line}.",
                "Check POSTMORTEM_DATABASE_URL and that the server runs.",
            ) from error


def _key(name: str) -> locks.Key:
    return _KIND, locks.number(name, 4)


def _answers(connection: Connection) -> bool:
    try:
        connection.execute(select(1))
    except DBAPIError:
        return False
    return True


Leases = FileLeases | ServerLeases


def leases_of(location: Location) -> Leases:
    """Give the locks of the processes that work on a database."""
    if isinstance(location, InFile):
        return FileLeases(location.path.with_suffix(".alive"))
    return ServerLeases(location.driver_url)


def workers(database_url: str) -> int:
    """Count the processes that work on a database now. Raises as :func:`locate` and ``living``."""
    return leases_of(locate(database_url)).living()
