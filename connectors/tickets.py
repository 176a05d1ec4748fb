"""Records of a ticket, and what a tracker of tickets must do.

A create has four outcomes and each is a value: :class:`Created`, :class:`Refused` and
:class:`NotSent` (surely no ticket) and :class:`Unknown` (there may be one). A tracker never repeats
a create on its own.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NewType, Protocol

from connectors.errors import Finding
from connectors.ticket_fields import CreateFields, FieldChoice, RichText, ScreenField

TicketId = NewType("TicketId", str)
"""A tracker's immutable id of a ticket; the key changes when the ticket moves."""
TicketKey = NewType("TicketKey", str)
"""The key people read and type, such as ``OPS-12``."""
AccountId = NewType("AccountId", str)
"""Cloud: accountId. Data Center: user name."""
Mark = NewType("Mark", str)
"""The random mark of one create, carried by label and property (lower-case letters, digits)."""
Json = Mapping[str, object]

MARK_PROPERTY = "postmortem-worker"
"""The issue property under which a ticket carries ``{"mark": …, "incident": …}``."""
COMMON_LABEL = "postmortem-worker"
"""The label of every ticket made here: one search finds what changed among all of them."""
INCIDENT_LABEL_PREFIX = "postmortem-"
"""Followed by the incident's id: the label by which the tickets of one document are found."""
MARK_LABEL_PREFIX = "pm-"
"""Followed by the mark: the label by which one create is known again."""


class Category(Enum):
    """What a status means, whatever the team calls it."""

    NEW = "new"
    INDETERMINATE = "indeterminate"
    DONE = "done"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody a ticket can be assigned to."""

    id: AccountId
    name: str
    email: str | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the tracker has it now.

    ``mark`` is read from its property, else from its label: a person's copy carries the label too,
    so of several with one mark the lowest id was created. ``closed_at`` is of a closed one alone.
    """

    id: TicketId
    key: TicketKey
    url: str
    summary: str
    status: str
    category: Category
    created: datetime
    updated: datetime
    resolution: str | None = None
    labels: tuple[str, ...] = ()
    assignee: Account | None = None
    priority: str | None = None
    due: date | None = None
    project: str = ""
    archived: bool = False
    mark: Mark | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """The ticket that another belongs to, and the field that says so."""

    key: TicketKey
    field: str


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to create. ``summary`` is one line of at most 255 characters.

    ``issue_type`` is the id that the tracker gave, or a name where it gave none.
    """

    project: str
    issue_type: str
    summary: str
    mark: Mark
    incident: str
    description: RichText = ()
    labels: tuple[str, ...] = ()
    components: tuple[FieldChoice, ...] = ()
    priority: FieldChoice | None = None
    due: date | None = None
    assignee: AccountId | None = None
    parent: Parent | None = None
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Created:
    """The tracker made it.

    ``dropped`` tells each field it refused, by name, and why: the ticket was made without it.
    """

    id: TicketId
    key: TicketKey
    url: str
    dropped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The tracker made none, surely; ``reason`` is a sentence, ``fields`` tells why by field."""

    reason: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether the tracker made it; ``reason`` is a sentence.

    ``failed`` tells that the tracker answered that it failed: what is in the ticket may be why.
    """

    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """The tracker was not asked, surely, so it may be asked later; ``reason`` is a sentence."""

    reason: str


Outcome = Created | Refused | NotSent | Unknown
GoingUnlabelled = Callable[[Sequence[Mark]], None]
"""Is told of creates that are about to be sent without the labels that they would be found by."""


@dataclass(frozen=True, slots=True)
class TicketChanges:
    """What to change in a ticket; ``None`` leaves a field, a ``clear_*`` empties it."""

    summary: str | None = None
    priority: FieldChoice | None = None
    due: date | None = None
    assignee: AccountId | None = None
    clear_due: bool = False
    clear_assignee: bool = False
    add_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """A move that the workflow allows now, and where it leads.

    ``fields`` are those that can go with it, by id; None where the tracker does not say.
    """

    id: str
    name: str
    to_status: str
    to_category: Category
    fields: Mapping[str, ScreenField] | None = None


@dataclass(frozen=True, slots=True)
class RemoteLink:
    """A link shown on the ticket; the same ``global_id`` again updates it."""

    global_id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class NoAccount:
    """Nobody, or more than one, answers to the name; ``reason`` is a sentence."""

    reason: str


class TicketTracker(Protocol):
    """What a tracker must do. Every method may raise ``ConnectorError`` unless it says else."""

    def create(
        self, tickets: Sequence[NewTicket], going_unlabelled: GoingUnlabelled
    ) -> Sequence[Outcome]:
        """Create the tickets, in as few requests as the tracker allows; one outcome each, aligned.

        Never repeats a request whose outcome is unknown. Raises ``ConnectorError`` only where
        surely none was made. What ``going_unlabelled`` raises keeps from sending those it names.
        """

    def read(self, ids: Sequence[TicketId], *, fresh: bool = False) -> Mapping[TicketId, Ticket]:
        """Read tickets by id; one that is not to be seen (deleted or hidden) is absent.

        ``fresh`` ones are as they are this moment, whatever lags, which may take a request for
        each.
        Raises ``PartlyRead`` with all others where some could not be read for now.
        """

    def read_keys(self, keys: Sequence[TicketKey]) -> Mapping[TicketKey, Ticket]:
        """Read tickets by the keys that people typed; otherwise as :meth:`read`."""

    def labelled(self, label: str) -> Sequence[Ticket]:
        """Search by label, lowest id first, with marks. A fresh ticket may still be missing.

        Raises ``PartlyRead`` with all others where some could not be read.
        """

    def made_here(
        self, project: str, since: datetime, known: Collection[TicketId]
    ) -> Sequence[Ticket]:
        """Search a project, or all for "", for what this account made since then, with marks.

        Those that are ``known`` are left out. As with :meth:`labelled`, a fresh one may be missing;
        else an answer without a ticket means that this account did not make it there.
        """

    def changed(self, label: str, since: datetime) -> Sequence[Ticket]:
        """Search the label for tickets changed at or after ``since``, and somewhat earlier.

        The tracker reaches back by more than its index lags; a ticket may come twice, none is
        missed. With :data:`COMMON_LABEL` this is what changed among all documents.
        """

    def create_fields(self, project: str, issue_type: str) -> CreateFields:
        """Tell what a create takes; ``issue_type`` is the type's id, or its name in any case.

        Raises ``NotFound`` for an unknown project or type, or a name that several types have.
        """

    def account(self, project: str, name: str, team: Sequence[str] = ()) -> Account | NoAccount:
        """Find the one assignable account that ``name`` means.

        Its e-mail, handle, id or name is exactly that; or it alone has that handle or first name,
        of the ``team`` (full names of the incident's people) or of all that can be assigned.
        """

    def assignable(self, project: str, words: str) -> Sequence[Account]:
        """Give some who can be assigned, and whose name or address begins with the words."""

    def is_own(self, address: str) -> bool:
        """Tell whether an address is on this tracker's site."""

    def update(self, ticket: TicketId, changes: TicketChanges) -> Mapping[str, str]:
        """Change fields; gives why each was refused, by ``TicketField`` where it is one."""

    def transitions(self, ticket: TicketId) -> Sequence[Transition]:
        """List the moves that the workflow allows now."""

    def transition(self, ticket: TicketId, to: Transition, fields: Json) -> None:
        """Make a move with these fields, each a ``FieldChoice`` or as the API takes it."""

    def link(self, ticket: TicketId, link: RemoteLink) -> None:
        """Add or update a remote link."""

    def check(
        self, project: str, issue_type: str, *, supplied: Iterable[str] = (), resolution: str = ""
    ) -> Sequence[Finding]:
        """Look at credentials, project, issue type, required fields, permissions; never raises.

        ``supplied`` are the ids of the extra fields that the route to this project gives, its
        components among them, ``resolution`` what it sets at closing, "" for nothing.
        """

    def close(self) -> None:
        """Let go of connections."""
