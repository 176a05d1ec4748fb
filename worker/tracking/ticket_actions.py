"""What is to be done about rows and their tickets: values with a reason, before anything is.

First which row has which ticket: what that rests on, and the decision with its sentences.
"""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.incidents import IncidentId
from connectors.tickets import (
    MARK_LABEL_PREFIX,
    Account,
    Json,
    Mark,
    NewTicket,
    RemoteLink,
    Ticket,
    TicketChanges,
    TicketId,
    TicketKey,
    Transition,
)
from worker.document.action_items import ActionItem
from worker.tracking.tracked_tickets import EPIC_ROW, Intent, TrackedTicket

CLOSED = "a person closed it in the document"
MOVED = "a person changed its status in the document"
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
    reason: str = CLOSED
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
    """Name a row for a sentence: its line, its words, and in which document."""
    if item.ordinal == EPIC_ROW:
        return f"The epic of {document}"
    task = textwrap.shorten(item.task, TASK_SHOWN, placeholder="…")
    return f"Line {item.place.line + 1} ('{task}') of {document}"


@dataclass(frozen=True, slots=True)
class LinkState:
    """All that the decision rests on.

    ``labelled`` is None before the search. ``hold`` says why no ticket may be created now, if so.
    ``forgotten_until`` is set for a document that the journal has no memory of: a lost memory may
    hide a create until then. ``hides_new`` names the project whose new tickets this account cannot
    see, if so: no search tells whether one was made there. ``untold`` says why no search tells what
    became of a create.
    """

    incident: IncidentId
    document: str
    items: tuple[ActionItem, ...]
    tracked: tuple[TrackedTicket, ...]
    intents: tuple[Intent, ...]
    now: datetime
    index_lag: timedelta
    labelled: tuple[Ticket, ...] | None = None
    hold: str = ""
    forgotten_until: datetime | None = None
    hides_new: str = ""
    untold: Mapping[Mark, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """The decision; ``search`` asks for a second look with the label's tickets.

    ``held`` are rows that get no ticket now, ``left_out`` those that are to have none. ``lost`` are
    creates that surely made no ticket, ``settled`` those whose ticket was decided, ``orphans``
    tickets whose row a person deleted.
    ``problems`` say of rows that get no ticket why.
    """

    links: tuple[LinkTicket, ...] = ()
    creates: tuple[LacksTicket, ...] = ()
    waits: tuple[Wait, ...] = ()
    held: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    lost: tuple[Mark, ...] = ()
    settled: tuple[Mark, ...] = ()
    orphans: tuple[TrackedTicket, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    search: bool = False


@dataclass(slots=True)
class LinkDecisions:
    """The plan while it is being made."""

    links: list[LinkTicket] = field(default_factory=list)
    creates: list[LacksTicket] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    lost: list[Mark] = field(default_factory=list)
    settled: list[Mark] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def linked(self) -> set[TicketId]:
        """Give the tickets that have found their rows."""
        return {link.tracked.id for link in self.links}


def sentences(decided: LinkPlan, state: LinkState) -> Iterable[str]:
    """Say what is left to people: warnings, tickets without a row, rows without a ticket."""
    yield from decided.warnings
    for one in decided.orphans:
        yield (
            f"The row of {one.key} ('{one.row.task}') is gone from {state.document}. "
            "The ticket is left alone; close it in the tracker if it is not wanted."
        )
    named = {item.ordinal: item for item in state.items}
    for item in map(named.__getitem__, decided.left_out):
        if item.left_out and not item.left_out.shows:
            row = row_name(item, state.document)
            yield f"{row} {item.left_out}, so no ticket is made for it."
    if decided.held:
        count = len(decided.held)
        rows = "action item has" if count == 1 else "action items have"
        yield f"{count} {rows} no ticket in {state.document}: {state.hold}."


def unknowable(row: str, project: str, mark: Mark) -> str:
    """Say that no search tells whether a create made a ticket, since new ones are hidden."""
    return (
        f"{row} has no ticket that is known: its create had no answer, and this account cannot "
        f"see new tickets of project {project}, so nobody can tell whether one was made. Let "
        f"somebody who sees them search for the label {MARK_LABEL_PREFIX}{mark}, and put the key "
        "into the row; if there is none, that of a ticket made by hand."
    )


def unfindable(row: str, why: str) -> str:
    """Say that no search tells whether a create made a ticket; ``why`` is a sentence."""
    return (
        f"{row} has no ticket that is known: its create had no answer, and {why} Look among the "
        "project's latest tickets, and put the key into the row; if there is none, that of a "
        "ticket made by hand."
    )
