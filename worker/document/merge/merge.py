"""The three-way merge of a document: what the program wrote, what people have, what it would write.

What a person wrote is never changed, moved or removed; see ``docs/documents.md`` for the rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.template_names import Names, Slot
from worker.content.same_markdown import Spelling
from worker.document.merge.merge_head import Merged, merge_head
from worker.document.merge.merge_lists import merge_list, merge_points
from worker.document.merge.merge_pairing import pair
from worker.document.merge.merge_targets import (
    BulletTarget,
    HeaderTarget,
    ListTarget,
    PointsTarget,
    RowsTarget,
    TextTarget,
    TitleTarget,
)
from worker.document.merge.merge_values import (
    ACTION_ITEMS,
    FILLED,
    REFRESHED,
    TIMELINE,
    TIMELINE_HEADER,
    TITLE,
    MergeChange,
    MergeStep,
    PlaceResult,
    Suggestion,
    Unit,
    Units,
    Written,
    fixed_of,
    place_names,
    points_of,
)
from worker.document.outline import Outline, outline
from worker.document.text_edits import Edit


@dataclass(frozen=True, slots=True)
class MergeTargets:
    """Where each known part of a document stands; absent from the mappings if it does not."""

    texts: Mapping[str, TextTarget]
    lists: Mapping[str, ListTarget]


def merge(base: Written | None, people: str, fresh: Written, names: Names) -> Merged:
    """Bring fresh facts into the text that people have.

    Without a base only untouched placeholders are filled. Merging the same facts again changes
    nothing. Raises ``DocumentError`` where the front matter is broken.
    """
    found = outline(people, names)
    before = base.units if base else None
    targets = targets_of(found, _header(base, fresh))
    merged = merge_parts(targets, before, fresh.units, fresh.prompts, names)
    head = merge_head(people, before, fresh.units)
    text = found.blocks.source.apply((*merged.edits, *head.edits))
    return Merged(
        text,
        Written(text, {**head.units, **merged.units}, fresh.prompts),
        (*head.suggestions, *merged.suggestions),
        (*head.changes, *merged.changes),
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
        held, all_units = _held(targets_of(found, _header(one, one)), one.units)
        return all_units - held, -held  # of two that miss as much, the one that holds more

    return min(reversed(candidates), key=distance)


def _header(base: Written | None, fresh: Written) -> tuple[str, ...]:
    for one in (base, fresh):
        if one and one.units.get(TIMELINE_HEADER):
            return one.units[TIMELINE_HEADER][0].cells
    return ()


def _held(targets: MergeTargets, units: Units) -> tuple[int, int]:
    """Count the units that a document holds as they were written, and those that it may hold."""
    held = may_hold = 0
    for place, many in units.items():
        if place in targets.lists:
            held += len(pair(many, targets.lists[place].entries, targets.lists[place].spelling))
        elif place in targets.texts:
            held += any(_stands(one, targets.texts[place]) for one in many)
        else:
            continue
        may_hold += len(many)
    return held, may_hold


def targets_of(outline: Outline, header: tuple[str, ...]) -> MergeTargets:
    """Find the parts of a document; ``header`` is what the program wrote above the timeline."""
    source = outline.blocks.source
    spelling = Spelling(outline.blocks.definitions)
    in_cells = Spelling(outline.blocks.definitions, in_cell=True)
    texts: dict[str, TextTarget] = {}
    lists: dict[str, ListTarget] = {}
    if outline.title is not None:
        texts[TITLE] = TitleTarget(outline.title, spelling)
    for slot, bullet in outline.bullets.items():
        texts[slot.value] = BulletTarget(source, bullet, spelling)
        lists[points_of(slot)] = PointsTarget(source, bullet, spelling)
    timeline = outline.timeline(header)
    if timeline is not None:
        texts[TIMELINE_HEADER] = HeaderTarget(timeline.table.header, timeline.time, in_cells)
        lists[TIMELINE] = RowsTarget(source, [timeline], in_cells)
    if outline.actions:
        lists[ACTION_ITEMS] = RowsTarget(source, outline.actions, in_cells)
    return MergeTargets(texts, lists)


@dataclass(frozen=True, slots=True)
class MergedParts:
    """The edits to make, the units to remember, what was done and what was left to people."""

    edits: tuple[Edit, ...]
    units: Units
    changes: tuple[MergeChange, ...]
    suggestions: tuple[Suggestion, ...]


def merge_parts(
    targets: MergeTargets, base: Units | None, fresh: Units, prompts: Units, names: Names
) -> MergedParts:
    """Merge every part that the program writes."""
    shown, spelling = place_names(names), Spelling()
    edits: list[Edit] = []
    units: dict[str, tuple[Unit, ...]] = {}
    changes: list[MergeChange] = []
    suggestions: list[Suggestion] = []
    for place, result in _results(targets, base, fresh, prompts):
        edits += result.edits
        units[place] = result.units
        name = shown[place]
        changes += [
            MergeChange(name, one.before, one.after, one.reason, one.key) for one in result.changes
        ]
        suggestions += [
            Suggestion(name, one.before, one.after, one.key, one.new)
            for one in result.suggestions
            if not spelling.same_words(one.before, one.after)
        ]
    return MergedParts(tuple(edits), units, tuple(changes), tuple(suggestions))


def _results(
    targets: MergeTargets, base: Units | None, fresh: Units, prompts: Units
) -> Iterator[tuple[str, PlaceResult]]:
    slots = {points_of(slot): slot for slot in Slot}
    for place in _places(base, fresh):
        before = None if base is None else base.get(place)
        now, asked = fresh.get(place, ()), prompts.get(place, ())
        target = targets.lists.get(place)
        if place not in {TIMELINE, ACTION_ITEMS, *slots}:
            one = before[0] if before else None
            yield place, _merge_text(targets.texts.get(place), one, now[0] if now else None, asked)
        elif target is None or place not in fresh:
            yield place, PlaceResult(units=now if before is None else before)
        elif place in slots:
            slot = slots[place]
            head = _Head.of(targets.texts.get(slot.value), slot.value, base, fresh, prompts)
            if before is None and head.asks and not target.entries:
                before = ()  # the list of an untouched placeholder waits to be filled as well
            fixed = prompts.get(fixed_of(slot), ())
            yield place, merge_points(target, before, now, asked, fixed, answered=head.answered)
        else:
            yield place, merge_list(target, before, now, asked, by_time=place == TIMELINE)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands behind a label: words of people, or an untouched placeholder, or neither."""

    answered: bool
    asks: bool

    @classmethod
    def of(
        cls, target: TextTarget | None, place: str, base: Units | None, fresh: Units, prompts: Units
    ) -> "_Head":
        if target is None or not target.text:
            return cls(answered=False, asks=False)
        before = None if base is None else base.get(place)
        asked = prompts.get(place, ())
        ours = before or (*fresh.get(place, ()), *asked)
        return cls(
            answered=not any(_stands(one, target) for one in ours),
            asks=any(_stands(one, target) for one in asked),
        )


def _places(base: Units | None, fresh: Units) -> list[str]:
    """Give all places in the order of a document."""
    order = [TITLE]
    for slot in Slot:
        order += [slot.value, points_of(slot)]
    order += [TIMELINE_HEADER, TIMELINE, ACTION_ITEMS]
    return [place for place in order if place in fresh or (base is not None and place in base)]


def _merge_text(
    target: TextTarget | None, base: Unit | None, fresh: Unit | None, prompts: Sequence[Unit]
) -> PlaceResult:
    """Merge one text. ``target`` is None where people removed it, ``base`` where it is not known.

    Without a base only an untouched prompt is the program's, and what it would write itself.
    """
    if fresh is None:
        return PlaceResult(units=(base,) if base else ())
    if target is None:
        return PlaceResult(units=(base or fresh,))
    ours = (base,) if base else (fresh, *prompts)
    if any(_stands(one, target) for one in ours):
        if _stands(fresh, target):
            return PlaceResult(units=(fresh,))
        reason = REFRESHED if base and not base.prompt else FILLED
        step = MergeStep(fresh.key, target.text, fresh.cells[0], reason)
        return PlaceResult((target.put(fresh.cells[0]),), (fresh,), (step,))
    kept = base or fresh
    if fresh.prompt or _stands(fresh, target):
        return PlaceResult(units=(kept,))
    said = fresh.cells[0]
    # earlier releases kept the prompt on the line of the fact
    new = not any(map(kept.opens, (said, *(f"{said} {one.cells[0]}" for one in prompts))))
    step = MergeStep(fresh.key, target.text, fresh.cells[0], new=new)
    return PlaceResult(units=(kept,), suggestions=(step,))


def _stands(unit: Unit, target: TextTarget) -> bool:
    """Tell whether what stands in a place is a unit's text, however it is spelled."""
    return target.spelling.same(unit.cells[0], target.text)
