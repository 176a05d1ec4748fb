"""Reads an incident with all its parts, in few calls, leaving out what is not to be had.

A part fails alone, in whatever way, and is named; what broke off is never taken for whole. Without
the incident itself there is no record.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from connectors.errors import NotFound, PayloadError, Rejected
from connectors.follow_up import FollowUp, OutsideReference
from connectors.incidents import (
    ALERTS,
    LOG_ENTRIES,
    NOTES,
    AgentKind,
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
from connectors.pagerduty import incident_fields, log_payloads, payloads, resolved_incidents
from connectors.pagerduty.common_payloads import OWN_ID
from connectors.pagerduty.reading import review_payloads
from connectors.pagerduty.reading.missing_parts import MissingParts
from connectors.pagerduty.refusals import Withheld
from connectors.pagerduty.transport import LAST_OFFSET, ListPages, Query, Transport, read_each

MERGE_PAGES = 5
"""How many pages of incidents are searched for those that were merged into one."""
MERGED_BEFORE = timedelta(hours=6)
"""How long before an incident, or its first alert, one may have begun that was merged into it."""
EARLY_ALERT = timedelta(minutes=1)
"""An alert that is older than its incident by more than this came from another incident."""
_BEFORE_IT = timedelta(days=30)
"""How far before an incident's start its log is read: a merge brings earlier entries along."""
_INCLUDED: Query = {"include[]": ["conference_bridge", "custom_fields"]}
_WISHED: Query = {"include[]": ["conference_bridge", "custom_fields", "external_references"]}
"""The last is in no document, and asked for by many in public."""
Dated = TypeVar("Dated", LogEntry, Alert, Note, ChangeEvent)


def incident_path(incident: str) -> str:
    """Give an incident's path. Raises ``NotFound`` for what cannot be an id."""
    if not re.fullmatch(OWN_ID, incident):
        raise NotFound(
            f"{incident!r} is no id of a PagerDuty incident.",
            "An id holds capital letters and digits, like the end of the incident's web address.",
        )
    return f"/incidents/{incident}"


@dataclass(slots=True)
class RecordReader:
    """Reads one incident's record; ``gaps`` gathers what was left out."""

    transport: Transport
    gaps: MissingParts
    names: dict[str, str] = field(default_factory=dict, init=False)
    """What things are called in the answers, by their ids."""

    def read(self, asked: IncidentId) -> IncidentRecord:
        """Give the record, each part oldest first."""
        incident, custom_fields, references = self._incident(asked)
        log = self.gaps.part(LOG_ENTRIES, lambda: self._log_entries(incident)) or ()
        alerts = self.gaps.part(ALERTS, lambda: self._alerts(incident)) or ()
        return IncidentRecord(
            incident=incident,
            log_entries=incident_fields.by_name(log, self.names, custom_fields),
            alerts=alerts,
            notes=self._list(incident, NOTES, "notes", payloads.note),
            change_events=self._list(
                incident, "change events", "related_change_events", payloads.change_event
            ),
            custom_fields=custom_fields,
            business_services=self._business_services(incident),
            subscribers=self._subscribers(incident, log),
            merged_incidents=self.gaps.part(
                "merged incidents", lambda: self._merged(incident, log, alerts)
            )
            or (),
            follow_up=FollowUp(references=references),
            missing=tuple(self.gaps.missing),
        )

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
        self.names.update(incident_fields.names_by_id(fields.value))
        incident = payloads.incident(fields)
        custom = self.gaps.part("custom fields", lambda: payloads.custom_fields(fields)) or ()
        self.gaps.tell_forgiven("the incident", answer)
        return incident, custom, review_payloads.references(fields)

    def _log_entries(self, incident: Incident) -> tuple[LogEntry, ...]:
        """Read the whole log, which comes newest first.

        What lies beyond the last offset is asked for anew, up to the oldest entry seen: that
        second once more, since more of its entries may be to come.
        """
        seen: dict[str, LogEntry] = {}
        oldest: datetime | None = None
        while True:
            pages = self._log_pages(incident, oldest)
            seen.update((entry.id, entry) for entry in self.gaps.pages(LOG_ENTRIES, pages, seen))
            if not pages.capped or not seen:
                break
            reached = min(entry.created_at for entry in seen.values())
            if oldest is not None and reached >= oldest:
                self.gaps.cut(LOG_ENTRIES, f"more than {LAST_OFFSET:,} stand in one second")
                break
            oldest = reached
        return _oldest_first(seen.values())

    def _log_pages(self, incident: Incident, until: datetime | None) -> ListPages[LogEntry]:
        query: dict[str, str | list[str]] = {"include[]": ["channels"], "time_zone": "UTC"}
        if until is not None:
            since = min(incident.created_at, until) - _BEFORE_IT
            query.update(resolved_incidents.period_query(since, until + timedelta(seconds=1)))
        path = f"/incidents/{incident.id}/log_entries"
        return ListPages(self.transport, path, "log_entries", self._log_entry, query, [])

    def _log_entry(self, fields: JsonValue) -> LogEntry:
        self.names.update(incident_fields.names_by_id(fields.value))
        return log_payloads.log_entry(fields)

    def _alerts(self, incident: Incident) -> tuple[Alert, ...]:
        """Read the alerts, as far as they can be paged through: they know no periods of time."""
        if incident.alert_count == 0:
            return ()
        path = f"/incidents/{incident.id}/alerts"
        query = {"sort_by": "created_at:asc"}
        pages = ListPages(self.transport, path, "alerts", payloads.alert, query, [])
        seen = {alert.id: alert for alert in self.gaps.pages(ALERTS, pages)}
        told = any(one.part == ALERTS for one in self.gaps.missing)
        if not told and (pages.capped or len(seen) < (incident.alert_count or 0)):
            total = f" of {incident.alert_count:,}" if incident.alert_count else ""
            self.gaps.cut(ALERTS, f"PagerDuty listed {len(seen):,}{total}, the oldest")
        return _oldest_first(reversed(seen.values()))

    def _list(
        self, incident: Incident, part: str, name: str, parse: Callable[[JsonValue], Dated]
    ) -> tuple[Dated, ...]:
        """Read a list that comes whole, newest first."""
        path = f"/incidents/{incident.id}/{name}"
        wrapper = name.removeprefix("related_")

        def read() -> tuple[Dated, ...]:
            answer = self.transport.get(path)
            unread: list[PayloadError] = []
            found = list(read_each(answer[wrapper].required_list(), parse, unread))
            if answer["more"].flag():
                self.gaps.cut(part, "PagerDuty spoke of more", for_now=True)
            self.gaps.tell_unread(part, unread)
            self.gaps.tell_forgiven(part, answer)
            return _oldest_first(found)

        return self.gaps.part(part, read) or ()

    def _business_services(self, incident: Incident) -> tuple[Reference, ...]:
        path = f"/incidents/{incident.id}/business_services/impacts"

        def read() -> tuple[Reference, ...]:
            return payloads.business_services(self.transport.get(path))

        return self.gaps.part("business services", read) or ()

    def _subscribers(self, incident: Incident, log: tuple[LogEntry, ...]) -> int | None:
        """Count the subscribers, where a status update went out to them."""
        if not any(entry.kind is EntryKind.STATUS_UPDATE for entry in log):
            return None
        path = f"/incidents/{incident.id}/status_updates/subscribers"
        return self.gaps.part("subscribers", lambda: payloads.subscribers(self.transport.get(path)))

    def _merged(
        self, incident: Incident, log: tuple[LogEntry, ...], alerts: tuple[Alert, ...]
    ) -> tuple[Reference, ...]:
        """Find the incidents that were merged into this one, and into those in their turn.

        PagerDuty tells the target of a merge by the source alone, so the incidents of that time
        are searched: for long where alerts came along, else one page, since a source that was
        made by hand has none to bring and leaves no trace.
        """
        if incident.merged_into:
            return ()
        hinted = _hints_at_merge(incident, log, alerts)
        found: dict[str, Incident] = {}
        for page in self._listed_then(incident, alerts, hinted=hinted):
            found.update((one.id, one) for one in page if one.merged_into)
        return tuple(_sources(incident, found))

    def _listed_then(
        self, incident: Incident, alerts: tuple[Alert, ...], *, hinted: bool
    ) -> Iterator[list[Incident]]:
        end = resolved_incidents.resolved_at(incident) or incident.created_at
        start = min([incident.created_at, *(alert.created_at for alert in alerts)])
        since = max(start - MERGED_BEFORE, end - resolved_incidents.LONGEST_PERIOD)
        query = {**resolved_incidents.period_query(since, end), "statuses[]": ["resolved"]}
        listed = ListPages(self.transport, "/incidents", "incidents", payloads.incident, query)
        for number, page in enumerate(listed, 1):
            if number > MERGE_PAGES:
                why = "PagerDuty lists too many incidents of that time to search them all"
                self.gaps.cut("merged incidents", why)
                return
            yield page
            if not hinted:
                return


def _sources(target: Incident, merged: Mapping[str, Incident]) -> Iterator[Reference]:
    """Give those that were merged into the target, then those merged into them, and so on."""
    into = {target.id}
    left = dict(merged)
    while found := [one for one in left.values() if one.merged_into and one.merged_into.id in into]:
        for one in found:
            del left[one.id]
            into.add(one.id)
            yield Reference(one.id, f"#{one.number} {one.title}", one.url or None)


def _oldest_first(newest_first: Iterable[Dated]) -> tuple[Dated, ...]:
    """Turn a list round; what happened in one second stays in the order that PagerDuty gave."""
    items = list(newest_first)
    items.reverse()
    items.sort(key=lambda item: item.created_at)
    return tuple(items)


def _hints_at_merge(
    incident: Incident, log: tuple[LogEntry, ...], alerts: tuple[Alert, ...]
) -> bool:
    linked_by_person = any(
        entry.kind is EntryKind.MOVE_IN and entry.agent and entry.agent.kind is AgentKind.PERSON
        for entry in log
    )
    return linked_by_person or any(
        alert.created_at < incident.created_at - EARLY_ALERT for alert in alerts
    )
