"""A section of a document as a text of its own, and the document with that text in its place."""

from dataclasses import dataclass

from worker.document.markdown_blocks import parse
from worker.document.text_edits import SourceText

_DEEPEST = 2
"""Headings of this level and above begin a section; those below are inside one."""


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section: its heading's words, and where it stands, its heading included (characters)."""

    title: str
    start: int
    end: int


def sections(text: str) -> tuple[SectionText, ...]:
    """Give the sections behind the title, in order; each ends where the next begins.

    Raises ``DocumentError`` for a text that cannot be read.
    """
    source = SourceText.of(text)
    headings = [one for one in parse(text).headings if one.level <= _DEEPEST]
    if headings and headings[0].level < _DEEPEST:
        del headings[0]
    starts = [source.starts[one.line] for one in headings]
    ends = [*starts[1:], *([len(text)] if starts else [])]
    return tuple(
        SectionText(one.text, start, end)
        for one, start, end in zip(headings, starts, ends, strict=True)
    )


def with_section(text: str, number: int, words: str) -> str:
    """Give the text with other words in the place of a section, which stays parted from the next.

    Raises ``IndexError`` where there is no such section, and as :func:`sections` does.
    """
    known = sections(text)
    if not 0 <= number < len(known):
        raise IndexError(number)
    place = known[number]
    behind = text[place.end :]
    gap = "\n" * (2 - _line_ends(words)) if behind and words.strip() else ""
    return f"{text[: place.start]}{words}{gap}{behind}"


def _line_ends(words: str) -> int:
    """Count the line ends at the end, two at most."""
    return min(2, len(words) - len(words.rstrip("\n")))
