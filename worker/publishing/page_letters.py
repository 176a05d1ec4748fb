"""The letters that a body shows, each with its place in the body, so that a mark may be put there.

White space counts as one space, and blocks end with a line end. What is shown and cannot be
commented on (a lozenge, a block of code) is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from worker.publishing.storage_text import BLOCKS, MARKER, Piece, pieces
from worker.publishing.table_rows import Row

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
    """The letters of a body. ``places`` has where each stands, empty for the ends of blocks."""

    text: str
    places: Sequence[tuple[int, int]]
    selections: Sequence[Selection]
    rows: Sequence[Row] = ()

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
        rows = [reader.row(text, *one) for one in reader.rows]
        return cls(text, reader.places, list(_joined(text, reader.marked)), rows)

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


@dataclass(slots=True)
class _Cell:
    """A cell under way: where its letters begin and end, and what else it shows."""

    start: int
    end: int = 0
    aside: list[str] = field(default_factory=list)


class _LetterReader:
    def __init__(self) -> None:
        self.letters: list[str] = []
        self.places: list[tuple[int, int]] = []
        self.marked: list[Selection] = []
        self.rows: list[tuple[int, int, list[_Cell]]] = []
        self._open: list[tuple[str, int]] = []
        self._rows: list[tuple[int, list[_Cell]]] = []

    def take(self, one: Piece) -> None:
        if one.name == MARKER:
            self._marker(one)
        elif one.name in BLOCKS:
            self._end_block()
            self._table(one)
        elif not one.name and one.shown and not one.editable and self._rows and self._rows[-1][1]:
            self._rows[-1][1][-1].aside.append(one.words)  # a lozenge: told of the cell, not in it
        elif not one.name and one.editable:
            for unit in _UNIT.finditer(one.text):
                self._add(unescape(unit[0]), one.start + unit.start(), one.start + unit.end())

    def _marker(self, one: Piece) -> None:
        if one.closes and self._open:
            ref, start = self._open.pop()
            self.marked.append(Selection(ref, start, len(self.letters)))
        elif not one.closes and not one.is_empty:
            self._open.append((one.attributes.get(_REF, ""), len(self.letters)))

    def _table(self, one: Piece) -> None:
        """Note where rows and cells begin and end."""
        if one.name == "tr" and not one.closes and not one.is_empty:
            self._rows.append((len(self.letters), []))
        elif one.name == "tr" and one.closes and self._rows:
            start, cells = self._rows.pop()
            self.rows.append((start, len(self.letters), cells))
        elif one.name in {"td", "th"} and self._rows:
            if not one.closes:
                self._rows[-1][1].append(_Cell(len(self.letters)))
            if (one.closes or one.is_empty) and self._rows[-1][1]:
                self._rows[-1][1][-1].end = len(self.letters)

    @staticmethod
    def row(text: str, start: int, end: int, cells: "list[_Cell]") -> Row:
        """Give a row with the words of its cells."""
        words = [" ".join([*text[one.start : one.end].split(), *one.aside]) for one in cells]
        return Row(start, end, [(one.start, one.end) for one in cells], words)

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
