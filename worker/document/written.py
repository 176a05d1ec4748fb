"""What the program wrote into a document, part by part: what a later merge compares with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.sections import Slot
from worker.document.errors import DocumentError

TITLE = "title"
URL = "front_matter.url"
TIMELINE_HEADER = "timeline.header"
TIMELINE = "timeline"
ACTION_ITEMS = "action_items"

_POINTS = ".points"


def points_of(slot: Slot) -> str:
    """Give the name of the list nested below a slot's bullet."""
    return slot.value + _POINTS


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
"""By place: ``title``, ``front_matter.url``, a slot's value for what stands behind its label, that
with ``.points`` for the list below it, ``timeline.header``, ``timeline`` and ``action_items``."""


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
