"""What in a document people have still to settle: conflict markers, and prompts for words."""

import itertools
import re
from collections.abc import Iterator

from worker.content.name_matching import label
from worker.content.placeholders import is_bracketed
from worker.document.front_matter import DocumentError
from worker.document.markdown_blocks import PassageKind, parse
from worker.document.markdown_tables import TableRow
from worker.document.text_edits import SourceText

_MARKER = re.compile(r"(?:<{7,}|>{7,})(?:[ \t].*)?|\|{7,}[ \t]+[^\s|][^|]*")
_SHOWN = 6
"""How many of the lines a sentence names."""


def conflict_lines(text: str) -> tuple[int, ...]:
    """Give the lines (from 1) that hold a conflict marker; those in a fenced block are quoted.

    Raises ``DocumentError`` for a broken front matter.
    """
    source = SourceText.of(text)
    lines = range(len(source.starts))
    found = [at for at in lines if _MARKER.fullmatch(source.line(at))]
    if not found:
        return ()
    fences = [one for one in parse(text).passages if one.kind is PassageKind.FENCE]
    quoted = {at for one in fences for at in range(one.line, one.behind)}
    return tuple(at + 1 for at in found if at not in quoted)


def conflicts(text: str) -> str:
    """Say in a sentence that a document holds conflict markers and where, "" where it has none."""
    lines = conflict_lines(text)
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:_SHOWN]))
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return (
        f"it holds conflict markers, which a merge of two versions left on line {shown}{more}. "
        "No ticket is made from it until they are gone."
    )


def refuse_conflicts(text: str) -> None:
    """Raise ``DocumentError`` for a document that holds conflict markers; it names their lines."""
    if told := conflicts(text):
        raise DocumentError(told, "Keep what is right, delete the markers, and sync again.")


_OPEN_PROMPT = re.compile(r"(?<![!\[\]\w\\])\[(?![xX]\])[^\[\]^\s][^\[\]]*\](?![(\[:])")


def open_prompts(text: str) -> int:
    """Count the places of a document that still ask for words: ``[…]`` that is no link.

    A bullet or a table row counts once. Raises ``DocumentError`` for a broken front matter.
    """
    return sum(1 for _ in prompt_lines(text))


def prompt_lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give each place of a document that still asks for words: its line, from 0, and its cells.

    Raises ``DocumentError`` for a broken front matter.
    """
    blocks = parse(text)
    for item in blocks.all_items():
        if _item_asks(item.text):
            yield item.line, (item.text,)
    for row in (row for table in blocks.tables for row in table.rows):
        if _row_asks(row):
            yield row.line, tuple(cell.text for cell in row.cells)


def prompt_passages(text: str) -> Iterator[tuple[int, str]]:
    """Give each line (from 0) of a heading or of running text, and each quoted one, with a prompt.

    Raises ``DocumentError`` for a broken front matter.
    """
    blocks = parse(text)
    told = {at for item in blocks.all_items() for at in range(item.line, item.behind)}
    places = [range(one.line, one.behind) for one in blocks.headings]
    running = (one for one in blocks.passages if one.kind is PassageKind.PARAGRAPH)
    places += [range(one.line, one.behind) for one in running]
    for line in itertools.chain.from_iterable(places):
        if line not in told and _OPEN_PROMPT.search(words := blocks.source.line(line)):
            yield line, words


def _item_asks(words: str) -> bool:
    found = label(words)
    return _has_prompt(words) or (found is not None and is_bracketed(words[found[1] :]))


def _row_asks(row: TableRow) -> bool:
    return any(_has_prompt(cell.text) for cell in row.cells)


def _has_prompt(words: str) -> bool:
    return _OPEN_PROMPT.search(words) is not None or is_bracketed(words)
