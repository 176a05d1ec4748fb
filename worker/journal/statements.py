"""Statements that every part of the memory makes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
CHUNK = 500
"""How many ids one query names: below SQLite's and PostgreSQL's limits on variables."""


def put(
    connection: Connection, table: Table, key: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """Insert the row with this key, or update it; other columns take their defaults.

    In one statement, since another machine may be inserting the same row.
    """
    connection.execute(
        _insert(connection, table, {**values, **key}).on_conflict_do_update(
            index_elements=list(key), set_=dict(values)
        )
    )


def put_first(connection: Connection, table: Table, values: Mapping[str, object]) -> None:
    """Insert a row, unless there is one already."""
    connection.execute(_insert(connection, table, values).on_conflict_do_nothing())


def _insert(
    connection: Connection, table: Table, values: Mapping[str, object]
) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).values(**values)
    return sqlite.insert(table).values(**values)


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """Cut values into parts that one query can name."""
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))
