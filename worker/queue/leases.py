"""Which of the processes on one database are alive, told without trusting any machine's clock.

Each process holds a lock that is named after it for as long as it lives. The lock goes with the
process, however that ends; so one that can be taken belongs to a process that is gone, and its
jobs may be handed on.
"""

import time
from typing import Protocol

import sqlalchemy as sa
from filelock import FileLock

from connectors.errors import Unreachable
from worker.locks import advisory_locks, file_locks
from worker.queue.database import InFile, Location, OnServer, locate

_KIND = 0x706D7721
"""Sets these locks apart from other programs' advisory locks in the same database."""


class Leases(Protocol):
    """The locks of all processes on one database. Methods may raise ``Unreachable``."""

    def hold(self, name: str) -> bool:
        """Take the lock named ``name``, or see that it is still held; False where another has it.

        To be called again now and then: a lost connection is made anew.
        """

    def let_go(self) -> None:
        """Give up the lock that is held."""

    def gone(self, name: str) -> bool:
        """Tell whether the process whose lock this is has ended."""

    def living(self) -> int:
        """Count the processes that hold a lock now."""

    def ahead(self) -> float:
        """Tell by how many seconds the clock of all is ahead of this machine's."""


def living(database_url: str) -> int:
    """Count the processes that work on a database. Raises ``Unreachable``."""
    return leases(locate(database_url)).living()


def leases(location: Location) -> Leases:
    """Choose the kind of lock that goes with the database."""
    return _FileLeases(location) if isinstance(location, InFile) else _ServerLeases(location)


class SharedClock:
    """The database's clock, as this machine reckons it from its own; :meth:`set` compares them.

    Whether a run began after a job was asked for must not depend on whose clock is ahead.
    """

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._offset = 0.0

    def set(self) -> None:
        """Compare the clocks anew. Raises ``Unreachable``."""
        self._offset = self._leases.ahead()

    def __call__(self) -> float:
        """Give the seconds since 1970."""
        return time.time() + self._offset


class _FileLeases:
    """Locked files in a folder beside the SQLite file: all processes are on one machine."""

    def __init__(self, location: InFile) -> None:
        self._folder = location.path.with_suffix(".alive")
        self._held: FileLock | None = None

    def hold(self, name: str) -> bool:
        if self._held is None:
            self._folder.mkdir(exist_ok=True)
            self._held = file_locks.take(self._folder / name)
        return self._held is not None

    def let_go(self) -> None:
        if self._held is not None:
            file_locks.remove(self._held)
            self._held = None

    def gone(self, name: str) -> bool:
        lock = file_locks.take(self._folder / name)
        if lock is not None:
            file_locks.remove(lock)
        return lock is not None

    def living(self) -> int:
        return sum(not self.gone(path.name) for path in self._folder.glob("*"))

    def ahead(self) -> float:
        return 0.0


class _ServerLeases:
    """Advisory locks of PostgreSQL, each held by a connection that its process keeps open."""

    def __init__(self, location: OnServer) -> None:
        self._engine = advisory_locks.connections(location.driver_url)
        self._connection: sa.Connection | None = None

    def hold(self, name: str) -> bool:
        if self._connection is not None and not _answers(self._connection):
            self.let_go()
        if self._connection is None:
            connection = self._connect()
            if not advisory_locks.take(connection, _key(name)):
                connection.close()
                return False
            self._connection = connection
        return True

    def let_go(self) -> None:
        if self._connection is not None:
            advisory_locks.let_go(self._connection)
            self._connection.close()
            self._connection = None

    def gone(self, name: str) -> bool:
        with self._connect() as connection:
            return advisory_locks.take(connection, _key(name))

    def living(self) -> int:
        with self._connect() as connection:
            return advisory_locks.count(connection, _KIND)

    def ahead(self) -> float:
        if self._connection is not None:
            return _ahead(self._connection)
        with self._connect() as connection:
            return _ahead(connection)

    def _connect(self) -> sa.Connection:
        try:
            return self._engine.connect()
        except sa.exc.OperationalError as error:
            first_line = str(error.orig).strip().partition("\n")[0]
            raise Unreachable(
                f"The database cannot be reached: {first_line}.",
                "Check POSTMORTEM_DATABASE_URL and that the server runs.",
            ) from error


def _key(name: str) -> advisory_locks.Key:
    return _KIND, advisory_locks.number(name, 4)


def _ahead(connection: sa.Connection) -> float:
    """Ask for the server's time, and take it to be that of half way to the answer."""
    before = time.time()
    theirs = connection.scalar(sa.select(sa.extract("epoch", sa.func.clock_timestamp())))
    return float(theirs or 0) - (before + time.time()) / 2


def _answers(connection: sa.Connection) -> bool:
    try:
        connection.execute(sa.select(1))
    except sa.exc.DBAPIError:
        return False
    return True
