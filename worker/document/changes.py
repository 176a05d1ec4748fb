"""What a merge did, and what it left undone because a person had written there."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.sections import Names, Section, Slot
from worker.document.written import ACTION_ITEMS, TIMELINE, TIMELINE_HEADER, TITLE, URL, points_of

REFRESHED = "the facts changed, and nobody had edited it"
FILLED = "its placeholder was untouched"
ADDED = "new since the document was last written"
REMOVED = "no longer among the facts, and nobody had edited it"
MOVED = "its place in the order changed, and nobody had moved it"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the program changed: where, in the document's words, from what to what, why.

    ``before`` is "" for what is new, ``after`` for what was removed; a row's cells are joined by
    `` | ``. ``key`` names the source of a row or point.
    """

    place: str
    before: str
    after: str
    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the program would say where a person wrote otherwise; it is not in the text.

    ``is_new`` is False where the program had said the same before the person wrote.
    """

    place: str
    people: str
    fresh: str
    key: str = ""
    is_new: bool = True


def shown(cells: tuple[str | None, ...]) -> str:
    """Give an entry's cells as one text."""
    return " | ".join(cell for cell in cells if cell is not None)


def place_names(names: Names) -> Mapping[str, str]:
    """Give what the document's readers call each place."""
    named = {
        TITLE: "Title",
        URL: "url",
        TIMELINE: names.headings[Section.TIMELINE],
        TIMELINE_HEADER: names.headings[Section.TIMELINE],
        ACTION_ITEMS: names.headings[Section.ACTION_ITEMS],
    }
    for slot in Slot:
        named[slot.value] = named[points_of(slot)] = names.labels.get(slot, slot.value)
    return named
