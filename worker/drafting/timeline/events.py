"""Events: each thing that happened, and many of one kind folded into few.

Folded are pages, assignments, moved alerts and field changes. How each kind of log entry is folded
stands in :data:`FOLDERS`; a kind that is not there is folded where the same summary comes again
and again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from connectors.incidents import LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.inline_markdown import Markdown, escape, link, say
from worker.drafting.history.agents import SOMEBODY, actor, automatic, is_person, name, names
from worker.drafting.policy import Rule, Topic, Weight, topic
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing, span, times
from worker.drafting.timeline.entry_relations import SAME_ACT, EntryRelations, key_of
from worker.drafting.timeline.entry_wording import (
    Known,
    failures,
    paged,
    summary,
    tell_entry,
    values,
    way_of,
)

Tell = Callable[[LocalTime], Markdown]
"""Words what happened, once it is known how times are shown."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or many of one kind.

    ``key`` names its source and stays the same from pull to pull. ``topic`` is what it tells
    of, ``counts`` how many of which noun it stands for, ``sources`` the ids of the log entries,
    alerts, notes and changes that it tells of. ``person`` names who did it, where a person did.
    ``until`` is when the last of many happened. ``said`` tells that it holds a person's words,
    which are never folded away.
    """

    key: str
    at: datetime
    topic: Topic
    tell: Tell
    weight: Weight
    counts: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    person: str = ""
    until: datetime | None = None
    url: str | None = None
    link: str = "log"
    said: bool = False

    @property
    def last(self) -> datetime:
        """When the last of what it tells of happened."""
        return self.until or self.at


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
        first.topic,
        tell,
        max(event.weight for event in events),
        tuple(counts.items()),
        tuple(source for event in events for source in event.sources),
        until=last,
        url=first.url,
        link=first.link,
    )


def folded_event(
    entries: Sequence[LogEntry],
    rule: Rule,
    related: EntryRelations,
    tell: Tell,
    key: str = "",
) -> Event:
    """Make one event of entries of one kind."""
    first = entries[0]
    return Event(
        key or key_of(first),
        first.created_at,
        topic(first),
        tell,
        related.weight(first, rule.weight),
        ((rule.noun, len(entries)),),
        tuple(entry.id for entry in entries),
        name(first.agent) if is_person(first.agent) else "",
        entries[-1].created_at,
        first.url or related.story.incident.url,
        "log" if first.url else "incident",
    )


def stretches(
    entries: Sequence[LogEntry], pause: timedelta, alike: Callable[[LogEntry], str] = lambda _: ""
) -> Iterator[list[LogEntry]]:
    """Split into stretches of entries that are alike and follow each other within a pause."""
    running: dict[str, list[LogEntry]] = {}
    for entry in entries:
        kind = alike(entry)
        stretch = running.get(kind)
        if stretch and entry.created_at - stretch[-1].created_at <= pause:
            stretch.append(entry)
        else:
            if stretch:
                yield stretch
            running[kind] = [entry]
    yield from running.values()


PAGING_PAUSE = timedelta(minutes=15)
"""Pages further apart than this are two rounds of paging."""

MOST_UNREACHED = 5
"""Up to so many whom no page reached have rows of their own."""

SAME_EDIT = timedelta(minutes=1)
"""Fields changed by one person within this are one change."""

REPEATED = timedelta(minutes=15)
"""The same summary again within this is told once, with how often."""


Folder = Callable[[Sequence[LogEntry], Rule, EntryRelations], Iterator[Event]]


def fold(entries: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Iterator[Event]:
    """Fold entries of one kind, oldest first, by the folder of their kind."""
    yield from FOLDERS.get(topic(entries[0]), _repeated)(entries, rule, related)


def _agent(entry: LogEntry) -> str:
    return f"{entry.agent.id}:{entry.agent.name}" if entry.agent else entry.channel.word


def _pages(entries: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Iterator[Event]:
    for stretch in stretches(entries, PAGING_PAUSE):
        key = f"pages:{stretch[0].id}"
        yield folded_event(stretch, rule, related, _tell_pages(stretch, rule), key)


def _failed_pages(
    entries: Sequence[LogEntry], rule: Rule, related: EntryRelations
) -> Iterator[Event]:
    """Tell pages that did not get through for each person: who was not reached is the finding.

    Those of a whole team are told together.
    """
    for around in stretches(entries, PAGING_PAUSE):
        each = list(stretches(around, PAGING_PAUSE, paged))
        for stretch in each if len(each) <= MOST_UNREACHED else [around]:
            told = {
                "targets": listing(map(paged, stretch), limit=len(stretch)),
                "duration": _lasted(stretch),
                "state": failures(stretch),
            }
            tell = partial(_tell_values, stretch[0], rule, told)
            yield folded_event(stretch, rule, related, tell, f"pages:{stretch[0].id}")


def _tell_values(
    entry: LogEntry, rule: Rule, told: Mapping[str, str], clock: LocalTime
) -> Markdown:
    return say(rule.wording, **{**values(entry, Known(), clock), **told})


def _lasted(stretch: Sequence[LogEntry]) -> str:
    elapsed = stretch[-1].created_at - stretch[0].created_at
    return span(elapsed) if elapsed >= SAME_EDIT else ""


def _tell_pages(stretch: Sequence[LogEntry], rule: Rule) -> Tell:
    people = names(entry.user for entry in stretch if entry.user) or [SOMEBODY.lower()]
    media = Counter(filter(None, map(way_of, stretch)))
    many = len(people) > 1
    ways = listing(way for way, _ in media.most_common())

    told = {
        "targets": f"{len(people):,} people" if many else people[0],
        "duration": _lasted(stretch),
        "state": "" if many else ways,
        "text": listing(people, limit=6) if many else "",
    }
    return partial(_tell_values, stretch[0], rule, told)


def _assignments(
    entries: Sequence[LogEntry], rule: Rule, related: EntryRelations
) -> Iterator[Event]:
    alone = [entry for entry in entries if key_of(entry) not in related.with_cause]
    for stretch in stretches(alone, SAME_ACT, _agent):
        targets = tuple(names(one for entry in stretch for one in entry.assignees))
        first = related.known(stretch[0])
        known = Known(targets or ("somebody",), waited=first.waited, lapse=first.lapse)
        yield folded_event(stretch, rule, related, _telling(stretch[0], rule, known))


def _moved(entries: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Iterator[Event]:
    """Tell which alerts people moved; those that joined by themselves are told as alerts."""
    moves = [
        stretch
        for stretch in stretches(entries, SAME_EDIT, _agent)
        if not automatic(stretch[0]) or not related.story.alerts
    ]
    merged = related.story.record.merged_incidents if len(moves) == 1 else ()
    links = (link(one.name, one.url) if one.url else escape(one.name) for one in merged)
    named = Markdown(listing(links, limit=6))
    for stretch in moves:
        alerts = count(len(stretch), "alert")
        if named and stretch[0].kind is EntryKind.MOVE_IN:
            wording = "{who} merged {merged} into this incident, with {alerts}"
            text = say(wording, who=actor(stretch[0]), merged=named, alerts=alerts)
            yield folded_event(stretch, rule, related, partial(_as_told, text))
        else:
            tell = _telling(stretch[0], rule, Known(text=alerts))
            yield folded_event(stretch, rule, related, tell)


def _as_told(text: Markdown, _: LocalTime) -> Markdown:
    return text


def _edits(entries: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Iterator[Event]:
    for stretch in stretches(entries, SAME_EDIT, _agent):
        together = tuple(change for entry in stretch for change in entry.changes)
        edit = replace(stretch[0], changes=together)
        yield folded_event(stretch, rule, related, _telling(edit, rule, Known()))


def _repeated(entries: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Iterator[Event]:
    for stretch in stretches(entries, REPEATED, summary):
        yield folded_event(stretch, rule, related, _tell_repeated(stretch, rule, related))


def _telling(entry: LogEntry, rule: Rule, known: Known) -> Tell:
    return lambda clock: tell_entry(entry, rule, known, clock)


def _tell_repeated(stretch: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Tell:
    def tell(clock: LocalTime) -> Markdown:
        first, last = (clock.short(stretch[at].created_at) for at in (0, -1))
        return say(
            "{told}[ ({times})][ until {last}]",
            told=tell_entry(stretch[0], rule, related.known(stretch[0]), clock),
            times=times(len(stretch)) if len(stretch) > 1 else "",
            last=last if last != first else "",
        )

    return tell


FOLDERS: Mapping[Topic, Folder] = MappingProxyType(
    {
        EntryKind.ASSIGN: _assignments,
        EntryKind.NOTIFY: _pages,
        EntryKind.FAILED_PAGE: _failed_pages,
        EntryKind.UNSURE_PAGE: _failed_pages,
        EntryKind.MOVE_IN: _moved,
        EntryKind.MOVE_OUT: _moved,
        EntryKind.CUSTOM_FIELD_CHANGE: _edits,
        EntryKind.FIELD_CHANGE: _edits,
    }
)
"""How entries of each kind are folded, where the table says that they are."""
