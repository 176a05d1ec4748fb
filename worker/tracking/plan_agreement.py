"""Bringing rows and tickets into agreement: all that is to be done, decided before any of it is.

What is written into the rows is decided once the tickets are as they were to be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.ticket_fields import FieldChoice
from connectors.tickets import (
    Account,
    Category,
    NoAccount,
    RemoteLink,
    Ticket,
    TicketId,
    Transition,
)
from worker.document.action_items import ActionItem
from worker.tracking.closing import closing, wants_move
from worker.tracking.destinations import ClosingRules
from worker.tracking.shared_fields import (
    ToRow,
    Vocabulary,
    after,
    changed,
    compare,
    has_unknown_priority,
    no_such_priority,
    refused_yet,
    translate,
)
from worker.tracking.ticket_actions import (
    CLOSED,
    MOVED,
    AddLinks,
    ChangeTicket,
    Field,
    MoveTicket,
    Tell,
    TicketAction,
    ToTicket,
    row_name,
)
from worker.tracking.tracked_tickets import UNAVAILABLE, TrackedTicket


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides as they were read.

    ``rows`` maps the ordinal of each row that has a ticket to what is remembered of it; ``tickets``
    are those that can be seen. ``busy`` tells that people are writing, so that nothing half-written
    is taken to the tracker; ``postponed`` are the rows for which that failed, so that it is still
    to come; ``repeats`` those whose ticket another row speaks for. Of the tickets ``unread``, and
    of those that the rows ``unasked`` name, nobody knows now whether they can be seen.
    """

    document: str
    items: tuple[ActionItem, ...]
    rows: Mapping[int, TrackedTicket]
    tickets: Mapping[TicketId, Ticket]
    busy: bool = False
    postponed: frozenset[int] = frozenset()
    unread: frozenset[TicketId] = frozenset()
    unasked: frozenset[int] = frozenset()
    repeats: frozenset[int] = frozenset()

    def waits(self, item: ActionItem) -> bool:
        """Tell whether what a person changed in a row is still to come to its ticket."""
        return self.busy or item.ordinal in self.postponed


@dataclass(frozen=True, slots=True)
class AgreementRules:
    """What the configuration says, and the ``links`` that each ticket is to show.

    ``close`` allows that tickets are moved from the document, ``closing`` says how; ``priorities``
    and ``owners`` are the document's words → the tracker's; ``done`` the resolutions, in lower
    case, that mean so.
    """

    done: frozenset[str]
    close: bool = False
    closing: ClosingRules = field(default_factory=ClosingRules)
    priorities: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    links: tuple[RemoteLink, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackerQuestions:
    """What must be looked up: owners by project and word, priorities by project, moves."""

    owners: tuple[tuple[str, str], ...] = ()
    priorities: tuple[str, ...] = ()
    moves: tuple[TicketId, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackerAnswers:
    """What was looked up: owners by project and word, priorities by project if told, moves."""

    owners: Mapping[tuple[str, str], Account | NoAccount] = field(default_factory=dict)
    priorities: Mapping[str, tuple[FieldChoice, ...]] = field(default_factory=dict)
    moves: Mapping[TicketId, Sequence[Transition]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What becomes of the tickets, in order, and which fields the rows take over from them."""

    actions: tuple[TicketAction, ...] = ()
    to_rows: Mapping[int, tuple[ToRow, ...]] = field(default_factory=dict)


def questions(sides: Sides, rules: AgreementRules) -> TrackerQuestions:
    """Say what must be looked up: an owner or the priorities only where they changed."""
    owners: dict[tuple[str, str], None] = {}
    priorities: dict[str, None] = {}
    moves: dict[TicketId, None] = {}
    for item, tracked in _rows(sides):
        ticket = sides.tickets.get(tracked.id)
        if ticket is None:
            continue
        fields = changed(item, tracked, ticket)
        if item.owner and (Field.OWNER in fields or _has_nobody(tracked, ticket)):
            owners[ticket.project, item.owner] = None
        if Field.PRIORITY in fields or has_unknown_priority(item, ticket, rules.priorities):
            priorities[ticket.project] = None
        if rules.close and not sides.waits(item) and wants_move(item, tracked, ticket):
            moves[ticket.id] = None
    return TrackerQuestions(tuple(owners), tuple(priorities), tuple(moves))


def plan_agreement(sides: Sides, answers: TrackerAnswers, rules: AgreementRules) -> Agreement:
    """Decide for every row what its ticket, and what the row itself, takes over from the other.

    Where two rows name one ticket, only the one that speaks for it takes part.
    """
    tickets = dict(sides.tickets)
    actions: list[TicketAction] = []
    to_rows = {}
    linked: set[TicketId] = set()
    for item, tracked in _rows(sides):
        ticket = tickets.get(tracked.id)
        if ticket is None:
            actions += _unavailable(item, tracked, sides.document)
            continue
        words = _vocabulary(item, tracked, ticket, answers, rules)
        found = compare(item, tracked, ticket, words)
        settled = {one.field for one in found.to_row}
        settled |= set() if sides.waits(item) else {one.field for one in found.to_ticket}
        told = () if Field.OWNER in settled else words.nobody.values()
        left = _never_taken(item, tracked, ticket, words)
        actions += (Tell(f"{row_name(item, sides.document)}: {one}") for one in (*told, *left))
        if not sides.waits(item):
            for one in _for_ticket(sides, item, ticket, found.to_ticket, words):
                actions.append(one)
                if isinstance(one, ChangeTicket):
                    ticket = after(ticket, one.changes, words.accounts.values(), ())
            for move in _move(item, tracked, ticket, answers, rules):
                actions.append(move)
                if isinstance(move, MoveTicket):
                    to = move.move
                    ticket = replace(ticket, status=to.to_status, category=to.to_category)
            tickets[ticket.id] = ticket
            if not tracked.has_links and tracked.id not in linked:
                linked.add(tracked.id)
                actions.append(AddLinks(tracked.id, rules.links))
        told_apart = tuple(one for one in found.to_row if one.value != one.before)  # by its words
        to_rows[item.ordinal] = told_apart
        actions += _lost(item, ticket, told_apart, sides.document)
    return Agreement(tuple(actions), to_rows)


def _rows(sides: Sides) -> Iterable[tuple[ActionItem, TrackedTicket]]:
    """Give the rows that speak for a ticket which was read, or is surely not to be seen."""
    for item in sides.items:
        tracked = None if item.ordinal in sides.repeats else sides.rows.get(item.ordinal)
        if tracked is not None and tracked.id not in sides.unread:
            yield item, tracked


def _unavailable(item: ActionItem, tracked: TrackedTicket, document: str) -> Iterable[Tell]:
    if tracked.remote is None and not tracked.status_cell:
        yield Tell(
            f"{row_name(item, document)} has the ticket {tracked.key}, which this account cannot "
            "see: a security level may hide the project's new tickets. The row names it all the "
            "same; let the account see it to have its status."
        )
    elif tracked.status_cell != UNAVAILABLE:
        yield Tell(
            f"{row_name(item, document)} has the ticket {tracked.key}, which cannot be seen any "
            "more: it was deleted, or hidden from this account. No other is created; clear the "
            "Ticket cell to have a new one."
        )


def _vocabulary(
    item: ActionItem,
    tracked: TrackedTicket,
    ticket: Ticket,
    answers: TrackerAnswers,
    rules: AgreementRules,
) -> Vocabulary:
    """Give the words for one row, and why an owner whom a person named is nobody."""
    accounts, nobody = {}, {}
    has_changed = Field.OWNER in changed(item, tracked, ticket)
    if item.owner and (has_changed or _has_nobody(tracked, ticket)):
        match answers.owners.get((ticket.project, item.owner)):
            case Account() as found:
                accounts[item.owner] = found
            case NoAccount(reason):
                nobody[item.owner] = f"The owner '{item.owner}' cannot be used. {reason}"
    allowed = answers.priorities.get(ticket.project)
    return Vocabulary(accounts, rules.priorities, allowed, rules.owners, nobody)


def _has_nobody(tracked: TrackedTicket, ticket: Ticket) -> bool:
    """Tell whether a ticket that is to be worked on got nobody, though not in this very run."""
    known = tracked.remote is not None and ticket.category is not Category.DONE
    return known and ticket.assignee is None


def _never_taken(
    item: ActionItem, tracked: TrackedTicket, ticket: Ticket, words: Vocabulary
) -> Iterable[str]:
    """Say again what of a row never came to its ticket, while neither side changes."""
    if lost := tracked.lost(ticket):
        yield f"{ticket.key} was made with the {lost} of its row, and has none by now."
    if tracked.remote is None or ticket.category is Category.DONE:
        return
    fields = changed(item, tracked, ticket)
    yield from () if item.struck else refused_yet(item, tracked, ticket, words)
    word = item.priority or ""
    lacks = words.allowed and words.choice(word) is None
    if (
        lacks
        and Field.PRIORITY not in fields
        and has_unknown_priority(item, ticket, words.priorities)
    ):
        yield f"{no_such_priority(word, words)} {ticket.key} was left without it."


def _for_ticket(
    sides: Sides,
    item: ActionItem,
    ticket: Ticket,
    moves: Sequence[ToTicket],
    words: Vocabulary,
) -> Iterable[Tell | ChangeTicket]:
    """Change the ticket as the row was changed, as far as the tracker has words for it."""
    translated = translate(moves, item, words)
    named = row_name(item, sides.document)
    for problem in translated.problems:
        yield Tell(f"{named}: {problem} {ticket.key} keeps what it had.")
    if translated.made:
        made, accounts = translated.made, tuple(words.accounts.values())
        yield ChangeTicket(item, ticket, translated.changes, made, accounts)


def _move(
    item: ActionItem,
    tracked: TrackedTicket,
    ticket: Ticket,
    answers: TrackerAnswers,
    rules: AgreementRules,
) -> Iterable[Tell | MoveTicket]:
    """Move the ticket where a person asked for it in the row and the configuration allows it."""
    if not (wanted := wants_move(item, tracked, ticket)):
        return
    moves = answers.moves.get(ticket.id, ())
    decided = closing(wanted, ticket.key, rules.close, moves, rules.closing)
    if decided.transition is None:
        yield Tell(decided.problem)
        return
    yield MoveTicket(
        item,
        ticket.id,
        ticket.key,
        decided.transition,
        tracked.status_cell,
        reason=CLOSED if decided.transition.to_category is Category.DONE else MOVED,
        fields=decided.fields,
        lacking=decided.lacking,
    )


def _lost(
    item: ActionItem, ticket: Ticket, to_row: Iterable[ToRow], document: str
) -> Iterable[Tell]:
    for one in to_row:
        if one.lost:
            yield Tell(
                f"{row_name(item, document)}: the {one.field.value} was changed to '{one.lost}' in "
                f"the document and to '{one.value}' in {ticket.key}. The tracker's stands; change "
                "the row again if it should not."
            )
