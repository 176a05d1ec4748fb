"""What becomes of a suggestion: a person takes what the facts say, or keeps their own words."""

from dataclasses import replace

from config.page_users import PageUser
from connectors.incidents import IncidentId
from worker.document.front_matter import DocumentError
from worker.document.take_suggestion import says, take_suggestion
from worker.jobs.context import JobContext
from worker.jobs.edits.save_edit import Current, Saved, UnusableEdit, write_edit
from worker.jobs.results import Action, SuggestedText, Trigger
from worker.journal.records import JournalRecord


def take_facts(
    context: JobContext, incident: IncidentId, one: SuggestedText, by: PageUser
) -> Saved:
    """Put what the facts say into the document.

    Once more changes nothing. Raises as ``save_edit`` does; ``UnusableEdit`` where the place says
    something else by now.
    """

    def edited(current: Current) -> tuple[str, tuple[str, ...]]:
        names = context.policy.names
        try:
            return take_suggestion(current.text, names, one.place, one.people, one.fresh), ()
        except DocumentError as error:
            if says(current.text, names, one.place, one.fresh):
                return current.text, ()
            raise UnusableEdit(error.what, error.remedy) from error

    saved = write_edit(context, incident, by, edited)
    _tell_no_more(context, incident, one)
    return saved


def keep_words(context: JobContext, incident: IncidentId, one: SuggestedText, by: PageUser) -> None:
    """Suggest this no more, until the facts say something else again."""
    context.journal.results.settle(incident, one.place, one.fresh)
    why = f"{by.name or 'somebody'} keeps it, though the facts say otherwise"
    told = JournalRecord(
        context.clock(), incident, Trigger.PAGE, Action.KEPT, one.place, why, "", "", one.people
    )
    context.journal.record([told])
    _tell_no_more(context, incident, one)


def _tell_no_more(context: JobContext, incident: IncidentId, one: SuggestedText) -> None:
    results = context.journal.results
    known = results.of([incident]).get(incident)
    if known is not None:
        told = (one.place, one.people, one.fresh)
        left = tuple(each for each in known.suggestions if each != told)
        results.keep(replace(known, suggestions=left))
