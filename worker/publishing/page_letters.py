"""The letters that a body shows, each with its place in the body, so that a mark may be put there.

White space counts as one space, and blocks end with a line end. A lozenge and a picture are one
letter each, which no text has: the same for what shows the same. What is shown and cannot be
commented on (a block of code) is left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from zlib import crc32

from worker.publishing.storage_text import BLOCKS, MARKER, Piece, pieces
from worker.publishing.table_rows import PageCell, PageRow

_FIRST_OF_THINGS, _THINGS = 0xF0000, 0xFFFE
"""Letters that stand for things: a private plane of Unicode."""
_MACRO, _PICTURE = "ac:structured-macro", "ac:image"
_SOURCES = {"ri:attachment": "ri:filename", "ri:url": "ri:value"}
_UNIT = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|.", re.DOTALL)
_REF = "ac:ref"


@dataclass(frozen=True, slots=True)
class Selection:
    """Words that somebody commented on, from a letter up to another; ``ref`` is the comment's."""

    ref: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a body. ``places`` has where each stands, empty for the ends of blocks.

    ``things`` are what the letters say that stand for a lozenge or a picture, ``rows`` those of its
    tables.
    """

    text: str
    places: Sequence[tuple[int, int]]
    selections: Sequence[Selection]
    things: Mapping[str, str]
    rows: Sequence[PageRow]

    @property
    def flat(self) -> str:
        """The text with spaces for the ends of blocks."""
        return self.text.replace("\n", " ")

    @classmethod
    def of(cls, body: str) -> "Letters":
        """Read a body, with the comments that are in it."""
        reader = _LetterReader()
        for one in pieces(body):
            reader.take(one)
        text = "".join(reader.letters)
        rows = [one.row(text) for one in reader.tables.rows if one.cells]
        marked = list(_joined(text, reader.marked))
        return cls(text, reader.places, marked, reader.things, rows)

    def told(self, words: str) -> str:
        """Give words as they are read, with what the letters in them say that stand for things."""
        return words.translate({ord(one): said for one, said in self.things.items()})

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Give where letters stand in the body, a span for each run of text that holds some."""
        last: list[int] = []
        for begins, ends in self.places[start:end]:
            if begins == ends:
                continue
            if last and last[1] == begins:
                last[1] = ends
                continue
            if last:
                yield last[0], last[1]
            last = [begins, ends]
        if last:
            yield last[0], last[1]


class _LetterReader:
    def __init__(self) -> None:
        self.letters: list[str] = []
        self.places: list[tuple[int, int]] = []
        self.marked: list[Selection] = []
        self.things: dict[str, str] = {}
        self.tables = _TableReader()
        self._open: list[tuple[str, int]] = []
        self._thing: _Thing | None = None

    def take(self, one: Piece) -> None:
        if self._thing is not None:
            self._within(self._thing, one)
        elif one.name == MARKER:
            self._marker(one)
        elif one.name == _PICTURE or (
            one.name == _MACRO and one.attributes.get("ac:name") == "status"
        ):
            self._thing = None if one.closes or one.is_empty else _Thing(one.name, one.start)
        elif one.name in BLOCKS:
            self._end_block()
            self.tables.take(one, len(self.letters))
        elif not one.name and one.editable:
            for unit in _UNIT.finditer(one.text):
                self._add(unescape(unit[0]), one.start + unit.start(), one.start + unit.end())
        elif one.name == "a" and not one.closes:
            self.tables.link(one.attributes.get("href", ""), len(self.letters))
        elif one.name == "a":
            self.tables.end_link(len(self.letters))

    def _within(self, thing: "_Thing", one: Piece) -> None:
        """Go on within a lozenge or picture: what it says is all that tells it from others."""
        if one.name == thing.name and one.closes:
            said = " ".join(thing.said.split())
            letter = chr(_FIRST_OF_THINGS + crc32(said.encode("utf-8", "replace")) % _THINGS)
            self.things[letter] = said
            self.letters.append(letter)
            self.places.append((thing.start, one.end))
            self._thing = None
        elif one.name in _SOURCES:
            thing.said += one.attributes.get(_SOURCES[one.name], "")
        elif not one.name and one.shown:
            thing.said += one.words

    def _marker(self, one: Piece) -> None:
        if one.closes and self._open:
            ref, start = self._open.pop()
            self.marked.append(Selection(ref, start, len(self.letters)))
        elif not one.closes and not one.is_empty:
            self._open.append((one.attributes.get(_REF, ""), len(self.letters)))

    def _add(self, shown: str, start: int, end: int) -> None:
        if not shown.isspace():
            self.letters += shown[:1]
            self.places.append((start, end))
        elif not self.letters or self.letters[-1] not in " \n":
            self.letters.append(" ")
            self.places.append((start, end))
        elif self.places[-1][1] == start and self.letters[-1] == " ":
            self.places[-1] = self.places[-1][0], end

    def _end_block(self) -> None:
        if self.letters and self.letters[-1] == " ":
            self.letters[-1], self.places[-1] = "\n", (0, 0)
        elif self.letters and self.letters[-1] != "\n":
            self.letters.append("\n")
            self.places.append((0, 0))


@dataclass(slots=True)
class _Thing:
    """A lozenge or picture that is being read."""

    name: str
    start: int
    said: str = ""


@dataclass(slots=True)
class _OpenCell:
    """A cell that is being read; ``link`` has where its link leads, and its first and last."""

    start: int
    end: int
    is_head: bool
    link: tuple[str, int, int] = ("", 0, 0)

    def cell(self, text: str) -> PageCell:
        address, begins, ends = self.link
        words = " ".join(text[self.start : self.end].split())
        is_link = bool(words) and " ".join(text[begins:ends].split()) == words
        return PageCell(self.start, self.end, words, address if is_link else "", self.is_head)


@dataclass(slots=True)
class _OpenRow:
    table: int
    cells: list[_OpenCell]

    def row(self, text: str) -> PageRow:
        return PageRow(self.table, tuple(one.cell(text) for one in self.cells))


class _TableReader:
    """Reads where rows and cells are; a table within a cell belongs to that cell."""

    def __init__(self) -> None:
        self.rows: list[_OpenRow] = []
        self._tables = self._depth = 0
        self._cell: _OpenCell | None = None

    def take(self, one: Piece, at: int) -> None:
        if one.is_empty and one.name in {"td", "th"}:
            self._begin(one, at)
            self._end(at)
        elif one.name == "table" and not one.is_empty:
            self._depth = max(0, self._depth + (-1 if one.closes else 1))
            self._tables += self._depth == 1 and not one.closes
        elif self._depth != 1:
            return
        elif one.name == "tr" and not one.closes:
            self.rows.append(_OpenRow(self._tables, []))
        elif one.name in {"td", "th"}:
            (self._end(at) if one.closes else self._begin(one, at))

    def link(self, address: str, at: int) -> None:
        if self._cell is not None:
            self._cell.link = address, at, at

    def end_link(self, at: int) -> None:
        if self._cell is not None:
            self._cell.link = *self._cell.link[:2], at

    def _begin(self, one: Piece, at: int) -> None:
        if self.rows and self._depth == 1:
            self._cell = _OpenCell(at, at, one.name == "th")
            self.rows[-1].cells.append(self._cell)

    def _end(self, at: int) -> None:
        if self._cell is not None:
            self._cell.end = at
        self._cell = None


def _joined(text: str, marked: Sequence[Selection]) -> Iterator[Selection]:
    """Make one selection of a comment's marks across bold words, links and paragraphs."""
    last: Selection | None = None
    for one in sorted(marked, key=lambda each: (each.ref, each.start, each.end)):
        if last is not None and last.ref == one.ref and not text[last.end : one.start].strip():
            last = Selection(one.ref, last.start, max(last.end, one.end))
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
