"""What a row's Status cell says of its ticket, and what a person's change of it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.tickets import Category, Ticket, Transition
from worker.content.clean_text import clean
from worker.document.action_items import ActionItem
from worker.tracking.tracked_tickets import TrackedTicket, ticket_values

UNAVAILABLE = "Unavailable"
"""Written where a ticket cannot be seen: it was deleted, or hidden from these credentials."""

DONE_RESOLUTIONS = frozenset(
    {"done", "fixed", "resolved", "complete", "completed", "implemented", "delivered", "erledigt"}
)
"""Resolutions that add nothing to a done status, in lower case; all others are shown."""


def status_text(ticket: Ticket | None, done: frozenset[str] = DONE_RESOLUTIONS) -> str:
    """Give the status as the tracker shows it, with a resolution that says else than done.

    It is clean text of one line, just as it is read back from a cell: what the tracker's
    administrators put into a name besides must not look like a person's change of the cell.
    ``done`` are the resolutions, in lower case, that mean the work was done.
    """
    if ticket is None:
        return UNAVAILABLE
    status = f"{ticket.status} (archived)" if ticket.archived else ticket.status
    resolution = (ticket.resolution or "").strip()
    if not resolution or resolution.lower() in done or resolution == ticket.status:
        return clean(status)
    return clean(f"{status} ({resolution})")


@dataclass(frozen=True, slots=True)
class Closing:
    """What a person's mark on a row asks of its ticket: a move, or a sentence why there is none."""

    transition: Transition | None = None
    problem: str = ""


def wants_move(item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> str:
    """Give the status a person asked for in the row, "" for none.

    A ticked box asks for "done"; a Status cell asks for what a person wrote over what stood there.
    """
    if item.checked and ticket.category is not Category.DONE:
        return "done"
    return written_over(item, tracked, ticket)


def written_over(item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> str:
    """Give the status that a person wrote over what stood in the cell, "" for none."""
    written = item.status_text.strip()
    if not tracked.status_cell or not written or written == tracked.status_cell:
        return ""
    return "" if written.casefold() == clean(ticket.status).casefold() else written


def closing(wanted: str, key: str, allowed: bool, transitions: Sequence[Transition]) -> Closing:
    """Choose the move for a wanted status among those the workflow allows now."""
    if not allowed:
        return Closing(
            problem=f"The row of {key} was set to '{wanted}'. Tickets are not moved from the "
            "document; move it in the tracker, or set close_from_document in [tickets]."
        )
    name = wanted.casefold()
    by_name = [
        one for one in transitions if name in {one.to_status.casefold(), one.name.casefold()}
    ]
    closes = [one for one in transitions if one.to_category is Category.DONE]
    chosen = by_name or (closes if name == "done" else [])
    if chosen:
        return Closing(transition=chosen[0])
    possible = ", ".join(sorted({one.to_status for one in transitions})) or "nothing"
    return Closing(
        problem=f"{key} cannot go to '{wanted}' from where it is; the workflow allows {possible}."
    )


def reads_otherwise(tracked: TrackedTicket, ticket: Ticket | None, done: frozenset[str]) -> bool:
    """Tell whether a document would say something else of a ticket than it was last given.

    ``done`` are the resolutions, in lower case, that mean the work was done.
    """
    if status_text(ticket, done) != tracked.status_cell:
        return True
    if ticket is None:
        return False
    return ticket.key != tracked.key or ticket_values(ticket) != tracked.remote
