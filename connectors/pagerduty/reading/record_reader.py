"""Reads an incident with all its parts, in few calls, leaving out what is not to be had.

A part fails alone, in whatever way, and is named; what broke off is never taken for whole. Without
the incident itself there is no record.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from connectors.errors import NotFound, PayloadError, Rejected
from connectors.follow_up import FollowUp, OutsideReference
from connectors.incidents import (
    ALERTS,
    LOG_ENTRIES,
    NOTES,
    Alert,
    ChangeEvent,
    CustomField,
    Incident,
    IncidentId,
    IncidentRecord,
    LogEntry,
    Missing,
    Note,
    Reference,
)
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import EntryKind
from connectors.pacing.side_by_side import Begun
from connectors.pagerduty import incident_fields, log_payloads, payloads, resolved_incidents
from connectors.pagerduty.common_payloads import OWN_ID
from connectors.pagerduty.reading import review_payloads
from connectors.pagerduty.reading.entries_alike import EntriesAlike
from connectors.pagerduty.reading.follow_up_reader import FollowUpReader
from connectors.pagerduty.reading.list_pages import LAST_OFFSET, ListPages, read_each
from connectors.pagerduty.reading.merged_incidents import MergedIncidents, notes_of
from connectors.pagerduty.reading.missing_parts import MissingParts
from connectors.pagerduty.responses import Withheld
from connectors.pagerduty.transport import PagerDutyTransport, Query

_BEFORE_IT = timedelta(days=30)
"""How far before an incident's start its log is read: a merge brings earlier entries along."""
_INCLUDED: Query = {"include[]": ["conference_bridge", "custom_fields"]}
_WISHED: Query = {"include[]": ["conference_bridge", "custom_fields", "external_references"]}
"""The last is in no document, and asked for by many in public."""
P = TypeVar("P")
Dated = TypeVar("Dated", LogEntry, Alert, Note, ChangeEvent)


def incident_path(incident: str) -> str:
    """Give an incident's path. Raises ``NotFound`` for what cannot be an id."""
    if not re.fullmatch(OWN_ID, incident):
        raise NotFound(
            f"{incident!r} is no id of a PagerDuty incident.",
            "An id holds capital letters and digits, like the end of the incident's web address.",
        )
    return f"/incidents/{incident}"


def _names_itself(asked: IncidentId) -> bool:
    """Tell whether it is asked for by its id, which paths of parts take, and not by its number."""
    return bool(re.fullmatch(OWN_ID, asked)) and not asked.isdecimal()


@dataclass(frozen=True, slots=True)
class _Part(Generic[P]):
    """A part that is being read, and what is missing of it."""

    gaps: MissingParts
    begun: Begun[P]


@dataclass(slots=True)
class RecordReader:
    """Reads one incident's record; ``gaps`` gathers what was left out, in the order of the parts.

    All that does not wait for something else is asked for side by side: first the incident and the
    beginning of its log, then every other part, last what a part makes worth asking.
    """

    transport: PagerDutyTransport
    gaps: MissingParts
    names: dict[str, str] = field(default_factory=dict, init=False)
    """What things are called in the answers, by their ids."""
    _alike: EntriesAlike = field(init=False)
    _subscribers: _Part[int | None] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._alike = EntriesAlike(self.names)

    def read(self, asked: IncidentId) -> IncidentRecord:
        """Give the record, each part oldest first."""
        first = self._log_pages(asked).begin() if _names_itself(asked) else None
        incident, custom_fields, references = self._incident(asked)
        logged = self._begin(LOG_ENTRIES, lambda gaps: self._log_entries(gaps, incident, first))
        alerted = self._begin(ALERTS, lambda gaps: self._alerts(gaps, incident))
        noted = self._begin_list(incident, NOTES, "notes", payloads.note)
        changed = self._begin_list(
            incident, "change events", "related_change_events", payloads.change_event
        )
        hit = self._begin("business services", lambda _: self._business_services(incident))
        merger = MergedIncidents(self.transport, incident, logged.begun, alerted.begun)
        merged = self._begin("merged incidents", merger.found)
        follow_up = FollowUpReader(self.transport, incident)
        reviewed, past = self._begun(follow_up.review), self._begun(follow_up.past)
        log = self._end(logged)
        sources = self._end(merged)
        brought = self._begin(
            "notes of merged incidents", lambda gaps: notes_of(self.transport, gaps, sources)
        )
        return IncidentRecord(
            incident=incident,
            log_entries=incident_fields.by_name(log, self.names, custom_fields),
            alerts=self._end(alerted),
            notes=(*self._end(noted), *self._end(brought)),
            change_events=self._end(changed),
            custom_fields=custom_fields,
            business_services=self._end(hit),
            subscribers=self._end(self._subscribers) if self._subscribers else None,
            merged_incidents=sources,
            follow_up=FollowUp(
                references=references, review=self._end(reviewed), past=self._end(past)
            ),
            missing=tuple(self.gaps.missing),
        )

    def _begun(self, read: Callable[[MissingParts], P]) -> _Part[P]:
        gaps = self.gaps.another()
        return _Part(gaps, Begun(lambda: read(gaps)))

    def _begin(
        self, part: str, read: Callable[[MissingParts], tuple[P, ...]]
    ) -> _Part[tuple[P, ...]]:
        return self._begun(lambda gaps: gaps.part(part, lambda: read(gaps)) or ())

    def _end(self, part: _Part[P]) -> P:
        result = part.begun.result()
        self.gaps.missing += part.gaps.missing
        return result

    def _incident(
        self, asked: IncidentId
    ) -> tuple[Incident, tuple[CustomField, ...], tuple[OutsideReference, ...]]:
        """Read the incident with what can be included; without, where that is refused."""
        path = incident_path(asked)
        try:
            try:
                answer = self.transport.get(path, _WISHED, brief=True)
            except (Rejected, Withheld):
                answer = self.transport.get(path, _INCLUDED, brief=True)
        except (Rejected, Withheld) as refused:
            answer = self.transport.get(path, brief=True)
            self.gaps.missing.append(Missing("custom fields", str(refused)))
        fields = answer["incident"].required_object()
        incident_fields.add_names([fields.value], self.names)
        incident = payloads.incident(fields)
        custom = self.gaps.part("custom fields", lambda: payloads.custom_fields(fields)) or ()
        self.gaps.tell_forgiven("the incident", answer)
        return incident, custom, review_payloads.references(fields)

    def _log_entries(
        self, gaps: MissingParts, incident: Incident, first: Begun[JsonValue] | None
    ) -> tuple[LogEntry, ...]:
        """Read the whole log, which comes newest first.

        What lies beyond the last offset is asked for anew, up to the oldest entry seen: that
        second once more, since more of its entries may be to come.
        """
        seen: dict[str, LogEntry] = {}
        oldest: datetime | None = None
        pages = replace(self._log_pages(incident.id), first=first)
        while True:
            seen.update((entry.id, entry) for entry in gaps.pages(LOG_ENTRIES, pages, seen))
            if not pages.capped or not seen:
                break
            reached = min(entry.created_at for entry in seen.values())
            if oldest is not None and reached >= oldest:
                gaps.cut(LOG_ENTRIES, f"more than {LAST_OFFSET:,} stand in one second")
                break
            oldest = reached
            since = min(incident.created_at, oldest) - _BEFORE_IT
            period = resolved_incidents.period_query(since, oldest + timedelta(seconds=1))
            pages = self._log_pages(incident.id, period)
        return _oldest_first(seen.values())

    def _log_pages(self, incident: IncidentId, period: Query | None = None) -> ListPages[LogEntry]:
        query = {"include[]": ["channels"], "time_zone": "UTC", **(period or {})}
        path = f"/incidents/{incident}/log_entries"

        def parse(fields: JsonValue) -> LogEntry:
            entry = self._alike.read(fields)
            if entry.kind is EntryKind.STATUS_UPDATE and self._subscribers is None:
                self._subscribers = self._begun(
                    lambda gaps: gaps.part("subscribers", lambda: self._count(incident))
                )
            return entry

        return ListPages(self.transport, path, "log_entries", parse, query, [], asks_total=True)

    def _count(self, incident: IncidentId) -> int | None:
        """Count the subscribers, where a status update went out to them."""
        path = f"/incidents/{incident}/status_updates/subscribers"
        return payloads.subscribers(self.transport.get(path))

    def _alerts(self, gaps: MissingParts, incident: Incident) -> tuple[Alert, ...]:
        """Read the alerts, as far as they can be paged through: they know no periods of time."""
        count = incident.alert_count
        if count == 0:
            return ()
        path = f"/incidents/{incident.id}/alerts"
        query = {"sort_by": "created_at:asc"}
        pages = ListPages(
            self.transport, path, "alerts", payloads.alert, query, [], count is None, count
        )
        seen = {alert.id: alert for alert in gaps.pages(ALERTS, pages)}
        told = any(one.part == ALERTS for one in gaps.missing)
        if not told and (pages.capped or len(seen) < (count or 0)):
            total = f" of {count:,}" if count else ""
            listed = f"{len(seen):,}{total}, the oldest" if seen else f"none{total}"
            gaps.cut(ALERTS, f"PagerDuty listed {listed}")
        return _oldest_first(reversed(seen.values()))

    def _begin_list(
        self, incident: Incident, part: str, name: str, parse: Callable[[JsonValue], Dated]
    ) -> _Part[tuple[Dated, ...]]:
        """Begin to read a list that comes whole, newest first."""
        path = f"/incidents/{incident.id}/{name}"
        wrapper = name.removeprefix("related_")

        def read(gaps: MissingParts) -> tuple[Dated, ...]:
            answer = self.transport.get(path)
            unread: list[PayloadError] = []
            each = read_each(answer[wrapper].required_list(), parse, unread)
            found = {one.id: one for one in each}
            if answer["more"].flag():
                gaps.cut(part, "PagerDuty spoke of more", for_now=True)
            gaps.tell_unread(part, unread)
            gaps.tell_forgiven(part, answer)
            return _oldest_first(found.values())

        return self._begin(part, read)

    def _business_services(self, incident: Incident) -> tuple[Reference, ...]:
        path = f"/incidents/{incident.id}/business_services/impacts"
        return payloads.business_services(self.transport.get(path))


def read_log(transport: PagerDutyTransport, incident: IncidentId) -> tuple[LogEntry, ...]:
    """Read an incident's log alone, oldest first.

    Raises ``PayloadError`` where it is longer than can be paged through, or cannot be read.
    """
    path = f"{incident_path(incident)}/log_entries"
    pages = ListPages(transport, path, "log_entries", log_payloads.log_entry, {"time_zone": "UTC"})
    found = [entry for page in pages for entry in page]
    if pages.capped or pages.broken:
        raise PayloadError(
            f"The log of incident {incident} is not listed whole, so it tells nothing for sure.",
            "Draft the incident: then it is read in parts.",
        )
    return _oldest_first(found)


def _oldest_first(newest_first: Iterable[Dated]) -> tuple[Dated, ...]:
    """Turn a list round; what happened in one second stays in the order that PagerDuty gave."""
    items = list(newest_first)
    items.reverse()
    items.sort(key=lambda item: item.created_at)
    return tuple(items)
