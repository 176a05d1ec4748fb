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
    Rejected,
    StrayPage,
    Unreachable,
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
    what became of a create, ``passing`` is the error behind it if it is one that may pass.
    """

    found: tuple[Ticket, ...] = ()
    untold: Mapping[Mark, str] = field(default_factory=dict)
    passing: ConnectorError | None = None


def labelled_tickets(work: TicketWork) -> tuple[Ticket, ...]:
    """Give the tickets with the incident's label; one that cannot be read may be a row's own."""
    try:
        return tuple(work.tracker.labelled(incident_label(work.origin.incident)))
    except PartlyRead as error:
        if not error.unread <= {one.id for one in work.tracked}:
            raise
        return tuple(error.read.values())


def look_for_unlabelled(
    work: TicketWork,
    route: Route | None,
    issue_type: str,
    intents: Sequence[Intent],
    labelled: Sequence[Ticket],
) -> UnlabelledCreates:
    """Look for the tickets of creates that no search by label finds, by whose they are and when.

    Such are those of which the ``labelled`` tickets show none and that were written down as sent
    without labels, or all where new tickets of ``issue_type`` may take none. Raises ``OutOfQuota``.
    """
    lost: defaultdict[str, list[Intent]] = defaultdict(list)
    found: list[Ticket] = []
    untold: dict[Mark, str] = {}
    shown, passing = {one.mark for one in labelled}, None
    left = [one for one in intents if one.mark not in shown]
    try:
        lacking = bool(left) and not _takes_labels(work, route, issue_type)
    except OutOfQuota:
        raise
    except ConnectorError as error:
        lacking, passing = False, error
        why = f"whether a search finds new tickets there is not known: {error}"
        untold |= {one.mark: why for one in left if not one.unlabelled_in}
    for one in left:
        if project := one.unlabelled_in or (route.project if route and lacking else ""):
            lost[project].append(one)
    for project, creates in lost.items():
        try:
            found += _made_of(work, project, creates)
        except OutOfQuota:
            raise
        except ConnectorError as error:
            labels = f"new tickets of project {project} may take no labels"
            why = f"{labels}, so no search finds it for sure: {error}"
            untold |= dict.fromkeys((one.mark for one in creates), why)
            passing = error if isinstance(error, Unreachable | StrayPage) else passing
    return UnlabelledCreates(tuple(found), untold, passing)


def _made_of(work: TicketWork, project: str, creates: Sequence[Intent]) -> list[Ticket]:
    """Give the tickets that came of creates in a project, also those moved out of it since."""
    since = min(one.opened_at for one in creates) - CLOCKS
    known = frozenset(work.context.journal.ticket_ids())
    made = work.tracker.made_here(project, since, known)
    found = whose(made, creates)
    if left := {one.mark for one in creates} - {one.mark for one in found}:
        read = known.union(one.id for one in made)
        try:
            elsewhere = work.tracker.made_here("", since, read)
        except Rejected:  # too many of an account that others use: hardly one was moved so soon
            return found
        found += [one for one in elsewhere if one.mark in left]
    return found


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


def _takes_labels(work: TicketWork, route: Route | None, issue_type: str) -> bool:
    """Tell whether a new ticket is known to have the labels that it is found by.

    A workflow may take them away once it is made: the newest ticket made there tells.
    """
    if route is None:
        return True
    project = route.project
    try:
        fields = work.tracker.create_fields(project, issue_type)
    except StrayPage:  # a create that follows may be answered by the tracker itself
        raise
    except (AccessDenied, NotFound):  # then nothing is made there either
        return True
    if fields.settable and "labels" not in fields.settable:
        return False
    newest = work.context.journal.newest_in(project, made=True)
    if newest is None:
        return False
    work.cache.tickets.read(work.tracker, [newest.id])
    seen = work.cache.tickets.tickets.get(newest.id)
    return seen is None or COMMON_LABEL in seen.labels
