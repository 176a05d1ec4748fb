"""What a source of incidents must do, and which incidents it can be asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.errors import Finding
from connectors.incidents import Incident, IncidentId, IncidentRecord


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents are asked for; empty means all. Ids are the source's own."""

    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    urgency: str | None = None


class IncidentSource(Protocol):
    """What a source of incidents must do. Every method may raise ``ConnectorError``."""

    def incident(self, incident: IncidentId) -> Incident:
        """Give the incident alone. Raises ``NotFound`` where there is none to see."""

    def record(self, incident: IncidentId) -> IncidentRecord:
        """Give the incident with all its parts; parts that are not to be had are in ``missing``."""

    def resolved(
        self, since: datetime, until: datetime, only: IncidentFilter
    ) -> Iterable[Incident]:
        """Give each incident of the period that is resolved now, oldest first."""

    def check(self) -> Sequence[Finding]:
        """Prove the credentials and say what they cannot read; never raises."""

    def close(self) -> None:
        """Let go of connections."""
