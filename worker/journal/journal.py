"""The program's memory. Losing it may cost a look-up, never a ticket or a person's words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select
from sqlalchemy.exc import OperationalError

from connectors.incidents import IncidentId
from connectors.tickets import Mark, TicketId
from worker.journal import records, tables
from worker.journal.beside_documents import Bindings, EventReports, LastResults, Skips
from worker.journal.database import Database
from worker.journal.document_index import DocumentIndex
from worker.journal.document_memory import DocumentMemory
from worker.journal.facts.fact_memory import FactMemory
from worker.journal.incident_locks import must_still_hold
from worker.journal.message_memory import MessageMemory, PickMemory
from worker.journal.page_memory import PageMemory
from worker.journal.records import Claim, JournalRecord, KnownIncident, Pull
from worker.journal.service_memory import FailedDigests, LastLook
from worker.journal.sqlite_files import HELD, OWN_IT, JournalError, first_line
from worker.journal.tables import chunks, put, put_first
from worker.journal.web_memory import OpenedTexts, WebDrafts, WebSessions, WebWriters
from worker.tracking.tracked_tickets import Intent, TrackedTicket


class Journal(DocumentMemory):
    """The memory, on an open database; each method is one transaction, here and in its parts."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        super().__init__(database)
        try:
            with self._begin() as connection:
                put_first(connection, tables.born, {"one": 1, "at": now().isoformat()})
                at = connection.scalars(select(tables.born.c.at)).one()
        except OperationalError as error:
            reason = first_line(error)
            remedy = HELD if "locked" in reason else OWN_IT
            raise JournalError(f"The database cannot be written: {reason}.", remedy) from error
        self.born_at = datetime.fromisoformat(at)
        self.skips = Skips(database)
        self.reports = EventReports(database)
        self.pages = PageMemory(database)
        self.picks = PickMemory(database)
        self.index = DocumentIndex(database)
        self.messages = MessageMemory(database)
        self.facts = FactMemory(database)
        self.web_sessions = WebSessions(database)
        self.opened_texts = OpenedTexts(database, now)
        self.web_drafts = WebDrafts(database, now)
        self.web_writers = WebWriters(database, now)
        self.bindings = Bindings(database)
        self.results = LastResults(database)
        self.last_look = LastLook(database, now)
        self.failed_digests = FailedDigests(database, now)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def ping(self) -> None:
        """Raise unless the database answers, and is the one that was opened."""
        self._database.ping()

    def incident(self, incident: IncidentId) -> KnownIncident | None:
        """Give what is remembered of an incident, None for nothing."""
        query = select(tables.incidents).where(tables.incidents.c.incident == incident)
        with self._begin() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return KnownIncident(**row) if row else None

    def note_incident(self, incident: IncidentId, **values: str | int | None) -> None:
        """Remember some of an incident's values; see :class:`KnownIncident` for their names."""
        with self._begin() as connection:
            put(connection, tables.incidents, {"incident": incident}, values)

    def pulls(self, incidents: Sequence[IncidentId]) -> Mapping[IncidentId, Pull]:
        """Give, for each of the incidents that was pulled before, what came of it."""
        table, found = tables.incidents, {}
        with self._begin() as connection:
            for part in chunks(incidents):
                query = select(table.c.incident, table.c.updated, table.c.base.is_not(None))
                for incident, updated, drafted in connection.execute(
                    query.where(table.c.incident.in_(part))
                ):
                    found[incident] = Pull(updated, bool(drafted))
        return found

    def open_incidents(self) -> Sequence[IncidentId]:
        """Give the incidents that have a document, and were open when they were last pulled."""
        table = tables.incidents
        query = select(table.c.incident).where(table.c.updated.startswith(records.OPEN))
        with self._begin() as connection:
            return list(connection.scalars(query.order_by(table.c.incident)))

    def merged_into(self, target: IncidentId) -> Sequence[KnownIncident]:
        """Give the incidents that were merged into ``target``."""
        query = select(tables.incidents).where(tables.incidents.c.merged_into == target)
        with self._begin() as connection:
            found = connection.execute(query.order_by(tables.incidents.c.incident)).mappings()
            return [KnownIncident(**row) for row in found]

    def propose(self, incident: IncidentId, written: str) -> None:
        """Remember what is about to be written, before it is."""
        self.note_incident(incident, proposed=written)

    def settle(self, incident: IncidentId) -> None:
        """Remember that what was proposed has been written: it is the base from now on."""
        if (known := self.incident(incident)) is not None and known.proposed is not None:
            self.note_incident(incident, base=known.proposed, proposed=None)

    def tickets(self, incident: IncidentId) -> tuple[TrackedTicket, ...]:
        """Give the tickets of an incident's document, in the order of its rows."""
        table = tables.tickets
        query = select(table).where(table.c.incident == incident)
        with self._begin() as connection:
            found = connection.execute(query.order_by(table.c.ordinal, table.c.id)).mappings()
            return tuple(records.ticket_record(row) for row in found)

    def track(self, tickets: Iterable[TrackedTicket]) -> None:
        """Remember tickets as they are now."""
        with self._begin() as connection:
            for one in tickets:
                put(connection, tables.tickets, {"id": one.id}, records.ticket_row(one))

    def untrack(self, tickets: Iterable[TicketId]) -> None:
        """Forget tickets: a person put another in their place."""
        with self._begin() as connection:
            for one in tickets:
                connection.execute(delete(tables.tickets).where(tables.tickets.c.id == one))

    def done_tickets(self) -> Mapping[IncidentId, AbstractSet[str]]:
        """Give the keys of the tickets that are done, by incident."""
        found: defaultdict[IncidentId, set[str]] = defaultdict(set)
        query = select(tables.tickets.c.incident, tables.tickets.c.key).where(tables.tickets.c.done)
        with self._begin() as connection:
            for incident, key in connection.execute(query):
                found[incident].add(key)
        return found

    def ticket_ids(self) -> Sequence[TicketId]:
        """Give the ids of all tickets that are remembered."""
        with self._begin() as connection:
            return [TicketId(one) for one in connection.scalars(select(tables.tickets.c.id))]

    def unlabelled_tickets(self) -> Sequence[TicketId]:
        """Give the ids of the tickets that are open and that no search by label shows."""
        table = tables.tickets.c
        hidden = ~table.labelled & ~table.done & table.available
        with self._begin() as connection:
            return [TicketId(one) for one in connection.scalars(select(table.id).where(hidden))]

    def tracked(self, ids: Sequence[TicketId]) -> Mapping[TicketId, TrackedTicket]:
        """Give those of the tickets that are remembered, by id."""
        found: dict[TicketId, TrackedTicket] = {}
        with self._begin() as connection:
            for part in chunks(ids):
                query = select(tables.tickets).where(tables.tickets.c.id.in_(part))
                for row in connection.execute(query).mappings():
                    found[TicketId(row["id"])] = records.ticket_record(row)
        return found

    def intents(self, incident: IncidentId) -> tuple[Intent, ...]:
        """Give the creates of an incident that have no known outcome, oldest first."""
        table = tables.intents
        query = select(table).where(table.c.incident == incident)
        with self._begin() as connection:
            found = connection.execute(query.order_by(table.c.opened_at, table.c.ordinal))
            return tuple(records.intent_record(row) for row in found.mappings())

    def incidents_with_intents(self) -> Sequence[IncidentId]:
        """Give the incidents that have a create without a known outcome."""
        with self._begin() as connection:
            return list(connection.scalars(select(tables.intents.c.incident).distinct()))

    def newest_in(self, project: str, *, made: bool = False) -> TrackedTicket | None:
        """Give the newest ticket of ours in a project, by its id; None where there is none.

        Where it is to be one that was ``made`` here, those that people named do not count.
        """
        table = tables.tickets
        query = select(table).where(table.c.key.startswith(f"{project}-", autoescape=True))
        if made:
            query = query.where(table.c.mark.is_not(None))
        newest = query.order_by(func.length(table.c.id).desc(), table.c.id.desc()).limit(1)
        with self._begin() as connection:
            row = connection.execute(newest).mappings().one_or_none()
        return records.ticket_record(row) if row else None

    def intend(
        self,
        intents: Iterable[Intent],
        claim: Claim = records.NO_CLAIM,
        lost: Iterable[Mark] = (),
    ) -> None:
        """Write creates down, before they are tried, in the place of those that made no ticket.

        Raises ``BusyElsewhere`` where the incident's lock was lost and another holds it by now:
        whatever this job has read since is out of date.
        """
        with self._begin() as connection:
            intents = list(intents)
            if claim:
                for incident in {one.incident for one in intents}:
                    must_still_hold(connection, incident, claim)
            for one in intents:
                values = {
                    "incident": one.incident,
                    "task": one.task,
                    "ordinal": one.ordinal,
                    "opened_at": one.opened_at.isoformat(),
                    "unknown_since": one.unknown_since and one.unknown_since.isoformat(),
                    "failures": one.failures,
                    "reason": one.reason,
                    "words": one.words,
                    "unlabelled_in": one.unlabelled_in,
                }
                put(connection, tables.intents, {"mark": one.mark}, values)
            _strike_out(connection, lost)

    def settle_intents(self, marks: Iterable[Mark], tickets: Iterable[TrackedTicket] = ()) -> None:
        """Strike out creates whose outcome is known, together with the tickets they made."""
        with self._begin() as connection:
            for one in tickets:
                put(connection, tables.tickets, {"id": one.id}, records.ticket_row(one))
            _strike_out(connection, marks)

    def record(self, entries: Iterable[JournalRecord]) -> None:
        """Add writes to the journal."""
        if found := [asdict(one) | {"at": one.at.isoformat()} for one in entries]:
            with self._begin() as connection:
                connection.execute(insert(tables.entries), found)

    def entries(self, incident: IncidentId) -> Sequence[JournalRecord]:
        """Give the writes done for an incident, oldest first."""
        table = tables.entries
        query = select(table).where(table.c.incident == incident).order_by(table.c.number)
        with self._begin() as connection:
            return [_entry(row)[1] for row in connection.execute(query).mappings()]

    def latest_entries(
        self, most: int, before: int | None = None
    ) -> Sequence[tuple[int, JournalRecord]]:
        """Give the latest writes for all incidents with their numbers, the latest first.

        Only those ``before`` a number, if one is given.
        """
        table = tables.entries
        query = select(table).order_by(table.c.number.desc()).limit(most)
        if before is not None:
            query = query.where(table.c.number < before)
        with self._begin() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def cursor(self, name: str) -> datetime | None:
        """Give how far something has been read, None if never."""
        table = tables.cursors
        with self._begin() as connection:
            value = connection.scalar(select(table.c.value).where(table.c.name == name))
        return datetime.fromisoformat(value) if value else None

    def move_cursor(self, name: str, to: datetime) -> None:
        """Remember how far something has been read."""
        with self._begin() as connection:
            put(connection, tables.cursors, {"name": name}, {"value": to.isoformat()})


def _entry(row: RowMapping) -> tuple[int, JournalRecord]:
    values = dict(row)
    number = int(values.pop("number"))
    return number, JournalRecord(**values | {"at": datetime.fromisoformat(values["at"])})


def _strike_out(connection: Connection, marks: Iterable[Mark]) -> None:
    for mark in marks:
        connection.execute(delete(tables.intents).where(tables.intents.c.mark == mark))
