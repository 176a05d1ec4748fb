"""Which incidents get a draft by themselves, and who took part in one."""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import timedelta

from connectors.incidents import AgentKind, Incident, IncidentRecord, Reference
from connectors.log_entry_kinds import ResponderAnswer


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """Which incidents get a draft without being asked for; empty means all. Names or ids.

    With ``had_person`` those get none that nobody acknowledged, wrote about or joined.
    """

    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    urgency: str | None = None
    minimum_duration: timedelta = timedelta()
    had_person: bool = False

    @property
    def digest(self) -> str:
        """What tells one filter from another."""
        told = [sorted(value) if isinstance(value, frozenset) else value for value in astuple(self)]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def reason_against_record(self, record: IncidentRecord) -> str:
        """Say why the incident gets no draft by itself, "" where it does, knowing all of it."""
        if reason := self.reason_against(record.incident):
            return reason
        if self.had_person and not people(record):
            return "nobody acknowledged it, wrote about it or joined: it recovered by itself"
        return ""

    def reason_against(self, incident: Incident) -> str:
        """Say why the incident alone gets no draft by itself, "" where it may get one."""
        services = {incident.service} if incident.service else set()
        services |= set(incident.impacted_services)
        if self.services and not meets(self.services, services):
            return "none of its services is among those that get drafts"
        if self.teams and not meets(self.teams, set(incident.teams)):
            return "none of its teams is among those that get drafts"
        if self.priorities and incident.priority not in self.priorities:
            return f"its priority ({incident.priority or 'none'}) gets no draft"
        if self.urgency and incident.urgency != self.urgency:
            return f"its urgency ({incident.urgency or 'none'}) gets no draft"
        if incident.resolved_at and self.minimum_duration:
            lasted = incident.resolved_at - incident.created_at
            if lasted < self.minimum_duration:
                return f"it lasted {lasted}, and drafts begin at {self.minimum_duration}"
        return ""


def people(record: IncidentRecord) -> set[str]:
    """Give the names of the people who did something about an incident."""
    agents = [entry.agent for entry in record.log_entries]
    agents += [note.author for note in record.notes]
    agents += [one.who for one in record.incident.responders if one.state == ResponderAnswer.JOINED]
    return {one.name for one in agents if one is not None and one.kind is AgentKind.PERSON}


def everybody(record: IncidentRecord) -> set[str]:
    """Give the names of the people who did something about an incident, or were asked to."""
    asked = [one.who for one in record.incident.responders]
    for entry in record.log_entries:
        asked += [one for one in (entry.user, *entry.assignees) if one is not None]
    names = {one.name for one in asked if one.kind is AgentKind.PERSON}
    return {name for name in people(record) | names if name}


def meets(wanted: frozenset[str], references: Iterable[Reference]) -> bool:
    """Tell whether one of the references is wanted, by its id or its name."""
    return any(one.id in wanted or one.name in wanted for one in references)
