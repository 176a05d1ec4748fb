"""Which unit of a changed text is which unit of the text that it was made from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import isqrt

from worker.document.join.joined_lines import JoinedLine, LineKind

_ALIKE = 0.5
"""How alike (0 to 1) two lines must be for one to be the other, changed."""
_LARGEST = 4_000
"""Of a stretch with more pairs of lines than this none is weighed: all of it was replaced."""
_COMPARED = 1_000
"""How many letters that differ in two texts are looked at to tell how alike they are."""
_WEIGHED = 20_000_000
"""How many pairs of letters are weighed in a stretch, for comparing two texts takes their square.

Where it has more, less of each text is looked at.
"""


@dataclass(frozen=True, slots=True)
class Pairing:
    """For each unit of the base its place in the changed text, and the other way round.

    None is what was taken out, or put in.
    """

    changed: tuple[int | None, ...]
    base: tuple[int | None, ...]

    @property
    def moved(self) -> bool:
        """Whether units stand in another order than in the base."""
        known = [at for at in self.changed if at is not None]
        return known != sorted(known)


def pair(base: Sequence[JoinedLine], changed: Sequence[JoinedLine]) -> Pairing:
    """Pair the units that are the same, then those that are alike, then those that moved."""
    to_changed: dict[int, int] = dict(_in_order(base, changed))
    taken = set(to_changed.values())
    here = [at for at in range(len(base)) if at not in to_changed]
    there = [at for at in range(len(changed)) if at not in taken]
    to_changed.update(_moved(base, changed, here, there))
    to_base = {other: at for at, other in to_changed.items()}
    return Pairing(
        tuple(to_changed.get(at) for at in range(len(base))),
        tuple(to_base.get(at) for at in range(len(changed))),
    )


def _in_order(
    base: Sequence[JoinedLine], changed: Sequence[JoinedLine]
) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(None, _words(base), _words(changed), autojunk=False)
    for tag, start, end, other, other_end in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(range(start, end), range(other, other_end), strict=True)
        elif tag == "replace":
            yield from _by_name(base, changed, range(start, end), range(other, other_end))


def _by_name(
    base: Sequence[JoinedLine], changed: Sequence[JoinedLine], here: range, there: range
) -> Iterator[tuple[int, int]]:
    """Pair units of a replaced stretch that have one name, then what lies between by likeness."""
    names = [_name(base[one], one) for one in here]
    others = [_name(changed[other], -1 - other) for other in there]
    matcher = SequenceMatcher(None, names, others, autojunk=False)
    for tag, start, end, other, other_end in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(here[start:end], there[other:other_end], strict=True)
        elif tag == "replace":
            yield from _alike(base, changed, here[start:end], there[other:other_end])


def _name(unit: JoinedLine, alone: int) -> tuple[LineKind, str | int]:
    """Give what a changed unit is still known by; ``alone`` where there is nothing."""
    match unit.kind:
        case LineKind.HEAD | LineKind.RULE:
            return unit.kind, unit.kind.value
        case LineKind.ROW:
            return unit.kind, unit.row.text(0) or alone
    return unit.kind, unit.name or alone


def _words(units: Sequence[JoinedLine]) -> list[tuple[LineKind, str]]:
    return [(one.kind, one.text) for one in units]


def _alike(
    base: Sequence[JoinedLine], changed: Sequence[JoinedLine], here: range, there: range
) -> Iterator[tuple[int, int]]:
    """Pair units of a replaced stretch, in order, so that they are as alike as can be."""
    if len(here) * len(there) > _LARGEST:
        return
    best = [[0.0] * (len(there) + 1) for _ in range(len(here) + 1)]
    letters = _letters(len(here) * len(there))
    rated = [[_likeness(base[one], changed[other], letters) for other in there] for one in here]
    for row in range(len(here) - 1, -1, -1):
        for column in range(len(there) - 1, -1, -1):
            paired = rated[row][column] and rated[row][column] + best[row + 1][column + 1]
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    row = column = 0
    while row < len(here) and column < len(there):
        likeness = rated[row][column]
        if likeness and best[row][column] == likeness + best[row + 1][column + 1]:
            yield here[row], there[column]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1


def _letters(pairs: int) -> int:
    return min(_COMPARED, isqrt(_WEIGHED // max(pairs, 1)))


def _likeness(one: JoinedLine, other: JoinedLine, letters: int) -> float:
    """Rate how alike two units are, 0 where one cannot be the other."""
    if one.kind is not other.kind or one.name or other.name:
        return 0.0  # those of one name are paired already
    if one.text == other.text:
        return 1.0
    if one.kind is LineKind.ROW:
        return _row_likeness(one, other, letters)
    rated = _ratio(one.text, other.text, letters) if one.text.strip() else 0.0
    return rated if rated >= _ALIKE else 0.0


def _ratio(one: str, other: str, letters: int) -> float:
    """Tell how alike two texts are: what both begin and end with is, of the rest its beginning."""
    start = _alike_until(one, other)
    end = _alike_until(one[start:][::-1], other[start:][::-1])
    rest, other_rest = one[start : len(one) - end], other[start : len(other) - end]
    matcher = SequenceMatcher(None, rest[:letters], other_rest[:letters], autojunk=False)
    differing, total = len(rest) + len(other_rest), len(one) + len(other)
    return (total - differing + matcher.ratio() * differing) / total if total else 1.0


def _alike_until(one: str, other: str) -> int:
    letters = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in letters if a != b), min(len(one), len(other)))


def _row_likeness(one: JoinedLine, other: JoinedLine, letters: int) -> float:
    cells = [cell.text for cell in one.row.cells]
    others = [cell.text for cell in other.row.cells]
    both = [(a, b) for a, b in zip(cells, others, strict=False) if a or b]
    if not both:
        return 0.0
    rated = sum(_ratio(a, b, letters) for a, b in both) / len(both)
    return 0.9 * rated if rated >= _ALIKE else 0.0


def _moved(
    base: Sequence[JoinedLine],
    changed: Sequence[JoinedLine],
    here: Sequence[int],
    there: Sequence[int],
) -> Iterator[tuple[int, int]]:
    """Pair what is left with the same words elsewhere, and rows with those that are most alike.

    Of a row, the words are those of its first cell. One that moved and changed is no new one: it
    would be filed again.
    """
    free: defaultdict[tuple[LineKind, str], list[int]] = defaultdict(list)
    for other in there:
        if words := _moving_words(changed[other]):
            free[words].append(other)
    left = []
    for at in here:
        words = _moving_words(base[at])
        if words and free[words]:
            yield at, free[words].pop(0)
        else:
            left.append(at)
    others = [other for many in free.values() for other in many]
    yield from _most_alike(base, changed, left, others)


def _most_alike(
    base: Sequence[JoinedLine],
    changed: Sequence[JoinedLine],
    here: Sequence[int],
    there: Sequence[int],
) -> Iterator[tuple[int, int]]:
    rows = [at for at in here if base[at].kind is LineKind.ROW]
    others = [other for other in there if changed[other].kind is LineKind.ROW]
    if len(rows) * len(others) > _LARGEST:
        return
    letters = _letters(len(rows) * len(others))
    rated = (
        (-_row_likeness(base[at], changed[other], letters), at, other)
        for at in rows
        for other in others
    )
    paired: dict[int, int] = {}
    for unlikeness, at, other in sorted(rated):
        if unlikeness and at not in paired and other not in paired.values():
            paired[at] = other
    yield from paired.items()


def _moving_words(unit: JoinedLine) -> tuple[LineKind, str] | None:
    words = unit.text.strip()
    if unit.kind is LineKind.ROW and unit.row.cells:
        words = unit.row.cells[0].text
    return (unit.kind, words) if words else None
