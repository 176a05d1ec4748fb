"""Deciding which ticket belongs to which row, and which rows need a new one.

The decision is made in two looks. The first needs no search; where a row is still without a ticket
it says so, and the second is made with what a search for the incident's label found. Nothing here
creates anything: a plan is a value with a reason on each line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.tickets import Mark, Ticket, TicketId, TicketKey
from worker.document.action_items import ActionItem
from worker.tracking.matching import Wording, pair, pair_by_words, same_words
from worker.tracking.memory import Intent, TrackedTicket
from worker.tracking.new_ticket import mark_label, summary_line


@dataclass(frozen=True, slots=True)
class State:
    """All that the decision rests on.

    ``labelled`` is None before the search. ``typed`` are the tickets that keys in the rows lead
    to, by key. ``hold`` says why no ticket may be created now, if so. ``forgotten_until`` is set
    for a document that the journal has no memory of: a lost memory may hide a create until then.
    """

    items: tuple[ActionItem, ...]
    tracked: tuple[TrackedTicket, ...]
    intents: tuple[Intent, ...]
    now: datetime
    index_lag: timedelta
    labelled: tuple[Ticket, ...] | None = None
    hold: str = ""
    forgotten_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A row gets the ticket that is already its own.

    ``task`` are the words that the ticket was created with, where they are known.
    """

    ordinal: int
    id: TicketId
    key: TicketKey
    url: str
    reason: str
    mark: Mark | None = None
    adopted: bool = False
    task: str = ""


@dataclass(frozen=True, slots=True)
class Create:
    """A row gets a new ticket."""

    ordinal: int
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A row must wait: a ticket for it may exist that the search does not show yet."""

    ordinal: int
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The decision; ``search`` asks for a second look with the label's tickets.

    ``lost`` are creates that surely made no ticket, ``settled`` those whose ticket was found,
    ``orphans`` tickets whose row a person deleted.
    """

    links: tuple[Link, ...] = ()
    creates: tuple[Create, ...] = ()
    waits: tuple[Wait, ...] = ()
    held: tuple[int, ...] = ()
    lost: tuple[Mark, ...] = ()
    settled: tuple[Mark, ...] = ()
    orphans: tuple[TrackedTicket, ...] = ()
    warnings: tuple[str, ...] = ()
    search: bool = False


@dataclass(slots=True)
class _Draft:
    """The plan while it is being made."""

    links: list[Link] = field(default_factory=list)
    creates: list[Create] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    lost: list[Mark] = field(default_factory=list)
    settled: list[Mark] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def linked(self) -> set[TicketId]:
        return {link.id for link in self.links}


def plan(state: State) -> Plan:
    """Decide for every row that names no ticket; see the module's text for the two looks."""
    draft = _Draft()
    bare = [item for item in state.items if item.ticket is None]
    bare = _link_unwritten(state, draft, bare)
    bare = _link_cleared(state, draft, bare)
    if state.labelled is None:
        if bare or state.intents:
            return Plan(links=tuple(draft.links), search=True)
    else:
        _settle_strays(state, draft, bare)
        bare = _adopt_by_mark(state, draft, bare)
        bare = _adopt_by_words(state, draft, bare)
    _create_or_wait(state, draft, bare)
    return Plan(
        links=tuple(draft.links),
        creates=tuple(draft.creates),
        waits=tuple(draft.waits),
        held=tuple(draft.held),
        lost=tuple(draft.lost),
        settled=tuple(draft.settled),
        orphans=_orphans(state, draft),
        warnings=tuple(draft.warnings),
    )


def _named(state: State) -> set[str]:
    return {item.ticket.key for item in state.items if item.ticket is not None}


def _left(bare: Sequence[ActionItem], draft: _Draft) -> list[ActionItem]:
    linked = {link.ordinal for link in draft.links}
    return [item for item in bare if item.ordinal not in linked]


def _wordings(items: Sequence[ActionItem]) -> list[Wording]:
    return [Wording(item.ordinal, item.task) for item in items]


def _link_unwritten(state: State, draft: _Draft, bare: Sequence[ActionItem]) -> list[ActionItem]:
    """Link tickets that were made or adopted, but whose link never reached the document."""
    named = _named(state)
    unwritten = [one for one in state.tracked if not one.linked and one.key not in named]
    known = [Wording(one.ordinal, one.row.task) for one in unwritten]
    for row, at in pair(_wordings(bare), known).items():
        one = unwritten[at]
        reason = "created earlier, the link had not been written yet"
        draft.links.append(Link(bare[row].ordinal, one.id, one.key, one.url, reason, one.mark))
    return _left(bare, draft)


def _link_cleared(state: State, draft: _Draft, bare: Sequence[ActionItem]) -> list[ActionItem]:
    """Link rows with the words of a ticket whose link is gone: one item keeps its one ticket."""
    named = _named(state)
    gone = [
        one
        for one in state.tracked
        if one.linked and one.available and one.key not in named and one.id not in draft.linked()
    ]
    known = [Wording(one.ordinal, one.row.task) for one in gone]
    for row, at in pair_by_words(_wordings(bare), known).items():
        one = gone[at]
        reason = "the row has this ticket already, its link was missing"
        draft.links.append(Link(bare[row].ordinal, one.id, one.key, one.url, reason, one.mark))
    return _left(bare, draft)


def _free(state: State, draft: _Draft) -> list[Ticket]:
    """Tickets under the label that no row names and nobody remembers, lowest id first."""
    named = _named(state)
    known = {one.id for one in state.tracked} | draft.linked()
    return [
        ticket
        for ticket in state.labelled or ()
        if ticket.id not in known and ticket.key not in named
    ]


def _marked(state: State, draft: _Draft, mark: Mark) -> list[Ticket]:
    return [
        ticket
        for ticket in _free(state, draft)
        if ticket.mark == mark or mark_label(mark) in ticket.labels
    ]


def _adopt_by_mark(state: State, draft: _Draft, bare: Sequence[ActionItem]) -> list[ActionItem]:
    """Link rows whose create had no answer to the ticket that the search shows."""
    found = [(intent, _marked(state, draft, intent.mark)) for intent in state.intents]
    seen = [(intent, tickets) for intent, tickets in found if tickets]
    known = [Wording(intent.ordinal, intent.task) for intent, _ in seen]
    for row, at in pair(_wordings(bare), known).items():
        intent, tickets = seen[at]
        ticket = tickets[0]
        reason = "its create had no answer, the search found the ticket"
        draft.links.append(_adopted(bare[row], ticket, reason, intent.mark, intent.task))
        draft.settled.append(intent.mark)
        if len(tickets) > 1:
            others = ", ".join(other.key for other in tickets[1:])
            draft.warnings.append(
                f"{others} carries the same mark as {ticket.key} (a clone copies labels). "
                f"The row '{bare[row].task}' is linked to {ticket.key}, the oldest; "
                "close the others if they are not wanted."
            )
    return _left(bare, draft)


def _adopt_by_words(state: State, draft: _Draft, bare: Sequence[ActionItem]) -> list[ActionItem]:
    """Link tickets of this incident that nobody remembers: the journal was lost."""
    free = _free(state, draft)
    unanswered = {intent.mark for intent in state.intents}
    free = [ticket for ticket in free if ticket.mark is None or ticket.mark not in unanswered]
    rows = [Wording(item.ordinal, summary_line(item.task)) for item in bare]
    known = [Wording(place, ticket.summary) for place, ticket in enumerate(free)]
    pairs = pair_by_words(rows, known)
    for row, at in pairs.items():
        ticket = free[at]
        reason = "a ticket of this incident has the same words and no row"
        draft.links.append(_adopted(bare[row], ticket, reason, ticket.mark))
    spare = {same_words(rows[row].task): free[at].key for row, at in pairs.items()}
    for at, ticket in enumerate(free):
        if at not in pairs.values() and (taken := spare.get(same_words(ticket.summary))):
            draft.warnings.append(
                f"{ticket.key} has the same words as {taken} and no row of its own. "
                f"The row is linked to {taken}, the older; close {ticket.key} if it is not wanted."
            )
    return _left(bare, draft)


def _adopted(
    item: ActionItem, ticket: Ticket, reason: str, mark: Mark | None, task: str = ""
) -> Link:
    return Link(
        item.ordinal, ticket.id, ticket.key, ticket.url, reason, mark, adopted=True, task=task
    )


def _settle_strays(state: State, draft: _Draft, bare: Sequence[ActionItem]) -> None:
    """Strike out creates without an answer for which no row is left."""
    paired = pair(_wordings(bare), [Wording(one.ordinal, one.task) for one in state.intents])
    for at, intent in enumerate(state.intents):
        if at in paired.values():
            continue
        if found := _marked(state, draft, intent.mark):
            draft.settled.append(intent.mark)
            draft.warnings.append(
                f"{found[0].key} was created for '{intent.task}', and the document has no such "
                "row any more. The ticket is left alone."
            )
        elif state.now >= intent.last_chance + state.index_lag:
            draft.lost.append(intent.mark)


def _create_or_wait(state: State, draft: _Draft, bare: Sequence[ActionItem]) -> None:
    settled = set(draft.settled) | set(draft.lost)
    open_intents = [intent for intent in state.intents if intent.mark not in settled]
    known = [Wording(intent.ordinal, intent.task) for intent in open_intents]
    paired = pair(_wordings(bare), known)
    for row, item in enumerate(bare):
        intent = open_intents[paired[row]] if row in paired else None
        if intent and state.now < (until := intent.last_chance + state.index_lag):
            reason = "its create had no answer, and a search may still miss the ticket"
            draft.waits.append(Wait(item.ordinal, until, reason))
            continue
        if intent:
            draft.lost.append(intent.mark)
        if state.hold:
            draft.held.append(item.ordinal)
        elif state.forgotten_until and state.now < state.forgotten_until:
            reason = "the journal is new, and a search may still miss a ticket from before it"
            draft.waits.append(Wait(item.ordinal, state.forgotten_until, reason))
        elif intent:
            draft.creates.append(Create(item.ordinal, "its first create surely made no ticket"))
        else:
            draft.creates.append(Create(item.ordinal, "the row has no ticket"))


def _orphans(state: State, draft: _Draft) -> tuple[TrackedTicket, ...]:
    named, linked = _named(state), draft.linked()
    return tuple(
        one for one in state.tracked if one.key not in named and one.id not in linked and one.linked
    )
