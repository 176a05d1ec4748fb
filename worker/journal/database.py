"""The journal's database: opened, brought up to date, or copied to try things on without a trace.

Nobody sees the copy of a dry run, and nobody waits for it. An SQLite file is copied into memory. On
PostgreSQL temporary tables stand before the real ones of the same name, for one session.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.expression import UpdateBase

from worker.journal.revisions import NEWEST, bring_up_to_date, knows, revision, upgrade
from worker.journal.sqlite_files import (
    JournalError,
    OpenedFile,
    bring_file_up_to_date,
    first_line,
    keep_private,
    refuse_others,
    remedy_for,
    take_steps,
)
from worker.locks import file_held, pooled, take_for_transaction, unpooled

OWN = "pg_temp"
"""PostgreSQL's name for the schema of a session's temporary tables; names are looked up there first
(postgresql.org/docs/current/runtime-config-client.html, ``search_path``)."""
_MADE = text(
    "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'"
    " AND relname <> 'alembic_version'"
)


def copy_in_memory(path: Path | None) -> Connection:
    """Give a connection to a copy of an SQLite file, which need not exist, with tables up to date.

    Raises what SQLAlchemy, SQLite and the file system do.
    """
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    connection = engine.connect()
    if path is not None and path.exists():
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
            target = connection.connection.driver_connection
            source.backup(target)  # type: ignore[arg-type]  # sqlite3's own
    with connection.begin():
        take_steps(connection)
    return connection


def copy_on_server(url: str) -> Connection:
    """Give a connection to a PostgreSQL database that keeps to itself what is written on it.

    Its tables are this release's. It must not be used again after it was lost. Raises what
    SQLAlchemy does.
    """
    connection = unpooled(url).connect()
    try:
        with connection.begin():
            found = revision(connection)
            if found != NEWEST:
                _bring_a_copy_up_to_date(connection, found)
    except BaseException:
        connection.close()
        raise
    event.listen(connection, "before_execute", _copy_what_is_written_to)
    return connection


def _bring_a_copy_up_to_date(connection: Connection, found: str | None) -> None:
    """Copy all tables of an earlier release, and take the missing steps on the copies.

    They are made by that release's own steps, so that indexes and sequences have the names that
    later steps call them by; and the real ones cannot be named meanwhile, nor afterwards. Tables
    of a newer release need nothing: it only ever adds to them.
    """
    if found is not None and not knows(found):
        return
    home = None if found is None else _home(connection, "alembic_version")
    connection.execute(text(f"SET search_path = {OWN}"))
    if home is not None:
        upgrade(connection, to=found)
        for name in connection.scalars(_MADE).all():
            own = Table(name, MetaData(), autoload_with=connection)
            _fill(connection, own, own.to_metadata(MetaData(), schema=home))
    upgrade(connection)


def _copy_what_is_written_to(
    connection: Connection, statement: Executable, *_parameters: object
) -> None:
    """Give the session a table of its own before a statement writes to it.

    PostgreSQL is asked each time whether there is one: it is gone where its transaction failed.
    """
    if not isinstance(statement, UpdateBase) or not isinstance(statement.table, Table):
        return
    table = statement.table
    if connection.scalar(select(func.to_regclass(f"{OWN}.{table.name}").is_not(None))):
        return
    real = table.to_metadata(MetaData(), schema=_home(connection, table.name))
    own = table.to_metadata(MetaData(), schema=OWN)
    own.create(connection, checkfirst=False)
    _fill(connection, own, real)


def _home(connection: Connection, name: str) -> str:
    """Give the schema of the table that is meant by this name now."""
    query = text(
        "SELECT nspname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE pg_class.oid = to_regclass(:name)"
    )
    return str(connection.scalars(query, {"name": name}).one())


def _fill(connection: Connection, own: Table, real: Table) -> None:
    """Copy the rows, and let what is numbered go on from the last number."""
    names = [column.name for column in own.columns]
    rows = select(*(real.columns[name] for name in names))
    connection.execute(insert(own).from_select(names, rows, include_defaults=False))
    column = own.autoincrement_column
    if column is not None:
        sequence = func.pg_get_serial_sequence(f"{OWN}.{own.name}", column.name)
        connection.execute(select(func.setval(sequence, func.max(column))))


UPGRADE_LOCK = 7_365_221_001
"""The advisory lock under which one machine at a time brings a PostgreSQL database up to date."""
UPGRADE_WAIT = 60.0
"""Seconds to wait for another process that brings the database up to date."""
_LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's word for a wait for a lock that took too long."""


class Database:
    """An open database with its tables up to date.

    A dry run's keeps everything that is written to itself, see ``worker.journal.database``.
    """

    def __init__(
        self, engine: Engine, copy: Connection | None = None, file: OpenedFile | None = None
    ) -> None:
        self.engine = engine
        self._copy = copy
        self._file = file

    @classmethod
    def open(cls, url: str, *, upgrade_wait: float = UPGRADE_WAIT) -> "Database":
        """Open the database and bring its tables up to date. Raises ``JournalError``.

        Another process that does so is waited for ``upgrade_wait`` seconds.
        """
        try:
            engine = _open(url, upgrade_wait)
            return cls(engine, file=OpenedFile.of(engine))
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise _cannot_open(url, error) from error

    @classmethod
    def open_copy(cls, url: str) -> "Database":
        """Open a dry run's copy of the database, which need not exist. Raises ``JournalError``."""
        try:
            if url.startswith("sqlite"):
                connection = copy_in_memory(sqlite_path(url))
            else:
                connection = copy_on_server(url)
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
                    "Try again.",
                )
            with self._copy.begin():
                yield self._copy
            return
        with connected(self.engine) as connection, connection.begin():
            yield connection

    def ping(self) -> None:
        """Raise unless the database answers, and is the one that was opened."""
        if self._file is not None:
            self._file.must_be_there()
        with self.begin() as connection:
            connection.execute(select(1))

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
    engine = keep_private(create_engine(url))
    path = sqlite_path(url)
    event.listen(engine, "connect", _sqlite_settings)
    with _upgrading(path, upgrade_wait):
        return _upgraded(engine, upgrade_wait)


def _sqlite_settings(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")


@contextmanager
def _upgrading(path: Path | None, wait: float) -> Iterator[None]:
    if path is None:
        yield
        return
    with file_held(path.with_name(path.name + ".lock"), wait):
        yield


def _upgraded(engine: Engine, wait: float) -> Engine:
    try:
        if engine.dialect.name == "sqlite":
            bring_file_up_to_date(engine)
            return engine
        with engine.begin() as connection:
            # Looked at first, since a process that is up to date need not wait for one that is not.
            found = revision(connection)
            if found != NEWEST:
                take_for_transaction(connection, (UPGRADE_LOCK,), wait)
            bring_up_to_date(connection)
            if found is not None and not knows(found):
                refuse_others(connection)
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
    reason = first_line(error)
    return JournalError(f"The database {shown} cannot be used: {reason}.", remedy_for(reason))
