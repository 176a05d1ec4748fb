"""HTML of the page's own within a document's: beside a line of it, and around what is wide.

A document's HTML passes an allow-list, which lets through neither a form nor a role. So empty
elements are set into it before that, and what is meant takes their places afterwards. They are
known by their ids with the quotes around, which no words of a document can imitate: its text has
no bare ``<``, its attributes no bare ``"``, and the ids begin with what the text alone decides.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

ID_PREFIX = "document-"
"""What the ids of a document begin with on a page."""
MARKS = "marks"
"""Under this name the parser's environment has the :class:`Marks`."""

_HOLDS = {"list_item_open", "tr_open", "heading_open"}
"""What a line may be told to stand in; the innermost is meant."""
_LISTS = {"bullet_list_open", "ordered_list_open"}
_CELLS = {"td_open", "th_open"}
_WIDE = {"table_open": "Table", "fence": "Code", "code_block": "Code"}


@dataclass(frozen=True, slots=True)
class Marks:
    """Which lines are to be marked (from 0), and how the ids of the marks begin."""

    key: str
    lines: Sequence[int] = ()

    def set_in(self, tokens: Sequence[Token]) -> list[Token]:
        """Give the tokens with a mark behind what holds each line, and around what is wide."""
        beside = self._beside(tokens)
        marked: list[Token] = []
        wide = 0
        for at, token in enumerate(tokens):
            marked += beside.get(at, ())
            if token.type in _WIDE:
                wide += 1
                name = f"{_WIDE[token.type]}-{wide}"
                marked.append(_html(f'<div id="{self.key}-{name}">\n'))
            marked.append(token)
            if token.type == "table_close" or (token.type in _WIDE and not token.nesting):
                marked.append(_html("</div>\n"))
        return marked

    def _beside(self, tokens: Sequence[Token]) -> Mapping[int, Sequence[Token]]:
        """Give the marks of lines by the number of the token that they stand before."""
        lines = sorted(set(self.lines))
        held: dict[int, int] = {}
        for at, token in enumerate(tokens if lines else ()):
            if token.type in _HOLDS and token.map:
                first, behind = (bisect_left(lines, line) for line in token.map)
                held |= dict.fromkeys(lines[first:behind], at)
        found: dict[int, list[Token]] = defaultdict(list)
        for line, at in held.items():
            place, cells = _behind(tokens, at)
            mark = f'<p id="{self.key}-at-{line}"></p>\n'
            row = f'<tr><td colspan="{cells}">{mark}</td></tr>\n'
            found[place].append(_html(row if tokens[at].type == "tr_open" else mark))
        return found


def set_marks(state: StateCore) -> None:
    """Set the marks that the environment asks for."""
    marks = state.env.get(MARKS)
    if isinstance(marks, Marks):
        state.tokens = marks.set_in(state.tokens)


def _behind(tokens: Sequence[Token], opened: int) -> tuple[int, int]:
    """Give where a mark goes, and how many cells there were: above the list that a point holds."""
    level, is_point = tokens[opened].level, tokens[opened].type == "list_item_open"
    cells = 0
    for at in range(opened + 1, len(tokens)):
        token = tokens[at]
        cells += token.type in _CELLS
        if is_point and (token.level == level or token.type in _LISTS):
            return at, cells
        if token.level == level:
            return at + 1, cells
    return len(tokens), cells


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def fill_marks(html: str, key: str, beside: Mapping[int, str]) -> tuple[str, frozenset[int]]:
    """Put what is meant in the places of marks; gives the lines as well that have theirs.

    ``beside`` is HTML of the page's own, by line.
    """
    filled: set[int] = set()

    def fill(found: re.Match[str]) -> str:
        kind, number = found["kind"], int(found["number"])
        if kind != "at":
            return f'<div class="scroll" role="region" tabindex="0" aria-label="{kind} {number}">'
        filled.add(number)
        return beside[number]

    mark = rf'<(?:div|p) id="{ID_PREFIX}{key}-(?P<kind>\w+)-(?P<number>\d+)">(?:</p>)?'
    return re.sub(mark, fill, html), frozenset(filled)
