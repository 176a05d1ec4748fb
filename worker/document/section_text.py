"""A section of a document as a text of its own, and the document with that text in its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.document.markdown_blocks import parse
from worker.document.text_edits import SourceText

_DEEPEST = 2
"""Headings of this level and above begin a section; those below are inside one."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


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
    if words == text[place.start : place.end]:
        return text
    behind = text[place.end :]
    gap = "\n" * (2 - _line_ends(words)) if behind and words.strip() else ""
    return f"{text[: place.start]}{words}{gap}{behind}"


def _line_ends(words: str) -> int:
    """Count the line ends at the end, two at most."""
    return min(2, len(words) - len(words.rstrip("\n")))


def part_around(text: str, line: int, longest: int) -> str:
    """Give the section that a line (from 0) is in, or what of it is nearest, for a look at it.

    At most ``longest`` characters, and the opening of the fence that it begins in; a text that is
    no longer is given whole. Nothing is parsed: a heading inside HTML counts too.
    """
    if len(text) <= longest:
        return text
    lines = text.split("\n")
    line = min(max(line, 0), len(lines) - 1)
    fences = list(_fences(lines))
    heads = [
        at for at, one in enumerate(lines) if fences[at] is None and one.startswith(("# ", "## "))
    ]
    start = max((at for at in heads if at <= line), default=0)
    end = min((at for at in heads if at > line), default=len(lines))
    first, behind = _near(lines, line, range(start, end), longest)
    opened = fences[first]
    fence = [lines[opened]] if opened is not None and opened < first else []
    return "\n".join((*fence, "\n".join(lines[first:behind])[:longest]))


def _near(lines: Sequence[str], line: int, within: range, longest: int) -> tuple[int, int]:
    """Grow a stretch around a line, a line above and one below in turn, while there is room."""
    first, behind, room = line, line + 1, longest - len(lines[line]) - 1
    grows = True
    while grows:
        grows = False
        if first > within.start and len(lines[first - 1]) < room:
            first, room, grows = first - 1, room - len(lines[first - 1]) - 1, True
        if behind < within.stop and len(lines[behind]) < room:
            behind, room, grows = behind + 1, room - len(lines[behind]) - 1, True
    return first, behind


def _fences(lines: Sequence[str]) -> Iterator[int | None]:
    """Give for each line which one opened the fence that it is in, None where it is in none."""
    opened, mark = None, ""
    for at, line in enumerate(lines):
        found = _FENCE.match(line)
        if opened is None and found:
            opened, mark = at, found[1]
            yield at
            continue
        yield opened
        if opened is not None and found and found[1].startswith(mark) and not found[2].strip():
            opened = None
