"""The journal's database: opened, brought up to date, or tried things on without a trace."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

from connectors.errors import PostmortemError
from worker.journal import dry_run
from worker.journal.upgrade import NEWEST, bring_up_to_date, revision
from worker.locks import advisory_locks, file_locks
from worker.locks.connections import pooled

UPGRADE_LOCK = 7_365_221_001
"""The advisory lock under which one machine at a time brings a PostgreSQL database up to date."""
UPGRADE_WAIT = 60.0
"""Seconds to wait for another process that brings the database up to date."""
_LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's word for a wait for a lock that took too long."""


class JournalError(PostmortemError):
    """The journal's database cannot be used."""


class Database:
    """An open database with its tables up to date.

    A dry run's keeps everything that is written to itself, see ``worker.journal.dry_run``.
    """

    def __init__(self, engine: Engine, copy: Connection | None = None) -> None:
        self.engine = engine
        self._copy = copy

    @classmethod
    def open(cls, url: str, *, upgrade_wait: float = UPGRADE_WAIT) -> "Database":
        """Open the database and bring its tables up to date. Raises ``JournalError``.

        Another process that does so is waited for ``upgrade_wait`` seconds.
        """
        try:
            return cls(_open(url, upgrade_wait))
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise _cannot_open(url, error) from error

    @classmethod
    def open_copy(cls, url: str) -> "Database":
        """Open a dry run's copy of the database, which need not exist. Raises ``JournalError``."""
        try:
            if url.startswith("sqlite"):
                connection = dry_run.in_memory(sqlite_path(url))
            else:
                connection = dry_run.on_server(url)
            return cls(connection.engine, connection)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise _cannot_open(url, error) from error

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in a transaction that ends with the block.

        Raises ``JournalError`` where none is free for long, or a dry run's was lost.
        """
        if self._copy is not None:
            if self._copy.invalidated:  # what comes next would be written to the real tables
                raise JournalError(
                    "The connection to the database was lost, and what was rehearsed with it.",
                    "Run the command again.",
                )
            with self._copy.begin():
                yield self._copy
            return
        with connected(self.engine) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the database; a dry run's copy is gone."""
        if self._copy is not None:
            self._copy.close()
        self.engine.dispose()


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """Give a connection of the engine's pool. Raises ``JournalError`` where none is free."""
    try:
        connection = engine.connect()
    except NoneFree as error:
        raise JournalError(
            "All of this process's connections to its database stayed in use, so something waits "
            "in the database for longer than it should.",
            "It is tried again by itself; if it stays so, look in PostgreSQL's pg_stat_activity "
            "for what waits, and for what.",
        ) from error
    with connection:
        yield connection


def sqlite_path(url: str) -> Path | None:
    """Give the file of an SQLite URL, None for a database in memory."""
    database = make_url(url).database
    return Path(database) if database and database != ":memory:" else None


def _open(url: str, upgrade_wait: float) -> Engine:
    if not url.startswith("sqlite"):
        return _upgraded(pooled(url), upgrade_wait)
    engine = create_engine(url)
    path = sqlite_path(url)
    event.listen(engine, "connect", _sqlite_settings)
    with _upgrading(path, upgrade_wait):
        return _upgraded(engine, upgrade_wait)


def _sqlite_settings(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")


@contextmanager
def _upgrading(path: Path | None, wait: float) -> Iterator[None]:
    if path is None:
        yield
        return
    with file_locks.held(path.with_name(path.name + ".lock"), wait):
        yield


def _upgraded(engine: Engine, wait: float) -> Engine:
    try:
        with engine.begin() as connection:
            # Looked at first, since a process that is up to date need not wait for one that is not.
            if engine.dialect.name == "postgresql" and revision(connection) != NEWEST:
                advisory_locks.take_for_transaction(connection, (UPGRADE_LOCK,), wait)
            bring_up_to_date(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _cannot_open(url: str, error: Exception) -> JournalError:
    shown = make_url(url).render_as_string(hide_password=True)
    orig = getattr(error, "orig", None)
    if isinstance(error, TimeoutError) or getattr(orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return JournalError(
            f"The database {shown} is being brought up to date by another process, or one is in "
            "its way, and that did not end in time.",
            "Look for a process that hangs as it starts; on PostgreSQL, the view pg_locks tells "
            "who holds what. Then start this one again.",
        )
    reason = str(orig or error).strip().splitlines()[0]
    return JournalError(
        f"The database {shown} cannot be opened: {reason}.",
        "Check POSTMORTEM_DATABASE_URL, and that the place can be written.",
    )
