"""The timeline: one row for each thing that happened, in the past tense, with who did it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from worker.content.draft import Row
from worker.content.safe_markdown import Markdown, link, say
from worker.content.urls import safe_url
from worker.drafting.context import context
from worker.drafting.entries import TRIGGER
from worker.drafting.events import Event
from worker.drafting.limit import limited
from worker.drafting.local_time import LocalTime
from worker.drafting.log import log_events
from worker.drafting.openings import REOPEN, RESOLVE
from worker.drafting.policy import DraftPolicy
from worker.drafting.rules import ALERTS, CHANGES, rules_with
from worker.drafting.signals import alert_events, change_events
from worker.drafting.story import Story
from worker.drafting.words import remark_events, responder_events

_RANKS = {
    CHANGES: 0,
    TRIGGER: 1,
    ALERTS: 2,
    "repeat_escalation_path_log_entry": 2,
    "notify_log_entry": 4,
    RESOLVE: 5,
    REOPEN: 6,
}
"""What comes first of several events in the same second: causes before what they bring about."""

_USUAL_RANK = 3


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, whole and as rows, and how its times are shown."""

    events: tuple[Event, ...]
    rows: tuple[Row, ...]
    clock: LocalTime


def timeline(story: Story, policy: DraftPolicy) -> Timeline:
    """Tell the story in order, in at most ``policy.max_rows`` rows."""
    rules = rules_with(policy.rules)
    known = context(story, rules)
    events = _in_order(
        [
            *alert_events(known, rules, log_events(known, rules)),
            *change_events(story, rules),
            *remark_events(known, rules),
            *responder_events(story, rules),
        ]
    )
    shown = limited(events, policy.max_rows)
    ends = [opening.ended for opening in story.openings if opening.ended is not None]
    times = [story.start, *ends, *(event.at for event in shown)]
    clock = LocalTime.for_times(policy.timezone, times)
    rows = tuple(_row(event, clock, links=policy.links) for event in shown)
    return Timeline(events, rows, clock)


def source_link(event: Event) -> Markdown:
    """Give the short link to an event's source, "" where it has none that may be linked."""
    return link(event.link, event.url) if event.url and safe_url(event.url) else Markdown("")


def _row(event: Event, clock: LocalTime, *, links: bool) -> Row:
    text = event.tell(clock)
    source = source_link(event) if links else Markdown("")
    return Row(event.key, (say("{at}", at=clock.short(event.at)), f"{text} {source}".rstrip()))


def _in_order(events: Sequence[Event]) -> tuple[Event, ...]:
    ordered = sorted(events, key=lambda event: (event.at, _RANKS.get(event.kind, _USUAL_RANK)))
    return tuple(_with_own_keys(ordered))


def _with_own_keys(events: Iterable[Event]) -> Iterator[Event]:
    """Add a number to keys that are shared, as those of entries without ids are."""
    seen: dict[str, int] = {}
    for event in events:
        number = seen[event.key] = seen.get(event.key, 0) + 1
        yield event if number == 1 else replace(event, key=f"{event.key}#{number}")
