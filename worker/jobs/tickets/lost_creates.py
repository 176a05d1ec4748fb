"""What is found out of creates without an answer, before one may be sent again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    OutOfQuota,
    PartlyRead,
    StrayPage,
)
from connectors.tickets import COMMON_LABEL, Mark, Ticket
from worker.jobs.run_state import TicketWork
from worker.tracking.destinations import Route
from worker.tracking.new_ticket import incident_label, summary_line
from worker.tracking.row_matching import Wording, pair_by_words
from worker.tracking.tracked_tickets import Intent

CLOCKS = timedelta(days=1)
"""How far a tracker's clock may be behind ours: all that a wrong timezone makes of it."""


@dataclass(frozen=True, slots=True)
class UnlabelledCreates:
    """What is known of creates that went without labels: the tickets that were ``found``.

    Each has its create's mark. ``untold`` says, as the end of a sentence, why it cannot be told
    what became of a create.
    """

    found: tuple[Ticket, ...] = ()
    untold: Mapping[Mark, str] = field(default_factory=dict)


def labelled_tickets(work: TicketWork) -> tuple[Ticket, ...]:
    """Give the tickets with the incident's label; one that cannot be read may be a row's own."""
    try:
        return tuple(work.tracker.labelled(incident_label(work.origin.incident)))
    except PartlyRead as error:
        if not error.unread <= {one.id for one in work.tracked}:
            raise
        return tuple(error.read.values())


def look_for_unlabelled(
    work: TicketWork, route: Route | None, issue_type: str, intents: Sequence[Intent]
) -> UnlabelledCreates:
    """Look for the tickets of creates that no search by label finds, by whose they are and when.

    Such are those that were written down as sent without labels, and all where new tickets of
    ``issue_type`` take none. Raises ``OutOfQuota``.
    """
    lost: defaultdict[str, list[Intent]] = defaultdict(list)
    lacking = intents and route and not _takes_labels(work, route.project, issue_type)
    for one in intents:
        if project := one.unlabelled_in or (route.project if route and lacking else ""):
            lost[project].append(one)
    found: list[Ticket] = []
    untold: dict[Mark, str] = {}
    known = frozenset(work.context.journal.ticket_ids() if lost else ())
    for project, creates in lost.items():
        since = min(one.opened_at for one in creates) - CLOCKS
        try:
            found += whose(work.tracker.made_here(project, since, known), creates)
        except OutOfQuota:
            raise
        except ConnectorError as error:
            why = f"new tickets of project {project} take no labels, so no search finds it: {error}"
            untold |= dict.fromkeys((one.mark for one in creates), why)
    return UnlabelledCreates(tuple(found), untold)


def whose(made: Sequence[Ticket], creates: Sequence[Intent]) -> list[Ticket]:
    """Give the tickets that came of the creates, by their marks, else those of the same words.

    A ticket that lost its mark is given its create's; one that has another's came of that.
    """
    marks = {one.mark for one in creates}
    marked = [one for one in made if one.mark in marks]
    left = [one for one in creates if one.mark not in {each.mark for each in marked}]
    bare = [one for one in made if one.mark is None]
    pairs = pair_by_words(
        [Wording(one.ordinal, summary_line(one.task)) for one in left],
        [Wording(at, one.summary) for at, one in enumerate(bare)],
    )
    return marked + [replace(bare[at], mark=left[own].mark) for own, at in pairs.items()]


def hides_new(work: TicketWork, route: Route | None) -> str:
    """Give the project of the route if the newest ticket there was never to be seen, else ""."""
    newest = work.context.journal.newest_in(route.project) if route else None
    hidden = newest is not None and newest.remote is None and not newest.available
    return route.project if route and hidden else ""


def _takes_labels(work: TicketWork, project: str, issue_type: str) -> bool:
    """Tell whether a new ticket has the labels that it is found by, as far as that is known.

    A workflow may take them away once it is made: then the newest ticket made there tells.
    """
    try:
        fields = work.tracker.create_fields(project, issue_type)
    except StrayPage:  # a create that follows may be answered by the tracker itself
        raise
    except (AccessDenied, NotFound):  # then nothing is made there either
        return True
    if fields.settable and "labels" not in fields.settable:
        return False
    newest = work.context.journal.newest_in(project)
    if newest is None or newest.mark is None:
        return True
    work.cache.tickets.read(work.tracker, [newest.id])
    seen = work.cache.tickets.tickets.get(newest.id)
    return seen is None or COMMON_LABEL in seen.labels
