"""Reading the truth about an incident: from its source, as what a draft has to say."""

from dataclasses import dataclass, replace

from config.sections import Slot
from connectors.errors import PostmortemError
from connectors.incidents import (
    Incident,
    IncidentId,
    IncidentRecord,
    IncidentSource,
    IncidentStatus,
    Reference,
)
from worker.content.draft import Content
from worker.document.inline import plain
from worker.drafting.chart import chart
from worker.drafting.facts import facts
from worker.jobs.context import JobContext
from worker.journal.records import KnownIncident
from worker.tracking.ticket import Origin


class StillOpen(PostmortemError):
    """The incident is not resolved, so there is nothing to look back on yet."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """An incident as its source tells it now, and what its draft says of it."""

    record: IncidentRecord
    content: Content
    chart: str | None


def pull(context: JobContext, source: IncidentSource, incident: IncidentId) -> Incident | Pulled:
    """Read an incident with all its parts; one that was merged into another is given alone.

    Raises ``StillOpen`` for an incident that is not resolved, and ``ConnectorError``.
    """
    record = source.record(incident)
    known = record.incident
    if known.merged_into is not None:
        return known
    must_be_resolved(known)
    merged = tuple(
        Reference(one.incident, one.title or one.incident, one.url or None)
        for one in context.journal.merged_into(incident)
    )
    record = replace(record, merged_incidents=merged)
    picture = chart(record, context.policy.drafting) if context.policy.chart else None
    policy = context.policy.drafting
    if picture is not None:
        policy = replace(policy, chart=chart_name(incident))
    return Pulled(record, facts(record, policy), picture)


def must_be_resolved(incident: Incident) -> None:
    """Raise ``StillOpen`` for an incident that is under way."""
    if incident.status is not IncidentStatus.RESOLVED:
        raise StillOpen(
            f"Incident {incident.id} ({incident.title}) is still {incident.status.value}: "
            "a draft is written once it is resolved.",
            f"Run `postmortem draft {incident.id}` then.",
        )


def chart_name(incident: str) -> str:
    """Give the name of the chart beside an incident's document."""
    return f"{incident}-timeline.svg"


def origin(context: JobContext, incident: str, document: str, pulled: Pulled | None) -> Origin:
    """Say where an incident's tickets come from; without a pull, as far as it is remembered."""
    address = context.policy.public_url.rstrip("/")
    document_url = f"{address}/postmortems/{incident}" if address else ""
    if pulled is None:
        known = context.journal.incident(incident) or KnownIncident(incident)
        number, title, url, happened = known.number, known.title, known.url, known.summary
    else:
        told = pulled.record.incident
        number, title, url = told.number, told.title, told.url
        happened = what_happened(pulled.content)
    return Origin(incident, number, title, url, document, document_url, happened)


def what_happened(content: Content) -> str:
    """Say in a line of plain text when it was, how long it lasted, and what it hit."""
    told = {
        "When": content.entries.get(Slot.DATE_TIME),
        "Duration": content.entries.get(Slot.DURATION),
        "Services": content.entries.get(Slot.SERVICES),
    }
    return " ".join(
        f"{name}: {plain(entry.text).rstrip('.')}." for name, entry in told.items() if entry
    )
