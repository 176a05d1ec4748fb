"""What people wrote on a page, taken over into its document: words of paragraphs and cells.

Lines of the page as it was written are compared with those it has now. A line that says something
else is looked for in the document, and only its changed words are put there, so that everything
around them keeps its spelling. What was added as a whole, taken out or moved is left to people.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.content.inline_markdown import plain, say
from worker.publishing.storage_text import words_shown

_BESIDE = re.compile(r"^\s*(?:#{1,6}\s+|(?:[-*+]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+|>\s*)*)")
_CELL = re.compile(r"(?:[^|\\]|\\.)+")
_FENCE = re.compile(r"^\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Taken:
    """A document with what was taken over, each as it was and as it is; ``left`` are the others."""

    text: str
    taken: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of a document that is one line of its page."""

    start: int
    end: int
    shown: str


def take_over(document: str, sent: str, body: str) -> Taken:
    """Put what people changed in a page into its document.

    ``sent`` are the words of the page as it was last written, ``body`` is its present body.
    """
    before, after = sent.splitlines(), words_shown(body).splitlines()
    segments = list(_segments(document))
    edits: list[tuple[int, int, str]] = []
    taken, left = [], list[str]()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        if i2 - i1 != j2 - j1:
            left += [f"- {one}" for one in before[i1:i2]] + [f"+ {one}" for one in after[j1:j2]]
            continue
        for at, new in zip(range(i1, i2), after[j1:j2], strict=True):
            segment = _meant(segments, before, at)
            edit = _edit(document, segment, before[at], new) if segment else None
            if edit is None:
                left += [f"- {before[at]}", f"+ {new}"]
            else:
                edits.append(edit)
                taken.append((before[at], new))
    for start, end, words in sorted(edits, reverse=True):
        document = document[:start] + words + document[end:]
    return Taken(document, tuple(taken), tuple(left))


def _meant(segments: Sequence[_Segment], before: Sequence[str], at: int) -> _Segment | None:
    """Give the part of the document that a line of the page is; of several alike by their order."""
    line = before[at]
    alike = [one for one in segments if one.shown == line]
    nth, every = before[:at].count(line), before.count(line)
    return alike[nth] if len(alike) == every else None


def _edit(document: str, segment: _Segment, old: str, new: str) -> tuple[int, int, str] | None:
    """Give where in the document the changed words stand, and what stands there instead."""
    was, now = old.split(" "), new.split(" ")
    head = 0
    while head < min(len(was), len(now)) and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    source = document[segment.start : segment.end]
    for wider in range(max(head, tail) + 1):
        first, last = max(0, head - wider), max(0, tail - wider)
        words = " ".join(was[first : len(was) - last])
        if words and source.count(words) == 1:
            at = segment.start + source.index(words)
            instead = say("{words}", words=" ".join(now[first : len(now) - last]))
            return at, at + len(words), instead
    return None


def _segments(document: str) -> Iterator[_Segment]:
    """Cut a document into its paragraphs, bullets, headings and cells; code is left out."""
    at, in_code = 0, False
    paragraph: list[tuple[int, int]] = []
    for line in document.splitlines(keepends=True):
        start, end = at, at + len(line.rstrip("\r\n"))
        at += len(line)
        text = document[start:end]
        is_plain = bool(text.strip()) and _BESIDE.sub("", text, count=1) == text.lstrip()
        if _FENCE.match(text):
            in_code = not in_code
        is_table = text.lstrip().startswith("|")
        if in_code or not is_plain or is_table:
            yield from _joined(document, paragraph)
            paragraph = []
        if in_code or not text.strip():
            continue
        if is_table:
            for cell in _CELL.finditer(text):
                yield from _joined(document, [(start + cell.start(), start + cell.end())])
        elif is_plain:
            paragraph.append((start, end))
        else:
            found = _BESIDE.match(text)
            yield from _joined(document, [(start + (found.end() if found else 0), end)])
    yield from _joined(document, paragraph)


def _joined(document: str, lines: Sequence[tuple[int, int]]) -> Iterator[_Segment]:
    if lines:
        start, end = lines[0][0], lines[-1][1]
        shown = " ".join(plain(document[start:end]).split())
        if shown:
            yield _Segment(start, end, shown)
