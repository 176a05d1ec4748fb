"""What is derived from a record once, for the timeline, the sections and the chart alike.

Above all when the incident was open, with every reopening between, and in which state it was. A log
may have no entry for a reopening. It is told by the incident's ``reopened_at`` (the latest one
alone) and by entries that only an open incident can have, following a resolution.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from config.template_names import ACTION_MARKS
from connectors.incidents import (
    ALERTS,
    LOG_ENTRIES,
    Alert,
    Incident,
    IncidentRecord,
    IncidentStatus,
    LogEntry,
)
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean
from worker.drafting.history.agents import automatic, each_act, is_person, name, takes_back
from worker.drafting.history.note_entries import noted_log
from worker.drafting.history.notes import WrittenNote, written_notes

_ONLY_WHILE_OPEN = frozenset(
    {
        EntryKind.REOPEN,
        EntryKind.ACKNOWLEDGE,
        EntryKind.UNACKNOWLEDGE,
        EntryKind.ASSIGN,
        EntryKind.DELEGATE,
        EntryKind.ESCALATE,
    }
)


_SAME_ACT = timedelta(seconds=5)
"""Entries that one reopening brings about are no further apart."""

_DISAGREEING = timedelta(minutes=1)
"""An acknowledgement may stand so long before the start: clocks differ."""


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A stretch in which the incident was open; ``ended`` is None while it still is.

    ``reopening`` is the log entry that says or shows that it was reopened, where there is one,
    ``acknowledgement`` the first one, ``resolution`` the entry that ended it.
    """

    began: datetime
    ended: datetime | None = None
    reopening: LogEntry | None = None
    acknowledgement: LogEntry | None = None
    resolution: LogEntry | None = None


def end_of(incident: Incident, entries: Sequence[LogEntry]) -> datetime | None:
    """Tell when the incident ended, None while it is open or where no source tells.

    That is ``resolved_at``, else the latest resolution in the log, else the last change of status,
    and never before the start.
    """
    if incident.status is not IncidentStatus.RESOLVED:
        return None
    logged = (entry.created_at for entry in entries if entry.kind is EntryKind.RESOLVE)
    end = incident.resolved_at or max(logged, default=incident.last_status_change_at)
    return end and max(end, incident.created_at)


def open_periods(incident: Incident, entries: Sequence[LogEntry]) -> tuple[OpenPeriod, ...]:
    """Tell each stretch in which the incident was open, oldest first; there is at least one.

    ``entries`` are the whole log, oldest first. Two resolutions with nothing between them that
    shows a reopening end one stretch, with the later of them.
    """
    found = list(_logged(incident, entries))
    end = end_of(incident, entries)
    last = found[-1]
    if incident.status is not IncidentStatus.RESOLVED:
        if last.ended is not None:
            found.append(OpenPeriod(_reopened_after(incident, last.ended)))
    elif end is not None:
        if last.resolution is None and len(found) > 1 and end <= last.began:
            found.pop()  # it was resolved before: what followed was no reopening
        found[-1] = replace(found[-1], ended=max(end, found[-1].began))
    return tuple(_acknowledged(found, entries))


def open_time(each: Iterable[OpenPeriod]) -> timedelta | None:
    """Add up how long the incident was open, None while it still is."""
    total = timedelta()
    for period in each:
        if period.ended is None:
            return None
        total += period.ended - period.began
    return total


def _logged(incident: Incident, entries: Sequence[LogEntry]) -> Iterator[OpenPeriod]:
    began, reopening = incident.created_at, None
    resolution: LogEntry | None = None
    for entry in entries:
        if entry.kind is EntryKind.RESOLVE:
            resolution = entry
        elif resolution is not None and entry.kind in _ONLY_WHILE_OPEN:
            yield OpenPeriod(began, resolution.created_at, reopening, None, resolution)
            known = incident.reopened_at
            earlier = known is not None and resolution.created_at <= known <= entry.created_at
            began = known if known is not None and earlier else entry.created_at
            reopening = entry
            resolution = None
        elif entry.kind is EntryKind.REOPEN and entry.created_at - began <= _SAME_ACT:
            reopening = entry  # whom it was assigned to may stand before it
    ended = resolution.created_at if resolution else None
    known = incident.reopened_at
    if ended is not None and known is not None and known > ended:
        yield OpenPeriod(began, ended, reopening, None, resolution)
        yield OpenPeriod(known)
    else:
        yield OpenPeriod(began, ended, reopening, None, resolution)


def _reopened_after(incident: Incident, ended: datetime) -> datetime:
    """Tell when it was opened again, though the log does not say: never before it was resolved."""
    known = (incident.reopened_at, incident.last_status_change_at)
    return next((time for time in known if time is not None and time >= ended), ended)


def _acknowledged(each: Sequence[OpenPeriod], entries: Sequence[LogEntry]) -> Iterator[OpenPeriod]:
    acknowledgements = [one for one in enumerate(entries) if one[1].kind is EntryKind.ACKNOWLEDGE]
    for number, period in enumerate(each):
        since = period.began if number else period.began - _DISAGREEING
        # of those in one second, some may have come before it was reopened
        shown = (at for at, entry in enumerate(entries) if entry is period.reopening)
        place = next(shown, 0) if period.reopening else 0
        within = (one for at, one in acknowledgements if at >= place and one.created_at >= since)
        first = next(within, None)
        late = first and period.ended is not None and first.created_at > period.ended
        yield replace(period, acknowledgement=None if late else first)


class PhaseState(Enum):
    """The states of an incident, as people read them."""

    OPEN = "open"
    """Nothing more is known, since the log could not be read."""
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of time in one state."""

    state: PhaseState
    begin: datetime
    end: datetime


def phases(
    periods: Iterable[OpenPeriod],
    entries: Sequence[LogEntry],
    until: datetime,
    *,
    log_is_known: bool = True,
) -> tuple[Phase, ...]:
    """Give the phases from the start to ``until``, without gaps."""
    first = PhaseState.UNACKNOWLEDGED if log_is_known else PhaseState.OPEN
    changes = [change for period in periods for change in _changes(period, entries, first)]
    ends = [*(at for at, _ in changes[1:]), until]
    found: list[Phase] = []
    for (begin, state), end in zip(changes, ends, strict=True):
        if end <= begin:
            continue
        if found and found[-1].state is state:
            found[-1] = Phase(state, found[-1].begin, end)
        else:
            found.append(Phase(state, begin, end))
    return tuple(found)


def _changes(
    period: OpenPeriod, entries: Sequence[LogEntry], first: PhaseState
) -> Iterator[tuple[datetime, PhaseState]]:
    known = period.acknowledgement
    early = known is not None and known.created_at < period.began
    yield period.began, PhaseState.ACKNOWLEDGED if early else first
    for entry in entries:
        if entry.created_at < period.began:
            continue
        if period.ended is not None and entry.created_at >= period.ended:
            break
        if entry.kind is EntryKind.ACKNOWLEDGE:
            yield entry.created_at, PhaseState.ACKNOWLEDGED
        elif takes_back(entry):
            yield entry.created_at, PhaseState.UNACKNOWLEDGED
    if period.ended is not None:
        yield period.ended, PhaseState.RESOLVED


@dataclass(frozen=True, slots=True)
class Story:
    """An incident put in order: everything oldest first, every note once, none that was deleted.

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
    action_marks: tuple[str, ...] = ACTION_MARKS

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
    def detection(self) -> LogEntry | None:
        """The entry that opened the incident, None where the log has none."""
        return next((one for one in self.entries if one.kind is EntryKind.TRIGGER), None)

    @property
    def description(self) -> str:
        """What was written beside the title on opening it, "" where nothing was.

        What comes with an event of a monitor is its alert's, and no description.
        """
        first = self.detection
        by_hand = first is not None and not automatic(first)
        written = first.channel.details if by_hand and first is not None else None
        text = written or self.incident.description or ""
        return "" if clean(text) == clean(self.incident.title) else text

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


def story(record: IncidentRecord, action_marks: tuple[str, ...] = ACTION_MARKS) -> Story:
    """Put a record in order; its notes begin action items with one of the marks."""
    log = noted_log(record)
    entries = each_act(log.entries)
    return Story(
        record,
        tuple(dict.fromkeys(_people(record, entries))),
        entries,
        tuple(sorted(record.alerts, key=lambda alert: alert.created_at)),
        written_notes(record.notes, log),
        open_periods(record.incident, entries),
        end_of(record.incident, entries),
        action_marks,
    )


def _people(record: IncidentRecord, entries: Sequence[LogEntry]) -> Iterator[str]:
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
