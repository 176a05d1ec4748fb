"""The facts of incidents and tickets that figures are counted from, kept at each pull.

They stay when a document is deleted, and are kept of incidents that get none.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from connectors.incidents import IncidentId
from connectors.tickets import TicketId
from worker.journal.database import Database
from worker.journal.facts.fact_tables import (
    alert_keys,
    final_documents,
    incident_facts,
    ticket_facts,
)
from worker.journal.records import IncidentFacts, ItemFacts, TicketFacts, TicketState
from worker.journal.tables import chunks, put, put_each, put_each_first, put_first
from worker.journal.tables import tickets as tracked_tickets

_LONGEST_ID = 64
LONGEST_KEY = 255
"""How much of an alert's key is kept: more than a service takes for one."""


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """The incidents of one service that began in a period, but for merged ones."""

    service: str
    since: datetime
    until: datetime

    def query(self, chosen: Select[Any]) -> Select[Any]:
        """Choose them, the latest first."""
        table = incident_facts
        within = chosen.where(
            table.c.service == self.service[:_LONGEST_ID],
            table.c.started >= self.since.isoformat(),
            table.c.started <= self.until.isoformat(),
            table.c.merged.is_(False),
        )
        return within.order_by(table.c.started.desc(), table.c.number.desc())


class FactMemory:
    """The facts, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, facts: Iterable[IncidentFacts], keys: Iterable[str] = ()) -> None:
        """Keep incidents as they are now; ``keys`` are those of their alerts."""
        every = dict.fromkeys(key[:LONGEST_KEY] for key in keys)
        with self._database.begin() as connection:
            for one in facts:
                put(connection, incident_facts, {"incident": one.incident}, _row(one))
                put_each_first(
                    connection,
                    alert_keys,
                    [{"incident": one.incident, "key": key} for key in every],
                )

    def of(self, incidents: Sequence[IncidentId]) -> Mapping[IncidentId, IncidentFacts]:
        """Give what is known of the incidents, by id."""
        found: dict[IncidentId, IncidentFacts] = {}
        with self._database.begin() as connection:
            for part in chunks(incidents):
                query = select(incident_facts).where(incident_facts.c.incident.in_(part))
                for row in connection.execute(query).mappings():
                    found[row["incident"]] = _facts(row)
        return found

    def every(self) -> Mapping[IncidentId, IncidentFacts]:
        """Give what is known of all incidents, by id."""
        with self._database.begin() as connection:
            rows = connection.execute(select(incident_facts)).mappings()
            return {row["incident"]: _facts(row) for row in rows}

    def before(self, span: ServicePeriod, most: int) -> Sequence[IncidentFacts]:
        """Give the latest ``most`` incidents of a span, the latest first."""
        query = span.query(select(incident_facts)).limit(most)
        with self._database.begin() as connection:
            return [_facts(row) for row in connection.execute(query).mappings()]

    def with_keys(
        self, span: ServicePeriod, keys: Iterable[str], most: int
    ) -> Sequence[tuple[IncidentFacts, str]]:
        """Give up to ``most`` incidents of a span that an alert with one of the keys came to.

        The latest come first, each with the first of its keys by the alphabet.
        """
        wanted = list(dict.fromkeys(key[:LONGEST_KEY] for key in keys))
        joined = incident_facts.join(alert_keys, alert_keys.c.incident == incident_facts.c.incident)
        shared = func.min(alert_keys.c.key).label("key")
        query = span.query(select(incident_facts, shared).select_from(joined))
        # an incident a row, however many of the keys it has: the limit is one of incidents
        query = query.group_by(incident_facts.c.incident)
        found: dict[IncidentId, tuple[IncidentFacts, str]] = {}
        with self._database.begin() as connection:
            for part in chunks(wanted):
                own = query.where(alert_keys.c.key.in_(part)).limit(most)
                for row in connection.execute(own).mappings():
                    values = dict(row)
                    key = values.pop("key")
                    found.setdefault(row["incident"], (_facts(values), key))
        latest = sorted(found.values(), key=lambda one: one[0].started, reverse=True)
        return latest[:most]

    def keep_tickets(self, facts: Iterable[TicketFacts]) -> None:
        """Keep tickets as they are now; when one was closed stays as first read if none tells."""
        every = {one.id: one for one in facts}
        known: dict[TicketId, dict[str, object]] = {}
        with self._database.begin() as connection:
            for part in chunks(list(every)):
                query = select(ticket_facts).where(ticket_facts.c.id.in_(part))
                found = connection.execute(query).mappings()
                known.update((row["id"], dict(row)) for row in found)
            now = {one.id: _ticket_row(one, known.get(one.id, {})) for one in every.values()}
            changed = [row for ticket, row in now.items() if row != known.get(ticket)]
            put_each(connection, ticket_facts, "id", changed)

    def items(self, incidents: Sequence[IncidentId] | None = None) -> Sequence[ItemFacts]:
        """Give the tickets of the incidents' action items, or of all, that can be seen."""
        ours = tracked_tickets
        columns = (ours.c.incident, ours.c.key, ours.c.url, ours.c.row, ours.c.ordinal)
        joined = ours.join(ticket_facts, ours.c.id == ticket_facts.c.id)
        query = select(ticket_facts, *columns).select_from(joined)
        query = query.where(ours.c.available, ours.c.ordinal >= 0)  # an epic stands in no row
        query = query.order_by(ours.c.incident, ours.c.ordinal, ours.c.id)
        queries = [query]
        if incidents is not None:
            queries = [query.where(ours.c.incident.in_(part)) for part in chunks(incidents)]
        with self._database.begin() as connection:
            rows = (row for one in queries for row in connection.execute(one).mappings())
            return [_item(row) for row in rows]

    def keep_statuses(
        self, final: Mapping[IncidentId, bool], at: datetime, *, new_alone: bool = False
    ) -> None:
        """Keep which incidents' documents are final, each from when it was first seen so.

        With ``new_alone`` only of those of which nothing is kept yet.
        """
        table = final_documents
        known: dict[IncidentId, bool] = {}
        with self._database.begin() as connection:
            for part in chunks(list(final)):
                query = select(table.c.incident, table.c.is_final)
                rows = connection.execute(query.where(table.c.incident.in_(part)))
                known.update((row.incident, row.is_final) for row in rows)
            for incident, is_final in final.items():
                if known.get(incident, False) == is_final or (new_alone and incident in known):
                    continue
                values = {"incident": incident, "since": at.isoformat(), "is_final": True}
                put_first(connection, table, values)
                own = update(table).where(table.c.incident == incident)
                connection.execute(own.values(is_final=is_final))

    def final(self) -> Mapping[IncidentId, datetime]:
        """Give the incidents whose document is final, each with when it was first seen so."""
        query = select(final_documents).where(final_documents.c.is_final)
        with self._database.begin() as connection:
            rows = connection.execute(query).mappings()
            return {row["incident"]: datetime.fromisoformat(row["since"]) for row in rows}


def _row(one: IncidentFacts) -> dict[str, Any]:
    row = asdict(one) | {
        "service": one.service[:_LONGEST_ID],
        "started": one.started.isoformat(),
        "acknowledged": one.acknowledged and one.acknowledged.isoformat(),
        "resolved": one.resolved and one.resolved.isoformat(),
        "services": json.dumps(one.services),
        "teams": json.dumps(one.teams),
    }
    del row["incident"]
    return row


def _ticket_row(facts: TicketFacts, known: Mapping[str, object]) -> dict[str, object]:
    values: dict[str, object] = asdict(facts) | {
        "created": facts.created.isoformat(),
        "state": facts.state.value,
        "due": facts.due.isoformat() if facts.due else "",
        "closed": facts.closed.isoformat() if facts.closed else None,
    }
    del values["is_told"]
    if facts.closed and not facts.is_told:
        values["closed"] = known.get("closed") or values["closed"]
    return values


def _facts(row: Mapping[Any, Any]) -> IncidentFacts:
    return IncidentFacts(
        **{
            **row,
            "started": datetime.fromisoformat(row["started"]),
            "acknowledged": _time(row["acknowledged"]),
            "resolved": _time(row["resolved"]),
            "services": tuple(json.loads(row["services"])),
            "teams": tuple(json.loads(row["teams"])),
        }
    )


def _item(row: Mapping[Any, Any]) -> ItemFacts:
    facts = TicketFacts(
        id=TicketId(row["id"]),
        created=datetime.fromisoformat(row["created"]),
        state=TicketState(row["state"]),
        due=_day(row["due"]),
        closed=_time(row["closed"]),
    )
    said = json.loads(row["row"])
    deadline = _day(said["deadline"]) or facts.due
    return ItemFacts(facts, row["incident"], row["key"], row["url"], said["task"], deadline)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # a cell may hold any words
        return None
