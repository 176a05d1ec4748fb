"""What a merge takes and gives: what the program wrote, what it changed, what it left to people."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.template_names import Names, Section, Slot
from worker.document.front_matter import DocumentError, FrontValue, value_of
from worker.document.text_edits import Edit

TITLE = "title"
FRONT = "front_matter."
"""What the place of a front matter's key begins with."""
TIMELINE_HEADER = "timeline.header"
TIMELINE = "timeline"
ACTION_ITEMS = "action_items"

HEAD_PROMPT = "prompt:label"
"""The key of a prompt that gave way to a fact behind its label, and stands below."""

_LISTED = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"(?:, |$)|(?P<plain>.+?)(?:, |$)', re.DOTALL)
_POINTS = ".points"
_FIXED = ".fixed"


def points_of(slot: Slot) -> str:
    """Give the name of the list nested below a slot's bullet."""
    return slot.value + _POINTS


def fixed_of(slot: Slot) -> str:
    """Give the name under which prompts keep what a template itself says in that list."""
    return slot.value + _FIXED


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing written: a text (one cell) or a row. ``key`` names its source.

    ``prompt`` is True for words of the template that ask people to write something.
    """

    key: str
    cells: tuple[str, ...]
    prompt: bool = False

    def says(self, cells: tuple[str, ...]) -> bool:
        """Tell whether these cells hold the same words; white space makes no difference."""
        return [cell.split() for cell in self.cells] == [cell.split() for cell in cells]

    def opens(self, text: str) -> bool:
        """Tell whether its first cell holds these words."""
        return self.cells[0].split() == text.split()


Units = Mapping[str, tuple[Unit, ...]]
"""By place: ``title``, ``front_matter.url`` and other keys, a slot's value for what stands behind
its label, that with ``.points`` for the list below it, ``timeline.header``, ``timeline`` and
``action_items``."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the program's, and what in it is the program's.

    ``units`` holds what the program last said in each place, also where people have since written
    something else or nothing; ``prompts`` what the template asks there.
    """

    text: str
    units: Units = field(default_factory=dict)
    prompts: Units = field(default_factory=dict)

    def to_json(self) -> str:
        """Give it as JSON text, for :meth:`from_json`."""
        kept = {name: _to_list(units) for name, units in _parts(self).items()}
        return json.dumps({"text": self.text, **kept}, ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> "Written":
        """Read what :meth:`to_json` gave. Raises ``DocumentError`` for anything else."""
        try:
            kept = json.loads(stored)
            return cls(str(kept["text"]), _from_list(kept["units"]), _from_list(kept["prompts"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DocumentError(
                f"What was remembered of a document cannot be read: {error!r}.",
                "Without it only untouched placeholders are filled; remove the incident's memory "
                "from the database to go on so.",
            ) from error


def _parts(written: Written) -> dict[str, Units]:
    return {"units": written.units, "prompts": written.prompts}


def _to_list(units: Units) -> dict[str, list[list[object]]]:
    return {
        place: [[one.key, list(one.cells), one.prompt] for one in many]
        for place, many in units.items()
    }


def _from_list(kept: Mapping[str, list[tuple[str, list[str], bool]]]) -> Units:
    return {
        str(place): tuple(
            Unit(str(key), tuple(str(cell) for cell in cells), bool(prompt))
            for key, cells, prompt in many
        )
        for place, many in kept.items()
    }


REFRESHED = "the facts changed, and nobody had edited it"
FILLED = "its placeholder was untouched"
ADDED = "new since the document was last written"
REMOVED = "no longer among the facts, and nobody had edited it"
MOVED = "its place in the order changed, and nobody had moved it"


@dataclass(frozen=True, slots=True)
class MergeChange:
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


@dataclass(frozen=True, slots=True)
class MergeStep:
    """One change or suggestion before it has a place's name; ``new`` as in ``Suggestion``."""

    key: str
    before: str
    after: str
    reason: str = ""
    new: bool = True


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """The edits, the units to remember, what was done and what was left to people."""

    edits: tuple[Edit, ...] = ()
    units: tuple[Unit, ...] = ()
    changes: tuple[MergeStep, ...] = ()
    suggestions: tuple[MergeStep, ...] = ()


def shown(cells: tuple[str | None, ...]) -> str:
    """Give an entry's cells as one text."""
    return " | ".join(cell for cell in cells if cell is not None)


def shown_value(key: str, cells: tuple[str, ...]) -> str:
    """Give a front matter's value as one text; what has a comma in a list stands in quotes."""
    if isinstance(value_of(key, cells), str):
        return ", ".join(cells)
    return ", ".join(
        '"{}"'.format(one.replace('"', '""')) if "," in one or one.startswith('"') else one
        for one in cells
    )


def value_shown(key: str, words: str) -> FrontValue:
    """Give the value that :func:`shown_value` gives as these words."""
    if isinstance(value_of(key, (words,)), str):
        return words
    return tuple(
        one["plain"] or one["quoted"].replace('""', '"') for one in _LISTED.finditer(words)
    )


def place_names(names: Names) -> Mapping[str, str]:
    """Give what the document's readers call each place."""
    named = {
        TITLE: "Title",
        TIMELINE: names.headings[Section.TIMELINE],
        TIMELINE_HEADER: names.headings[Section.TIMELINE],
        ACTION_ITEMS: names.headings[Section.ACTION_ITEMS],
    }
    for slot in Slot:
        named[slot.value] = named[points_of(slot)] = names.labels.get(slot, slot.value)
    return named
