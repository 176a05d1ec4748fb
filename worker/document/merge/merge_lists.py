"""Merging a list: base entries, people's entries and fresh ones, by the rules of the design.

An entry that still says what the program wrote is the program's and becomes what it would write
now, or goes. All others are people's. What people removed stays in the base, so that it is known
as removed for ever; so does what they reworded. An entry with a ticket, or with
words in a column of people's, is never removed.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from worker.content.placeholders import is_placeholder
from worker.document.merge.merge_pairing import assumed, by_new_keys, longest_rising, pair, reworded
from worker.document.merge.merge_targets import EntryCells, ListTarget
from worker.document.merge.merge_values import (
    ADDED,
    FILLED,
    HEAD_PROMPT,
    MOVED,
    REFRESHED,
    REMOVED,
    MergeStep,
    PlaceResult,
    Unit,
    shown,
)
from worker.document.text_edits import Edit

_LABELLED = re.compile(r"(\*\*|__)[^*_]+:?\1")
_TIME = re.compile(r"[\s*_`~]*(?:(\d{4}-\d\d-\d\d)[ T]+)?(\d{1,2}):(\d\d)(?::(\d\d))?(?!\d)")


def merge_list(
    target: ListTarget,
    base: Sequence[Unit] | None,
    fresh: Sequence[Unit],
    prompts: Sequence[Unit],
    *,
    by_time: bool,
) -> PlaceResult:
    """Merge one list. ``base`` is None where nothing is known of what was written before.

    ``prompts`` are the template's entries that ask for words. ``by_time`` says that entries begin
    with a time and new ones go where it puts them among people's.
    """
    known = assumed(target, fresh, prompts) if base is None else tuple(base)
    if not by_time:
        known = by_new_keys(known, fresh)
    return _ListMerge(target, known, fresh, by_time=by_time).result()


def merge_points(
    target: ListTarget,
    base: Sequence[Unit] | None,
    fresh: Sequence[Unit],
    prompts: Sequence[Unit],
    fixed: Sequence[Unit],
    *,
    answered: bool,
) -> PlaceResult:
    """Merge the points below a label, as :func:`merge_list` does; prompts there go once answered.

    They are, where people wrote behind the label (``answered``) or a point of their own. ``fixed``
    is what the template itself says in the list. Without a base nothing of the kind is removed.
    """
    known = assumed(target, fresh, prompts) if base is None else tuple(base)
    if answered or _holds_words(target, (*known, *fixed)):
        fresh = [unit for unit in fresh if not unit.prompt]
        known = tuple(unit for unit in known if base is not None or not unit.prompt)
    return _ListMerge(target, known, fresh, by_time=False).result()


def _holds_words(target: ListTarget, ours: Sequence[Unit]) -> bool:
    """Tell whether a point holds words of people; one with a strong label is another place."""
    pairs = pair(ours, target.entries, target.spelling)
    texts = [cells[0] or "" for at, cells in enumerate(target.entries) if at not in pairs]
    return any(not is_placeholder(text) and not _LABELLED.match(text) for text in texts)


@dataclass(frozen=True, slots=True)
class RowTime:
    """A time of day, and its date where one is given (else "")."""

    date: str
    seconds: int

    def is_before(self, other: "RowTime") -> bool:
        """Tell whether it is surely earlier. Without a date on both sides the time alone counts."""
        if self.date and other.date and self.date != other.date:
            return self.date < other.date
        return self.seconds < other.seconds


class _ListMerge:
    """The merge of one list, step by step."""

    def __init__(
        self, target: ListTarget, known: Sequence[Unit], fresh: Sequence[Unit], *, by_time: bool
    ) -> None:
        self._target = target
        self._entries = target.entries
        self._known = known
        self._by_time = by_time
        self._fresh = {unit.key: unit for unit in fresh}
        self._pairs = pair(known, self._entries, target.spelling)
        self._reworded = reworded(known, self._entries, self._pairs, target.spelling)
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
            self._edits.append(self._target.insert(after, [unit.cells for unit in many]))
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
        if at is None:  # people removed or reworded it, which stays known for ever
            self._units[unit.key] = unit
            self._suggest(number, unit, fresh)
        elif fresh is None and at in self._target.kept:
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
        edits = [] if self._says(fresh, at) else self._target.change(at, fresh.cells)
        if edits:
            self._edits += edits
            before, after = shown(self._entries[at]), shown(fresh.cells)
            self._changes.append(MergeStep(fresh.key, before, after, REFRESHED))

    def _says(self, unit: Unit, at: int) -> bool:
        """Tell whether an entry says what a unit does, as far as it has the columns."""
        pairs = zip(unit.cells, self._entries[at], strict=True)
        same = self._target.spelling.same
        return all(cell is None or same(mine, cell) for mine, cell in pairs)

    def _remove(self, at: int) -> None:
        self._gone.add(at)
        self._edits.append(self._target.remove(at))

    def _suggest(self, number: int, unit: Unit, fresh: Unit | None) -> None:
        at = self._reworded.get(number)
        if at is None or fresh is None or fresh.prompt or self._says(fresh, at):
            return
        words = shown(self._entries[at]), shown(fresh.cells)
        self._suggestions.append(MergeStep(unit.key, *words, new=not unit.says(fresh.cells)))

    def _moved(self) -> set[str]:
        """Say which entries must go elsewhere because their order changed, not by people."""
        there = [unit for unit in self._known if unit.key in self._entry_of]
        stay = [unit.key for unit in there if unit.key in self._fresh]
        places = [self._entry_of[key] for key in stay]
        if places != sorted(places):
            return set()  # people put them in an order of their own, which stays
        order = {key: at for at, key in enumerate(self._fresh)}
        moved = set(stay) - longest_rising([(order[key], key) for key in stay])
        return {key for key in moved if self._entry_of[key] not in self._target.kept}

    def _new(self, moved: Collection[str]) -> list[Unit]:
        known = {unit.key for unit in self._known}
        new = [unit for key, unit in self._fresh.items() if key not in known or key in moved]
        facts = [unit for unit in new if not unit.prompt or unit.key == HEAD_PROMPT]
        left = len(self._entries) - len(self._gone)
        # a prompt comes back only where nothing else would stand
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
        standing = self._standing()
        above: dict[str, int | None] = {}  # the entry that must follow, the next that stands
        latest = None
        for key in reversed(self._fresh):
            above[key] = latest
            latest = standing.get(key, latest)
        times = _row_times(self._entries) if self._by_time else []
        places: dict[int, list[Unit]] = defaultdict(list)
        below = -1
        for key, unit in self._fresh.items():
            if key in standing:
                below = standing[key]
            elif key in wanted:
                below = self._place(unit, below, above[key], times)
                places[below].append(unit)
        return places

    def _standing(self) -> dict[str, int]:
        """Say where things that the program would write stand already, reworded or not."""
        reworded_keys = {self._known[number].key: at for number, at in self._reworded.items()}
        standing = {**reworded_keys, **self._entry_of}  # its own words tell more than likeness
        return {key: at for key, at in standing.items() if at not in self._gone}

    def _place(
        self, unit: Unit, below: int, above: int | None, times: Sequence[RowTime | None]
    ) -> int:
        """Choose the place between the entries that must stand before and behind a new one."""
        behind = len(self._entries) if above is None or above <= below else above
        when = _row_time(unit.cells[0]) if self._by_time else None
        if when is not None:
            return self._by_clock(when, below, behind, times)
        if below >= 0:
            return below
        if above is not None:
            return above - 1
        # in the place of what goes, such as a prompt, else at the end
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


def _row_time(cell: str | None) -> RowTime | None:
    """Read the time that a cell begins with; None where it begins otherwise."""
    found = _TIME.match(cell or "")
    if not found:
        return None
    date, hours, minutes, seconds = found.groups(default="0")
    return RowTime(
        date if date != "0" else "", int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    )


def _row_times(entries: Sequence[EntryCells]) -> list[RowTime | None]:
    """Read the time of each row; one without a date is of the day of the row before it."""
    found: list[RowTime | None] = []
    date = ""
    for cells in entries:
        one = _row_time(cells[0])
        if one is not None:
            date = one.date or date
            one = RowTime(date, one.seconds)
        found.append(one)
    return found
