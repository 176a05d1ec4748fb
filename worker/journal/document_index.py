"""The index of documents: what each says, as it was last read, a row a document and an item.

The files are the truth. A row tells of the text that had its fingerprint: whoever takes it at its
word compares that with the document's own, and with the rules that it was read by.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    false,
    func,
    insert,
    select,
)

from connectors.incidents import IncidentId
from worker.document.index.indexed_document import IndexedDocument, IndexedItem
from worker.journal.database import Database
from worker.journal.tables import chunks, documents, metadata, put

document_index = Table(
    "document_index",
    metadata,
    Column("name", String(1024), primary_key=True),
    Column("fingerprint", String(200), nullable=False),
    Column("rules", String(64), nullable=False),
    Column("incident", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("services", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("prompts", Text, nullable=False),
    Column("open_prompts", Integer, nullable=False),
    Column("problems", Text, nullable=False),
    Column("left_alone", Boolean, nullable=False),
    Column("is_draft", Boolean, nullable=False, server_default=false()),
    Column("review", String(10), nullable=False, server_default=""),
)
Index("document_index_started", document_index.c.started)

indexed_items = Table(
    "indexed_items",
    metadata,
    Column("name", String(1024), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("task", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("deadline", String(10), nullable=False),
    Column("deadline_text", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("left_out", Text, nullable=False),
    Column("line", Integer, nullable=False),
)
Index("indexed_items_deadline", indexed_items.c.deadline)

_LISTS = ("services", "teams", "problems")


@dataclass(frozen=True, slots=True)
class NamingRow:
    """A row that names a ticket: of which incident's document, its deadline and its status."""

    incident: IncidentId
    deadline: date | None
    status: str


class DocumentIndex:
    """The index, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, read: Iterable[IndexedDocument]) -> None:
        """Keep what documents say, in the place of what they said before."""
        with self._database.begin() as connection:
            for one in read:
                values = _row(one)
                put(connection, document_index, {"name": values.pop("name")}, values)
                forget_items(connection, [one.name])
                if rows := [{"name": one.name} | _storable(item) for item in one.items]:
                    connection.execute(insert(indexed_items), rows)

    def of(self, names: Sequence[str] | None = None) -> Mapping[str, IndexedDocument]:
        """Give what the documents of these names say, or all, by name; what is unread is left out.

        A document may have changed since: it is what had the row's fingerprint.
        """
        parts = [None] if names is None else list(chunks(names))
        found: dict[str, IndexedDocument] = {}
        with self._database.begin() as connection:
            for part in parts:
                items = _items(connection, part)
                query = select(document_index)
                if part is not None:
                    query = query.where(document_index.c.name.in_(part))
                for row in connection.execute(query).mappings():
                    found[row["name"]] = _record(row, items.get(row["name"], ()))
        return found

    def statuses(self) -> Mapping[str, str]:
        """Give the statuses of the incidents' documents, as they were when they were read."""
        table = document_index
        query = select(table.c.incident, table.c.status).where(table.c.incident != "")
        with self._database.begin() as connection:
            return {row.incident: row.status for row in connection.execute(query)}

    def naming(self) -> Mapping[str, Sequence[NamingRow]]:
        """Give the rows that name a ticket, by its key, as they were when they were read."""
        rows, own = indexed_items, document_index
        columns = (rows.c.ticket, own.c.incident, rows.c.deadline, rows.c.status)
        query = select(*columns).join_from(rows, own, rows.c.name == own.c.name)
        query = query.where(rows.c.ticket != "", own.c.incident != "")
        found: defaultdict[str, list[NamingRow]] = defaultdict(list)
        with self._database.begin() as connection:
            for row in connection.execute(query.order_by(rows.c.name, rows.c.ordinal)):
                day = date.fromisoformat(row.deadline) if row.deadline else None
                found[row.ticket].append(NamingRow(row.incident, day, row.status))
        return found

    def unread(self, rules: str, most: int) -> Sequence[str]:
        """Give up to ``most`` known documents whose text is not in the index as it is now.

        A document that could not be read when it was last met has no fingerprint, and waits for
        the next look.
        """
        with self._database.begin() as connection:
            query = _joined(documents.c.name, rules).where(document_index.c.name.is_(None))
            return list(connection.scalars(query.order_by(documents.c.name.desc()).limit(most)))

    def progress(self, rules: str) -> tuple[int, int]:
        """Give how many of the known documents are in the index as they are now, and how many are.

        ``rules`` are those of :func:`worker.document.index.indexed_document.rules`.
        """
        with self._database.begin() as connection:
            counted = _joined(func.count(document_index.c.name), rules)
            counted = counted.add_columns(func.count())
            read, known = connection.execute(counted).one()
            return int(read), int(known)


def _joined(wanted: Any, rules: str) -> Any:
    """Select from the known documents that are anyone's, each with its row if that is current."""
    current = (
        (document_index.c.name == documents.c.name)
        & (document_index.c.fingerprint == documents.c.fingerprint)
        & (document_index.c.rules == rules)
    )
    is_one = (documents.c.incident != "") & (documents.c.fingerprint != "")
    return select(wanted).select_from(documents).outerjoin(document_index, current).where(is_one)


def forget_items(connection: Connection, names: Sequence[str]) -> None:
    """Forget the action items of documents."""
    for part in chunks(names):
        connection.execute(delete(indexed_items).where(indexed_items.c.name.in_(part)))


def forget_documents(connection: Connection, names: Sequence[str]) -> None:
    """Forget what documents say that are no longer in the store."""
    forget_items(connection, names)
    for part in chunks(names):
        connection.execute(delete(document_index).where(document_index.c.name.in_(part)))


def _items(
    connection: Connection, names: Sequence[str] | None
) -> Mapping[str, Sequence[IndexedItem]]:
    query = select(indexed_items)
    if names is not None:
        query = query.where(indexed_items.c.name.in_(names))
    found: defaultdict[str, list[IndexedItem]] = defaultdict(list)
    for row in connection.execute(query.order_by(indexed_items.c.ordinal)):
        name, *values = row
        found[name].append(IndexedItem(*values))
    return found


def _row(one: IndexedDocument) -> dict[str, Any]:
    values = _storable(replace(one, items=()))
    del values["items"]
    values |= {key: json.dumps(values[key]) for key in (*_LISTS, "prompts")}
    return values | {"open_prompts": one.open_prompts}


def _storable(one: IndexedDocument | IndexedItem) -> dict[str, Any]:
    """Give a record's values without NUL, which PostgreSQL keeps in no text."""
    return {
        key: value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for key, value in asdict(one).items()
    }


def _record(row: RowMapping, items: Sequence[IndexedItem]) -> IndexedDocument:
    values = {**row, "prompts": json.loads(row["prompts"]), "items": tuple(items)}
    del values["open_prompts"]
    return IndexedDocument(**values | {key: tuple(json.loads(row[key])) for key in _LISTS})
