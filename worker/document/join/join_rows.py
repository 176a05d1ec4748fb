"""Joining two changed rows of one table cell by cell, whatever columns each has got meanwhile."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from worker.content.inline_markdown import plain
from worker.document.join.joined_lines import JoinedLine, LineKind
from worker.document.markdown_tables import TableRow

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class JoinedColumn:
    """One column of the joined table, and which it is of the base, the first and the second."""

    name: str
    base: int | None
    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True)
class CellClash:
    """What both changed: the ``place`` in words, and what stood and stands there."""

    place: str
    base: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a joined table: the first's, and the second's own beside those they follow.

    Where the second alone moved columns, it is the second's, and the first's own. ``gone`` are
    those of the base that one of them took out.
    """

    all: tuple[JoinedColumn, ...]
    gone: tuple[JoinedColumn, ...] = ()

    @classmethod
    def of(cls, base: JoinedLine, first: JoinedLine, second: JoinedLine) -> "Columns":
        """Pair the columns of three headers by their names."""
        names = [[cell.text for cell in unit.row.cells] for unit in (base, first, second)]
        to_first, to_second = _same(names[0], names[1]), _same(names[0], names[2])
        if _moves(to_second) and not _moves(to_first):
            turned = _in_order(names[2], names[1], to_second, to_first)
            found = [replace(one, first=one.second, second=one.first) for one in turned]
        else:
            found = _in_order(names[1], names[2], to_first, to_second)
        gone = (
            JoinedColumn(name, at, to_first.get(at), to_second.get(at))
            for at, name in enumerate(names[0])
            if at not in to_first or at not in to_second
        )
        return cls(tuple(found), tuple(gone))

    def count(self, *, second: bool) -> int:
        """Give how many columns one of them has."""
        every = (one.second if second else one.first for one in (*self.all, *self.gone))
        return max((at for at in every if at is not None), default=-1) + 1

    def cells(self, row: TableRow, *, second: bool) -> list[str | None]:
        """Give the cells of a row of one of them, None where it has no such column."""
        return [_raw(row, one.second if second else one.first) for one in self.all]

    def loses(self, row: TableRow, second: bool) -> bool:
        """Tell whether an added row of one of them has words in a column that is taken out."""
        return any(row.text(one.second if second else one.first) for one in self.gone)

    def fit(self, *, second: bool) -> bool:
        """Tell whether a row as one of them wrote it has its cells under the right names."""
        own = [one.second if second else one.first for one in self.all]
        known = list(takewhile(lambda at: at is not None, own))
        return own[len(known) :].count(None) == len(own) - len(known) and known == list(
            range(self.count(second=second))
        )


def _in_order(
    names: Sequence[str],
    others: Sequence[str],
    to_first: Mapping[int, int],
    to_second: Mapping[int, int],
) -> list[JoinedColumn]:
    """Give the columns in the order of the first, who has these ``names``."""
    by_first = {one: at for at, one in to_first.items()}
    found = []
    for one, name in enumerate(names):
        at = by_first.get(one)
        other = None if at is None else to_second.get(at)
        if at is None or other is not None:
            found.append(JoinedColumn(name, at, one, other))
    for other, name in enumerate(others):
        if other not in to_second.values():
            found.insert(_behind(found, other), JoinedColumn(name, None, None, other))
    return found


def _moves(columns: Mapping[int, int]) -> bool:
    """Tell whether columns of the base stand in another order."""
    places = [columns[at] for at in sorted(columns)]
    return places != sorted(places)


def _same(names: Sequence[str], others: Sequence[str]) -> dict[int, int]:
    """Pair columns by name; one of another name is the same where it stands at the same place."""
    free: defaultdict[str, list[int]] = defaultdict(list)
    for other, name in enumerate(others):
        free[name].append(other)
    found = {at: free[name].pop(0) for at, name in enumerate(names) if free[name]}
    left = {at for at in range(len(names)) if at not in found}
    left_there = {other for other in range(len(others)) if other not in found.values()}
    return found | {at: at for at in left & left_there}


def _behind(columns: Sequence[JoinedColumn], other: int) -> int:
    """Give where a column of the second belongs: behind the nearest known one before it."""
    before = [at for at, one in enumerate(columns) if one.second is not None and one.second < other]
    return max(before, default=-1) + 1


def _raw(row: TableRow, column: int | None) -> str | None:
    """Give a cell with the blanks around it."""
    if column is None:
        return None
    if column >= len(row.cells):
        return ""
    cell = row.cells[column]
    if not cell.text:
        return " " * cell.width
    before, after = cell.words.start - cell.place.start, cell.place.end - cell.words.end
    return " " * before + cell.text + " " * after


def has_more(row: TableRow, columns: int) -> bool:
    """Tell whether a row has cells beyond its header's, which nobody sees but which are there."""
    return len(row.cells) > columns


def join_rows(
    base: JoinedLine,
    first: JoinedLine,
    second: JoinedLine,
    columns: Columns,
    *,
    turned: bool,
) -> tuple[JoinedLine, tuple[CellClash, ...]]:
    """Give the row with both changes, and each cell that both changed.

    Of such a cell the first's words are taken, the second's where ``turned``.
    """
    clashes, cells = [], []
    was, mine, theirs = base.row, first.row, second.row
    three = zip(
        columns.all,
        columns.cells(mine, second=False),
        columns.cells(theirs, second=True),
        strict=True,
    )
    for column, one, other in three:
        cell, clash = _cell(_raw(was, column.base), one, other)
        if clash and first.kind is not LineKind.RULE:
            clashes.append(_clash(base, column, (was, mine, theirs)))
            cell = (other or "") if turned else cell
        cells.append(cell)
    clashes += [
        _clash(base, one, (was, mine, theirs))
        for one in columns.gone
        if _wrote(one, (was, mine, theirs))
    ]
    return written(first, cells), tuple(clashes)


def _wrote(gone: JoinedColumn, rows: tuple[TableRow, TableRow, TableRow]) -> bool:
    """Tell whether one wrote into a column that the other took out."""
    was, mine, theirs = rows
    kept = mine.text(gone.first) if gone.first is not None else theirs.text(gone.second)
    both = gone.first is None and gone.second is None
    return not both and kept != was.text(gone.base)


def _clash(
    base: JoinedLine, column: JoinedColumn, rows: tuple[TableRow, TableRow, TableRow]
) -> CellClash:
    was, mine, theirs = rows
    place = f"{_row_name(base)}, {column.name or 'a column without a name'}"
    return CellClash(
        place, was.text(column.base), mine.text(column.first), theirs.text(column.second)
    )


def _cell(was: str | None, mine: str | None, theirs: str | None) -> tuple[str, bool]:
    if theirs is None or _words(theirs) == _words(was) or _words(theirs) == _words(mine):
        return (mine if mine is not None else theirs) or "", False
    if mine is None or _words(mine) == _words(was):
        return theirs, False
    return mine, True


def _words(cell: str | None) -> str:
    return (cell or "").strip()


def written(like: JoinedLine, cells: Sequence[str | None]) -> JoinedLine:
    """Give a row with those cells, between pipes as another row has them."""
    told = "|".join(_padded(cell) for cell in cells)
    text = f"{like.text[: like.column]}|{told}|"
    behind = like.text[like.row.place.end :]
    return replace(like, text=text + behind)


def _padded(cell: str | None) -> str:
    if not cell:
        return "  "
    left = cell if cell.startswith(" ") else f" {cell}"
    return left if left.endswith(" ") else f"{left} "


def _row_name(row: JoinedLine) -> str:
    if row.kind is LineKind.HEAD:
        return f"{row.section}, the names of the columns" if row.section else "the columns' names"
    told = plain(row.row.text(0))
    short = told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
    return f"{row.section}, row '{short}'" if row.section else f"row '{short}'"
