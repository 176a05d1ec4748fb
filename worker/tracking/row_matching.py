"""Which row a ticket belongs to: by the key that the row names, by its words, or by a rewording."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from connectors.incidents import IncidentId
from connectors.tickets import Ticket, TicketId, TicketKey
from worker.document.action_items import ActionItem
from worker.tracking.ticket_actions import Field, LinkTicket, Tell, row_name
from worker.tracking.tracked_tickets import (
    EPIC_LABEL_PREFIX,
    UNAVAILABLE,
    TrackedTicket,
    Values,
    row_values,
)

ALIKE = 0.6
"""How alike (0 to 1, as difflib measures) two texts must be to count as one, reworded."""
_WORD = re.compile(r"\w+")
_EDITORS_MARK = re.compile(r"==|\[\[|%%")
COMPARED = 1_000
"""How many characters of a text are looked at for that."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A task's words and where in the document it stood."""

    ordinal: int
    task: str


def same_words(task: str) -> str:
    """Give the form in which two tasks are compared: case and spacing do not matter."""
    return " ".join(task.split()).casefold()


def pair_by_words(rows: Sequence[Wording], known: Sequence[Wording]) -> dict[int, int]:
    """Pair rows with what is known by the same words, the n-th with the n-th in their order.

    Gives index in ``rows`` → index in ``known``; each is used once.
    """
    waiting: dict[str, list[int]] = defaultdict(list)
    for index in sorted(range(len(known)), key=lambda at: known[at].ordinal):
        waiting[same_words(known[index].task)].append(index)
    pairs: dict[int, int] = {}
    for index, row in enumerate(rows):
        candidates = waiting.get(same_words(row.task))
        if candidates:
            pairs[index] = candidates.pop(0)
    return pairs


def pair(rows: Sequence[Wording], known: Sequence[Wording]) -> dict[int, int]:
    """Pair by the same words, then what is left by likeness, the most alike first.

    For creates whose row was reworded before its ticket could be written into it.
    """
    pairs = pair_by_words(rows, known)
    taken = set(pairs.values())
    scores = [
        (_likeness(row.task, other.task), -abs(row.ordinal - other.ordinal), i, j)
        for i, row in enumerate(rows)
        if i not in pairs
        for j, other in enumerate(known)
        if j not in taken
    ]
    for score, _, i, j in sorted(scores, reverse=True):
        if score >= ALIKE and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _likeness(one: str, other: str) -> float:
    """Tell how alike two texts are; of long ones how they begin, for all takes its square."""
    first, second = same_words(one)[:COMPARED], same_words(other)[:COMPARED]
    return 1.0 if first == second else SequenceMatcher(None, first, second, autojunk=False).ratio()


@dataclass(frozen=True, slots=True)
class NamedTickets:
    """The rows that name a ticket.

    ``rows`` maps the ordinals of those whose ticket is remembered to it, ``typed`` those of all
    others to the key that a person put there. ``repeats`` are those whose ticket another row speaks
    for: a row that was copied with its link says something else than the ticket is about.
    """

    rows: Mapping[int, TrackedTicket]
    typed: Mapping[int, TicketKey]
    repeats: frozenset[int] = frozenset()
    told: tuple[Tell, ...] = ()


def match_keys(
    items: Iterable[ActionItem],
    tracked: Iterable[TrackedTicket],
    tickets: Mapping[TicketId, Ticket],
    document: str,
) -> NamedTickets:
    """Match rows to remembered tickets by key, the old one and the one it moved to."""
    by_key: dict[str, TrackedTicket] = {}
    for one in tracked:
        by_key[one.key] = one
        if ticket := tickets.get(one.id):
            by_key[ticket.key] = one
    rows, typed = {}, {}
    of_ticket: dict[str, list[ActionItem]] = defaultdict(list)
    for item in items:
        if item.ticket is None:
            continue
        key = item.ticket.key
        if known := by_key.get(key):
            rows[item.ordinal] = known
        else:
            typed[item.ordinal] = TicketKey(key)
        of_ticket[known.key if known else key].append(item)
    repeats, told = set(), []
    for key, many in of_ticket.items():
        speaks = _speaker(many, by_key.get(key))
        for item in many:
            if item is not speaks:
                repeats.add(item.ordinal)
                told.append(_repeat_told(item, speaks, document))
    return NamedTickets(rows, typed, frozenset(repeats), tuple(told))


def _speaker(many: Sequence[ActionItem], known: TrackedTicket | None) -> ActionItem:
    """Give the row that a ticket is about: the one that was its own, as far as can be told."""
    if known is None or len(many) == 1:
        return many[0]

    def closeness(item: ActionItem) -> tuple[bool, float]:
        alike = _likeness(item.task, known.row.task)
        return row_values(item) == known.row, alike if alike >= ALIKE else 0.0

    return max(many, key=closeness)


def _repeat_told(item: ActionItem, speaks: ActionItem, document: str) -> Tell:
    key = item.ticket.key if item.ticket else ""
    return Tell(
        f"{row_name(item, document)} and line {speaks.place.line + 1} both name {key}. Both show "
        f"its status, and line {speaks.place.line + 1} alone is kept in step with it; clear the "
        "cell of the other to have a ticket for it."
    )


def adopt_typed(
    item: ActionItem,
    ticket: Ticket | None,
    elsewhere: TrackedTicket | None,
    incident: IncidentId,
    document: str,
) -> Iterable[LinkTicket | Tell]:
    """Adopt the ticket whose key a person typed or pasted, None where it cannot be seen.

    ``elsewhere`` is what is remembered of it if another document names it.
    """
    if item.ticket is None:
        return
    named, key = row_name(item, document), item.ticket.key
    if ticket is None and item.status_text == UNAVAILABLE:
        return  # told when that was written; what the row says is the record
    if ticket is None:
        yield Tell(
            f"{named} names {key}, which cannot be seen: there is no such ticket, "
            "or the account may not see it. Correct the key, or clear the cell."
        )
        return
    if f"{EPIC_LABEL_PREFIX}{incident}" in ticket.labels:
        yield Tell(
            f"{named} names {key}, the epic that the tickets of this postmortem belong to, so the "
            "row has no ticket of its own. Clear the cell to have one."
        )
        return
    if elsewhere is not None and elsewhere.incident != incident:
        yield Tell(
            f"{named} names {key}, which is already the ticket of a row in the "
            f"postmortem of {elsewhere.incident}. Its status is shown in both, and that row alone "
            "is kept in step with it; clear the cell to have a ticket for this one."
        )
    tracked = TrackedTicket(
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        incident=incident,
        ordinal=item.ordinal,
        row=row_values(item),
        mark=ticket.mark,
        linked=True,
    )
    yield LinkTicket(item.ordinal, tracked, "a person put its key into the row", adopted=True)


def own_words(item: ActionItem) -> str:
    """Give the words of a row's task without its ticket, named before or behind them."""
    if item.ticket is None:
        return item.task
    names = "|".join(re.escape(one) for one in (item.ticket.url, item.ticket.key) if one)
    own = rf"[(\[]?(?:{names})[)\]]?"
    ends = rf"^{own}\s*[:\u2013\u2014-]*\s+|\s+{own}[.,;]*$"
    return re.sub(ends, "", item.task, flags=re.IGNORECASE).strip() or item.task


def only_read_otherwise(item: ActionItem, old: Values) -> frozenset[Field]:
    """Tell what of a row differs from what is remembered of it though nobody changed its words.

    An earlier release read them otherwise: they still say all that it took for the task, marks of
    editors and dashes before an owner included, or have the mention that it took for the owner's.
    """
    from worker.content.inline_markdown import plain  # noqa: PLC0415 - what waits reads no row

    found = set()
    said = " ".join(plain(item.source.replace("\\|", "|")).split())
    was, now = (" ".join(one.split()) for one in (old.task, item.task))
    is_row = item.source.lstrip().startswith("|")
    may_be = bool(_EDITORS_MARK.search(was)) if is_row else "~~" not in item.source  # a person's
    if was and was != now and was in said and may_be:
        behind = now.removeprefix(was).strip(" ()")
        owners = (item.owner, old.owner)
        is_mention = now.startswith(was) and behind.removeprefix("@") in owners
        if is_mention or _are_among(_WORD.findall(now), _WORD.findall(was)):
            found.add(Field.TASK)
    if old.owner and f"@{old.owner}" in item.source and not is_row:
        was_there = not item.owner or (was in said and f"@{item.owner}" in was)
        found |= {Field.OWNER} if was_there else set()
    return frozenset(found)


def _are_among(words: Sequence[str], more: Iterable[str]) -> bool:
    """Tell whether words stand among more of them, in their order."""
    left = iter(more)
    return all(one in left for one in words)


def as_remembered(item: ActionItem, tracked: TrackedTicket | None) -> ActionItem:
    """Give the row of a ticket that was moved under the key that is remembered."""
    if tracked is None or item.ticket is None or item.ticket.key == tracked.key:
        return item
    return replace(item, ticket=replace(item.ticket, key=tracked.key))
