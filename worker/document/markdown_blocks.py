"""A Markdown document's blocks with their exact places in the source.

The block structure is markdown-it's (CommonMark with GitHub's tables): what it takes for a fence,
an HTML block or a footnote is no table and no list here either. It gives lines; the places within
the lines are found here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table as _find_table
from markdown_it.token import Token

from worker.content.editor_marks import footnotes, know_editor_marks
from worker.content.inline_markdown import Definitions
from worker.content.markdown_cost import cost
from worker.document.front_matter import DocumentError, body_line
from worker.document.markdown_tables import TableRow, split_row
from worker.document.text_edits import BOM, Place, SourceText

_MARKER = re.compile(r"[-*+](?=\s)|\d{1,9}[.)](?=\s)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading on the document's top level; ``behind`` is the first line after it."""

    level: int
    text: str
    place: Place
    line: int
    behind: int


@dataclass(frozen=True, slots=True)
class ListItem:
    """A list item: lines ``line`` up to but without ``behind``, blank ones at its end left out.

    ``text`` and ``place`` are of its first paragraph (both empty where it opens otherwise), lines
    within it ended by a line feed; ``text_behind`` is the first line after that paragraph.
    ``inset`` stands before the item's marker, ``indent`` before every further line of the item.
    """

    line: int
    behind: int
    text: str
    place: Place
    text_behind: int
    inset: str
    indent: str
    marker: str
    children: tuple["ListItem", ...]

    def walk(self) -> Iterator["ListItem"]:
        """Give the item and all below it, in the document's order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``rule`` is the line of dashes, ``indent`` stands before each further row."""

    header: TableRow
    rule: TableRow
    rows: tuple[TableRow, ...]
    indent: str


class PassageKind(StrEnum):
    """What a passage is; the value is the parser's word for it."""

    PARAGRAPH = "paragraph_open"
    HTML = "html_block"
    INDENTED = "code_block"
    FENCE = "fence"


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text, HTML or code: lines ``line`` up to but without ``behind``."""

    kind: PassageKind
    line: int
    behind: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a document is made of, each kind in the document's order."""

    source: SourceText
    headings: tuple[Heading, ...]
    items: tuple[ListItem, ...]
    tables: tuple[Table, ...]
    passages: tuple[Passage, ...]
    definitions: Definitions

    def all_items(self) -> Iterator[ListItem]:
        """Give every list item, nested ones behind their parents."""
        for item in self.items:
            yield from item.walk()


@lru_cache(maxsize=4)
def parse(text: str) -> Blocks:
    """Find the blocks of a document. A front matter and a byte order mark are no part of them.

    The last few texts are remembered: one job looks at the same text up to five times. Raises
    ``DocumentError`` for a broken front matter, and for a text that would take long.
    """
    if problem := cost(text).problem:
        raise DocumentError(f"{problem}, so it is not read.", "Part it, or take some out.")
    source = SourceText.of(text)
    first = body_line(source)
    body = source.text[source.starts[first] :] if first < len(source.starts) else ""
    if first == 0:
        body = body.replace(BOM, " ", 1) if body.startswith(BOM) else body
    environment: dict[str, Mapping[str, object]] = {}
    tokens = _parser.parse("\n" * first + body, environment)
    definitions = footnotes(body) | dict(environment.get("references", {}))
    return _BlockReader(source, tokens).read(definitions)


def _table(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Find a table as markdown-it does, and note in which column each of its lines begins.

    Only while the rule runs does the parser know what a quote or a list puts before the rows.
    """
    before = len(state.tokens)
    if not _find_table(state, line, end_line, silent):
        return False
    if not silent:
        for token in state.tokens[before:]:
            if token.type in ("table_open", "tr_open") and token.map:
                at = token.map[0] + (token.type == "table_open")
                token.meta["column"] = _column(state, at)
    return True


def _column(state: StateBlock, line: int) -> int:
    at = state.bMarks[line] + state.tShift[line]
    return at - state.src.rfind("\n", 0, at) - 1


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    know_editor_marks(parser)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


_parser = _make_parser()


class _BlockReader:
    """Walks the tokens once, from block to block."""

    def __init__(self, source: SourceText, tokens: list[Token]) -> None:
        self._source = source
        self._seen = source.text.replace("\0", "\ufffd")
        self._tokens = tokens
        self._at = 0
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._items: list[ListItem] = []

    def read(self, definitions: Definitions) -> Blocks:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.type == "heading_open" and token.level == 0:
                self._heading(token)
            elif token.type == "list_item_open":
                self._items.append(self._item())
                continue
            elif token.type == "table_open":
                self._table()
                continue
            self._at += 1
        return Blocks(
            self._source,
            tuple(self._headings),
            tuple(self._items),
            tuple(self._tables),
            tuple(self._passages()),
            definitions,
        )

    def _passages(self) -> Iterator[Passage]:
        kinds = {kind.value: kind for kind in PassageKind}
        for token in self._tokens:
            if token.type in kinds and token.map:
                yield Passage(kinds[token.type], *_map(token))

    def _heading(self, token: Token) -> None:
        content = self._tokens[self._at + 1].content
        line, behind = _map(token)
        if token.markup.startswith("#"):
            at = self._seen.find("#", self._source.starts[line]) + len(token.markup)
            start = self._seen.find(content, at)
            place = Place(start, start + len(content))
        else:
            place = self._text_place(content, line)
        level = int(token.tag[1:])
        self._headings.append(Heading(level, content, place, line, behind))

    def _text_place(self, content: str, line: int) -> Place:
        """Find a paragraph: each of its lines is what a source line ends with."""
        lines = content.split("\n")
        opening = lines[0].rstrip()
        while not self._line(line).endswith(opening):
            line += 1  # lines of no-break spaces alone are trimmed from a paragraph
        last = line + len(lines) - 1
        first_end = self._source.starts[line] + len(self._line(line))
        start = first_end - len(lines[0].rstrip())
        end = self._source.starts[last] + len(self._line(last))
        return Place(start, max(start, end))

    def _line(self, number: int) -> str:
        return self._seen[self._source.starts[number] : self._source.ends[number]].rstrip()

    def _item(self) -> ListItem:
        opening = self._tokens[self._at]
        line, behind = _map(opening)
        while behind > line + 1 and not self._source.line(behind - 1).strip(" \t>"):
            behind -= 1
        self._at += 1
        text, place, text_behind = self._first_paragraph(line)
        children: list[ListItem] = []
        while self._tokens[self._at].level > opening.level:
            token = self._tokens[self._at]
            if token.type == "list_item_open":
                children.append(self._item())
            elif token.type == "table_open":
                self._table()
            else:
                self._at += 1
        self._at += 1
        marker = opening.info + opening.markup
        inset, indent = self._margins(line, place.start, marker)
        return ListItem(
            line, behind, text, place, text_behind, inset, indent, marker, tuple(children)
        )

    def _first_paragraph(self, line: int) -> tuple[str, Place, int]:
        token = self._tokens[self._at]
        if token.type != "paragraph_open":
            at = self._source.ends[line]
            return "", Place(at, at), line + 1
        content = self._tokens[self._at + 1].content
        first, behind = _map(token)
        return content, self._text_place(content, first), behind

    def _margins(self, line: int, start: int, marker: str) -> tuple[str, str]:
        """Tell what stands before an item's marker, and before further lines of the item."""
        head = self._source.line(line)[: max(0, start - self._source.starts[line])]
        at = head.rfind(marker)
        inset = head[: max(at, 0)]
        return _continued(inset), _continued(head)

    def _table(self) -> None:
        opening = self._tokens[self._at]
        self._at += 1
        rows = []
        while self._tokens[self._at].type != "table_close":
            token = self._tokens[self._at]
            if token.type == "tr_open":
                rows.append(self._row(_map(token)[0], token.meta["column"]))
            self._at += 1
        self._at += 1
        line, column = _map(opening)[0] + 1, opening.meta["column"]
        indent = self._source.line(line)[:column]
        self._tables.append(Table(rows[0], self._row(line, column), tuple(rows[1:]), indent))

    def _row(self, line: int, column: int) -> TableRow:
        start = self._source.starts[line] + column
        return split_row(self._source.text, start, self._source.ends[line], line)


def _map(token: Token) -> tuple[int, int]:
    first, behind = token.map or (0, 0)
    return first, behind


def _continued(head: str) -> str:
    """Give what stands before a further line of an item: its markers become spaces."""
    return _MARKER.sub(lambda found: " " * len(found.group()), head)
