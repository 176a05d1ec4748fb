"""A text as its exact characters: lines with their places and ends, and edits by place.

Nothing here knows Markdown. A text is only ever changed by replacing places in it, so every
character outside those places stays: line ends, a byte order mark, tabs, trailing spaces.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

BOM = "\ufeff"

_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: characters ``start`` to ``end`` (exclusive)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands in a place; an empty place inserts."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text and its lines.

    ``text`` always ends with a line end; where the original did not, one was lent to it
    (``lent``) that :meth:`apply` takes back. ``starts`` holds where each line begins, ``ends``
    where its characters end, before the line end.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    lent: bool

    @classmethod
    def of(cls, text: str) -> "SourceText":
        """Find the lines of a text. Lines end as in Markdown: LF, CRLF or CR, nothing else."""
        lent = not text.endswith(("\n", "\r"))
        first = _END.search(text)
        whole = text + (first.group() if first else "\n") if lent else text
        starts, ends = [0], []
        for found in _END.finditer(whole):
            ends.append(found.start())
            starts.append(found.end())
        starts.pop()
        return cls(whole, tuple(starts), tuple(ends), lent)

    def line(self, number: int) -> str:
        """Give a line's characters, without its end."""
        return self.text[self.starts[number] : self.ends[number]]

    def line_end(self, number: int) -> str:
        """Give the characters that end a line."""
        return self.text[self.ends[number] : self.after(number)]

    def after(self, number: int) -> int:
        """Give the place right behind a line and its end."""
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)

    def number(self, at: int) -> int:
        """Give the number (from 0) of the line that holds a place."""
        return bisect_right(self.starts, at) - 1

    def lines(self, first: int, behind: int) -> Place:
        """Give the place of whole lines, ``first`` up to but without ``behind``."""
        return Place(self.starts[first], self.after(behind - 1))

    def insert_after(self, number: int, lines: Iterable[str]) -> Edit:
        """Make an edit that adds lines behind a line, ended as that line is."""
        end = self.line_end(number)
        at = self.after(number)
        return Edit(Place(at, at), "".join(line + end for line in lines))

    def apply(self, edits: Iterable[Edit]) -> str:
        """Give the text with the edits made; they must not overlap.

        Edits that insert at one place keep their order, and come before one that replaces from
        there on. A text that did not end with a line end still does not.
        """
        parts, at = [], 0
        for edit in sorted(edits, key=lambda one: (one.place.start, one.place.end)):
            parts += [self.text[at : edit.place.start], edit.text]
            at = edit.place.end
        result = "".join((*parts, self.text[at:]))
        if not self.lent:
            return result
        end = self.line_end(len(self.ends) - 1)
        return result.removesuffix(end)
