"""A document as the units that a join takes, keeps, moves or drops whole: its lines.

A row of a table is a unit whose cells are known; every other line is one by its characters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from worker.content.inline_markdown import plain
from worker.content.name_matching import label
from worker.document.front_matter import DocumentError, body_line
from worker.document.markdown_blocks import Blocks, parse
from worker.document.markdown_tables import TableRow, split_row
from worker.document.text_edits import SourceText


class LineKind(StrEnum):
    """What a line is to a join."""

    LINE = "line"
    FRONT = "front matter"
    HEAD = "head of a table"
    RULE = "rule of a table"
    ROW = "row of a table"


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """One line: ``text`` without its end, and the ``end`` ("" at the end of some texts).

    ``name`` is the label that a bullet or a line of the front matter begins with, "" without one.
    ``section`` is the heading above. ``table`` counts the document's tables and ``column`` is where
    a row begins; both tell nothing of other lines.
    """

    kind: LineKind
    text: str
    end: str
    line: int
    name: str = ""
    section: str = ""
    table: int = -1
    column: int = 0

    @property
    def row(self) -> TableRow:
        """The cells of a row, with places in ``text``."""
        return split_row(self.text, self.column, len(self.text), self.line)


def lines_of(text: str) -> tuple[JoinedLine, ...]:
    """Take a document apart; where it cannot be read as one, into plain lines."""
    try:
        blocks = parse(text)
        first = body_line(blocks.source)
    except DocumentError:
        source = SourceText.of(text)
        return tuple(
            JoinedLine(LineKind.LINE, source.line(at), _end(source, at), at)
            for at in range(len(source.ends))
        )
    return tuple(_units(blocks, first))


def _units(blocks: Blocks, first: int) -> Iterator[JoinedLine]:
    source = blocks.source
    tabled = _tabled(blocks)
    labels = {item.line: found[0] for item in blocks.all_items() if (found := label(item.text))}
    sections = {one.line: plain(one.text) for one in blocks.headings}
    section = ""
    for at in range(len(source.ends)):
        text, end = source.line(at), _end(source, at)
        section = sections.get(at, section)
        if at < first:
            yield JoinedLine(LineKind.FRONT, text, end, at, _key(text))
        elif at in tabled:
            kind, table, column = tabled[at]
            yield JoinedLine(kind, text, end, at, "", section, table, column)
        else:
            yield JoinedLine(LineKind.LINE, text, end, at, labels.get(at, ""), section)


def _tabled(blocks: Blocks) -> dict[int, tuple[LineKind, int, int]]:
    """Give the kind, table and column of each line that is a row."""
    found = {}
    for number, table in enumerate(blocks.tables):
        kinds = (
            (LineKind.HEAD, table.header),
            (LineKind.RULE, table.rule),
            *((LineKind.ROW, row) for row in table.rows),
        )
        for kind, row in kinds:
            column = row.place.start - blocks.source.starts[row.line]
            found[row.line] = kind, number, column
    return found


def _key(text: str) -> str:
    name, colon, _ = text.partition(":")
    return name if colon and name[:1].isalpha() and " " not in name else ""


def _end(source: SourceText, at: int) -> str:
    is_last = at == len(source.ends) - 1
    return "" if is_last and source.lent else source.line_end(at)
