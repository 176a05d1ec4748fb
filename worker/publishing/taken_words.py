"""What people wrote on a page, taken over into its document: words of paragraphs and cells.

Lines of the page as it was written are compared with those it has now. A line that says something
else is looked for in the document, and only its changed words are put there, so that everything
around them keeps its spelling. A box that was ticked is ticked, an empty cell that was filled is
filled. What was added as a whole, taken out or moved is left to people, and so is what the tracker
tells.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from worker.content.inline_markdown import plain, say
from worker.publishing.page_edits import paired, readable
from worker.publishing.storage_text import BOXES, EMPTY, lines_shown

_BESIDE = re.compile(r"^\s*(?:#{1,6}\s+|(?:[-*+]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+|>\s*)*)")
_BOX = re.compile(r"\[([ xX])\]\s+$")
_CELL = re.compile(r"((?:[^|\\]|\\.)*)(?:\||$)")
_DELIMITER = re.compile(r"[\s|:-]+")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A document with what was taken over, each as it was and as it is; ``left`` are the others.

    ``agreed`` are the lines of the page as they were written, with those that were taken over.
    """

    text: str
    taken: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of a document that is one line of its page.

    ``box`` is where the letter of its box stands, -1 for none. ``is_tracked`` tells of a cell that
    the tracker fills.
    """

    start: int
    end: int
    shown: str
    box: int = -1
    is_cell: bool = False
    is_tracked: bool = False


def take_over(document: str, sent: str, body: str, tracked: Sequence[str] = ()) -> Taken:
    """Put what people changed in a page into its document.

    ``sent`` are the lines of the page as it was last written, ``body`` is its present body.
    ``tracked`` are the names of the columns of links and states, in which only tickets count.
    """
    before, after = sent.splitlines(), lines_shown(body).splitlines()
    places = _Places(list(_segments(document, tracked)), before)
    edits: list[_Edit] = []
    taken, left, agreed = list[tuple[str, str]](), list[str](), list(before)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        for one, other in paired(before[i1:i2], after[j1:j2]):
            if one is None or other is None:
                left += [f"- {readable(before[i1 + one])}"] if one is not None else []
                left += [f"+ {readable(after[j1 + other])}"] if other is not None else []
                continue
            at, new = i1 + one, after[j1 + other]
            segment = places.of(at)
            found = _edits(document, segment, before[at], new) if segment else None
            if segment is None or found is None or segment.is_tracked:
                left += [
                    f"- {readable(before[at])}",
                    f"+ {readable(new)}{_why(segment, before[at])}",
                ]
                continue
            edits += found
            agreed[at] = new
            taken.append((readable(before[at]), readable(new)))
    for start, end, words in sorted(edits, reverse=True):
        document = document[:start] + words + document[end:]
    return Taken(document, tuple(taken), tuple(left), "\n".join(agreed))


def _why(segment: _Segment | None, old: str) -> str:
    """Say why a line is left to people, where there is more to it."""
    if segment is None:
        return ""
    if segment.is_tracked:
        return " (the ticket says this: change it there)"
    return "" if segment.shown == old else f" (conflict: the document says “{segment.shown}”)"


class _Places:
    """Where the lines of a page, as it was written, stand in its document."""

    def __init__(self, segments: Sequence[_Segment], before: Sequence[str]) -> None:
        shown = [one.shown for one in segments]
        self._segments, self._before, self._shown = segments, before, shown
        self._same = dict[int, int]()
        self._other = dict[int, int]()
        matcher = difflib.SequenceMatcher(None, before, shown, autojunk=False)
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            if i2 - i1 == j2 - j1:
                found = self._same if kind == "equal" else self._other
                found.update(zip(range(i1, i2), range(j1, j2), strict=True))

    def of(self, at: int) -> _Segment | None:
        """Give the part of the document that a line of the page is, or was before it changed."""
        line, segments = self._before[at], self._segments
        if at in self._same and self._stands_with_others(at):
            return segments[self._same[at]]
        if line != EMPTY and self._before.count(line) == 1 and self._shown.count(line) == 1:
            return segments[self._shown.index(line)]
        return segments[self._other[at]] if at in self._other else None

    def _stands_with_others(self, at: int) -> bool:
        """Tell whether a line beside it is the same too: of equal lines it is the one meant."""
        here = self._same[at]
        return any(self._same.get(at + side) == here + side for side in (-1, 1))


def _edits(document: str, segment: _Segment, old: str, new: str) -> list[_Edit] | None:
    """Give what to put where in the document, None where that cannot be told."""
    edits: list[_Edit] = []
    if segment.box >= 0 and old.startswith(BOXES) and new.startswith(BOXES):
        if old[:4] != new[:4]:
            edits.append((segment.box, segment.box + 1, new[1]))
        old, new = old[4:], new[4:]
    if segment.is_cell and EMPTY in (old, new):
        if segment.shown != old:
            return None
        words = " " if new == EMPTY else f" {say('{words}', words=new)} "
        return [(segment.start, segment.end, words)]
    if old == new:
        return edits
    edit = _edit(document, segment, old, new)
    return [*edits, edit] if edit else None


def _edit(document: str, segment: _Segment, old: str, new: str) -> _Edit | None:
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


def _segments(document: str, tracked: Sequence[str]) -> Iterator[_Segment]:
    """Cut a document into its paragraphs, bullets, headings and cells; code is left out."""
    at, in_code = 0, False
    paragraph: list[tuple[int, int]] = []
    columns: Collection[int] | None = None
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
        if is_table and not in_code:
            columns = _tracked_columns(text, tracked) if columns is None else columns
            yield from _cells(document, start, end, columns)
            continue
        columns = None
        if in_code or not text.strip():
            continue
        if is_plain:
            paragraph.append((start, end))
        else:
            yield from _marked(document, start, end)
    yield from _joined(document, paragraph)


def _marked(document: str, start: int, end: int) -> Iterator[_Segment]:
    """Give a bullet, heading or quote, with its box if it has one."""
    beside = _BESIDE.match(document[start:end])
    words = start + (beside.end() if beside else 0)
    box = _BOX.search(document[start:words])
    for one in _joined(document, [(words, end)]):
        if box is None:
            yield one
        else:
            shown = BOXES[box[1] != " "] + one.shown
            yield _Segment(one.start, one.end, shown, start + box.start(1))


def _tracked_columns(header: str, tracked: Sequence[str]) -> Collection[int]:
    """Give which columns the tracker fills: none in a table without its first, of the tickets."""
    names = [plain(header[start:end]).strip().casefold() for start, end in _spans(header)]
    wanted = [one.casefold() for one in tracked]
    if not wanted or wanted[0] not in names:
        return ()
    return {at for at, name in enumerate(names) if name in wanted}


def _cells(document: str, start: int, end: int, columns: Collection[int]) -> Iterator[_Segment]:
    """Give the cells of a row, the empty ones too; none of the line below the headings."""
    text = document[start:end]
    if _DELIMITER.fullmatch(text) and "-" in text:
        return
    for at, (first, last) in enumerate(_spans(text)):
        shown = " ".join(plain(text[first:last]).split()) or EMPTY
        yield _Segment(start + first, start + last, shown, is_cell=True, is_tracked=at in columns)


def _spans(row: str) -> Iterator[tuple[int, int]]:
    """Give where the cells of a row stand."""
    inner = row.rstrip()
    first = inner.index("|") + 1
    for found in _CELL.finditer(inner, first):
        if found.start() < len(inner):
            yield found.span(1)


def _joined(document: str, lines: Sequence[tuple[int, int]]) -> Iterator[_Segment]:
    if lines:
        start, end = lines[0][0], lines[-1][1]
        shown = " ".join(plain(document[start:end]).split())
        if shown:
            yield _Segment(start, end, shown)
