"""The timeline: one row for each thing that happened, in the past tense, with who did it.

It keeps within its number of rows by folding what matters least first. Nothing is lost: a folded
row says how many of what it stands for, from when to when; what people wrote is never folded. The
steps, each taken only as far as it must be, with the largest groups first:

1. pages, assignments and moves of one kind become one row, first between two turning points;
2. alerts are told by service, all bursts of one in one row;
3. other details of one kind between two turning points become one row, then all of them;
4. acts of one kind between two turning points become one row, then all acts and details;
5. what people wrote shares rows, each with its time and all its words;
6. all acts and details become one row, and with too many turning points (an incident that was
   reopened again and again), all between the first and the last ones.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.log_entry_kinds import EntryKind
from worker.content.draft_content import DraftRow, own_keys
from worker.content.inline_markdown import Markdown, link, safe_url, say
from worker.drafting.history.story import Story
from worker.drafting.policy import DraftPolicy, OutsideLog, Rules, Topic, Weight, rules_with
from worker.drafting.text.local_time import LocalTime
from worker.drafting.timeline.chat_events import chat_events
from worker.drafting.timeline.entry_relations import EntryRelations, once_reopened, relations
from worker.drafting.timeline.events import Event, together
from worker.drafting.timeline.follow_up_events import follow_up_events
from worker.drafting.timeline.log_events import alert_events, log_events
from worker.drafting.timeline.notes_and_changes import change_events, note_events, responder_events

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
_ONCE_REOPENED = 7


FEWEST_ROWS = 3
"""A first row, a last row, and one for all between."""


@dataclass(frozen=True, slots=True)
class IncidentTimeline:
    """What happened, whole, folded as it is shown, and as rows; and how its times are shown."""

    events: tuple[Event, ...]
    shown: tuple[Event, ...]
    rows: tuple[DraftRow, ...]
    clock: LocalTime


def timeline(story: Story, policy: DraftPolicy) -> IncidentTimeline:
    """Tell the story in order, in at most ``policy.max_rows`` rows."""
    rules = rules_with(policy.rules)
    known = relations(story, rules)
    log, besides = tuple(log_events(known, rules)), tuple(_besides(known, rules))
    again = once_reopened(story)
    events = _in_order([*alert_events(known, rules, log), *besides], again)
    shown = _without_paging(events, policy.max_rows)
    if len(shown) > policy.max_rows:
        alerts_and_log = alert_events(known, rules, log, by_service=True)
        shown = _without_paging(_in_order([*alerts_and_log, *besides], again), policy.max_rows)
    shown = limited(shown, policy.max_rows)
    ends = [period.ended for period in story.open_periods if period.ended is not None]
    times = [*ends, *(event.at for event in shown)]
    clock = LocalTime.for_times(policy.timezone, story.start, times)
    rows = tuple(_rows(shown, clock, links=policy.links))
    return IncidentTimeline(tuple(events), tuple(shown), rows, clock)


def _besides(related: EntryRelations, rules: Rules) -> Iterator[Event]:
    """Give what is told beside the log and the alerts."""
    yield from change_events(related.story, rules)
    yield from note_events(related, rules)
    yield from responder_events(related.story, rules)
    yield from follow_up_events(related.story, rules)
    yield from chat_events(related.story, rules)


Group = Callable[[int, Event], Hashable]
"""Of an event and how many turning points come before it: what it folds with, None for nothing."""

_PAGING: frozenset[Topic] = frozenset(
    {
        EntryKind.NOTIFY,
        EntryKind.UNSURE_PAGE,
        EntryKind.ASSIGN,
        EntryKind.REPEAT_ESCALATION,
        EntryKind.MOVE_IN,
        EntryKind.MOVE_OUT,
    }
)


def _without_paging(events: Sequence[Event], most: int) -> list[Event]:
    kept = _folded(events, most, lambda turns, one: one.topic in _PAGING and (turns, one.topic))
    return _folded(kept, most, lambda _, one: one.topic in _PAGING and (one.topic,))


def limited(events: Sequence[Event], most: int) -> list[Event]:
    """Fold events, in the order of time, until there are at most ``most`` (never under 3)."""
    most = max(most, FEWEST_ROWS)
    kept = _without_paging(events, most)
    for group in _STEPS:
        kept = _folded(kept, most, group)
    kept = _joined(kept, most, lambda one: one.said)
    kept = _folded(kept, most, lambda _, one: one.weight < Weight.TURN and not _is_alert(one) and 1)
    return _joined(_fewer_turns(kept, most), most, lambda _: True)


def _is_alert(event: Event) -> bool:
    return event.topic is OutsideLog.ALERT


def _is_detail(event: Event) -> bool:
    return event.weight is Weight.DETAIL and not _is_alert(event)


_STEPS: tuple[Group, ...] = (
    lambda turns, one: _is_detail(one) and (turns, one.topic),
    lambda turns, one: _is_detail(one) and (turns,),
    lambda turns, one: one.weight is Weight.ACT and (turns, one.topic),
    lambda turns, one: (one.weight is Weight.ACT or _is_detail(one)) and (turns,),
)


def _folded(events: Sequence[Event], most: int, group: Group) -> list[Event]:
    """Fold the largest groups first, until there are few enough; what somebody said stays."""
    if len(events) <= most:
        return list(events)
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    turns = 0
    for at, event in enumerate(events):
        if not event.said and (place := group(turns, event)):
            groups[place].append(at)
        turns += event.weight is Weight.TURN
    kept: dict[int, Event] = dict(enumerate(events))
    for members in sorted(groups.values(), key=len, reverse=True):
        if len(kept) <= most or len(members) == 1:
            break
        folded = together([kept.pop(at) for at in members])
        kept[members[0]] = folded
    return [kept[at] for at in sorted(kept)]


def _fewer_turns(events: Sequence[Event], most: int) -> list[Event]:
    """Make one row of all between the first and the last rows, save what somebody said."""
    if len(events) <= most:
        return list(events)
    plain = [at for at, event in enumerate(events) if not event.said]
    room = max(most - (len(events) - len(plain)), FEWEST_ROWS)
    head, tail = room // 2, room - room // 2 - 1
    between = plain[head : len(plain) - tail]
    if len(between) <= 1:
        return list(events)
    kept = {at: event for at, event in enumerate(events) if at not in set(between)}
    kept[between[0]] = together([events[at] for at in between])
    return [kept[at] for at in sorted(kept)]


def _joined(events: Sequence[Event], most: int, may: Callable[[Event], bool]) -> list[Event]:
    """Let neighbours share a row, the nearest in time, until there are few enough.

    The first and the last row stay as they are.
    """
    rows = [[event] for event in events]
    while len(rows) > most:
        inner = [at for at in range(1, len(rows) - 2) if may(rows[at][-1]) and may(rows[at + 1][0])]
        if not inner:
            break
        at = min(inner, key=lambda at: (len(rows[at]) + len(rows[at + 1]), _gap(rows, at)))
        rows[at : at + 2] = [rows[at] + rows[at + 1]]
    return [_side_by_side(row) if len(row) > 1 else row[0] for row in rows]


def _side_by_side(events: Sequence[Event]) -> Event:
    """Make one event of several that tells each, with its time, in all its words."""
    first, rest = events[0], events[1:]

    def tell(clock: LocalTime) -> Markdown:
        further = (say("{at} {told}", at=clock.short(one.at), told=one.tell(clock)) for one in rest)
        return Markdown("; ".join([first.tell(clock), *further]))

    return replace(
        first,
        tell=tell,
        weight=max(event.weight for event in events),
        counts=tuple(sum((Counter(dict(one.counts)) for one in events), Counter()).items()),
        sources=tuple(source for event in events for source in event.sources),
        until=max(event.last for event in events),
        said=True,
    )


def _gap(rows: Sequence[Sequence[Event]], at: int) -> timedelta:
    return rows[at + 1][0].at - rows[at][-1].at


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


def _in_order(events: Sequence[Event], once_reopened: AbstractSet[str]) -> list[Event]:
    def place(event: Event) -> tuple[datetime, int]:
        if event.topic is not EntryKind.REOPEN and not once_reopened.isdisjoint(event.sources):
            return event.at, _ONCE_REOPENED
        return event.at, _RANKS.get(event.topic, _USUAL_RANK)

    ordered = sorted(events, key=place)
    keys = own_keys(event.key for event in ordered)
    return [replace(event, key=key) for event, key in zip(ordered, keys, strict=True)]
