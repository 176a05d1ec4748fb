"""What people changed on a page, line by line, and whether its document says the same by now."""

import difflib
from collections.abc import Iterator, Sequence
from itertools import product

from worker.publishing.storage_text import EMPTY, lines_shown

_LONG = 24
"""Letters of a line that is the same line wherever it stands in the document."""
_ALIKE = 0.4
"""How much of the words of two lines is the same, so that one is the other, changed."""
_MOST_COMPARED = 2_000
"""Pairs of lines that are compared; more changed at once are no edit of words."""
UNKNOWN = "all of it, for what stood there before is not known any more"
NO_WORDS = "no words, but formatting, links or pictures"


def readable(line: str) -> str:
    """Give a line of a page as sentences name it."""
    return "(empty cell)" if line == EMPTY else line


def changed_lines(sent: str, body: str, most: int = 6) -> list[str]:
    """Give the lines that people took out and put in, each with its sign, the first of them."""
    before, after = sent.splitlines(), lines_shown(body).splitlines()
    found = list[str]()
    for kind, i1, i2, j1, j2 in _matcher(before, after).get_opcodes():
        if kind != "equal":
            found += [f"- {readable(one)}" for one in before[i1:i2]]
            found += [f"+ {readable(one)}" for one in after[j1:j2]]
    more = [f"… and {len(found) - most} more lines"] if len(found) > most else []
    return found[:most] + more


def paired(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Pair the lines of a part that changed, in their order: as many are one for one.

    Where there are more or fewer now, lines that are alike belong together, and the others were
    put in or taken out.
    """
    if len(before) == len(after):
        yield from ((at, at) for at in range(len(before)))
        return
    rows, columns = len(before), len(after)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    alike = dict[tuple[int, int], float]()
    if rows * columns <= _MOST_COMPARED:
        for one, other in product(range(rows - 1, -1, -1), range(columns - 1, -1, -1)):
            ratio = _matcher(before[one].split(), after[other].split()).ratio()
            alike[one, other] = ratio if ratio >= _ALIKE else 0.0
            with_both = best[one + 1][other + 1] + alike[one, other]
            best[one][other] = max(with_both, best[one + 1][other], best[one][other + 1])
    one = other = 0
    while one < rows or other < columns:
        likeness = alike.get((one, other), 0.0)
        if likeness and best[one][other] == best[one + 1][other + 1] + likeness:
            yield one, other
            one, other = one + 1, other + 1
        elif one < rows and (other == columns or best[one][other] == best[one + 1][other]):
            yield one, None
            one += 1
        else:
            yield None, other
            other += 1


def is_taken_in(sent: str, body: str, wanted: str) -> bool:
    """Tell whether all that people wrote on a page is in the body that it is to have next.

    ``sent`` are the lines of the page as it was written, ``body`` is as it is. What they put in
    must stand in its place, or as a whole somewhere; what they took out must be gone. Where they
    changed no words there is nothing to tell it by.
    """
    before, after = sent.splitlines(), lines_shown(body).splitlines()
    then = lines_shown(wanted).splitlines()
    put_in, taken_out = _edits(before, after)
    if not sent or not (put_in or taken_out):
        return False
    there = _matched(after, then)
    everything = " ".join(then)
    is_in = all(
        at in there or (len(after[at]) >= _LONG and after[at] in everything) for at in put_in
    )
    return is_in and not taken_out & _matched(before, then)


def _edits(before: Sequence[str], after: Sequence[str]) -> tuple[set[int], set[int]]:
    """Give which lines were put in, and which taken out."""
    put_in, taken_out = set[int](), set[int]()
    for kind, i1, i2, j1, j2 in _matcher(before, after).get_opcodes():
        if kind != "equal":
            put_in.update(range(j1, j2))
            taken_out.update(range(i1, i2))
    return put_in, taken_out


def _matched(one: Sequence[str], other: Sequence[str]) -> set[int]:
    """Give which lines of the one stand in the other, in their order."""
    blocks = _matcher(one, other).get_matching_blocks()
    return {at for block in blocks for at in range(block.a, block.a + block.size)}


def _matcher(one: Sequence[str], other: Sequence[str]) -> "difflib.SequenceMatcher[str]":
    return difflib.SequenceMatcher(None, one, other, autojunk=False)
