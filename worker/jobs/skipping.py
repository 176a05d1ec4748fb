"""Remembering which incidents got no draft, and why, so that people can be told."""

from connectors.incidents import Incident
from worker.jobs.context import JobContext
from worker.journal.records import Skip


def note_skip(context: JobContext, incident: Incident, reason: str) -> None:
    """Remember that an incident got no draft, unless that is remembered already."""
    known = context.journal.skips.of([incident.id]).get(incident.id)
    if known is None or known.reason != reason or known.updated != updated(incident):
        context.journal.skips.note(
            Skip(
                incident=incident.id,
                title=incident.title,
                url=incident.url,
                reason=reason,
                updated=updated(incident),
                rule=context.policy.only.digest,
                at=context.clock(),
            )
        )


def still_skipped(context: JobContext, incident: Incident, known: Skip | None) -> bool:
    """Tell whether neither the incident nor the rule that spoke against it has changed since."""
    return (
        known is not None
        and known.updated == updated(incident)
        and known.rule == context.policy.only.digest
    )


def updated(incident: Incident) -> str:
    """Give the source's own word for an incident's last change, "" where it has none."""
    return incident.updated_at.isoformat() if incident.updated_at else ""
