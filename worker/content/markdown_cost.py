"""What reading a document's Markdown may cost, told from its characters alone, in one pass.

Two things make a small text dear to parse, beside its length: a short row of a wide table, which is
filled up with empty cells, and tags in tags in tags. Everything else costs its marks.
"""

import re
from dataclasses import dataclass

MOST_CELLS = 150_000
"""Cells of all tables: 5,000 rows of 30 columns."""
MOST_MARKS = 200_000
"""Characters that begin a link, emphasis, code, a tag or an entity."""
MOST_TAGS = 5_000

_MARKS = "[]*_`~!&\\:@"
_RULE = re.compile(r"[>\s\d.)*+-]*\|?(?:\s*:?-+:?\s*\|)*\s*:?-*:?\s*\|?\s*")
"""What can be the line of dashes below a table's header, in a list or a quote too."""


@dataclass(frozen=True, slots=True)
class MarkdownCost:
    """What is counted of a text, each in its own unit."""

    cells: int
    marks: int
    tags: int

    @property
    def problem(self) -> str:
        """Say what there is too much of, "" where the text may be read."""
        if self.cells > MOST_CELLS:
            return f"its tables have {self.cells:,} cells, and {MOST_CELLS:,} are the most"
        if self.marks > MOST_MARKS:
            return f"it has {self.marks:,} marks of Markdown, and {MOST_MARKS:,} are the most"
        if self.tags > MOST_TAGS:
            return f"it has {self.tags:,} tags of HTML, and {MOST_TAGS:,} are the most"
        return ""


def cost(markdown: str) -> MarkdownCost:
    """Count what a text holds, rather too much than too little."""
    marks = sum(markdown.count(mark) for mark in _MARKS)
    return MarkdownCost(_cells(markdown), marks, markdown.count("<"))


def _cells(markdown: str) -> int:
    """Count the cells that tables would have: each row has as many as the line of dashes."""
    cells = columns = 0
    for line in markdown.splitlines():
        if columns and line.strip(" >\t"):
            cells += columns
        else:
            columns = 0
        if "-" in line and "|" in line and _RULE.fullmatch(line):
            columns = max(columns, line.strip(" \t>|").count("|") + 1)
    return cells
