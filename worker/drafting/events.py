"""The things that happened, before they become rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from worker.content.safe_markdown import Markdown
from worker.drafting.local_time import LocalTime
from worker.drafting.rules import Weight

Tell = Callable[[LocalTime], Markdown]
"""Words what happened, once it is known how times are shown."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or many of one kind.

    ``key`` names its source and stays the same from pull to pull. ``kind`` is the type of log
    entry, ``counts`` how many of which noun it stands for, ``sources`` the ids of the log entries,
    alerts, notes and changes that it tells of. ``person`` names who did it, where a person did.
    ``until`` is when the last of many happened.
    """

    key: str
    at: datetime
    kind: str
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
