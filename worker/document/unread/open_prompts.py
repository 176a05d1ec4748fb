"""Counting what still asks for words in a document."""

import re

from worker.content.placeholders import is_bracketed
from worker.document.markdown_blocks import parse
from worker.document.markdown_tables import TableRow
from worker.document.name_matching import label

_OPEN_PROMPT = re.compile(r"(?<![!\]\w\\])\[(?![xX]\])[^\[\]^\s][^\[\]]*\](?![(\[:])")


def open_prompts(text: str) -> int:
    """Count the places of a document that still ask for words: ``[…]`` that is no link.

    A bullet or a table row counts once. Raises ``DocumentError`` for a broken front matter.
    """
    blocks = parse(text)
    rows = (row for table in blocks.tables for row in table.rows)
    asking = [item for item in blocks.all_items() if _item_asks(item.text)]
    return len(asking) + sum(1 for row in rows if _row_asks(row))


def _item_asks(words: str) -> bool:
    found = label(words)
    return _has_prompt(words) or (found is not None and is_bracketed(words[found[1] :]))


def _row_asks(row: TableRow) -> bool:
    return any(_has_prompt(cell.text) for cell in row.cells)


def _has_prompt(words: str) -> bool:
    return _OPEN_PROMPT.search(words) is not None or is_bracketed(words)
