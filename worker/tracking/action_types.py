"""What is to be done about rows and their tickets: values with a reason, before anything is."""

import textwrap
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from connectors.tickets import (
    Account,
    Json,
    NewTicket,
    RemoteLink,
    Ticket,
    TicketChanges,
    TicketId,
    TicketKey,
    Transition,
)
from worker.document.action_item_values import ActionItem
from worker.tracking.tracked_tickets import EPIC_ROW, Intent, TrackedTicket

TASK_SHOWN = 60
"""How many characters of a task a sentence quotes."""


class Field(StrEnum):
    """A field that document and tracker share."""

    TASK = "task"
    OWNER = "owner"
    PRIORITY = "priority"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Tell:
    """People are told that something was not done, or only in part."""

    sentence: str


@dataclass(frozen=True, slots=True)
class LinkTicket:
    """A row gets the ticket that is already its own; ``tracked`` is what is known of it.

    ``adopted`` tells that nothing was remembered of the ticket.
    """

    ordinal: int
    tracked: TrackedTicket
    reason: str
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class LacksTicket:
    """A row is to get a new ticket; ``lost`` is its last create, if that surely made none."""

    ordinal: int
    reason: str
    lost: Intent | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A row must wait: a ticket for it may exist that the search does not show yet."""

    ordinal: int
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CreateTicket:
    """A row gets a new ticket; ``problems`` are a sentence for each field that cannot be used.

    After a ``lost`` create the ticket is sent by itself: what is in it may be why that failed.
    ``owner_later`` tells that the owner could not be looked up for now.
    """

    item: ActionItem
    reason: str
    ticket: NewTicket
    problems: tuple[str, ...] = ()
    lost: Intent | None = None
    owner_later: bool = False


@dataclass(frozen=True, slots=True)
class ToTicket:
    """A person changed the row: the ticket follows. ``value`` is in the document's words."""

    field: Field
    before: str
    value: str

    @property
    def reason(self) -> str:
        """Why the ticket is changed."""
        return f"{self.field.value} changed in the document"


@dataclass(frozen=True, slots=True)
class ChangeTicket:
    """A ticket follows its row. ``ticket`` is as it was before, ``moves`` say what changes.

    ``accounts`` are those among whom the new owner is.
    """

    item: ActionItem
    ticket: Ticket
    changes: TicketChanges
    moves: tuple[ToTicket, ...]
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """A person closed the row, or wrote over its status: the ticket makes the ``move``.

    ``fields`` go with it. ``lacking`` says what else it asks for, "" for nothing.
    """

    item: ActionItem
    id: TicketId
    key: TicketKey
    move: Transition
    before: str
    reason: str = "a person closed it in the document"
    fields: Json = field(default_factory=dict)
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class AddLinks:
    """A ticket shows its incident and its document."""

    id: TicketId
    links: tuple[RemoteLink, ...]


class Cell(StrEnum):
    """What a row is given besides a shared field."""

    TICKET = "ticket"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class WriteCell:
    """A cell of a row follows its ticket. ``key`` is the ticket's, "" where none is known."""

    cell: Cell | Field
    item: ActionItem
    reason: str
    key: str
    before: str
    after: str


TicketAction = Tell | CreateTicket | ChangeTicket | MoveTicket | AddLinks
"""What is done before the document is saved; the cells are written with it."""


def row_name(item: ActionItem, document: str) -> str:
    """Name a row for a sentence: which, its words, and in which document."""
    if item.ordinal == EPIC_ROW:
        return f"The epic of {document}"
    task = textwrap.shorten(item.task, TASK_SHOWN, placeholder="…")
    return f"Row {item.ordinal + 1} ('{task}') of {document}"
