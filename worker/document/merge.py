"""The three-way merge of a document: what the program wrote, what people have, what it would write.

What a person wrote is never changed, moved or removed; see ``docs/documents.md`` for the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from config.sections import Names
from worker.document import front_matter
from worker.document.changes import REFRESHED, Change, Suggestion
from worker.document.outline import outline
from worker.document.pairing import pair
from worker.document.source import Edit
from worker.document.weave import Parts, parts_of, weave
from worker.document.written import TIMELINE_HEADER, URL, Unit, Units, Written

__all__ = ["Change", "Merged", "Suggestion", "merge", "nearest_base"]


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text, and the base to remember once it is written.

    ``base`` never takes people's words for the program's.
    """

    text: str
    base: Written
    suggestions: tuple[Suggestion, ...]
    changes: tuple[Change, ...]


def merge(base: Written | None, people: str, fresh: Written, names: Names) -> Merged:
    """Bring fresh facts into the text that people have.

    Without a base only untouched placeholders are filled. Merging the same facts again changes
    nothing. Raises ``DocumentError`` where the front matter is broken.
    """
    found = outline(people, names)
    before = base.units if base else None
    parts = parts_of(found, _header(base, fresh))
    woven = weave(parts, before, fresh.units, fresh.prompts, names)
    front, url, changes = _front_matter(people, before, fresh.units)
    text = found.blocks.source.apply((*woven.edits, *front))
    units = {**woven.units, **url}
    return Merged(
        text,
        Written(text, units, fresh.prompts),
        woven.suggestions,
        (*changes, *woven.changes),
    )


def nearest_base(people: str, candidates: Sequence[Written], names: Names) -> Written:
    """Give the candidate that people's text differs least from, the last of several.

    For a document whose writing was cut short: it holds either what was written before, or what
    was about to be written. Candidates are given in the order in which they were made.
    """
    if len(candidates) == 1:
        return candidates[0]
    found = outline(people, names)

    def distance(one: Written) -> tuple[int, int]:
        held, all_units = _held(parts_of(found, _header(one, one)), one.units)
        return all_units - held, -held

    return min(reversed(candidates), key=distance)


def _header(base: Written | None, fresh: Written) -> tuple[str, ...]:
    for one in (base, fresh):
        if one and one.units.get(TIMELINE_HEADER):
            return one.units[TIMELINE_HEADER][0].cells
    return ()


def _held(parts: Parts, units: Units) -> tuple[int, int]:
    """Count the units that a document holds as they were written, and those that it may hold."""
    held = may_hold = 0
    for place, many in units.items():
        if place in parts.listings:
            held += len(pair(many, parts.listings[place].entries))
        elif place in parts.spots:
            held += any(one.opens(parts.spots[place].text) for one in many)
        else:
            continue
        may_hold += len(many)
    return held, may_hold


def _front_matter(
    people: str, base: Units | None, fresh: Units
) -> tuple[list[Edit], dict[str, tuple[Unit, ...]], list[Change]]:
    """Refresh the incident's URL where nobody changed it."""
    now = fresh[URL][0]
    found = front_matter.read(people)
    before = base[URL][0] if base and base.get(URL) else None
    if found is None or not before or before.cells[0] != found.url:
        return [], {URL: (before or now,)}, []
    edits = front_matter.set_values(people, {"url": now.cells[0]})
    changes = [Change("url", found.url, now.cells[0], REFRESHED)] if edits else []
    return edits, {URL: (now,)}, changes
