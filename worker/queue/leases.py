"""Which of the processes on one database are alive, told without a clock.

Each process holds a lock that is named after it for as long as it lives. The operating system, or
PostgreSQL, lets go of the lock when the process ends, however it ends; so a lock that can be
taken belongs to a process that is gone, and its jobs may be handed on.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa

from connectors.errors import Unreachable
from worker.queue.database import InFile, Location, OnServer, locate

_ADVISORY_CLASS = 0x706D7721
"""Sets these locks apart from other programs' advisory locks in the same database."""

_KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
"""PostgreSQL notices within half a minute that a machine has vanished from the network."""


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
    if isinstance(location, InFile):
        return FileLeases(location.path.with_suffix(".alive"))
    return ServerLeases(location)


class SharedClock:
    """The database's clock, as this machine reckons it from its own.

    Whether a run began after a job was asked for must not depend on whose clock is ahead.
    ``ahead`` tells by how many seconds the database's is ahead; it is asked at each :meth:`set`.
    """

    def __init__(self, ahead: Callable[[], float]) -> None:
        self._ahead = ahead
        self._offset = 0.0

    def set(self) -> None:
        """Compare the clocks anew. Raises ``Unreachable``."""
        self._offset = self._ahead()

    def __call__(self) -> float:
        """Give the seconds since 1970."""
        return time.time() + self._offset


class FileLeases:
    """Locked files in a directory beside the SQLite file: all processes are on one machine."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._held: IO[str] | None = None

    def hold(self, name: str) -> bool:
        """Take the lock; once taken, nothing but the process's end loses it."""
        if self._held is None:
            self._directory.mkdir(exist_ok=True)
            self._held = _locked(self._directory / name)
        return self._held is not None

    def let_go(self) -> None:
        """Give up the lock and remove its file."""
        if self._held is not None:
            Path(self._held.name).unlink(missing_ok=True)
            self._held.close()
            self._held = None

    def gone(self, name: str) -> bool:
        """Try the lock; what the ended process left of it is removed."""
        file = _locked(self._directory / name)
        if file is None:
            return False
        Path(file.name).unlink(missing_ok=True)
        file.close()
        return True

    def living(self) -> int:
        """Count the files that are locked."""
        return sum(not self.gone(path.name) for path in self._directory.glob("*"))

    def ahead(self) -> float:
        """There is one machine, and one clock."""
        return 0.0


def _locked(path: Path) -> IO[str] | None:
    file = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    if not _names(path, file):  # removed by another process between opening and locking
        file.close()
        return None
    return file


def _names(path: Path, file: IO[str]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


class ServerLeases:
    """Advisory locks of PostgreSQL, each held by a connection that its process keeps open.

    The connection must be the process's own: a pooler in between must pool by session.
    """

    def __init__(self, location: OnServer) -> None:
        self._engine = sa.create_engine(
            location.driver_url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": 5, "options": _KEEPALIVE},
        )
        self._connection: sa.Connection | None = None

    def hold(self, name: str) -> bool:
        """Take the lock, or take it again where the connection was lost meanwhile."""
        if self._connection is not None and not _answers(self._connection):
            self.let_go()
        if self._connection is None:
            connection = self._connect()
            if not _try(connection, name):
                connection.close()
                return False
            self._connection = connection
        return True

    def let_go(self) -> None:
        """Give up the lock and close its connection."""
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):  # a broken connection holds no lock either
                self._connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))
            self._connection.close()
            self._connection = None

    def gone(self, name: str) -> bool:
        """Try the lock, on a connection of its own."""
        with self._connect() as connection:
            return _try(connection, name)

    def living(self) -> int:
        """Count the locks of this kind that the database knows."""
        query = sa.text(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.classid = :kind AND l.granted"
            " AND d.datname = current_database()"
        )
        with self._connect() as connection:
            return int(connection.execute(query, {"kind": _ADVISORY_CLASS}).scalar_one())

    def ahead(self) -> float:
        """Ask PostgreSQL for its time, and take it to be that of half way to the answer."""
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


def _try(connection: sa.Connection, name: str) -> bool:
    digest = hashlib.sha256(name.encode()).digest()
    query = sa.text("SELECT pg_try_advisory_lock(:kind, :name)")
    values = {"kind": _ADVISORY_CLASS, "name": int.from_bytes(digest[:4], signed=True)}
    return bool(connection.execute(query, values).scalar_one())


def _ahead(connection: sa.Connection) -> float:
    query = sa.text("SELECT extract(epoch FROM clock_timestamp())")
    before = time.time()
    theirs = float(connection.execute(query).scalar_one())
    return theirs - (before + time.time()) / 2


def _answers(connection: sa.Connection) -> bool:
    try:
        connection.execute(sa.text("SELECT 1"))
    except sa.exc.DBAPIError:
        return False
    return True
