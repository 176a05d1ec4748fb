"""Joining what two have made of one document, so that nobody's character is lost.

Both began with the same text. What one left as it was is the other's; what both changed is told,
and then nothing is joined. Rows are joined cell by cell, all else line by line.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from worker.document.join.join_rows import CellClash, Columns, has_more, join_rows, written
from worker.document.join.joined_lines import JoinedLine, LineKind, lines_of
from worker.document.join.unit_pairing import Pairing, pair

_IN_TABLES = frozenset({LineKind.HEAD, LineKind.RULE, LineKind.ROW})


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both changed: how it was, and what each made of it ("" for taken out)."""

    place: str
    base: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The text with both changes, or the places that both changed and no text.

    ``came_in`` names the places that were theirs. With conflicts, ``mine_kept`` is a text with both
    changes that has mine at those places.
    """

    text: str | None
    conflicts: tuple[Conflict, ...] = ()
    came_in: tuple[str, ...] = ()
    mine_kept: str = ""


def join(base: str, mine: str, theirs: str) -> Joined:
    """Join two changes of a text. What only one of them changed is taken from that one."""
    if mine in {theirs, base}:
        came = () if mine == theirs else tuple(_came_in(lines_of(base), lines_of(theirs)))
        return Joined(theirs, came_in=came)
    if theirs == base:
        return Joined(mine)
    units = [lines_of(text) for text in (base, mine, theirs)]
    mine_paired, theirs_paired = pair(units[0], units[1]), pair(units[0], units[2])
    turned = theirs_paired.moved and not mine_paired.moved
    first, second = (2, 1) if turned else (1, 2)
    pairings = (theirs_paired, mine_paired) if turned else (mine_paired, theirs_paired)
    joining = _Joining(units[0], units[first], units[second], *pairings, turned=turned)
    joining.run()
    text = _text(joining.found)
    if joining.clashes:
        conflicts = tuple(_conflict(one, turned=turned) for one in joining.clashes)
        return Joined(None, conflicts, mine_kept=text)
    return Joined(text, came_in=tuple(_came_in(units[0], units[2], theirs_paired)))


def _conflict(clash: CellClash, *, turned: bool) -> Conflict:
    mine, theirs = (clash.second, clash.first) if turned else (clash.first, clash.second)
    return Conflict(clash.place, clash.base, mine, theirs)


@dataclass(slots=True)
class _Placed:
    """A unit of the joined text, and which unit of the second it holds."""

    unit: JoinedLine
    second: int | None
    added: bool = False


@dataclass(slots=True)
class _Joining:
    """One join, with the first's order of units; the second's own are put beside those.

    ``turned`` tells that the second is mine: where both changed a place, mine is taken.
    """

    base: Sequence[JoinedLine]
    first: Sequence[JoinedLine]
    second: Sequence[JoinedLine]
    by_first: Pairing
    by_second: Pairing
    turned: bool
    placed: list[_Placed] = field(default_factory=list)
    clashes: list[CellClash] = field(default_factory=list)
    _tables: dict[int, Columns | None] = field(default_factory=dict)
    _kept: set[int] = field(default_factory=set)

    def run(self) -> None:
        for one, unit in enumerate(self.first):
            at = self.by_first.base[one]
            if at is None:
                self.placed.append(_Placed(self._fitting(unit, second=False), None, added=True))
            else:
                self._place(at, unit)
        for at, other in enumerate(self.by_second.changed):
            if other is not None and self.by_first.changed[at] is None:
                self._taken_out(self.base[at], self.second[other], other)
        self._add_seconds()

    @property
    def found(self) -> list[JoinedLine]:
        return [one.unit for one in self.placed]

    def _place(self, at: int, unit: JoinedLine) -> None:
        """Place a unit that the first kept, with what the second made of it."""
        base, other = self.base[at], self.by_second.changed[at]
        if other is not None:
            self.placed.append(_Placed(self._joined(base, unit, self.second[other]), other))
        elif unit.text != base.text:
            self.clashes.append(CellClash(_where(base), base.text, unit.text, ""))
            if not self.turned:
                self.placed.append(_Placed(unit, None))

    def _taken_out(self, base: JoinedLine, unit: JoinedLine, other: int) -> None:
        if unit.text != base.text:
            self.clashes.append(CellClash(_where(base), base.text, "", unit.text))
            if self.turned:
                self._kept.add(other)

    def _joined(self, base: JoinedLine, first: JoinedLine, second: JoinedLine) -> JoinedLine:
        end = second.end if first.end == base.end else first.end
        if first.text in {base.text, second.text}:
            return replace(second, end=end)
        if second.text == base.text:
            return replace(first, end=end)
        columns = self._columns(base)
        if columns is None or not _joinable(base, first, second, columns):
            self.clashes.append(CellClash(_where(base), base.text, first.text, second.text))
            return replace(second if self.turned else first, end=end)
        unit, clashes = join_rows(base, first, second, columns, turned=self.turned)
        self.clashes += clashes
        return replace(unit, end=end)

    def _columns(self, base: JoinedLine) -> Columns | None:
        """Give the columns of the table a row of the base is in, None for what is no row."""
        if base.kind not in _IN_TABLES:
            return None
        if base.table not in self._tables:
            self._tables[base.table] = self._columns_of(base.table)
        return self._tables[base.table]

    def _columns_of(self, table: int) -> Columns | None:
        for at, unit in enumerate(self.base):
            if unit.kind is LineKind.HEAD and unit.table == table:
                one, other = self.by_first.changed[at], self.by_second.changed[at]
                if one is None or other is None:
                    return None
                return Columns.of(unit, self.first[one], self.second[other])
        return None

    def _fitting(self, unit: JoinedLine, *, second: bool) -> JoinedLine:
        """Give an added row with its cells below their names, if the table has other columns."""
        if unit.kind is not LineKind.ROW:
            return unit
        units, pairing = (self.second, self.by_second) if second else (self.first, self.by_first)
        heads = (
            at
            for at, one in enumerate(units)
            if one.kind is LineKind.HEAD and one.table == unit.table
        )
        base = pairing.base[next(heads)]
        columns = None if base is None else self._columns(self.base[base])
        if columns is None or columns.fit(second=second):
            return unit
        if has_more(unit.row, columns.count(second=second)) or columns.loses(unit.row, second):
            mine, theirs = ("", unit.text) if second else (unit.text, "")
            self.clashes.append(CellClash(_where(unit), "", mine, theirs))
            return unit
        return written(unit, columns.cells(unit.row, second=second))

    def _add_seconds(self) -> None:
        """Put each run of units that the second added behind what it stands behind there."""
        behind: int | None = None
        run: list[int] = []
        for other, at in enumerate((*self.by_second.base, -1)):
            if at is None or other in self._kept:
                run.append(other)
                continue
            if run:
                self._add_run(behind, run)
            run = []
            if at != -1 and self.by_first.changed[at] is not None:
                behind = other

    def _add_run(self, behind: int | None, run: Sequence[int]) -> None:
        start = 0
        for place, one in enumerate(self.placed):
            if behind is not None and one.second == behind:
                start = place + 1
        units = [self._fitting(self.second[other], second=True) for other in run]
        own = [one.unit for one in takewhile(lambda one: one.added, self.placed[start:])]
        shared, units = _new_beside(own, units)
        if not units:
            return  # both added the same
        kind = units[0].kind
        at = start + shared + len(list(takewhile(lambda one: one.kind is kind, own[shared:])))
        self.placed[at:at] = [_Placed(unit, None) for unit in units]


def _new_beside(
    own: Sequence[JoinedLine], units: Sequence[JoinedLine]
) -> tuple[int, list[JoinedLine]]:
    """Give those units that the first did not add as well, and how many of both begin alike.

    A row that both added is one, not two tickets; other lines are where one's go on the other's.
    """
    alike = takewhile(lambda pair: pair[0].text == pair[1].text, zip(own, units, strict=False))
    shared = len(list(alike))
    if shared < min(len(own), len(units)):
        shared = 0
    rows = Counter(one.text for one in own[shared:] if one.kind is LineKind.ROW)
    left = []
    for one in units[shared:]:
        if one.kind is LineKind.ROW and rows[one.text]:
            rows[one.text] -= 1
        else:
            left.append(one)
    return shared, left


def _joinable(base: JoinedLine, first: JoinedLine, second: JoinedLine, columns: Columns) -> bool:
    return (
        base.kind is first.kind is second.kind
        and not has_more(first.row, columns.count(second=False))
        and not has_more(second.row, columns.count(second=True))
    )


def _where(unit: JoinedLine) -> str:
    told = unit.name or ("front matter" if unit.kind is LineKind.FRONT else "")
    parts = [part for part in (unit.section, told, f"line {unit.line + 1}") if part]
    return ", ".join(parts)


def _came_in(
    base: Sequence[JoinedLine], theirs: Sequence[JoinedLine], pairing: Pairing | None = None
) -> Iterator[str]:
    """Name each place that they changed, added or took out; blank lines are none."""
    known = pairing or pair(base, theirs)
    for other, unit in enumerate(theirs):
        at = known.base[other]
        if unit.text.strip() and (at is None or base[at].text != unit.text):
            yield _where(unit)
    for at, unit in enumerate(base):
        if known.changed[at] is None and unit.text.strip():
            yield f"{_where(unit)} (taken out)"


def _text(units: Sequence[JoinedLine]) -> str:
    """Put the lines behind each other; only the last may have no end."""
    usual = next((one.end for one in units if one.end), "\n")
    last = len(units) - 1
    return "".join(
        one.text + (one.end or ("" if at == last else usual)) for at, one in enumerate(units)
    )
