"""Finding what an incident's new tickets belong to, and making their epic if they are to have one.

The epic is found or made before the first ticket that needs it, and never twice: what is not known
is waited for, as with the ticket of a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.groups import TicketParent
from connectors.errors import AccessDenied, ConnectorError, NotFound, Rejected
from connectors.ticket_fields import CreateFields
from connectors.tickets import Created, Outcome, Refused, TicketId, TicketKey
from worker.document.front_matter import read as read_front_matter
from worker.jobs.run_state import TicketWork
from worker.jobs.tickets.lost_creates import look_for_unlabelled
from worker.jobs.tickets.update_tickets import tell_plan
from worker.tracking.destinations import Route
from worker.tracking.new_ticket import remote_links
from worker.tracking.parents import (
    NAMED_IN_FRONT_MATTER,
    EpicState,
    epic_label,
    parent_key,
    plan_epic,
    prepare_epic,
    written_parent,
)
from worker.tracking.ticket_actions import CreateTicket
from worker.tracking.tracked_tickets import EPIC_ROW, Intent, TrackedTicket

Send = Callable[[TicketWork, Sequence[CreateTicket]], Sequence[Outcome]]
"""Writes creates down, sends them once, and gives the outcomes, each told and remembered."""


_NO_PARENT = "New tickets have no parent, nor an epic: correct the key, or take it away."

MOST_FAILURES_OF_AN_EPIC = 2
"""How often the tracker may fail at an epic's create, before the tickets are made without it."""


class StillToCome(Exception):
    """Whether there is an epic is not known yet, so nothing that belongs to it can be created."""


@dataclass(frozen=True, slots=True)
class KnownEpic:
    """What is remembered of an incident's epic, and of creates of one without an outcome."""

    tracked: Sequence[TrackedTicket]
    intents: Sequence[Intent]
    forgotten_until: datetime | None = None


def known_epic(
    work: TicketWork, tickets: Sequence[TrackedTicket], forgotten_since: datetime | None
) -> KnownEpic:
    """Pick an incident's epic out of what is remembered of its tickets and creates."""
    intents = work.context.journal.intents(work.origin.incident)
    lag = work.context.policy.index_lag
    return KnownEpic(
        [one for one in tickets if one.ordinal == EPIC_ROW],
        [one for one in intents if one.ordinal == EPIC_ROW],
        forgotten_since + lag if forgotten_since else None,
    )


def named_parent(text: str) -> str:
    """Give the key that a document's front matter names as the parent, "" for none."""
    front = read_front_matter(text)
    return (parent_key(written_parent(front.extra)) if front else None) or ""


def parent_of(
    work: TicketWork,
    text: str,
    route: Route,
    fields: CreateFields,
    known: KnownEpic,
    send: Send,
) -> TicketKey | None:
    """Give the ticket that new tickets of the document belong to, None for none.

    What the front matter names goes before the route's own fields, and these before an epic. A
    parent that cannot be used is told, and keeps no ticket from being made. Raises ``StillToCome``.
    """
    front = read_front_matter(text)
    written = written_parent(front.extra) if front else ""
    if written:  # where it is wrong an epic would have to be taken away again, ticket by ticket
        named = _named(work, written)
        return _usable(work, named, route, fields) if named else None
    if "parent" in route.fields or (fields.parent and fields.parent in route.fields):
        return None
    if work.context.policy.parent is not TicketParent.EPIC:
        return None
    epic = _epic(work, route, known, send)
    return _usable(work, epic, route, fields) if epic else None


def _named(work: TicketWork, written: str) -> TicketKey | None:
    """Give the ticket that people named, by its key as it is now."""
    key = parent_key(written)
    told = f"{NAMED_IN_FRONT_MATTER} '{written}' in the front matter of {work.origin.document}"
    if key is None:
        work.report.warn(f"{told} is no ticket's key. {_NO_PARENT}")
        return None
    found = work.tracker.read_keys([key]).get(key)
    if found is None:
        work.report.warn(
            f"{told} cannot be seen: there is no such ticket, or the account may not see it. "
            f"{_NO_PARENT}"
        )
        return None
    return found.key


def _usable(
    work: TicketWork, key: TicketKey, route: Route, fields: CreateFields
) -> TicketKey | None:
    if fields.parent:
        return key
    work.report.warn(
        f"A new ticket of type {route.issue_type} in project {route.project} takes no parent, so "
        f"{key} was left out. Put the field Epic Link on the project's create screen."
    )
    return None


def _epic(work: TicketWork, route: Route, known: KnownEpic, send: Send) -> TicketKey | None:
    """Give the incident's epic, found or made; None where it could not be made."""
    if known.tracked:
        own = known.tracked[0]
        seen = work.cache.tickets.tickets.get(own.id)
        return seen.key if seen else own.key
    journal, now = work.context.journal, work.context.clock()
    labelled = work.tracker.labelled(epic_label(work.origin.incident))
    epic_type = work.context.policy.epic_type
    bare = look_for_unlabelled(work, route, epic_type, known.intents, labelled)
    plan = plan_epic(
        EpicState(
            origin=work.origin,
            labelled=(*labelled, *bare.found),
            intents=known.intents,
            now=now,
            index_lag=work.context.policy.index_lag,
            forgotten_until=known.forgotten_until,
        )
    )
    lost = max(known.intents, key=lambda one: one.failures, default=None)
    if not plan.found and not plan.until and lost and lost.failures >= MOST_FAILURES_OF_AN_EPIC:
        work.report.warn(
            f"The tickets of {work.origin.document} get no epic, since its create failed "
            f"{lost.failures} times: {lost.reason}"
        )
        return None
    if bare.untold and not plan.found and not plan.until:
        if bare.passing:  # tickets once made without their epic stay without it
            raise bare.passing
        why = next(iter(bare.untold.values()))
        work.report.warn(
            f"The tickets of {work.origin.document} get no epic: its create had no answer, and "
            f"{why} Name it as {NAMED_IN_FRONT_MATTER} in the front matter."
        )
        return None
    journal.settle_intents(plan.settled, [plan.found] if plan.found else [])
    work.report.warn(*([plan.warning] if plan.warning else []))
    if plan.found:
        return plan.found.key
    if plan.until:
        work.report.again(plan.until, now)
        raise StillToCome
    return _made(work, route, lost, send)


def _made(work: TicketWork, route: Route, lost: Intent | None, send: Send) -> TicketKey | None:
    try:
        fields = work.tracker.create_fields(route.project, work.context.policy.epic_type)
    except (AccessDenied, NotFound) as error:
        told = error.what if isinstance(error, NotFound) else error
        work.report.warn(
            f"The tickets of {work.origin.document} get no epic: {told} "
            "The type of epics is epic_type in [tickets]."
        )
        return None
    epic = replace(prepare_epic(work.context.new_mark(), work.origin, route, fields), lost=lost)
    return work.context.do_or_tell(_sent, lambda *_: tell_plan(work, [epic]))(work, epic, send)


def _sent(work: TicketWork, epic: CreateTicket, send: Send) -> TicketKey | None:
    match send(work, [epic])[0]:
        case Created(id=own, key=key):
            del work.rows[EPIC_ROW]
            _show_origin(work, own, key)
            return key
        case Refused():
            return None
        case _:
            raise StillToCome


def _show_origin(work: TicketWork, own: TicketId, key: TicketKey) -> None:
    """Link the incident and the document on a new epic.

    That a site or an account takes no such links is told with the tickets' own, once.
    """
    try:
        for link in remote_links(work.origin):
            work.tracker.link(own, link)
    except (AccessDenied, NotFound, Rejected):
        return
    except ConnectorError as error:
        work.report.warn(f"{key} does not show its incident and document: {error}")
