"""The rows of a page's tables, and which row of its new tables each of the old ones is.

A row is known by its ticket, then by the words that name it, then by words that are much like
these, then by nothing: an owner or a deadline in common makes two tasks no single one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import product

_ALIKE = 0.8
"""So much in common makes two names one, whatever stands beside them."""
_RATHER_ALIKE = 0.5
"""So much does where most of what stands beside them is the same, too."""
_MOST_COMPARED = 4000
"""Pairs of names that are compared letter by letter; where there are more, likeness says little."""
_TIME = re.compile(r"\d[\d\s:./+-]*[A-Za-z.]{0,5}")
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell: from which letter of its page up to which, what it says, where all of it leads."""

    start: int
    end: int
    words: str
    link: str = ""
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of the ``table``-th table of its page."""

    table: int
    cells: tuple[PageCell, ...]

    @property
    def is_heading(self) -> bool:
        """Whether it says what the columns hold."""
        return all(one.is_head for one in self.cells)

    @property
    def links(self) -> frozenset[str]:
        """Where those cells lead that are nothing but a link: to the row's ticket."""
        return frozenset(one.link for one in self.cells if one.link)

    def says(self, column: int | None) -> str:
        """Give what the row says in a column, "" where it has none such."""
        return self.cells[column].words if column is not None and column < len(self.cells) else ""


@dataclass(slots=True)
class RowPairs:
    """Which new row each old one is, by their numbers, and where each of its columns is now."""

    rows: dict[int, int] = field(default_factory=dict)
    columns: dict[int, Mapping[int, int]] = field(default_factory=dict)


_Tables = Mapping[int, Mapping[int, PageRow]]


def pair_rows(old: Sequence[PageRow], new: Sequence[PageRow]) -> RowPairs:
    """Tell which of the new rows each of the old ones is; a row that is gone has none."""
    before, now = _by_table(old), _by_table(new)
    pairs = RowPairs()
    for one, other in _tables(before, now):
        _Pairing(before[one], now[other], pairs).make()
    for one, other in product(before, now):  # a row may have gone into another table
        _Pairing(before[one], now[other], pairs).make_moved()
    return pairs


def _by_table(rows: Sequence[PageRow]) -> Mapping[int, Mapping[int, PageRow]]:
    found = defaultdict[int, dict[int, PageRow]](dict)
    for number, row in enumerate(rows):
        found[row.table][number] = row
    return found


def _tables(before: _Tables, now: _Tables) -> Iterator[tuple[int, int]]:
    """Give which tables belong together: those that have most cells in common, in their order."""
    said = {at: Counter(_said(rows.values())) for at, rows in before.items()}
    says = {at: Counter(_said(rows.values())) for at, rows in now.items()}
    scores = [
        ((said[one] & says[other]).total(), -abs(one - other), -one, -other)
        for one, other in product(said, says)
    ]
    taken, given = set[int](), set[int]()
    for score, _, one, other in sorted(scores, reverse=True):
        if score and one not in taken and other not in given:
            taken.add(one)
            given.add(other)
            yield -one, -other


def _said(rows: Iterable[PageRow]) -> Iterator[tuple[bool, str]]:
    for row in rows:
        yield from ((one.is_head, one.words.casefold()) for one in row.cells if one.words)


class _Pairing:
    """The rows of one table before and now; ``old`` and ``new`` are those still without another."""

    def __init__(
        self, old: Mapping[int, PageRow], new: Mapping[int, PageRow], pairs: RowPairs
    ) -> None:
        taken = set(pairs.rows.values())
        self._old = {at: one for at, one in old.items() if at not in pairs.rows}
        self._new = {at: one for at, one in new.items() if at not in taken}
        self._pairs = pairs
        count = max(len(one.cells) for one in old.values())
        self._columns = _columns(_heading(old), _heading(new), count)
        self._name = _name_column(old.values())
        self._named_now = self._columns.get(self._name)

    def make(self) -> None:
        """Pair the rows of two tables that are one."""
        old = [at for at, one in self._old.items() if one.is_heading]
        new = [at for at, one in self._new.items() if one.is_heading]
        for pair in zip(old, new, strict=False):
            self._pair(*pair)
        self._by_ticket()
        self._by_name()
        self._by_likeness()

    def make_moved(self) -> None:
        """Pair the rows that are left of any two tables."""
        if self._old and self._new:
            self._by_ticket()
            self._by_name()

    def _pair(self, old: int, new: int) -> None:
        del self._old[old]
        del self._new[new]
        self._pairs.rows[old] = new
        self._pairs.columns[old] = self._columns

    def _by_ticket(self) -> None:
        """Pair rows that have a ticket in common that no other row of theirs has."""
        before, now = _by_link(self._old), _by_link(self._new)
        for link, old in before.items():
            new = now.get(link, [])
            if len(old) == len(new) == 1 and old[0] in self._old and new[0] in self._new:
                self._pair(old[0], new[0])

    def _by_name(self) -> None:
        """Pair rows of the same name: of several those that have most in common, in their order."""
        groups = defaultdict[str, tuple[list[int], list[int]]](lambda: ([], []))
        for number, row in self._old.items():
            groups[row.says(self._name).casefold()][0].append(number)
        for number, row in self._new.items():
            groups[row.says(self._named_now).casefold()][1].append(number)
        for name, (old, new) in groups.items():
            if len(old) * len(new) > _MOST_COMPARED:
                self._in_order(old, new)
                continue
            scores = [
                (self._common(one, other), -abs(at - to), -at, one, other)
                for (at, one), (to, other) in product(enumerate(old), enumerate(new))
            ]
            for score, _, _, one, other in sorted(scores, reverse=True):
                if one in self._old and other in self._new and (name or score > 0):
                    self._pair(one, other)

    def _in_order(self, old: Sequence[int], new: Sequence[int]) -> None:
        """Pair rows that are the same in all their cells; they are too many to compare each."""
        told = defaultdict[tuple[str, ...], list[int]](list)
        for number in reversed(new):
            told[tuple(one.words for one in self._new[number].cells)].append(number)
        for number in old:
            if alike := told[tuple(one.words for one in self._old[number].cells)]:
                self._pair(number, alike.pop())

    def _by_likeness(self) -> None:
        """Pair rows whose names are alike, each the most alike of all to the other."""
        if len(self._old) * len(self._new) > _MOST_COMPARED:
            return
        scores = []
        for (one, old), (other, new) in product(self._old.items(), self._new.items()):
            alike = _likeness(old.says(self._name), new.says(self._named_now))
            if old.links and new.links and not old.links & new.links:
                continue
            if alike >= _ALIKE or (alike >= _RATHER_ALIKE and self._is_same_beside(old, new)):
                scores.append((alike, self._common(one, other), -one, one, other))
        for _, _, _, one, other in sorted(scores, reverse=True):
            if one in self._old and other in self._new:
                self._pair(one, other)

    def _beside(self, old: PageRow, new: PageRow) -> Iterator[tuple[str, str]]:
        for column, now in self._columns.items():
            if column != self._name:
                yield old.says(column).casefold(), new.says(now).casefold()

    def _common(self, one: int, other: int) -> int:
        """Count what two rows have in common beside their names; two tickets tell them apart."""
        old, new = self._old[one], self._new[other]
        same = sum(bool(was) and was == now for was, now in self._beside(old, new))
        apart = bool(old.links and new.links and not old.links & new.links)
        return same - len(self._columns) * apart

    def _is_same_beside(self, old: PageRow, new: PageRow) -> bool:
        both = [was == now for was, now in self._beside(old, new) if was and now]
        return not both or sum(both) * 2 >= len(both)


def _heading(rows: Mapping[int, PageRow]) -> PageRow | None:
    return next((one for one in rows.values() if one.is_heading), None)


def _columns(old: PageRow | None, new: PageRow | None, count: int) -> Mapping[int, int]:
    """Give where each column is now: by its heading, else at the same place."""
    if old is None or new is None:
        return {at: at for at in range(count)}
    names = [one.words.casefold() for one in new.cells]
    found: dict[int, int] = {}
    for at, cell in enumerate(old.cells):
        name = cell.words.casefold()
        if names.count(name) == 1:
            found[at] = names.index(name)
    for at in range(len(old.cells)):
        if at not in found and at < len(names) and at not in found.values():
            found[at] = at
    return found


def _name_column(rows: Iterable[PageRow]) -> int:
    """Give the column that names the rows: the first of words, for times and numbers do not."""
    told = [one for one in rows if not one.is_heading]
    for column in range(max((len(one.cells) for one in told), default=0)):
        named = sum(_is_name(one.says(column)) for one in told)
        if named * 2 > len(told):
            return column
    return 0


def _is_name(words: str) -> bool:
    return bool(_LETTERS.search(words)) and not _TIME.fullmatch(words)


def _by_link(rows: Mapping[int, PageRow]) -> Mapping[str, list[int]]:
    found = defaultdict(list)
    for number, row in rows.items():
        for link in row.links:
            found[link].append(number)
    return found


def _likeness(one: str, other: str) -> float:
    """Tell how alike two names are, by their words or by their letters: 1 for the same."""
    was, now = one.casefold(), other.casefold()
    by_letter = SequenceMatcher(None, was[:200], now[:200], autojunk=False).ratio()
    words, others = Counter(was.split()), Counter(now.split())
    both = words.total() + others.total()
    by_word = 2 * (words & others).total() / both if both else 0.0
    return max(by_word, by_letter if by_letter >= _ALIKE else 0.0)
