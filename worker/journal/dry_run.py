"""A copy of the journal to try things on: nobody else sees it, and nobody waits for it.

An SQLite file is copied into memory. On PostgreSQL temporary tables stand before the real ones of
the same name, for one session. Each is copied on the server just before it is first written to, so
that a dry run of one incident costs little however large the journal is. No transaction stays
open, no lock is kept, and no right is needed but to read the tables and to make temporary ones.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import (
    Connection,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.expression import UpdateBase

from worker.journal.upgrade import NEWEST, bring_up_to_date, knows, revision, upgrade
from worker.locks.connections import unpooled

OWN = "pg_temp"
"""PostgreSQL's name for the schema of a session's temporary tables; names are looked up there first
(postgresql.org/docs/current/runtime-config-client.html, ``search_path``)."""
_MADE = text(
    "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'"
    " AND relname <> 'alembic_version'"
)


def in_memory(path: Path | None) -> Connection:
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
        bring_up_to_date(connection)
    return connection


def on_server(url: str) -> Connection:
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
