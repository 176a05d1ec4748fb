"""Readers' comments, carried from the page as it is into its new body, where their words still are.

A comment hangs on a mark around its words. Which of several equal words are meant is told by what
stands around them: those before and those now belong together that have most in common, each of
them being the best for the other. So a comment stays with its sentence when another that has the
same words comes before it, and never goes over to another when its own is gone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from worker.publishing.page_letters import Letters, Selection
from worker.publishing.storage_text import MARKER
from worker.publishing.storage_xml import element
from worker.publishing.table_rows import paired, row_at

NO_TEXT = "a picture or a state"
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
    rows = paired(old.rows, new.rows)
    marks: list[tuple[int, int, str]] = []
    lost = []
    for one in old.selections:
        words, start = _words(old, one)
        if not words:
            lost.append(NO_TEXT)
            continue
        found = _place(old, new, rows, words, start)
        if found is None:
            lost.append(words)
        else:
            marks += [(*span, one.ref) for span in new.spans(found, found + len(words))]
    return Carried(_marked(body, marks), tuple(dict.fromkeys(lost)))


def _place(
    old: Letters, new: Letters, rows: Mapping[int, int], words: str, start: int
) -> int | None:
    """Give where the words that began at ``start`` begin now, in a table in the same row alone."""
    number = row_at(old.rows, start)
    if number is None:
        return _Match(old, new, words).place(start)
    cell = old.rows[number].cell_at(start)
    if number not in rows or cell is None:
        return None
    row = new.rows[rows[number]]
    if cell >= len(row.cells):
        return None
    here, there = old.rows[number].cells[cell], row.cells[cell]
    return _Match(old, new, words, here, there).place(start)


def _words(old: Letters, one: Selection) -> tuple[str, int]:
    """Give the words of a selection without the space around them, and where they begin."""
    raw = old.flat[one.start : one.end]
    return raw.strip(), one.start + len(raw) - len(raw.lstrip())


class _Match:
    """Where some words stand in a body before and now, and which of these belong together."""

    def __init__(
        self,
        old: Letters,
        new: Letters,
        words: str,
        here: tuple[int, int] | None = None,
        there: tuple[int, int] | None = None,
    ) -> None:
        """Look at all of the bodies, or at one cell ``here`` that is another ``there``."""
        self._is_cell = here is not None
        self._old, self._new, self._words = old.flat, new.flat, words
        self._old_blocks, self._new_blocks = old.text, new.text
        self._before = list(_within(_occurrences(self._old, words), here))
        self._now = list(_within(_occurrences(self._new, words), there))
        self._near: dict[tuple[bool, int], frozenset[str]] = {}

    def place(self, start: int) -> int | None:
        """Give where the words that began at ``start`` begin now, None where they are gone."""
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
        return best if self._is_cell or self._is_same_place(start, best) else None

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
        beside = sum(one.isalnum() for part in self._beside(old, new) for one in part)
        before, now = self._around(False, old), self._around(True, new)
        if beside >= _ENOUGH or not before:
            return True
        return len(before & now) >= _HALF * min(len(before), len(now) or len(before))


def _within(places: Iterable[int], span: tuple[int, int] | None) -> Iterator[int]:
    return (one for one in places if span is None or span[0] <= one <= span[1])


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
