"""The things that happened, before they become rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.content.inline_markdown import Markdown, say
from worker.drafting.policy import Topic, Weight
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing

Tell = Callable[[LocalTime], Markdown]
"""Words what happened, once it is known how times are shown."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or many of one kind.

    ``key`` names its source and stays the same from pull to pull. ``topic`` is what it tells
    of, ``counts`` how many of which noun it stands for, ``sources`` the ids of the log entries,
    alerts, notes and changes that it tells of. ``person`` names who did it, where a person did.
    ``until`` is when the last of many happened.
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
