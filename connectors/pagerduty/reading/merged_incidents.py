"""Finds what was merged into an incident, and what people had written there.

PagerDuty tells the target of a merge by the source alone, so the incidents of that time are
searched: for long where alerts came along, else one page, since a source that was made by hand has
none to bring and leaves no trace. That page is asked for before it is known whether any came along.
A merge moves alerts alone: notes and the description stay with the source, which has no document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from connectors.incidents import AgentKind, Alert, Incident, LogEntry, Note, Reference
from connectors.log_entry_kinds import EntryKind
from connectors.pacing.side_by_side import Begun, in_order
from connectors.pagerduty import log_payloads, payloads, resolved_incidents
from connectors.pagerduty.reading.list_pages import PAGE, ListPages, read_each
from connectors.pagerduty.reading.missing_parts import MissingParts
from connectors.pagerduty.transport import PagerDutyTransport, Query

MERGE_PAGES = 5
"""How many pages of incidents are searched for those that were merged into one."""
MERGED_BEFORE = timedelta(hours=6)
"""How long before an incident, or its first alert, one may have begun that was merged into it."""
FOUND_ANYWAY = MERGED_BEFORE / 2
"""An alert that came along and is no older than this: its own incident is among those listed."""
MOST_READ = 5
"""Of how many merged incidents it is read what people wrote there."""
EARLY_ALERT = timedelta(minutes=1)
"""An alert that is older than its incident by more than this came from another incident."""


@dataclass(frozen=True, slots=True)
class MergedIncidents:
    """Searches for what was merged into one incident, whose log and alerts are being read."""

    transport: PagerDutyTransport
    incident: Incident
    log: Begun[tuple[LogEntry, ...]]
    alerts: Begun[tuple[Alert, ...]]

    def found(self, gaps: MissingParts) -> tuple[Reference, ...]:
        """Give the incidents that were merged into this one, and into those in their turn."""
        incident = self.incident
        if incident.merged_into:
            return ()
        listed = self._listed_since(incident.created_at)
        listed.first = listed.begin()
        log, alerts = self.log.result(), self.alerts.result()
        hinted = _hints_at_merge(incident, log, alerts)
        start = min([incident.created_at, *(alert.created_at for alert in alerts)])
        if hinted and start < incident.created_at - FOUND_ANYWAY:
            listed = self._listed_since(start)
        found: dict[str, Incident] = {}
        for number, page in enumerate(listed, 1):
            if number > MERGE_PAGES:
                why = "PagerDuty lists too many incidents of that time to search them all"
                gaps.cut("merged incidents", why)
                break
            found.update((one.id, one) for one in page if one.merged_into)
            if not hinted:
                break
        return tuple(_sources(incident, found))

    def _listed_since(self, start: datetime) -> ListPages[Incident]:
        end = resolved_incidents.resolved_at(self.incident) or self.incident.created_at
        since = max(start - MERGED_BEFORE, end - resolved_incidents.LONGEST_PERIOD)
        query = {**resolved_incidents.period_query(since, end), "statuses[]": ["resolved"]}
        return ListPages(self.transport, "/incidents", "incidents", payloads.incident, query)


def _sources(target: Incident, merged: Mapping[str, Incident]) -> Iterator[Reference]:
    """Give those that were merged into the target, then those merged into them, and so on."""
    into = {target.id}
    left = dict(merged)
    while found := [one for one in left.values() if one.merged_into and one.merged_into.id in into]:
        for one in found:
            del left[one.id]
            into.add(one.id)
            yield Reference(one.id, f"#{one.number} {one.title}", one.url or None)


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


def notes_of(
    transport: PagerDutyTransport, gaps: MissingParts, sources: Sequence[Reference]
) -> tuple[Note, ...]:
    """Give what people wrote on incidents that were merged: their notes, and the description."""

    def read(source: Reference) -> tuple[MissingParts, list[Note]]:
        own = gaps.another()
        part = "notes of merged incidents"
        return own, own.rare(part, partial(_written_on, transport, source)) or []

    found: list[Note] = []
    for own, notes in in_order(partial(read, source) for source in sources[:MOST_READ]):
        gaps.missing += own.missing
        found += notes
    return tuple(found)


def _written_on(transport: PagerDutyTransport, source: Reference) -> list[Note]:
    path = f"/incidents/{source.id}"
    query: Query = {"include[]": ["channels"], "time_zone": "UTC", "limit": PAGE, "offset": 0}
    noted, logged = in_order(
        [
            partial(transport.get, f"{path}/notes"),
            partial(transport.get, f"{path}/log_entries", query),
        ]
    )
    notes = list(read_each(noted["notes"].required_list(), payloads.note, []))
    for entry in read_each(logged["log_entries"].required_list(), log_payloads.log_entry, []):
        by_hand = entry.agent is not None and entry.agent.kind is AgentKind.PERSON
        if entry.kind is EntryKind.TRIGGER and by_hand and entry.channel.details:
            notes.append(Note(entry.id, entry.channel.details, entry.created_at, entry.agent))
    return [replace(note, written_on=source) for note in notes]
