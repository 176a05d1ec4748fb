"""The parts of a postmortem as a merge sees them: what stands in each, and how it is changed.

A :class:`TextTarget` holds one text; a :class:`ListTarget` holds entries, which are
table rows or nested bullets. Both say how what stands there is spelled: words that render to the
same are the same, whatever a formatter made of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.content.inline_markdown import in_cell
from worker.content.same_markdown import Spelling
from worker.document.action_item_values import is_blank
from worker.document.markdown_blocks import Heading, ListItem, Table
from worker.document.markdown_tables import (
    TableRow,
    append_cells,
    render_row,
    replace_cell,
    with_cut_code,
)
from worker.document.outline import ActionsTable, Bullet, TimelineTable
from worker.document.text_edits import Edit, Place, SourceText

EntryCells = tuple[str | None, ...]
"""What an entry says, in the program's order; None for a column that people removed."""


class TextTarget(Protocol):
    """A place that holds one text."""

    @property
    def text(self) -> str:
        """What stands there."""

    @property
    def spelling(self) -> Spelling:
        """How it is spelled."""

    def put(self, text: str) -> Edit:
        """Make the edit that puts another text there."""


@dataclass(frozen=True, slots=True)
class TitleTarget:
    """The document's title."""

    heading: Heading
    spelling: Spelling

    @property
    def text(self) -> str:
        """What stands there."""
        return self.heading.text

    def put(self, text: str) -> Edit:
        """Make the edit that puts another text there."""
        return Edit(self.heading.place, " ".join(text.split()))


@dataclass(frozen=True, slots=True)
class BulletTarget:
    """What stands behind a bullet's label, up to the list below it."""

    source: SourceText
    bullet: Bullet
    spelling: Spelling

    @property
    def text(self) -> str:
        """What stands there."""
        return self.bullet.text

    def put(self, text: str) -> Edit:
        """Make the edit that puts another text there, one space or what was there before it."""
        place = self.bullet.place
        if not self.bullet.text:
            line = self.source.number(place.start)
            place = Place(place.start, self.source.ends[line])
            return Edit(place, f" {text}".rstrip())
        old = self.source.text[place.start : place.end]
        gap = old[: len(old) - len(old.lstrip())] if text else ""
        return Edit(place, gap + " ".join(text.split()))


@dataclass(frozen=True, slots=True)
class HeaderTarget:
    """One cell of a table's header."""

    row: TableRow
    column: int
    spelling: Spelling

    @property
    def text(self) -> str:
        """What stands there."""
        return self.row.text(self.column)

    def put(self, text: str) -> Edit:
        """Make the edit that puts another text there."""
        return replace_cell(self.row, self.column, in_cell(text))


class ListTarget(Protocol):
    """A place that holds entries."""

    @property
    def spelling(self) -> Spelling:
        """How they are spelled."""

    @property
    def entries(self) -> Sequence[EntryCells]:
        """What each entry says, in the document's order."""

    @property
    def kept(self) -> Collection[int]:
        """Which entries also hold words that the program does not write there."""

    def line(self, at: int) -> int:
        """Give the line (from 0) that an entry begins in."""

    def change(self, at: int, cells: tuple[str, ...]) -> list[Edit]:
        """Make the edits that let an entry say something else."""

    def remove(self, at: int) -> Edit:
        """Make the edit that removes an entry."""

    def insert(self, after: int, many: Sequence[tuple[str, ...]]) -> Edit:
        """Make the edit that adds entries behind one; behind -1 is before all."""


class PointsTarget:
    """The bullets nested below a labelled one."""

    def __init__(self, source: SourceText, bullet: Bullet, spelling: Spelling) -> None:
        self.spelling = spelling
        self._source = source
        self._parent = bullet.item
        self._items = bullet.points
        self.entries: Sequence[EntryCells] = tuple((self._text(one),) for one in self._items)
        self.kept: Collection[int] = ()

    def _place(self, item: ListItem) -> Place:
        return Place(item.place.start, self._source.ends[item.behind - 1])

    def _text(self, item: ListItem) -> str:
        place = self._place(item)
        return " ".join(self._source.text[place.start : place.end].split())

    def line(self, at: int) -> int:
        """Give the line of a point."""
        return self._items[at].line

    def change(self, at: int, cells: tuple[str, ...]) -> list[Edit]:
        """Make the edit that puts another text into a point."""
        return [Edit(self._place(self._items[at]), " ".join(cells[0].split()))]

    def remove(self, at: int) -> Edit:
        """Make the edit that removes a point with its lines."""
        item = self._items[at]
        return Edit(self._source.lines(item.line, item.behind), "")

    def insert(self, after: int, many: Sequence[tuple[str, ...]]) -> Edit:
        """Make the edit that adds points, indented and marked as their neighbours are."""
        if self._items:
            neighbour = self._items[max(after, 0)]
            line = neighbour.line - 1 if after < 0 else neighbour.behind - 1
            lead = self._lead(neighbour)
        else:
            line = self._parent.behind - 1
            mark = self._parent.marker
            lead = f"{self._parent.indent}{'-' if mark[0].isdigit() else mark} "
        lines = [lead + " ".join(cells[0].split()) for cells in many]
        return self._source.insert_after(line, lines)

    def _lead(self, item: ListItem) -> str:
        head = self._source.text[self._source.starts[item.line] : item.place.start]
        gap = head[head.rfind(item.marker) + len(item.marker) :]
        return f"{item.inset}{item.marker}{gap or ' '}"


@dataclass(frozen=True, slots=True)
class _Standing:
    row: TableRow
    table: Table
    columns: tuple[int | None, ...]

    @property
    def holds_more(self) -> bool:
        """Whether the row has a ticket, or words in columns that people added."""
        cells = enumerate(self.row.cells)
        others = (cell.text for column, cell in cells if column not in self.columns)
        return not all(is_blank(text) for text in others)


class RowsTarget:
    """The rows of one table, or of several that hold the same."""

    def __init__(
        self,
        source: SourceText,
        tables: Sequence[TimelineTable | ActionsTable],
        spelling: Spelling,
    ) -> None:
        self.spelling = spelling
        self._source = source
        self._first = tables[0]
        self._rows = [
            _Standing(
                with_cut_code(row, len(one.table.header.cells), source.text), one.table, one.columns
            )
            for one in tables
            for row in one.table.rows
        ]
        self.entries: Sequence[EntryCells] = tuple(
            tuple(None if at is None else one.row.text(at) for at in one.columns)
            for one in self._rows
        )
        self.kept: Collection[int] = {at for at, one in enumerate(self._rows) if one.holds_more}

    def line(self, at: int) -> int:
        """Give the line of a row."""
        return self._rows[at].row.line

    def change(self, at: int, cells: tuple[str, ...]) -> list[Edit]:
        """Make the edits that put other words into the cells that differ."""
        one = self._rows[at]
        edits, missing = [], {}
        for column, words in zip(one.columns, map(in_cell, cells), strict=True):
            if column is None or self.spelling.same(one.row.text(column), words):
                continue
            if column < len(one.row.cells):
                edits.append(replace_cell(one.row, column, words))
            else:
                missing[column] = words
        if missing:
            first = len(one.row.cells)
            added = [missing.get(column, "") for column in range(first, max(missing) + 1)]
            edits.append(append_cells(one.row, added, first))
        return edits

    def remove(self, at: int) -> Edit:
        """Make the edit that removes a row with its line."""
        line = self._rows[at].row.line
        return Edit(self._source.lines(line, line + 1), "")

    def insert(self, after: int, many: Sequence[tuple[str, ...]]) -> Edit:
        """Make the edit that adds rows, padded where all of the table's rows are."""
        if after < 0:
            table, columns, line = (
                self._first.table,
                self._first.columns,
                self._first.table.rule.line,
            )
        else:
            one = self._rows[after]
            table, columns, line = one.table, one.columns, one.row.line
        widths = _widths(table)
        lines = [table.indent + _row(table, columns, cells, widths) for cells in many]
        return self._source.insert_after(line, lines)


def _row(
    table: Table,
    columns: Sequence[int | None],
    cells: Sequence[str],
    widths: Sequence[int] | None,
) -> str:
    words = [""] * len(table.header.cells)
    for column, text in zip(columns, cells, strict=True):
        if column is not None:
            words[column] = in_cell(text)
    return render_row(words, widths)


def _widths(table: Table) -> list[int] | None:
    """Give how wide the words of each column are, None where the rows are not padded alike."""
    shapes = {
        tuple(cell.width for cell in row.cells) for row in (table.header, table.rule, *table.rows)
    }
    if len(shapes) > 1 or not table.header.opened or not table.header.closed:
        return None
    return [max(0, width - 2) for width in shapes.pop()]
