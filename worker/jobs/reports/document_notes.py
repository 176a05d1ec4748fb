"""What a page tells beside a document: where suggestions belong, and its incident's figures."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from connectors.incidents import IncidentId
from worker.document.front_matter import DocumentError
from worker.document.take_suggestion import SuggestionPlace, places_of
from worker.jobs.context import JobContext
from worker.jobs.reports.figures import acknowledge_seconds
from worker.jobs.results import SuggestedText


@dataclass(frozen=True, slots=True)
class DocumentNotes:
    """What is told beside a document; None for what is not known.

    ``places`` has one for each suggestion: where it belongs, None where no place says so any more.
    """

    places: Sequence[SuggestionPlace | None] = ()
    acknowledged_after: timedelta | None = None
    lasted: timedelta | None = None


def document_notes(
    context: JobContext, incident: IncidentId, text: str, suggested: Sequence[SuggestedText]
) -> DocumentNotes:
    """Give what is told beside a document's text."""
    names = context.policy.names
    told = [(one.place, one.people, one.fresh) for one in suggested]
    places: Sequence[SuggestionPlace | None] = [None] * len(told)
    with suppress(DocumentError):  # what is the matter with it is among its problems
        places = places_of(text, names, told)
    facts = context.journal.facts.of([incident]).get(incident)
    return DocumentNotes(
        places,
        _elapsed(acknowledge_seconds(facts) if facts and facts.log_read else None),
        _elapsed(facts.open_seconds if facts else None),
    )


def _elapsed(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
