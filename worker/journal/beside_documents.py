"""The memory beside documents: what became of incidents, and what only events told of one.

Also what the database is bound to: the places outside that its memories are about.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from connectors.follow_up import EventReport, ReportKind, ReportState
from connectors.incidents import IncidentId
from worker.journal.database import Database
from worker.journal.records import JournalRecord, KnownResult, Skip, result_record, result_row
from worker.journal.tables import (
    bindings,
    chunks,
    put,
    put_first,
    reports,
    results,
    settled_suggestions,
    skipped,
    tellings,
)


class Skips:
    """One row an incident, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, skip: Skip) -> None:
        """Remember that an incident got no draft."""
        values = asdict(skip) | {"at": skip.at.isoformat()}
        with self._database.begin() as connection:
            put(connection, skipped, {"incident": skip.incident}, values)

    def forget(self, incident: IncidentId) -> None:
        """Forget that an incident got no draft: it has one now."""
        with self._database.begin() as connection:
            connection.execute(delete(skipped).where(skipped.c.incident == incident))

    def forget_before(self, at: datetime) -> None:
        """Forget what was remembered before then (aware UTC)."""
        with self._database.begin() as connection:
            connection.execute(delete(skipped).where(skipped.c.at < at.isoformat()))

    def of(self, incidents: Sequence[IncidentId]) -> Mapping[IncidentId, Skip]:
        """Give those of the incidents that got no draft, by id."""
        found: dict[IncidentId, Skip] = {}
        with self._database.begin() as connection:
            for part in chunks(incidents):
                query = select(skipped).where(skipped.c.incident.in_(part))
                for row in connection.execute(query).mappings():
                    found[row["incident"]] = _skip(row)
        return found

    def latest(self, most: int) -> Sequence[Skip]:
        """Give the latest ``most`` incidents that got no draft, the latest first."""
        query = select(skipped).order_by(skipped.c.at.desc(), skipped.c.incident).limit(most)
        with self._database.begin() as connection:
            return [_skip(row) for row in connection.execute(query).mappings()]


class Bindings:
    """What the database is bound to, by name, in an open database. Each method is one transaction.

    A store, a source and a tracker by their addresses, and the place in which the documents were
    last seen by what the store tells of it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, str]:
        """Give all that is remembered; what is not, is bound to nothing."""
        with self._database.begin() as connection:
            return {row.name: row.value for row in connection.execute(select(bindings))}

    def value(self, name: str) -> str:
        """Give one, "" where there is none."""
        with self._database.begin() as connection:
            query = select(bindings.c.value).where(bindings.c.name == name)
            return connection.scalar(query) or ""

    def bind(self, values: Mapping[str, str]) -> None:
        """Remember these; others stay."""
        with self._database.begin() as connection:
            for name, value in values.items():
                put(connection, bindings, {"name": name}, {"value": value})


def _skip(row: Mapping[Any, Any]) -> Skip:
    return Skip(**{**row, "at": datetime.fromisoformat(row["at"])})


class LastResults:
    """What each incident's last job told, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, one: KnownResult, news: Iterable[JournalRecord] = ()) -> None:
        """Put a result in the place of the one before; ``news`` is what that one had not told."""
        rows = [_telling(new) for new in news]
        with self._database.begin() as connection:
            put(connection, results, {"incident": one.incident}, result_row(one))
            if rows:
                connection.execute(insert(tellings), rows)

    def plan(self, incident: IncidentId, next_try: datetime) -> None:
        """Remember when an incident's next try is, where there is a result of the last one."""
        when = next_try.isoformat()
        with self._database.begin() as connection:
            mine = results.c.incident == incident
            connection.execute(update(results).where(mine).values(next_try=when))

    def forget(self, incident: IncidentId) -> None:
        """Forget an incident's last result; what it told stays in the journal."""
        with self._database.begin() as connection:
            connection.execute(delete(results).where(results.c.incident == incident))

    def of(self, incidents: Sequence[IncidentId]) -> Mapping[IncidentId, KnownResult]:
        """Give the last results of the incidents, or of all where none is named, by incident."""
        queries = [select(results)]
        if incidents:
            queries = [queries[0].where(results.c.incident.in_(one)) for one in chunks(incidents)]
        found: dict[IncidentId, KnownResult] = {}
        with self._database.begin() as connection:
            for query in queries:
                for row in connection.execute(query).mappings():
                    found[row["incident"]] = result_record(row)
        return found

    def settle(self, incident: IncidentId, place: str, fresh: str) -> None:
        """Remember that a person keeps what stands in a place, though the facts say otherwise."""
        key = {"incident": incident, "digest": _digest(place, fresh)}
        with self._database.begin() as connection:
            put_first(connection, settled_suggestions, key)

    def settled(
        self, incident: IncidentId, told: Iterable[tuple[str, str]]
    ) -> AbstractSet[tuple[str, str]]:
        """Give those places, with what the facts say of each, that a person has decided against."""
        digests = {_digest(*one): one for one in told}
        if not digests:
            return frozenset()
        table = settled_suggestions
        query = select(table.c.digest).where(table.c.incident == incident)
        with self._database.begin() as connection:
            found = set(connection.scalars(query))
        return {one for digest, one in digests.items() if digest in found}

    def told(self, incident: IncidentId) -> Sequence[JournalRecord]:
        """Give what results told of an incident that the ones before had not, oldest first."""
        query = select(tellings).where(tellings.c.incident == incident).order_by(tellings.c.number)
        with self._database.begin() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        for row in found:
            del row["number"]
            row["at"] = datetime.fromisoformat(row["at"])
        return [JournalRecord(**row) for row in found]


def _digest(place: str, fresh: str) -> str:
    return hashlib.sha256(f"{place}\0{fresh}".encode()).hexdigest()


def _telling(one: JournalRecord) -> dict[str, Any]:
    row = asdict(one) | {"at": one.at.isoformat()}
    del row["ticket"]
    return row


Told = tuple[IncidentId, EventReport]
"""What an event told, and of which incident."""


class EventReports:
    """One row for each thing that an event told, in an open database.

    Each method is one transaction. Nothing is forgotten: no request would bring it back.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, told: Iterable[Told]) -> None:
        """Keep what events told; what came before is not kept twice."""
        with self._database.begin() as connection:
            for incident, one in told:
                put_first(connection, reports, _row(incident, one))

    def of(self, incidents: Sequence[IncidentId]) -> tuple[EventReport, ...]:
        """Give what was told of the incidents, in the order in which it happened."""
        found: list[EventReport] = []
        with self._database.begin() as connection:
            for part in chunks(incidents):
                query = select(reports).where(reports.c.incident.in_(part))
                found += map(_report, connection.execute(query).mappings())
        return tuple(sorted(found, key=lambda one: (one.at, one.event, one.subject)))


def _row(incident: IncidentId, one: EventReport) -> dict[str, Any]:
    return {
        "event": one.event,
        "subject": one.subject,
        "incident": incident,
        "kind": one.kind.value,
        "name": one.name,
        "state": one.state.value,
        "at": one.at.isoformat(),
        "word": one.word,
        "by": one.by,
        "people": json.dumps(one.people),
        "url": one.url,
    }


def _report(row: RowMapping) -> EventReport:
    return EventReport(
        event=row["event"],
        kind=ReportKind(row["kind"]),
        subject=row["subject"],
        name=row["name"],
        state=ReportState(row["state"]),
        at=datetime.fromisoformat(row["at"]),
        word=row["word"],
        by=row["by"],
        people=tuple(json.loads(row["people"])),
        url=row["url"],
    )
