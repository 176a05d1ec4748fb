"""Deciding which ticket belongs to which row, and which rows need a new one.

The decision is made in two looks. The first needs no search; where a row is still without a ticket
it says so, and the second is made with what a search for the incident's label found. Nothing here
creates anything: a plan is a value with a reason on each line.
"""

from collections.abc import Sequence
from dataclasses import replace

from connectors.tickets import Mark, Ticket
from worker.document.action_items import ActionItem
from worker.tracking.new_ticket import mark_label, summary_line
from worker.tracking.row_matching import Wording, pair, pair_by_words, same_words
from worker.tracking.ticket_actions import (
    LacksTicket,
    LinkDecisions,
    LinkPlan,
    LinkState,
    LinkTicket,
    Wait,
    row_name,
    unfindable,
    unknowable,
)
from worker.tracking.tracked_tickets import Intent, TrackedTicket, row_values, row_words

MOST_FAILURES = 3
"""How often a row is sent by itself and the tracker fails at it, before it is left out."""


def plan_links(state: LinkState) -> LinkPlan:
    """Decide for every row that names no ticket; see the module's text for the two looks."""
    decided = LinkDecisions()
    bare = [item for item in state.items if item.ticket is None]
    bare = _link_unwritten(state, decided, bare)
    bare = _link_cleared(state, decided, bare)
    if state.labelled is None:
        if _may_have_one(state, bare) or state.intents:
            return LinkPlan(links=tuple(decided.links), search=True)
    else:
        _settle_strays(state, decided, bare)
        bare = _adopt_by_mark(state, decided, bare)
        bare = _adopt_by_words(state, decided, bare)
    _create_or_wait(state, decided, bare)
    return LinkPlan(
        links=tuple(decided.links),
        creates=tuple(decided.creates),
        waits=tuple(decided.waits),
        held=tuple(decided.held),
        left_out=tuple(decided.left_out),
        lost=tuple(decided.lost),
        settled=tuple(decided.settled),
        orphans=_orphans(state, decided),
        warnings=tuple(decided.warnings),
        problems=tuple(decided.problems),
    )


def _may_have_one(state: LinkState, bare: Sequence[ActionItem]) -> bool:
    """Tell whether one of the rows may have a ticket that nobody remembers, or is to get one."""
    return any(not item.left_out for item in bare) or bool(bare and state.forgotten_until)


def _named(state: LinkState) -> set[str]:
    return {item.ticket.key for item in state.items if item.ticket is not None}


def _left(bare: Sequence[ActionItem], decided: LinkDecisions) -> list[ActionItem]:
    linked = {link.ordinal for link in decided.links}
    return [item for item in bare if item.ordinal not in linked]


def _wordings(items: Sequence[ActionItem]) -> list[Wording]:
    return [Wording(item.ordinal, item.task) for item in items]


def _link_unwritten(
    state: LinkState, decided: LinkDecisions, bare: Sequence[ActionItem]
) -> list[ActionItem]:
    """Link tickets that were made or adopted, but whose link never reached the document."""
    named = _named(state)
    unwritten = [one for one in state.tracked if not one.linked and one.key not in named]
    known = [Wording(one.ordinal, one.row.task) for one in unwritten]
    for row, at in pair(_wordings(bare), known).items():
        one = unwritten[at]
        reason = "created earlier, the link had not been written yet"
        decided.links.append(LinkTicket(bare[row].ordinal, one, reason))
    return _left(bare, decided)


def _link_cleared(
    state: LinkState, decided: LinkDecisions, bare: Sequence[ActionItem]
) -> list[ActionItem]:
    """Link rows with the words of a ticket whose link is gone: one item keeps its one ticket."""
    named = _named(state)
    gone = [
        one
        for one in state.tracked
        if one.linked and one.available and one.key not in named and one.id not in decided.linked()
    ]
    known = [Wording(one.ordinal, one.row.task) for one in gone]
    for row, at in pair_by_words(_wordings(bare), known).items():
        one = gone[at]
        reason = "the row has this ticket already, its link was missing"
        decided.links.append(LinkTicket(bare[row].ordinal, one, reason))
    return _left(bare, decided)


def _free(state: LinkState, decided: LinkDecisions) -> list[Ticket]:
    """Tickets under the label that no row names and nobody remembers, lowest id first."""
    named = _named(state)
    known = {one.id for one in state.tracked} | decided.linked()
    return [
        ticket
        for ticket in state.labelled or ()
        if ticket.id not in known and ticket.key not in named
    ]


def _marked(state: LinkState, decided: LinkDecisions, mark: Mark) -> list[Ticket]:
    return [
        ticket
        for ticket in _free(state, decided)
        if ticket.mark == mark or mark_label(mark) in ticket.labels
    ]


def _adopt_by_mark(
    state: LinkState, decided: LinkDecisions, bare: Sequence[ActionItem]
) -> list[ActionItem]:
    """Link rows whose create had no answer to the ticket that the search shows."""
    found = [(intent, _marked(state, decided, intent.mark)) for intent in state.intents]
    seen = [(intent, tickets) for intent, tickets in found if tickets]
    known = [Wording(intent.ordinal, intent.task) for intent, _ in seen]
    for row, at in pair(_wordings(bare), known).items():
        intent, tickets = seen[at]
        ticket = tickets[0]
        reason = "its create had no answer, the search found the ticket"
        decided.links.append(_adopted(state, bare[row], ticket, reason, intent))
        decided.settled.append(intent.mark)
        if len(tickets) > 1:
            others = ", ".join(other.key for other in tickets[1:])
            decided.warnings.append(
                f"{others} carries the same mark as {ticket.key} (a clone copies labels). "
                f"The row '{bare[row].task}' is linked to {ticket.key}, the oldest; "
                "close the others if they are not wanted."
            )
    return _left(bare, decided)


def _adopt_by_words(
    state: LinkState, decided: LinkDecisions, bare: Sequence[ActionItem]
) -> list[ActionItem]:
    """Link tickets of this incident that nobody remembers: the journal was lost."""
    free = _free(state, decided)
    unanswered = {intent.mark for intent in state.intents}
    free = [ticket for ticket in free if ticket.mark is None or ticket.mark not in unanswered]
    rows = [Wording(item.ordinal, summary_line(item.task)) for item in bare]
    known = [Wording(place, ticket.summary) for place, ticket in enumerate(free)]
    pairs = pair_by_words(rows, known)
    for row, at in pairs.items():
        ticket = free[at]
        reason = "a ticket of this incident has the same words and no row"
        decided.links.append(_adopted(state, bare[row], ticket, reason))
    spare = {same_words(rows[row].task): free[at].key for row, at in pairs.items()}
    for at, ticket in enumerate(free):
        if at not in pairs.values() and (taken := spare.get(same_words(ticket.summary))):
            decided.warnings.append(
                f"{ticket.key} has the same words as {taken} and no row of its own. "
                f"The row is linked to {taken}, the older; close {ticket.key} if it is not wanted."
            )
    return _left(bare, decided)


def _adopted(
    state: LinkState, item: ActionItem, ticket: Ticket, reason: str, intent: Intent | None = None
) -> LinkTicket:
    """Link a ticket that nobody remembers, with the words of its create where they are known.

    A create without an answer may have been sent again without an owner whom Jira refused: where
    the ticket has none, giving it one is still to come.
    """
    row = replace(row_values(item), task=intent.task if intent else item.task)
    if intent and ticket.assignee is None:
        row = replace(row, owner="")
    tracked = TrackedTicket(
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        incident=state.incident,
        ordinal=item.ordinal,
        row=row,
        mark=intent.mark if intent else ticket.mark,
        has_links=False,
    )
    return LinkTicket(item.ordinal, tracked, reason, adopted=True)


def _settle_strays(state: LinkState, decided: LinkDecisions, bare: Sequence[ActionItem]) -> None:
    """Strike out creates without an answer for which no row is left."""
    paired = pair(_wordings(bare), [Wording(one.ordinal, one.task) for one in state.intents])
    for at, intent in enumerate(state.intents):
        if at in paired.values():
            continue
        if tickets := _marked(state, decided, intent.mark):
            decided.settled.append(intent.mark)
            decided.warnings.append(
                f"{tickets[0].key} was created for '{intent.task}', and the document has no such "
                "row any more. The ticket is left alone."
            )
        elif state.now >= intent.last_chance + state.index_lag:
            decided.lost.append(intent.mark)


def _create_or_wait(state: LinkState, decided: LinkDecisions, bare: Sequence[ActionItem]) -> None:
    settled = set(decided.settled) | set(decided.lost)
    open_intents = [intent for intent in state.intents if intent.mark not in settled]
    known = [Wording(intent.ordinal, intent.task) for intent in open_intents]
    paired = pair(_wordings(bare), known)
    for row, item in enumerate(bare):
        intent = open_intents[paired[row]] if row in paired else None
        if intent is not None and _stays_open(state, decided, item, intent):
            continue
        if item.left_out:
            decided.left_out.append(item.ordinal)
            if intent:
                decided.lost.append(intent.mark)
        elif state.hold:
            decided.held.append(item.ordinal)
            if intent:
                decided.lost.append(intent.mark)
        elif state.forgotten_until and state.now < state.forgotten_until:
            reason = "the journal is new, and a search may still miss a ticket from before it"
            decided.waits.append(Wait(item.ordinal, state.forgotten_until, reason))
        elif intent:
            decided.lost.append(intent.mark)
            reason = "its first create surely made no ticket"
            decided.creates.append(LacksTicket(item.ordinal, reason, intent))
        else:
            decided.creates.append(LacksTicket(item.ordinal, "the row has no ticket"))


def _stays_open(state: LinkState, decided: LinkDecisions, item: ActionItem, intent: Intent) -> bool:
    """Tell whether a row gets no ticket now, since of its last create too little is known."""
    named = row_name(item, state.document)
    if state.now < (until := intent.last_chance + state.index_lag):
        reason = "its create had no answer, and a search may still miss the ticket"
        decided.waits.append(Wait(item.ordinal, until, reason))
        if intent.failures:
            decided.problems.append(f"{named} has no ticket yet: {intent.reason}")
        return True
    if state.hides_new:
        decided.problems.append(unknowable(named, state.hides_new, intent.mark))
        return True
    if why := state.untold.get(intent.mark):
        decided.problems.append(unfindable(named, why))
        return True
    if intent.failures >= MOST_FAILURES and intent.words == row_words(item):
        decided.problems.append(
            f"{named} has no ticket: its create failed {intent.failures} times while others "
            f"could be asked for. {intent.reason} It is left out until the row is changed: "
            "reword it (characters such as emoji may be the reason), or put the key of a ticket "
            "made by hand into it."
        )
        return True
    return False


def _orphans(state: LinkState, decided: LinkDecisions) -> tuple[TrackedTicket, ...]:
    """Give the tickets whose row is gone; one that cannot be seen may have been replaced there."""
    named, linked = _named(state), decided.linked()
    words = {same_words(item.task) for item in state.items}
    bare = _wordings([item for item in state.items if item.ticket is None])
    return tuple(
        one
        for one in state.tracked
        if one.key not in named and one.id not in linked
        if one.available
        or not (same_words(one.row.task) in words or pair(bare, [Wording(0, one.row.task)]))
    )
