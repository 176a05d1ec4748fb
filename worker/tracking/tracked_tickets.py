"""What is remembered of an incident's tickets and creates, and what a Status cell says of one."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from datetime import datetime

from connectors.incidents import IncidentId
from connectors.tickets import INCIDENT_LABEL_PREFIX, Mark, Ticket, TicketId, TicketKey
from worker.content.clean_text import clean
from worker.document.action_items import ActionItem

EPIC_ROW = -1
"""The ordinal of an incident's epic, which stands in no row."""
EPIC_LABEL_PREFIX = f"{INCIDENT_LABEL_PREFIX}epic-"
"""Followed by the incident's id: the label by which the epic of one document is found."""


@dataclass(frozen=True, slots=True)
class Values:
    """The four fields that the document and the tracker share, as one side has them.

    In the document's words: task, owner, priority as written, the deadline ``YYYY-MM-DD`` where it
    is a date. In the tracker's: summary, account id, priority name, due date. "" is none.
    """

    task: str = ""
    owner: str = ""
    priority: str = ""
    deadline: str = ""


@dataclass(frozen=True, slots=True)
class TrackedTicket:
    """A ticket that belongs to an incident's document.

    ``row`` and ``remote`` are both sides' values when they last agreed; ``status_cell`` the status
    as last written into the row. ``linked`` is True once the document was seen to name it,
    ``available`` False while it cannot be seen, ``has_links`` False until its links to the incident
    and the document are on it. ``done`` is whether its status meant so when it was last read.
    ``sent`` is what a create of this very run gave it. ``refused`` tells by shared field why the
    tracker refused what the row says, in a sentence: as long as neither side says something else,
    they differ. ``labelled`` is False where a search by label does not show it.
    """

    id: TicketId
    key: TicketKey
    url: str
    incident: IncidentId
    ordinal: int
    row: Values
    remote: Values | None = None
    mark: Mark | None = None
    status_cell: str = ""
    linked: bool = False
    available: bool = True
    has_links: bool = True
    done: bool = False
    sent: Values | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    labelled: bool = True

    def agreed(self, ticket: Ticket) -> Values:
        """Give the tracker's side when both last agreed.

        Of a ticket just made that is what it was made with, wherever it has something else; what
        it has not got at all was not taken, and nobody's change.
        """
        now = ticket_values(ticket)
        if self.remote is not None or self.sent is None:
            return self.remote or now
        sent, has = asdict(self.sent), asdict(now)
        return Values(
            **{name: sent[name] if sent[name] and has[name] else has[name] for name in has}
        )

    def lost(self, ticket: Ticket) -> str:
        """Name the fields that a ticket was just made with and that it has not got, "" for none."""
        sent, has = asdict(self.sent or Values()), asdict(ticket_values(ticket))
        return " and ".join(name for name in has if sent[name] and not has[name])


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that was decided, and whose outcome is not known to be anything yet.

    ``unknown_since`` is when an attempt ended without an answer; without it the program ended
    before it could say. ``failures`` counts how often the tracker failed at this row alone,
    ``reason`` is what it said last, and ``words`` what the row said then (:func:`row_words`).
    ``unlabelled_in`` names the project that refused its labels, once it goes there without: no
    search by label finds its ticket.
    """

    mark: Mark
    incident: IncidentId
    task: str
    ordinal: int
    opened_at: datetime
    unknown_since: datetime | None = None
    failures: int = 0
    reason: str = ""
    words: str = ""
    unlabelled_in: str = ""

    @property
    def last_chance(self) -> datetime:
        """The latest moment known at which the tracker may have taken the create."""
        return self.unknown_since or self.opened_at


def had_elsewhere(
    known: Mapping[TicketId, TrackedTicket],
    own: IncidentId,
    naming: Mapping[str, AbstractSet[IncidentId]],
) -> Mapping[TicketId, TrackedTicket]:
    """Give the tickets that belong to rows of other incidents' documents than ``own``.

    ``naming`` is whose documents name which key, as they were read: one that was, and does not name
    the ticket any more, has it no longer.
    """
    read = {incident for incidents in naming.values() for incident in incidents}
    return {
        at: one
        for at, one in known.items()
        if one.incident != own
        and (one.incident not in read or one.incident in naming.get(one.key, ()))
    }


def row_values(item: ActionItem) -> Values:
    """Give the document's side of an action item."""
    return Values(
        task=item.task,
        owner=item.owner or "",
        priority=item.priority or "",
        deadline=item.deadline.isoformat() if item.deadline else item.deadline_text,
    )


def row_words(item: ActionItem) -> str:
    """Give all that a row says, as far as a new ticket can hold it: without its layout."""
    return " ".join(item.source.replace("|", " ").split())


def ticket_values(ticket: Ticket) -> Values:
    """Give the tracker's side of a ticket."""
    return Values(
        task=ticket.summary,
        owner=ticket.assignee.id if ticket.assignee else "",
        priority=ticket.priority or "",
        deadline=ticket.due.isoformat() if ticket.due else "",
    )


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
    if not says_else_than_done(ticket, done):
        return clean(status)
    return clean(f"{status} ({(ticket.resolution or '').strip()})")


def says_else_than_done(ticket: Ticket, done: frozenset[str]) -> bool:
    """Tell whether a ticket has a resolution that adds to its status: ``Won't Do``, ``Duplicate``.

    ``done`` are the resolutions, in lower case, that mean the work was done.
    """
    resolution = (ticket.resolution or "").strip()
    same = resolution.casefold() == ticket.status.strip().casefold()
    return bool(resolution) and resolution.lower() not in done and not same


def reads_otherwise(tracked: TrackedTicket, ticket: Ticket | None, done: frozenset[str]) -> bool:
    """Tell whether a document would say something else of a ticket than it was last given.

    ``done`` are the resolutions, in lower case, that mean the work was done.
    """
    if status_text(ticket, done) != tracked.status_cell:
        return True
    if ticket is None:
        return False
    return ticket.key != tracked.key or ticket_values(ticket) != tracked.remote
