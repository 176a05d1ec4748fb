"""What the journal tells people: what was written for an incident, and which got no draft."""

from dataclasses import dataclass

from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.jobs.results import Action, Deed
from worker.journal.records import JournalRecord

MOST_SKIPPED = 1000
"""How many of the incidents without a draft are told, the latest first."""


MOST_ENTRIES = 100
"""How many writes are told at once."""


@dataclass(frozen=True, slots=True)
class SkippedIncident:
    """An incident that got no draft, and why; ``at`` is ISO 8601 in UTC."""

    incident: IncidentId
    title: str
    url: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One write, or what a result told, as the journal has it; ``at`` is ISO 8601 in UTC."""

    at: str
    incident: IncidentId
    trigger: str
    deed: Deed


def journal_of(context: JobContext, incident: IncidentId) -> list[JournalEntry]:
    """Give what was written for an incident, and what was told of it, oldest first."""
    entries = (*context.journal.entries(incident), *context.journal.results.told(incident))
    return [_told(one) for one in sorted(entries, key=lambda one: one.at)]


def latest_entries(
    context: JobContext, before: int | None = None, most: int = MOST_ENTRIES
) -> list[tuple[int, JournalEntry]]:
    """Give the latest writes for all incidents with their numbers, the latest first.

    Only those ``before`` a number, if one is given.
    """
    found = context.journal.latest_entries(most, before)
    return [(number, _told(one)) for number, one in found]


def _told(one: JournalRecord) -> JournalEntry:
    return JournalEntry(
        at=one.at.isoformat(timespec="seconds"),
        incident=one.incident,
        trigger=one.trigger,
        deed=Deed(
            action=Action(one.action),
            subject=one.subject,
            reason=one.reason,
            ticket=one.ticket,
            before=one.before,
            after=one.after,
        ),
    )


def skipped_incidents(context: JobContext, most: int = MOST_SKIPPED) -> list[SkippedIncident]:
    """Give the latest incidents that got no draft by themselves, and why, the latest first."""
    return [
        SkippedIncident(
            one.incident, one.title, one.url, one.reason, one.at.isoformat(timespec="seconds")
        )
        for one in context.journal.skips.latest(most)
    ]
