"""What a draft says, place by place: the one value that drafting gives and a document takes.

Every string here is inline Markdown, already made safe: it holds no newline and no bare pipe, and
whatever other people wrote in it cannot become structure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from config.template_names import Slot
from connectors.incidents import IncidentId


@dataclass(frozen=True, slots=True)
class Point:
    """One nested bullet. ``key`` names its source and stays the same from pull to pull."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """What stands in one bullet: ``text`` behind the label, ``points`` nested under it.

    With ``keep_prompt`` the template's own prompt follows, since people must still answer it.
    A ``text`` that points to another place, ``told_in``, gives way to ``instead`` where the
    template has no such place.
    """

    text: str = ""
    points: tuple[Point, ...] = ()
    keep_prompt: bool = False
    told_in: Slot | None = None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One table row. ``key`` names its source and stays the same from pull to pull."""

    key: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All that the program knows to say of one incident.

    ``timeline`` rows have two cells (time, what happened), in time order; ``action_items`` rows
    have four (task, owner, priority, deadline), a cell the program knows nothing of is "".
    ``starts_on`` is the day of the start in the shown timezone; ``timezone`` its shown name.
    ``facts`` are for the front matter, by its keys: texts as they are, no Markdown.
    """

    incident: IncidentId
    url: str
    title: str
    starts_on: date
    timezone: str
    entries: Mapping[Slot, DraftEntry] = field(default_factory=dict)
    timeline: tuple[DraftRow, ...] = ()
    action_items: tuple[DraftRow, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def own_keys(keys: Iterable[str]) -> Iterator[str]:
    """Give each key, with a number where it came before, as those of things without ids do."""
    seen = Counter[str]()
    for key in keys:
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}#{seen[key]}"
