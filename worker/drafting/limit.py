"""Keeps a timeline within its number of rows, folding what matters least first.

Nothing is lost: a folded row says how many of what it stands for, from when to when. The steps,
each taken only as far as it must be, with the largest groups first:

1. details of one kind between two turning points become one row;
2. all details between two turning points become one row;
3. acts of one kind between two turning points become one row;
4. all acts and details between two turning points become one row;
5. with too many turning points (an incident that was reopened again and again), the first and
   the last ones stay, and all between become one row.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from worker.content.safe_markdown import Markdown, say
from worker.drafting.events import Event
from worker.drafting.local_time import LocalTime
from worker.drafting.rules import Weight
from worker.drafting.wording import count, listing

FEWEST_ROWS = 3
"""A first row, a last row, and one for all between."""

Placed = tuple[int, Event]
"""An event, and how many turning points come before it."""


def limited(events: Sequence[Event], most: int) -> list[Event]:
    """Fold events, in the order of time, until there are at most ``most`` (never under 3)."""
    most = max(most, FEWEST_ROWS)
    kept = list(events)
    for weights, group in _STEPS:
        if len(kept) > most:
            kept = _fold_groups(kept, most, weights, group)
    if len(kept) > most:
        head = most // 2
        tail = most - head - 1
        kept = [*kept[:head], together(kept[head:-tail]), *kept[-tail:]]
    return kept


def together(events: Sequence[Event]) -> Event:
    """Make one event of several, in the order of time, that says how many of what they were."""
    first = events[0]
    last = max(event.last for event in events)
    counts: Counter[str] = Counter()
    for event in events:
        counts.update(dict(event.counts))
    people = list(dict.fromkeys(event.person for event in events if event.person))
    same = len({event.person for event in events}) == 1 or len(counts) == 1
    told = listing((count(number, noun) for noun, number in counts.most_common()), limit=6)

    def tell(clock: LocalTime) -> Markdown:
        return say(
            "{told}[ by {people}][, until {last}]",
            told=told,
            people=listing(people) if same else "",
            last=clock.short(last) if clock.short(last) != clock.short(first.at) else "",
        )

    return Event(
        f"folded:{first.key}",
        first.at,
        first.kind,
        tell,
        max(event.weight for event in events),
        tuple(counts.items()),
        tuple(source for event in events for source in event.sources),
        until=last,
        url=first.url,
        link=first.link,
    )


_DETAILS = frozenset({Weight.DETAIL})
_ACTS = frozenset({Weight.ACT})
_STEPS: tuple[tuple[frozenset[Weight], Callable[[Placed], Hashable]], ...] = (
    (_DETAILS, lambda placed: (placed[0], placed[1].kind)),
    (_DETAILS, lambda placed: placed[0]),
    (_ACTS, lambda placed: (placed[0], placed[1].kind)),
    (_ACTS | _DETAILS, lambda placed: placed[0]),
)


def _fold_groups(
    events: Sequence[Event],
    most: int,
    weights: frozenset[Weight],
    group: Callable[[Placed], Hashable],
) -> list[Event]:
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    turns = 0
    for at, event in enumerate(events):
        if event.weight in weights:
            groups[group((turns, event))].append(at)
        turns += event.weight is Weight.TURN
    kept: dict[int, Event] = dict(enumerate(events))
    for members in sorted(groups.values(), key=len, reverse=True):
        if len(kept) <= most or len(members) == 1:
            break
        folded = together([kept.pop(at) for at in members])
        kept[members[0]] = folded
    return [kept[at] for at in sorted(kept)]
