"""What is derived from a record once, for the timeline, the sections and the chart alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.incidents import ALERTS, LOG_ENTRIES, Alert, Incident, IncidentRecord, LogEntry
from worker.drafting.history.agents import is_person, name
from worker.drafting.history.notes import WrittenNote, written_notes
from worker.drafting.history.phases import OpenPeriod, end_of, open_periods


@dataclass(frozen=True, slots=True)
class Story:
    """An incident put in order: everything oldest first, every note once.

    ``people`` names everybody who took part. ``end`` is None while the incident is open, or where
    no source tells when it ended.
    """

    record: IncidentRecord
    people: tuple[str, ...]
    entries: tuple[LogEntry, ...]
    alerts: tuple[Alert, ...]
    written_notes: tuple[WrittenNote, ...]
    open_periods: tuple[OpenPeriod, ...]
    end: datetime | None

    @property
    def incident(self) -> Incident:
        """The incident itself."""
        return self.record.incident

    @property
    def start(self) -> datetime:
        """When the incident was created."""
        return self.incident.created_at

    @property
    def first_signal(self) -> datetime | None:
        """When the earliest alert came, which is before the start where incidents were merged."""
        return self.alerts[0].created_at if self.alerts else None

    @property
    def log_is_whole(self) -> bool:
        """Whether what is not in the log did not happen; part of it may not have been readable."""
        return not any(one.part == LOG_ENTRIES for one in self.record.missing)

    @property
    def alerts_are_whole(self) -> bool:
        """Whether there were no other alerts."""
        return not any(one.part == ALERTS for one in self.record.missing)

    @property
    def resolutions(self) -> tuple[datetime, ...]:
        """When the incident was resolved, each time."""
        return tuple(period.ended for period in self.open_periods if period.ended is not None)


def story(record: IncidentRecord) -> Story:
    """Put a record in order."""
    entries = tuple(sorted(record.log_entries, key=lambda entry: entry.created_at))
    return Story(
        record,
        tuple(dict.fromkeys(_people(record))),
        entries,
        tuple(sorted(record.alerts, key=lambda alert: alert.created_at)),
        written_notes(record, entries),
        open_periods(record.incident, entries),
        end_of(record.incident, entries),
    )


def _people(record: IncidentRecord) -> Iterator[str]:
    entries = record.log_entries
    agents = [
        *(entry.agent for entry in entries),
        *(entry.user for entry in entries),
        *(agent for entry in entries for agent in entry.assignees),
        *(note.author for note in record.notes),
        *(responder.who for responder in record.incident.responders),
    ]
    for agent in dict.fromkeys(agents):
        if agent is not None and is_person(agent):
            yield name(agent)
