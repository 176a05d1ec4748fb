"""The timeline: one row for each thing that happened, in the past tense, with who did it.

It keeps within its number of rows by folding what matters least first. Nothing is lost: a folded
row says how many of what it stands for, from when to when. The steps, each taken only as far as
it must be, with the largest groups first:

1. details of one kind between two turning points become one row;
2. all details between two turning points become one row;
3. acts of one kind between two turning points become one row;
4. all acts and details between two turning points become one row;
5. with too many turning points (an incident that was reopened again and again), the first and
   the last ones stay, and all between become one row.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.log_entry_kinds import EntryKind
from worker.content.draft_content import DraftRow, own_keys
from worker.content.inline_markdown import Markdown, link, safe_url, say
from worker.drafting.history.story import Story
from worker.drafting.policy import DraftPolicy, OutsideLog, Topic, Weight, rules_with
from worker.drafting.text.local_time import LocalTime
from worker.drafting.timeline.alerts_and_notes import (
    alert_events,
    change_events,
    note_events,
    responder_events,
)
from worker.drafting.timeline.events import Event, together
from worker.drafting.timeline.log_events import log_events
from worker.drafting.timeline.relations import relations

_RANKS: Mapping[Topic, int] = {
    OutsideLog.CHANGE: 0,
    EntryKind.TRIGGER: 1,
    OutsideLog.ALERT: 2,
    EntryKind.REPEAT_ESCALATION: 2,
    EntryKind.NOTIFY: 4,
    EntryKind.RESOLVE: 5,
    EntryKind.REOPEN: 6,
}
"""What comes first of several events in the same second: causes before what they bring about."""

_USUAL_RANK = 3


FEWEST_ROWS = 3
"""A first row, a last row, and one for all between."""

Placed = tuple[int, Event]
"""An event, and how many turning points come before it."""


@dataclass(frozen=True, slots=True)
class IncidentTimeline:
    """What happened, whole and as rows, and how its times are shown."""

    events: tuple[Event, ...]
    rows: tuple[DraftRow, ...]
    clock: LocalTime


def timeline(story: Story, policy: DraftPolicy) -> IncidentTimeline:
    """Tell the story in order, in at most ``policy.max_rows`` rows."""
    rules = rules_with(policy.rules)
    known = relations(story, rules)
    events = _in_order(
        [
            *alert_events(known, rules, log_events(known, rules)),
            *change_events(story, rules),
            *note_events(known, rules),
            *responder_events(story, rules),
        ]
    )
    shown = limited(events, policy.max_rows)
    ends = [period.ended for period in story.open_periods if period.ended is not None]
    times = [*ends, *(event.at for event in shown)]
    clock = LocalTime.for_times(policy.timezone, story.start, times)
    return IncidentTimeline(events, tuple(_rows(shown, clock, links=policy.links)), clock)


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


_DETAILS = frozenset({Weight.DETAIL})
_ACTS = frozenset({Weight.ACT})
_STEPS: tuple[tuple[frozenset[Weight], Callable[[Placed], Hashable]], ...] = (
    (_DETAILS, lambda placed: (placed[0], placed[1].topic)),
    (_DETAILS, lambda placed: placed[0]),
    (_ACTS, lambda placed: (placed[0], placed[1].topic)),
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


def source_link(event: Event) -> Markdown:
    """Give the short link to an event's source, "" where it has none that may be linked."""
    return link(event.link, event.url) if event.url and safe_url(event.url) else Markdown("")


def _rows(events: Sequence[Event], clock: LocalTime, *, links: bool) -> Iterator[DraftRow]:
    """Date the rows of another day than the row before, and the first where there are any."""
    days = [clock.day(event.at) for event in events]
    before = None if len(set(days)) > 1 else days[0] if days else None
    for event, day in zip(events, days, strict=True):
        beside = clock.on_day_of(event.at)
        at = beside.short(event.at) if day == before else beside.full(event.at)
        source = source_link(event) if links else Markdown("")
        text = f"{event.tell(beside)} {source}".rstrip()
        yield DraftRow(event.key, (say("{at}", at=at), text))
        before = day


def _in_order(events: Sequence[Event]) -> tuple[Event, ...]:
    ordered = sorted(events, key=lambda event: (event.at, _RANKS.get(event.topic, _USUAL_RANK)))
    keys = own_keys(event.key for event in ordered)
    return tuple(replace(event, key=key) for event, key in zip(ordered, keys, strict=True))
