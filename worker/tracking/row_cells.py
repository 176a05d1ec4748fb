"""What rows are given of their tickets, and what is remembered once the document is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.tickets import COMMON_LABEL, Category, Ticket, TicketId
from worker.document.action_items import ActionItem, CellEdit, TicketCell
from worker.tracking.closing import written_over
from worker.tracking.plan_agreement import AgreementRules, Sides
from worker.tracking.shared_fields import ToRow, changed, still_refused, still_to_come
from worker.tracking.ticket_actions import Cell, Field, WriteCell
from worker.tracking.tracked_tickets import (
    UNAVAILABLE,
    TrackedTicket,
    row_values,
    status_text,
    ticket_values,
)

_OPEN = (Category.NEW, Category.INDETERMINATE)
"""What a status means for sure of a ticket that is to be worked on."""


def plan_cells(
    sides: Sides, to_rows: Mapping[int, Sequence[ToRow]], rules: AgreementRules
) -> tuple[list[CellEdit], list[WriteCell]]:
    """Decide what is written into the rows; ``sides`` has the tickets as they are by now.

    Gives the edits of the document, and for each cell that says something new why it does.
    """
    edits, written = [], []
    for item in sides.items:
        tracked = sides.rows.get(item.ordinal)
        if tracked is None and item.ticket is None:
            continue
        if tracked is None and item.checked is not None and item.ticket in item.mentions:
            continue  # a box has a status only behind a ticket of its own
        ticket = sides.tickets.get(tracked.id) if tracked else None
        status = _status(sides, item, tracked, ticket, rules.done)
        edit = CellEdit(ordinal=item.ordinal, status=status)
        old = item.ticket.key if item.ticket else ""
        if tracked is not None and ticket is None and item.ticket is None:
            # It is known from its create, whether or not anybody may read it.
            edit = replace(edit, ticket=TicketCell(key=tracked.key, url=tracked.url))
            old = tracked.key
        if ticket is not None:
            edit = replace(edit, ticket=TicketCell(key=ticket.key, url=ticket.url))
            if old and old != ticket.key:
                reason = "the ticket was moved to another project"
                written.append(WriteCell(Cell.TICKET, item, reason, ticket.key, old, ticket.key))
        if status != item.status_text:
            known = tracked is not None and tracked.status_cell
            reason = "the tracker says so" if known else "the row has a ticket now"
            key = ticket.key if ticket else old
            written.append(WriteCell(Cell.STATUS, item, reason, key, item.status_text, status))
        if tracked and ticket and tracked.done and ticket.category in _OPEN:
            edit = replace(edit, unticks=True)
        for one in to_rows.get(item.ordinal, ()):
            key = ticket.key if ticket else old
            written.append(WriteCell(one.field, item, one.reason, key, one.before, one.value))
            edit = _with_value(edit, one)
        edits.append(edit)
    return edits, written


def remembered(
    sides: Sides,
    tracked: Sequence[TrackedTicket],
    done: frozenset[str],
) -> list[TrackedTicket]:
    """Give what to remember of each ticket once the document is saved.

    ``sides`` has the rows as they are in it, ``tracked`` is what was remembered so far. What a
    person changed and the ticket could not yet follow stays a change to come.
    """
    settled: dict[TicketId, TrackedTicket] = {}
    for item in sides.items:
        one = sides.rows.get(item.ordinal)
        if one is None or item.ticket is None or one.id in settled:
            continue
        if item.ordinal in sides.repeats:
            continue
        ticket = sides.tickets.get(one.id)
        if one.id in sides.unread:
            settled[one.id] = replace(one, ordinal=item.ordinal, linked=True)
            continue
        kept = replace(one, ordinal=item.ordinal, linked=True, available=ticket is not None)
        if ticket is None:
            settled[one.id] = replace(kept, status_cell=UNAVAILABLE, done=False)
            continue
        cell = status_text(ticket, done)
        # a document just saved says what was written into it, which is no person's wish
        asked = item.status_text != cell and written_over(item, one, ticket)
        waits = sides.waits(item) and asked
        fields = () if sides.waits(item) else changed(item, one, ticket)
        settled[one.id] = replace(
            kept,
            key=ticket.key,
            url=ticket.url,
            row=still_to_come(item, one, ticket) if sides.waits(item) else row_values(item),
            remote=ticket_values(ticket),
            status_cell=one.status_cell if waits else cell,
            done=ticket.category is Category.DONE,
            refused=still_refused(one, fields),
            labelled=COMMON_LABEL in ticket.labels,
        )
    gone = [
        one if one.available or one.id in sides.unread else replace(one, status_cell=UNAVAILABLE)
        for one in tracked
        if one.id not in settled
    ]
    return [*settled.values(), *gone]


def _status(
    sides: Sides,
    item: ActionItem,
    tracked: TrackedTicket | None,
    ticket: Ticket | None,
    done: frozenset[str],
) -> str:
    """Say what the Status cell says; what people wrote over it stays while that is to come.

    So does what it says of a ticket that was not read.
    """
    if (tracked.id in sides.unread) if tracked else (item.ordinal in sides.unasked):
        return item.status_text
    if sides.waits(item) and tracked and ticket and written_over(item, tracked, ticket):
        return item.status_text
    return status_text(ticket, done)


def _with_value(edit: CellEdit, move: ToRow) -> CellEdit:
    match move.field:
        case Field.TASK:
            return replace(edit, task=move.value)
        case Field.OWNER:
            return replace(edit, owner=move.value)
        case Field.PRIORITY:
            return replace(edit, priority=move.value)
        case Field.DEADLINE:
            return replace(edit, deadline=move.value)
