"""The journal's tables, and the statements that every part of the memory makes on them.

Times are ISO 8601 text in UTC, which sorts and reads alike everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    true,
)
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

metadata = MetaData()

born = Table(
    "born",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("name", String(1024), primary_key=True),
    Column("fingerprint", String(200), nullable=False),
    Column("incident", String(64), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("problem", Text, nullable=False, default=""),
)
Index("documents_incident", documents.c.incident)

incidents = Table(
    "incidents",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("updated", String(40), nullable=False, default=""),
    Column("merged_into", String(64), nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("url", Text, nullable=False, default=""),
    Column("number", Integer, nullable=True),
    Column("summary", Text, nullable=False, default=""),
    Column("made", Boolean, nullable=False, default=False),
    Column("base", Text, nullable=True),
    Column("proposed", Text, nullable=True),
)
Index("incidents_merged_into", incidents.c.merged_into)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("incident", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("url", Text, nullable=False),
    Column("mark", String(64), nullable=True),
    Column("ordinal", Integer, nullable=False),
    Column("row", Text, nullable=False),
    Column("remote", Text, nullable=True),
    Column("status_cell", Text, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("has_links", Boolean, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("refused", Text, nullable=False, server_default="{}"),
    Column("labelled", Boolean, nullable=False, server_default=true()),
)
Index("tickets_incident", tickets.c.incident)

intents = Table(
    "intents",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("incident", String(64), nullable=False),
    Column("task", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("unknown_since", String(40), nullable=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    Column("unlabelled_in", String(255), nullable=False, server_default=""),
)
Index("intents_incident", intents.c.incident)

entries = Table(
    "entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("incident", String(64), nullable=False),
    Column("trigger", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ticket", String(255), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
Index("entries_incident", entries.c.incident)

skipped = Table(
    "skipped",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("updated", String(40), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("at", String(40), nullable=False),
)
Index("skipped_at", skipped.c.at)

reports = Table(
    "reports",
    metadata,
    Column("event", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("incident", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("at", String(40), nullable=False),
    Column("word", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("url", Text, nullable=True),
)
Index("reports_incident", reports.c.incident)

results = Table(
    "results",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("trigger", String(20), nullable=False),
    Column("warnings", Text, nullable=False),
    Column("suggestions", Text, nullable=False),
    Column("failures", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("tickets", Text, nullable=False),
    Column("next_try", String(40), nullable=True),
)

tellings = Table(
    "tellings",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("incident", String(64), nullable=False),
    Column("trigger", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
Index("tellings_incident", tellings.c.incident)

claims = Table(
    "claims",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("claim", String(64), nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("value", String(255), nullable=False),
)

bindings = Table(
    "bindings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("next_at", Double, nullable=False),
)

settled_suggestions = Table(
    "settled_suggestions",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("digest", String(64), primary_key=True),
)

service_memory = Table(
    "service_memory",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

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


def put_each(
    connection: Connection, table: Table, key: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Insert rows of the same columns, or update those whose key is there already."""
    if rows:
        insert = _insert(connection, table, {})
        new = {name: insert.excluded[name] for name in rows[0] if name != key}
        connection.execute(insert.on_conflict_do_update(index_elements=[key], set_=new), rows)


def put_first(connection: Connection, table: Table, values: Mapping[str, object]) -> None:
    """Insert a row, unless there is one already."""
    connection.execute(_insert(connection, table, values).on_conflict_do_nothing())


def put_each_first(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]
) -> None:
    """Insert rows of the same columns, but for those that are there already."""
    if rows:
        connection.execute(_insert(connection, table, {}).on_conflict_do_nothing(), rows)


def _insert(
    connection: Connection, table: Table, values: Mapping[str, object]
) -> "postgresql.Insert | sqlite.Insert":
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - for who has such a server

        return postgresql.insert(table).values(**values)
    return sqlite.insert(table).values(**values)


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """Cut values into parts that one query can name."""
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))
