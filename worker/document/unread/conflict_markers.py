"""The marks that a merge of two versions left in a document, for people to decide."""

import re

from worker.document.front_matter import DocumentError
from worker.document.markdown_blocks import PassageKind, parse
from worker.document.text_edits import SourceText

_MARKER = re.compile(r"(?:<{7}|>{7})(?:[ \t].*)?")
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
