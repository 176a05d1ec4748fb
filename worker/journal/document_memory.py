"""Which documents there are, as they were last seen in the store: a row a document."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, distinct, func, select, update

from connectors.incidents import IncidentId
from worker.journal.database import Database
from worker.journal.document_index import forget_documents
from worker.journal.records import KnownDocument
from worker.journal.tables import chunks, documents, put, put_first

_COLUMNS = select(
    documents.c.name,
    documents.c.fingerprint,
    documents.c.incident,
    documents.c.seen_at,
    documents.c.settled,
    documents.c.problem,
)


class DocumentMemory:
    """The documents as last seen, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def documents(self) -> Mapping[str, KnownDocument]:
        """Give all documents as last seen, by name."""
        with self._begin() as connection:
            return {one.name: one for one in map(_known, connection.execute(_COLUMNS))}

    def fingerprints(self) -> Mapping[str, str]:
        """Give the fingerprints of all documents as last seen, by name."""
        query = select(documents.c.name, documents.c.fingerprint)
        with self._begin() as connection:
            return dict(tuple(row) for row in connection.execute(query))

    def documents_of(self, incident: IncidentId) -> Sequence[KnownDocument]:
        """Give the documents of one incident as last seen: one, or copies as well."""
        query = _COLUMNS.where(documents.c.incident == incident)
        with self._begin() as connection:
            return [_known(row) for row in connection.execute(query)]

    def documents_named(self, names: Sequence[str]) -> Mapping[str, KnownDocument]:
        """Give those of the names that are known, by name."""
        found: dict[str, KnownDocument] = {}
        with self._begin() as connection:
            for part in chunks(names):
                query = _COLUMNS.where(documents.c.name.in_(part))
                found |= {row.name: _known(row) for row in connection.execute(query)}
        return found

    def documents_of_nobody(self, named: str) -> Sequence[KnownDocument]:
        """Give those whose name holds a word, and that can be read and do not say whose they are.

        They come by name.
        """
        query = _COLUMNS.where(documents.c.incident == "", documents.c.problem == "")
        query = query.where(documents.c.name.contains(named, autoescape=True))
        with self._begin() as connection:
            found = connection.execute(query.order_by(documents.c.name))
            return [_known(row) for row in found]

    def unsettled(self) -> Sequence[KnownDocument]:
        """Give the documents that changed since a sync last dealt with them."""
        query = _COLUMNS.where(documents.c.incident != "", documents.c.settled.is_(False))
        with self._begin() as connection:
            return [_known(row) for row in connection.execute(query)]

    def with_problems(self) -> Sequence[KnownDocument]:
        """Give the documents of which something is wrong as a whole."""
        with self._begin() as connection:
            found = connection.execute(_COLUMNS.where(documents.c.problem != ""))
            return [_known(row) for row in found]

    def incidents_with_documents(self, among: Sequence[IncidentId] | None = None) -> int:
        """Count the incidents that have a document, all or among these."""
        counted = select(func.count(distinct(documents.c.incident)))
        with self._begin() as connection:
            if among is None:
                return connection.scalar(counted.where(documents.c.incident != "")) or 0
            parts = (counted.where(documents.c.incident.in_(one)) for one in chunks(among))
            return sum(connection.scalar(one) or 0 for one in parts)

    def remember(self, known: Iterable[KnownDocument]) -> None:
        """Remember documents as they are now."""
        with self._begin() as connection:
            for one in known:
                values = asdict(one) | {"seen_at": one.seen_at.isoformat()}
                put(connection, documents, {"name": values.pop("name")}, values)

    def meet(self, found: Iterable[tuple[KnownDocument | None, KnownDocument]]) -> None:
        """Remember documents that were found changed: each as it was remembered, and as it is now.

        What somebody else has remembered of one meanwhile stays: it may be newer.
        """
        with self._begin() as connection:
            for before, one in found:
                values = asdict(one) | {"seen_at": one.seen_at.isoformat()}
                if before is None:
                    put_first(connection, documents, values)
                    continue
                same = documents.c.name == one.name
                same &= documents.c.fingerprint == before.fingerprint
                connection.execute(update(documents).where(same).values(values))

    def unsettle(self, incident: IncidentId) -> None:
        """Remember that an incident's document was not dealt with."""
        with self._begin() as connection:
            own = update(documents).where(documents.c.incident == incident)
            connection.execute(own.values(settled=False))

    def forget(self, names: Sequence[str]) -> None:
        """Forget documents that are no longer in the store, and what they say."""
        if not names:
            return
        with self._begin() as connection:
            forget_documents(connection, names)
            for part in chunks(names):
                connection.execute(delete(documents).where(documents.c.name.in_(part)))

    def _begin(self) -> AbstractContextManager[Connection]:
        return self._database.begin()


def _known(row: Sequence[object]) -> KnownDocument:
    name, fingerprint, incident, seen_at, settled, problem = row
    at = datetime.fromisoformat(str(seen_at))
    return KnownDocument(
        str(name), str(fingerprint), IncidentId(str(incident)), at, bool(settled), str(problem)
    )
