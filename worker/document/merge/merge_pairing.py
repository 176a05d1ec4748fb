"""Telling which entry of a document is which of the things that the program once wrote there."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import replace

from worker.content.same_markdown import Spelling
from worker.document.merge.merge_targets import EntryCells, ListTarget
from worker.document.merge.merge_values import Unit

_ALIKE = 0.4
"""The part of all their words that two must share for one to be the other, reworded."""
_Words = tuple[Hashable, ...]
_WINDOW = 60
"""How many entries are looked at for a rewording, lest long timelines take quadratic time."""


def pair(
    written: Sequence[Unit], entries: Sequence[EntryCells], spelling: Spelling
) -> dict[int, int]:
    """Pair entries with what was written there and still says the same: entry → unit.

    First come those that are spelled as they were written, then those that render to the same.
    Where several say the same, those are paired that keep the order among their neighbours.
    """
    pairs: dict[int, int] = {}
    _pair_same(written, entries, pairs, lambda cell: " ".join(cell.split()))
    if len(pairs) < min(len(written), len(entries)):
        _pair_same(written, entries, pairs, spelling.rendering)
    return pairs


def _pair_same(
    written: Sequence[Unit],
    entries: Sequence[EntryCells],
    pairs: dict[int, int],
    read: Callable[[str], Hashable],
) -> None:
    """Pair what is not paired yet and reads the same."""
    left = [at for at in range(len(entries)) if at not in pairs]
    wanted = _by_words(written, set(pairs.values()), [entries[at] for at in left], read)
    found: dict[int, list[int]] = {}
    for at in left:
        units = wanted.get(_words(entries[at], read), [])
        if units:
            found[at] = units
    count: dict[int, int] = defaultdict(int)
    for units in found.values():
        count[units[0]] += 1
    alone = {
        at: units[0] for at, units in found.items() if len(units) == 1 and count[units[0]] == 1
    }
    pairs.update(alone)
    _pair_repeated({at: units for at, units in found.items() if at not in alone}, pairs)


def _by_words(
    written: Sequence[Unit],
    taken: Collection[int],
    entries: Sequence[EntryCells],
    read: Callable[[str], Hashable],
) -> Mapping[_Words, list[int]]:
    """Give the units that are not taken by their words, once for each set of columns."""
    shapes = {tuple(cell is None for cell in cells) for cells in entries}
    wanted: dict[_Words, list[int]] = defaultdict(list)
    for shape in shapes:
        for number, unit in enumerate(written):
            if len(unit.cells) == len(shape) and number not in taken:
                cells = zip(unit.cells, shape, strict=True)
                said = _words(tuple(None if gone else cell for cell, gone in cells), read)
                wanted[said].append(number)
    return wanted


def _words(cells: EntryCells, read: Callable[[str], Hashable]) -> _Words:
    return tuple(None if cell is None else read(cell) for cell in cells)


def _pair_repeated(found: Mapping[int, Sequence[int]], pairs: dict[int, int]) -> None:
    """Pair entries that say the same as others: each between its neighbours' units, if it can."""
    taken = set(pairs.values())
    order = sorted({*found, *pairs})
    ceiling: dict[int, int] = {}
    above = None
    for at in reversed(order):
        if above is not None:
            ceiling[at] = above
        above = pairs.get(at, above)
    below = -1
    for at in order:
        free = [unit for unit in found.get(at, ()) if unit not in taken]
        between = [unit for unit in free if below < unit < ceiling.get(at, unit + 1)]
        if free:
            pairs[at] = (between or free)[0]
            taken.add(pairs[at])
        below = pairs.get(at, below)


def assumed(target: ListTarget, fresh: Sequence[Unit], prompts: Sequence[Unit]) -> tuple[Unit, ...]:
    """Say what to take for written by the program where nobody remembers.

    That is what it would write now word for word, and untouched prompts. All else that it would
    write counts as removed by people, unless there are prompts that wait to be replaced.
    """
    asked = pair(prompts, target.entries, target.spelling)
    said = pair(fresh, target.entries, target.spelling)
    kept = {unit.key for unit in fresh}  # prompts that stay beside the facts are among them
    waiting = any(prompts[number].key not in kept for number in asked.values())
    if waiting or (asked and len(asked) == len(target.entries)):
        present = set(said.values())
        units = [unit for number, unit in enumerate(fresh) if number in present]
    else:
        units = list(fresh)
    mine = {unit.key for unit in units}
    there = sorted(asked.values())
    return (*units, *(prompts[at] for at in there if prompts[at].key not in mine))


def by_new_keys(known: Sequence[Unit], fresh: Sequence[Unit]) -> tuple[Unit, ...]:
    """Give what was written under the key of what says the same first words now.

    What one source told of may be told by another from now on: it is no other thing, and what
    people made of it still holds.
    """
    lasting = {unit.key for unit in known} & {unit.key for unit in fresh}
    new = {unit.cells[0]: unit.key for unit in fresh if unit.key not in lasting and not unit.prompt}
    return tuple(
        replace(unit, key=new.pop(unit.cells[0], unit.key))
        if unit.key not in lasting and not unit.prompt
        else unit
        for unit in known
    )


def reworded(
    written: Sequence[Unit],
    entries: Sequence[EntryCells],
    pairs: Mapping[int, int],
    spelling: Spelling,
) -> dict[int, int]:
    """Pair what was written with entries that people reworded: unit → entry.

    Such an entry stands between the same neighbours and shares words, or begins with the same
    cell. Prompts are left out: what people wrote in their place is no other wording of them.
    """
    entry_of = {unit: at for at, unit in pairs.items()}
    free = {at for at in range(len(entries)) if at not in pairs}
    found: dict[int, int] = {}
    ceiling = _next_known(len(written), entry_of, len(entries))
    low = -1
    for number, unit in enumerate(written):
        if number in entry_of:
            low = entry_of[number]
            continue
        if unit.prompt or not free:
            continue
        # where people put the next one further up, nothing bounds this one below
        behind = ceiling[number] if ceiling[number] > low else len(entries)
        gap = [at for at in range(low + 1, min(behind, low + 1 + _WINDOW)) if at in free]
        alike = {at: _likeness(unit, entries[at], spelling) for at in gap}
        best = max(alike, key=alike.__getitem__, default=None)
        if best is not None and alike[best] >= _ALIKE:
            found[number] = best
            free.discard(best)
    return found


def _next_known(count: int, entry_of: Mapping[int, int], end: int) -> list[int]:
    """Give for each unit the entry of the next one that has one."""
    ceiling = [end] * count
    for number in range(count - 2, -1, -1):
        ceiling[number] = entry_of.get(number + 1, ceiling[number + 1])
    return ceiling


def _likeness(unit: Unit, cells: EntryCells, spelling: Spelling) -> float:
    """Say from 0 to 1 how much two share."""
    pairs = zip(unit.cells, cells, strict=False)
    ours, theirs = zip(*[(one, cell) for one, cell in pairs if cell is not None], strict=False)
    mine, yours = (
        {word.casefold() for cell in some for word in spelling.words(cell)}
        for some in (ours, theirs)
    )
    shared = len(mine & yours) / (len(mine | yours) or 1)
    same_start = len(ours) > 1 and spelling.same(ours[0], theirs[0])
    return shared + (_ALIKE if same_start else 0)


def longest_rising(numbered: Sequence[tuple[int, str]]) -> set[str]:
    """Give the keys of a longest run whose numbers rise; the fewest others are left out.

    The numbers are all different.
    """
    lowest: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for at, (number, _) in enumerate(numbered):
        length = bisect_left(lowest, number)
        before.append(last[length - 1] if length else None)
        lowest[length : length + 1] = [number]
        last[length : length + 1] = [at]
    kept = set()
    here = last[-1] if last else None
    while here is not None:
        kept.add(numbered[here][1])
        here = before[here]
    return kept
