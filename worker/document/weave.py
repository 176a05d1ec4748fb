"""Bringing fresh facts into a document: every part by its own rule, all edits by place.

A new document is made in the same way: the template is what "people" have, its prompts are what
the program "wrote".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.sections import Names, Slot
from worker.document.changes import Change, Suggestion, place_names
from worker.document.listing import Result, merge_list
from worker.document.outline import Outline
from worker.document.parts import BulletSpot, CellSpot, Listing, Points, Rows, Spot, TitleSpot
from worker.document.source import Edit
from worker.document.spot import merge_spot
from worker.document.written import (
    ACTION_ITEMS,
    TIMELINE,
    TIMELINE_HEADER,
    TITLE,
    Unit,
    Units,
    points_of,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where each known part of a document stands; absent from the mappings if it does not."""

    spots: Mapping[str, Spot]
    listings: Mapping[str, Listing]


@dataclass(frozen=True, slots=True)
class Woven:
    """The edits to make, the units to remember, what was done and what was left to people."""

    edits: tuple[Edit, ...]
    units: Units
    changes: tuple[Change, ...]
    suggestions: tuple[Suggestion, ...]


def parts_of(outline: Outline, header: tuple[str, ...]) -> Parts:
    """Find the parts of a document; ``header`` is what the program wrote above the timeline."""
    source = outline.blocks.source
    spots: dict[str, Spot] = {}
    listings: dict[str, Listing] = {}
    if outline.title is not None:
        spots[TITLE] = TitleSpot(outline.title)
    for slot, bullet in outline.bullets.items():
        spots[slot.value] = BulletSpot(source, bullet)
        listings[points_of(slot)] = Points(source, bullet)
    timeline = outline.timeline(header)
    if timeline is not None:
        spots[TIMELINE_HEADER] = CellSpot(timeline.table.header, timeline.time)
        listings[TIMELINE] = Rows(source, [timeline])
    if outline.actions:
        listings[ACTION_ITEMS] = Rows(source, outline.actions)
    return Parts(spots, listings)


def weave(parts: Parts, base: Units | None, fresh: Units, prompts: Units, names: Names) -> Woven:
    """Merge every part that the program writes."""
    shown = place_names(names)
    edits: list[Edit] = []
    units: dict[str, tuple[Unit, ...]] = {}
    changes: list[Change] = []
    suggestions: list[Suggestion] = []
    for place, result in _results(parts, base, fresh, prompts):
        edits += result.edits
        units[place] = result.units
        name = shown[place]
        changes += [
            Change(name, one.before, one.after, one.reason, one.key) for one in result.changes
        ]
        suggestions += [
            Suggestion(name, one.before, one.after, one.key, one.new) for one in result.suggestions
        ]
    return Woven(tuple(edits), units, tuple(changes), tuple(suggestions))


def _results(
    parts: Parts, base: Units | None, fresh: Units, prompts: Units
) -> Iterator[tuple[str, Result]]:
    for place in _places(base, fresh):
        before = None if base is None else base.get(place)
        now, asked = fresh.get(place, ()), prompts.get(place, ())
        if place in (TIMELINE, ACTION_ITEMS) or place.endswith(".points"):
            listing = parts.listings.get(place)
            if listing is None or place not in fresh:
                yield place, Result(units=now if before is None else before)
            else:
                by_time = place == TIMELINE
                yield place, merge_list(listing, before, now, asked, by_time=by_time)
        else:
            one = before[0] if before else None
            yield place, merge_spot(parts.spots.get(place), one, now[0] if now else None, asked)


def _places(base: Units | None, fresh: Units) -> list[str]:
    """Give all places in the order of a document."""
    order = [TITLE]
    for slot in Slot:
        order += [slot.value, points_of(slot)]
    order += [TIMELINE_HEADER, TIMELINE, ACTION_ITEMS]
    return [place for place in order if place in fresh or (base is not None and place in base)]
