"""Readers' comments, carried from the page as it is into its new body, where their words still are.

A comment hangs on a mark around its words. Which of several equal words are meant is told by what
stands around them: those before and those now belong together that have most in common, each of
them being the best for the other. So a comment stays with its sentence when another that has the
same words comes before it, and never goes over to another when its own is gone.

In tables rows are paired first: an "Ann" is said of its row alone, whatever stands around it. So a
comment in a cell stays in that row and column, and is lost with the row.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from worker.publishing.page_letters import Letters
from worker.publishing.storage_text import MARKER
from worker.publishing.storage_xml import element
from worker.publishing.table_rows import PageCell, pair_rows

_FAR = 400
"""Letters before and behind that are compared."""
_AROUND = 120
"""Letters around words in which other words are compared."""
_ENOUGH = 8
"""Letters and digits in common with what stands right beside, so that it is the same place."""
_OWN_WEIGHT = 24
"""Letters of words that are told by themselves, whatever stands around them."""
_WORD_COUNTS = 10
_SAME_BLOCK = 1000
"""What a paragraph that is the same to the letter counts: more than all that stands around it."""
_HALF = 0.5
_ALIKE = 0.4
"""How much of the words of two paragraphs is the same, so that one is the other in other words."""
_NO_WORDS = "something without words"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Carried:
    """A new body with the comments in it; ``lost`` are the words of those that have none there."""

    body: str
    lost: tuple[str, ...] = ()


def carry(before: str, body: str) -> Carried:
    """Put the comments of the page's present body into its new one."""
    old = Letters.of(before)
    if not old.selections:
        return Carried(body)
    new = Letters.of(body)
    places = _MarkerPlaces(old, new)
    marks: list[tuple[int, int, str]] = []
    lost = []
    for one in old.selections:
        found = [span for part in places.now(one.start, one.end) for span in new.spans(*part)]
        marks += [(*span, one.ref) for span in found]
        if not found:
            lost.append(old.told(old.flat[one.start : one.end]).strip() or _NO_WORDS)
    return Carried(_marked(body, marks), tuple(dict.fromkeys(lost)))


class _MarkerPlaces:
    """Where what stood in the body before stands in the new one."""

    def __init__(self, old: Letters, new: Letters) -> None:
        self._old, self._new = _Stretch(old.flat, old.text), _Stretch(new.flat, new.text)
        self._rows, self._rows_now = old.rows, new.rows
        self._pairs = pair_rows(old.rows, new.rows)
        taken = [new.rows[one] for one in self._pairs.rows.values()]
        self._taken = [(one.start, one.end) for row in taken for one in row.cells]

    def now(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Give where letters from one up to another are now, piece by piece of what they span."""
        last = start
        for number, row in enumerate(self._rows):
            for column, cell in enumerate(row.cells):
                if cell.start < end and last < cell.end:
                    yield from self._in_prose(last, cell.start)
                    part = max(last, cell.start), min(end, cell.end)
                    yield from self._in_cell(number, column, *part)
                    last = cell.end
        yield from self._in_prose(last, end)

    def _in_prose(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        words, start = self._old.words(start, end)
        if words:
            found = _Match(self._old, self._new, words, self._taken).place(start)
            yield from () if found is None else [(found, found + len(words))]

    def _in_cell(self, row: int, column: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        words, start = self._old.words(start, end)
        old, new = self._rows[row].cells[column], self._cell_now(row, column)
        if not words or new is None:
            return
        texts = self._old.part(old.start, old.end), self._new.part(new.start, new.end)
        found = _Match(*texts, words).place(start - old.start, is_same=True)
        if found is not None:
            yield new.start + found, new.start + found + len(words)

    def _cell_now(self, row: int, column: int) -> PageCell | None:
        now = self._pairs.rows.get(row)
        at = self._pairs.columns[row].get(column) if now is not None else None
        if now is None or at is None or at >= len(self._rows_now[now].cells):
            return None
        return self._rows_now[now].cells[at]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A body's letters, or those of a cell; in ``blocks`` line ends are where blocks end."""

    flat: str
    blocks: str

    def part(self, start: int, end: int) -> "_Stretch":
        return _Stretch(self.flat[start:end], self.blocks[start:end])

    def words(self, start: int, end: int) -> tuple[str, int]:
        """Give the words of a selection without the space around them, and where they begin."""
        raw = self.flat[start:end]
        return raw.strip(), start + len(raw) - len(raw.lstrip())


class _Match:
    """Where some words stand in a text before and now, and which of these belong together."""

    def __init__(
        self, old: _Stretch, new: _Stretch, words: str, taken: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Compare the places of some words; those in the ``taken`` parts are others' by now."""
        self._old, self._new, self._words = old.flat, new.flat, words
        self._old_blocks, self._new_blocks = old.blocks, new.blocks
        self._before = list(_occurrences(self._old, words))
        self._now = [
            at
            for at in _occurrences(self._new, words)
            if not any(start <= at < end for start, end in taken)
        ]
        self._near: dict[tuple[bool, int], frozenset[str]] = {}

    def place(self, start: int, *, is_same: bool = False) -> int | None:
        """Give where the words that began at ``start`` begin now, None where they are gone.

        ``is_same`` tells that both texts are the same place, whatever they say beside the words.
        """
        whole = _is_whole(self._old, start, len(self._words))
        now = [one for one in self._now if _fits(self._new, one, len(self._words), whole)]
        if not now:
            return None
        best = max(now, key=lambda one: (self._likeness(start, one), -abs(one - start)))
        rival = max(
            self._before,
            key=lambda one: (self._likeness(one, best), -abs(one - best), one == start),
        )
        if rival != start:
            return None
        return best if is_same or self._is_same_place(start, best) else None

    def _likeness(self, old: int, new: int) -> int:
        left, right = self._beside(old, new)
        both = self._around(False, old) & self._around(True, new)
        likeness = len(left) + len(right) + _WORD_COUNTS * len(both)
        if self._block(False, old) == self._block(True, new):
            likeness += _SAME_BLOCK
        return likeness

    def _block(self, is_new: bool, at: int) -> tuple[str, str]:
        """Give what the paragraph or cell says before the words, and from them on."""
        text = self._new_blocks if is_new else self._old_blocks
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at + len(self._words))
        return text[start:at], text[at : end if end >= 0 else len(text)]

    def _beside(self, old: int, new: int) -> tuple[str, str]:
        """Give what stands right before and right behind the words, there and here alike."""
        size = len(self._words)
        lefts = self._old[max(0, old - _FAR) : old], self._new[max(0, new - _FAR) : new]
        rights = (
            self._old[old + size : old + size + _FAR],
            self._new[new + size : new + size + _FAR],
        )
        backwards = _common(lefts[0][::-1], lefts[1][::-1])
        return backwards[::-1], _common(*rights)

    def _around(self, is_new: bool, at: int) -> frozenset[str]:
        key = is_new, at
        if key not in self._near:
            text, end = self._new if is_new else self._old, at + len(self._words)
            around = text[max(0, at - _AROUND) : at] + " " + text[end : end + _AROUND]
            self._near[key] = frozenset(one.casefold() for one in _WORD.findall(around))
        return self._near[key]

    def _is_same_place(self, old: int, new: int) -> bool:
        if len(self._words) >= _OWN_WEIGHT:
            return True
        was, now = self._words_of_block(False, old), self._words_of_block(True, new)
        if min(was.total(), now.total()) > len(self._words.split()):
            left, right = self._beside_in_block(old, new)
            beside = sum(one.isalnum() for one in left + right)
            alike = 2 * (was & now).total() / (was.total() + now.total())
            return beside >= _ENOUGH or alike >= _ALIKE
        around, around_now = self._around(False, old), self._around(True, new)
        if not around:
            return True
        beside = sum(one.isalnum() for part in self._beside(old, new) for one in part)
        fewer = min(len(around), len(around_now) or len(around))
        return beside >= _ENOUGH or len(around & around_now) >= _HALF * fewer

    def _words_of_block(self, is_new: bool, at: int) -> Counter[str]:
        """Count the words of the paragraph, those of the comment among them."""
        return Counter("".join(self._block(is_new, at)).casefold().split())

    def _beside_in_block(self, old: int, new: int) -> tuple[str, str]:
        lefts, rights = zip(self._block(False, old), self._block(True, new), strict=True)
        size = len(self._words)
        left = _common(lefts[0][::-1], lefts[1][::-1])
        return left, _common(rights[0][size:], rights[1][size:])


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _is_whole(text: str, start: int, size: int) -> tuple[bool, bool]:
    """Tell whether words begin and end where words do, not within one."""
    left, right = text[start - 1 : start + 1], text[start + size - 1 : start + size + 1]
    return not (start > 0 and left.isalnum()), not (len(right) > 1 and right.isalnum())


def _fits(text: str, start: int, size: int, whole: tuple[bool, bool]) -> bool:
    """Tell whether words begin and end here as those that are sought: "disk" is not "disks"."""
    begins, ends = _is_whole(text, start, size)
    return (begins or not whole[0]) and (ends or not whole[1])


def _common(one: str, other: str) -> str:
    """Give what two texts have in common at their beginning, by halves: a letter costs too much."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return one[:low]


def _marked(body: str, marks: Sequence[tuple[int, int, str]]) -> str:
    """Put marks around spans of text, one inside of another where they overlap."""
    edges = sorted({edge for start, end, _ in marks for edge in (start, end)})
    parts, last = [], 0
    for start, end in pairwise(edges):
        refs = [ref for begins, ends, ref in marks if begins <= start and end <= ends]
        if refs:
            parts += [body[last:start], _around(body[start:end], refs)]
            last = end
    return "".join([*parts, body[last:]])


def _around(text: str, refs: Iterable[str]) -> str:
    for ref in dict.fromkeys(refs):
        text = element(MARKER, text, ac_ref=ref)
    return text
