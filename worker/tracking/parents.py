"""What the tickets of an incident belong to: a ticket that people named, or an epic of their own.

The epic is made by the same steps as the ticket of a row, and remembered beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.incidents import IncidentId
from connectors.ticket_fields import CreateFields
from connectors.tickets import (
    COMMON_LABEL,
    Mark,
    NewTicket,
    Parent,
    Ticket,
    TicketKey,
)
from worker.document.action_item_values import find_ticket
from worker.document.action_items import ActionItem
from worker.tracking.destinations import Route
from worker.tracking.new_ticket import Origin, describe, mark_label, summary_line
from worker.tracking.ticket_actions import CreateTicket
from worker.tracking.tracked_tickets import (
    EPIC_LABEL_PREFIX,
    EPIC_ROW,
    Intent,
    TrackedTicket,
    Values,
)

NAMED_IN_FRONT_MATTER = "jira_parent"


def written_parent(extra: Mapping[str, object]) -> str:
    """Give what people wrote into the front matter as the parent, "" for nothing."""
    for key, value in extra.items():
        if key.strip().casefold() == NAMED_IN_FRONT_MATTER:
            return value.strip() if isinstance(value, str) else str(value)
    return ""


def parent_key(written: str) -> TicketKey | None:
    """Read a ticket's key, link or address, None where it is none of them, or says more."""
    words = written.strip()
    found = find_ticket(words)
    whole = found is not None and (found.start, found.end) == (0, len(words))
    return TicketKey(found.ticket.key) if found and whole else None


def epic_label(incident: IncidentId) -> str:
    """Give the label of an incident's epic; the search for its rows' tickets asks for another."""
    return f"{EPIC_LABEL_PREFIX}{incident}"


@dataclass(frozen=True, slots=True)
class EpicState:
    """All that the decision about an incident's epic rests on; see ``LinkState``.

    ``labelled`` are the tickets with its label.
    """

    origin: Origin
    labelled: Sequence[Ticket]
    intents: Sequence[Intent]
    now: datetime
    index_lag: timedelta
    forgotten_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EpicPlan:
    """The epic that was ``found``, or until when to wait for it; else one is to be made.

    ``settled`` are the creates whose outcome is known by now.
    """

    found: TrackedTicket | None = None
    until: datetime | None = None
    settled: tuple[Mark, ...] = ()
    warning: str = ""


def plan_epic(state: EpicState) -> EpicPlan:
    """Decide about an epic that nothing is remembered of, when the search has been made."""
    marks = tuple(one.mark for one in state.intents)
    found = sorted(state.labelled, key=lambda one: int(one.id) if one.id.isdecimal() else 0)
    if found:
        return EpicPlan(_tracked(state.origin, found[0]), None, marks, _clones(found))
    waits = [one.last_chance + state.index_lag for one in state.intents]
    waits += [state.forgotten_until] if state.forgotten_until else []
    until = max((one for one in waits if one > state.now), default=None)
    return EpicPlan(until=until) if until else EpicPlan(settled=marks)


def epic_item(origin: Origin) -> ActionItem:
    """Give the epic as an action item that stands in no row."""
    title = f"Postmortem: {origin.title}" if origin.title else f"Postmortem of {origin.incident}"
    return ActionItem(EPIC_ROW, title, source=title)


def prepare_epic(mark: Mark, origin: Origin, route: Route, fields: CreateFields) -> CreateTicket:
    """Build an incident's epic; of the route's fields it has those that epics take."""
    item = epic_item(origin)
    summary = summary_line(item.task)
    known = fields.settable
    extra = {own: value for own, value in route.fields.items() if own in known or not known}
    if fields.title:
        extra[fields.title] = summary
    labels = (COMMON_LABEL, epic_label(origin.incident), mark_label(mark), *route.labels)
    ticket = NewTicket(
        project=route.project,
        issue_type=(fields.issue_type and fields.issue_type.id) or route.issue_type,
        summary=summary,
        mark=mark,
        incident=origin.incident,
        description=describe(item, origin, ()),
        labels=labels,
        extra=extra,
    )
    return CreateTicket(item, "the incident's tickets are to belong to one epic", ticket)


def belongs(ticket: CreateTicket, parent: TicketKey, fields: CreateFields) -> CreateTicket:
    """Give a new ticket its parent, in the place of one that the route's fields name."""
    extra = {own: value for own, value in ticket.ticket.extra.items() if own != fields.parent}
    named = replace(ticket.ticket, extra=extra, parent=Parent(parent, fields.parent))
    return replace(ticket, ticket=named)


def _tracked(origin: Origin, ticket: Ticket) -> TrackedTicket:
    return TrackedTicket(
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        incident=origin.incident,
        ordinal=EPIC_ROW,
        row=Values(task=ticket.summary),
        mark=ticket.mark,
        linked=True,
    )


def _clones(found: Sequence[Ticket]) -> str:
    if len(found) == 1:
        return ""
    others = ", ".join(one.key for one in found[1:])
    return (
        f"{others} carries the same label as the epic {found[0].key} (a clone copies labels). New "
        f"tickets belong to {found[0].key}, the oldest; close the others if they are not wanted."
    )
