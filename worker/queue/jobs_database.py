"""Where the queue keeps its jobs, told from where the program keeps its memory, and opening it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connectors.errors import ConfigurationError, Unreachable
from worker.journal.sqlite_files import first_line, keep_private, make_private, remedy_for


@dataclass(frozen=True, slots=True)
class InFile:
    """A SQLite file of the queue's own, beside the program's."""

    path: Path

    @property
    def url(self) -> str:
        """The address under which the engine opens it."""
        return f"sqlite:///{self.path}"


@dataclass(frozen=True, slots=True)
class OnServer:
    """PostgreSQL: the engine keeps its tables in a schema of its own, ``dbos``."""

    url: str

    @property
    def driver_url(self) -> sa.URL:
        """The address with the driver that is installed."""
        return sa.make_url(self.url).set(drivername="postgresql+psycopg")


Location = InFile | OnServer

APPLICATION = "postmortem"
"""Whose jobs they are, where other programs have theirs in the same tables."""
PARKED_RETENTION = timedelta(days=180)
"""How long jobs are remembered that were given up."""


def locate(database_url: str) -> Location:
    """Read ``POSTMORTEM_DATABASE_URL``.

    For ``sqlite:///postmortem.db`` the jobs are in ``postmortem.queue.db``: SQLite has one writer
    at a time, and a webhook must not wait for a long write of the journal. Raises
    ``ConfigurationError`` for what is neither SQLite nor PostgreSQL, without repeating a password.
    """
    try:
        url = sa.make_url(database_url)
    except sa.exc.ArgumentError:
        raise _unusable("The database address cannot be read.") from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        plain = url.set(drivername="postgresql")
        return OnServer(plain.render_as_string(hide_password=False))
    if backend != "sqlite":
        raise _unusable(f"The queue cannot be kept in {backend}.")
    if not url.database or url.database == ":memory:":
        raise _unusable("The queue cannot be kept in memory: jobs must survive the process.")
    path = Path(url.database).absolute()
    if not path.parent.is_dir():
        raise ConfigurationError(
            f"There is no directory {path.parent} to keep the queue in.",
            "Create it, or name another file in POSTMORTEM_DATABASE_URL.",
        )
    return InFile(path.with_suffix(f".queue{path.suffix}"))


def _unusable(what: str) -> ConfigurationError:
    remedy = "Use sqlite:///file or postgresql://user:password@host/database."
    return ConfigurationError(what, remedy)


def patient_engine(location: Location, patience: int, connections: int) -> sa.Engine:
    """Open it for so many ``connections``, each of whose steps fails after ``patience`` seconds."""
    pool = {"pool_size": connections, "max_overflow": 0, "pool_timeout": patience}
    if isinstance(location, InFile):
        return file_engine(location, patience, **pool)
    limits = {
        "connect_timeout": patience,
        "tcp_user_timeout": patience * 1000,
        "options": f"-c statement_timeout={patience * 1000}",
    }
    return sa.create_engine(location.driver_url, pool_pre_ping=True, connect_args=limits, **pool)


def file_engine(location: InFile, patience: float, **pool: Any) -> sa.Engine:
    """Open the file as DBOS does by itself; ``patience`` is how many seconds to wait for a writer.

    On Python 3.12 and later DBOS reckons with ``unixepoch('subsec')``, which SQLite has from 3.42
    on. Debian 12 has 3.40, which is taught it.
    """
    engine = keep_private(sa.create_engine(location.url, **pool))

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")
        connection.execute("PRAGMA foreign_keys=ON")
        if sqlite3.sqlite_version_info < (3, 42):
            connection.create_function("unixepoch", 1, lambda _: time.time())

    return engine


def write_ahead(location: InFile) -> None:
    """Let readers and the one writer work at the same time (sqlite.org/wal.html); it is kept."""
    make_private(location.path)
    with closing(sqlite3.connect(location.path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def unusable(why: Exception) -> Unreachable:
    """Say in a sentence why the queue's database cannot be used."""
    reason = first_line(why)
    remedy = f"The queue's is the file beside that with .queue in its name. {remedy_for(reason)}"
    return Unreachable(f"The queue's database cannot be used: {reason}.", remedy)


@contextmanager
def told() -> Iterator[None]:
    """Raise ``Unreachable`` for whatever the database, or the engine because of it, raises."""
    from dbos import error  # noqa: PLC0415 - whoever only looks needs no engine

    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error, error.DBOSException) as why:
        raise unusable(why) from why


class SharedClock:
    """The database's clock, as this machine reckons it from its own; :meth:`set` compares them.

    Whether a run began after a job was asked for must not depend on whose clock is ahead.
    """

    def __init__(self, database: sa.Engine) -> None:
        self._database = database
        self._ahead = 0.0

    def set(self) -> None:
        """Take the server's time to be that of half way to its answer; a file has no clock."""
        if self._database.dialect.name != "sqlite":
            with self._database.connect() as connection:
                before = time.time()
                now = connection.scalar(sa.select(sa.extract("epoch", sa.func.clock_timestamp())))
                self._ahead = float(now or 0) - (before + time.time()) / 2

    def __call__(self) -> float:
        """Give the seconds since 1970."""
        return time.time() + self._ahead
