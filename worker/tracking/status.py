"""What a row's Status cell says of its ticket."""

from connectors.tickets import Ticket
from worker.content.clean_text import clean

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
