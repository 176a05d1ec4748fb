"""Table rows as characters: where cells begin and end, and what replaces one of them.

Cells are found as GitHub Flavored Markdown finds them: at each pipe that no backslash precedes,
in code spans too. Only a cell's own characters and its padding are ever replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.common.utils import mdTrim

from worker.document.text_edits import Edit, Place

_RULE_GAP = 2


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: ``place`` reaches from pipe to pipe, ``words`` is what it holds inside.

    ``text`` is the source of the words, with its escapes.
    """

    place: Place
    words: Place
    text: str

    @property
    def width(self) -> int:
        """How many characters the cell has from pipe to pipe."""
        return self.place.end - self.place.start


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row on line ``line``; ``place`` is the row without what stands before and behind it."""

    line: int
    place: Place
    cells: tuple[TableCell, ...]
    opened: bool
    closed: bool

    def text(self, column: int | None) -> str:
        """Give a cell's source; "" where the row has no such cell."""
        return self.cells[column].text if column is not None and column < len(self.cells) else ""


def split_row(text: str, start: int, end: int, line: int) -> TableRow:
    """Find the cells of the row between two places of a text."""
    inner = mdTrim(text[start:end])
    start = text.find(inner, start, end)
    end = start + len(inner)
    bars = [
        at for at in range(start, end) if text[at] == "|" and (at == start or text[at - 1] != "\\")
    ]
    opened = bool(bars) and bars[0] == start
    closed = bool(bars) and bars[-1] == end - 1 and end - start > 1
    borders = [start - 1, *bars, end]
    borders = borders[1 if opened else 0 : -1 if closed else None]
    cells = (_cell(text, left + 1, right) for left, right in pairwise(borders))
    return TableRow(line, Place(start, end), tuple(cells), opened, closed)


def _cell(text: str, start: int, end: int) -> TableCell:
    words = mdTrim(text[start:end])
    left = text.find(words, start) if words else end
    return TableCell(Place(start, end), Place(left, left + len(words)), words)


def with_cut_code(row: TableRow, columns: int, source: str) -> TableRow:
    """Give a row whose last cell ends where its code does, if a bare pipe cut the code in two.

    A pipe in code needs its backslash in a table, and some formatters take it away (pandoc 2.17
    does): what is behind it is then one cell too many, which no reader is shown.
    """
    if len(row.cells) <= columns or row.cells[columns - 1].text.count("`") % 2 == 0:
        return row
    first, last = row.cells[columns - 1], row.cells[-1]
    words = Place(first.words.start, last.words.end)
    whole = TableCell(
        Place(first.place.start, last.place.end), words, source[words.start : words.end]
    )
    return replace(row, cells=(*row.cells[: columns - 1], whole))


def replace_cell(row: TableRow, column: int, words: str, *, right: bool = False) -> Edit:
    """Make the edit that puts other words into a cell.

    The cell keeps its width where the words fit; ``right`` says that its column is aligned right.
    """
    cell = row.cells[column]
    lead = trail = 1
    if cell.text:
        trail = min(trail, cell.place.end - cell.words.end)
        before = cell.words.start - cell.place.start
        lead = min(lead, before) if right else before
    room = cell.width - lead - trail
    inner = words.rjust(room) if right else words.ljust(room if trail else 0)
    return Edit(cell.place, " " * lead + inner + " " * trail)


def append_cells(row: TableRow, cells: Sequence[str], columns: int) -> Edit:
    """Make the edit that adds cells at a row's right, as columns ``columns`` and following.

    A row with too few cells is first filled up to that column with empty ones.
    """
    missing = max(0, columns - len(row.cells))
    added = "".join(f" {cell} |" for cell in (*[""] * missing, *cells))
    at = row.place.end
    if row.closed or not row.cells:
        return Edit(Place(at, at), added)
    return Edit(Place(at, at), " |" + (added if row.opened else added.removesuffix(" |")))


def append_rules(rule: TableRow, widths: Sequence[int]) -> Edit:
    """Make the edit that adds columns to the line of dashes below a table's header."""
    spaced = bool(rule.cells) and rule.cells[0].width != len(rule.cells[0].text)
    dashes = (
        f" {'-' * width} |" if spaced else f"{'-' * (width + _RULE_GAP)}|" for width in widths
    )
    at = rule.place.end
    added = "".join(dashes)
    if rule.closed:
        return Edit(Place(at, at), added)
    return Edit(Place(at, at), "|" + (added if rule.opened else added.removesuffix("|")))


def render_row(cells: Sequence[str], widths: Sequence[int] | None = None) -> str:
    """Give a whole new row; ``widths`` (of the words) pads its cells to those of other rows."""
    if widths is not None:
        cells = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return "|" + "".join(f" {cell} |" for cell in cells)
