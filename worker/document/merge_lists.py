"""Merging a list: base entries, people's entries and fresh ones, by the rules of the design.

An entry that still says what the program wrote is the program's and becomes what it would write
now, or goes. All others are people's. What people removed stays in the base, so that it is known
as removed for ever; so does what they reworded. An entry with a ticket, or with
words in a column of people's, is never removed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from worker.document.merge_pairing import (
    RowTime,
    longest_rising,
    pair,
    reworded,
    row_time,
    row_times,
)
from worker.document.merge_targets import EntryCells, ListTarget
from worker.document.merge_values import ADDED, FILLED, MOVED, REFRESHED, REMOVED, Unit, shown
from worker.document.text_edits import Edit


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


def merge_list(
    listing: ListTarget,
    base: Sequence[Unit] | None,
    fresh: Sequence[Unit],
    prompts: Sequence[Unit],
    *,
    by_time: bool = False,
) -> PlaceResult:
    """Merge one list. ``base`` is None where nothing is known of what was written before.

    ``prompts`` are the template's entries that ask for words. ``by_time`` says that entries begin
    with a time and new ones go where it puts them among people's.
    """
    known = _assumed(listing.entries, fresh, prompts) if base is None else tuple(base)
    return _Merge(listing, known, fresh, by_time=by_time).result()


def _assumed(
    entries: Sequence[EntryCells], fresh: Sequence[Unit], prompts: Sequence[Unit]
) -> tuple[Unit, ...]:
    """Say what to take for written by the program where nobody remembers.

    That is what it would write now word for word, and untouched prompts. All else that it would
    write counts as removed by people, unless there are prompts that wait to be replaced.
    """
    asked = pair(prompts, entries)
    said = pair(fresh, entries)
    kept = {unit.key for unit in fresh if unit.prompt}
    waiting = any(prompts[number].key not in kept for number in asked.values())
    if waiting or (asked and len(asked) == len(entries)):
        present = set(said.values())
        units = [unit for number, unit in enumerate(fresh) if number in present]
    else:
        units = list(fresh)
    mine = {unit.key for unit in units}
    there = sorted(asked.values())
    return (*units, *(prompts[at] for at in there if prompts[at].key not in mine))


class _Merge:
    """The merge of one list, step by step."""

    def __init__(
        self, listing: ListTarget, known: Sequence[Unit], fresh: Sequence[Unit], *, by_time: bool
    ) -> None:
        self._listing = listing
        self._entries = listing.entries
        self._known = known
        self._by_time = by_time
        self._fresh = {unit.key: unit for unit in fresh}
        self._pairs = pair(known, self._entries)
        self._reworded = reworded(known, self._entries, self._pairs)
        self._entry_of = {known[number].key: at for at, number in self._pairs.items()}
        self._edits: list[Edit] = []
        self._changes: list[MergeStep] = []
        self._suggestions: list[MergeStep] = []
        self._units: dict[str, Unit] = {}
        self._gone: set[int] = set()

    def result(self) -> PlaceResult:
        moved = self._moved()
        for number, unit in enumerate(self._known):
            self._meet(number, unit, moved)
        new = self._new(moved)
        for after, many in self._places(new).items():
            self._edits.append(self._listing.insert(after, [unit.cells for unit in many]))
        return PlaceResult(
            tuple(self._edits),
            self._remembered(),
            tuple(self._changes),
            tuple(self._suggestions),
        )

    def _meet(self, number: int, unit: Unit, moved: Collection[str]) -> None:
        """Decide about one thing that the program wrote."""
        at = self._entry_of.get(unit.key)
        fresh = self._fresh.get(unit.key)
        if at is None:
            self._units[unit.key] = unit
            self._suggest(number, unit, fresh)
        elif fresh is None and at in self._listing.kept:
            self._units[unit.key] = unit
        elif fresh is None:
            self._remove(at)
            if not unit.prompt:
                self._changes.append(MergeStep(unit.key, shown(self._entries[at]), "", REMOVED))
        elif unit.key in moved:
            self._remove(at)
            self._units[unit.key] = fresh
            self._changes.append(
                MergeStep(unit.key, shown(self._entries[at]), shown(fresh.cells), MOVED)
            )
        else:
            self._units[unit.key] = fresh
            self._refresh(at, fresh)

    def _refresh(self, at: int, fresh: Unit) -> None:
        edits = [] if _says(fresh, self._entries[at]) else self._listing.change(at, fresh.cells)
        if edits:
            self._edits += edits
            before, after = shown(self._entries[at]), shown(fresh.cells)
            self._changes.append(MergeStep(fresh.key, before, after, REFRESHED))

    def _remove(self, at: int) -> None:
        self._gone.add(at)
        self._edits.append(self._listing.remove(at))

    def _suggest(self, number: int, unit: Unit, fresh: Unit | None) -> None:
        at = self._reworded.get(number)
        if at is None or fresh is None or fresh.prompt or _says(fresh, self._entries[at]):
            return
        words = shown(self._entries[at]), shown(fresh.cells)
        self._suggestions.append(MergeStep(unit.key, *words, new=not unit.says(fresh.cells)))

    def _moved(self) -> set[str]:
        """Say which entries must go elsewhere because their order changed, not by people."""
        there = [unit for unit in self._known if unit.key in self._entry_of]
        stay = [unit.key for unit in there if unit.key in self._fresh]
        places = [self._entry_of[key] for key in stay]
        if places != sorted(places):
            return set()
        order = {key: at for at, key in enumerate(self._fresh)}
        moved = set(stay) - longest_rising([(order[key], key) for key in stay])
        return {key for key in moved if self._entry_of[key] not in self._listing.kept}

    def _new(self, moved: Collection[str]) -> list[Unit]:
        known = {unit.key for unit in self._known}
        new = [unit for key, unit in self._fresh.items() if key not in known or key in moved]
        facts = [unit for unit in new if not unit.prompt]
        left = len(self._entries) - len(self._gone)
        new = new if not left and not facts else facts
        replaced = any(self._known[self._pairs[at]].prompt for at in self._gone)
        for unit in new:
            self._units[unit.key] = unit
            if unit.key not in moved:
                reason = FILLED if replaced else ADDED
                self._changes.append(MergeStep(unit.key, "", shown(unit.cells), reason))
        return new

    def _places(self, new: Sequence[Unit]) -> Mapping[int, list[Unit]]:
        """Say behind which entry each new one goes."""
        wanted = {unit.key for unit in new}
        if not wanted:
            return {}
        standing = self._standing(wanted)
        above: dict[str, int | None] = {}
        latest = None
        for key in reversed(self._fresh):
            above[key] = latest
            latest = standing.get(key, latest)
        times = row_times(self._entries) if self._by_time else []
        places: dict[int, list[Unit]] = defaultdict(list)
        below = -1
        for key, unit in self._fresh.items():
            if key in standing:
                below = standing[key]
            elif key in wanted:
                below = self._place(unit, below, above[key], times)
                places[below].append(unit)
        return places

    def _standing(self, new: Collection[str]) -> dict[str, int]:
        """Say where things that the program would write stand already, reworded or not."""
        reworded_keys = {self._known[number].key: at for number, at in self._reworded.items()}
        standing = {**reworded_keys, **self._entry_of}
        return {key: at for key, at in standing.items() if key not in new and at not in self._gone}

    def _place(
        self, unit: Unit, below: int, above: int | None, times: Sequence[RowTime | None]
    ) -> int:
        """Choose the place between the entries that must stand before and behind a new one."""
        behind = len(self._entries) if above is None or above <= below else above
        when = row_time(unit.cells[0]) if self._by_time else None
        if when is not None:
            return self._by_clock(when, below, behind, times)
        if below >= 0:
            return below
        if above is not None:
            return above - 1
        return min(self._gone) - 1 if self._gone else len(self._entries) - 1

    def _by_clock(
        self, when: RowTime, below: int, behind: int, times: Sequence[RowTime | None]
    ) -> int:
        for at in range(below + 1, behind):
            other = times[at]
            if at not in self._gone and other is not None and when.is_before(other):
                return at - 1
        return behind - 1

    def _remembered(self) -> tuple[Unit, ...]:
        """Give the units in the order of the fresh ones, removed ones where they once were."""
        behind: dict[str, list[Unit]] = defaultdict(list)
        latest = ""
        for unit in self._known:
            if unit.key in self._fresh:
                latest = unit.key
            elif unit.key in self._units:
                behind[latest].append(unit)
        units = behind.pop("", [])
        for key in self._fresh:
            units += [self._units[key]] if key in self._units else []
            units += behind.get(key, [])
        return tuple(units)


def _says(unit: Unit, cells: EntryCells) -> bool:
    """Tell whether an entry says what a unit does, as far as it has the columns."""
    pairs = zip(unit.cells, cells, strict=True)
    return all(cell is None or mine.split() == cell.split() for mine, cell in pairs)
