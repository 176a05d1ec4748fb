"""Reading the action items of a document, and writing into them what a tracker says."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.sections import Column, Names, Section
from worker.document.checkboxes import FoundBox, edit_boxes, read_boxes
from worker.document.items import ActionItem, ActionTable, CellEdit, ItemPlace
from worker.document.markdown import Blocks, parse
from worker.document.outline import find_actions, find_sections, tables_of_actions
from worker.document.rows import Found, edit_rows, read_rows
from worker.document.tickets import TicketCell

__all__ = [
    "ActionItem",
    "ActionTable",
    "CellEdit",
    "ItemPlace",
    "TicketCell",
    "read",
    "write",
]


@dataclass(frozen=True, slots=True)
class _Items:
    blocks: Blocks
    rows: Found
    boxes: list[FoundBox]
    problems: tuple[str, ...]


def read(text: str, names: Names) -> ActionTable:
    """Read all action items: rows of tables first, then check boxes, each from top to bottom.

    What cannot be used of one is told in ``problems``. Raises ``DocumentError`` for a broken front
    matter.
    """
    found = _find(text, names)
    items = (*found.rows.items, *(one.item for one in found.boxes))
    return ActionTable(items, found.problems)


def write(text: str, names: Names, edits: Sequence[CellEdit]) -> str:
    """Give the text with action items changed; everything else stays as it is, to the character.

    A cell that says the same already is not touched. A table without columns for tickets and
    statuses gets them, at its right, with the first ticket. Edits name items by the ordinals that
    :func:`read` gives for this text.
    """
    if not edits:
        return text
    found = _find(text, names)
    by_ordinal = {edit.ordinal: edit for edit in edits}
    return found.blocks.source.apply(
        (
            *edit_rows(found.rows, by_ordinal, names),
            *edit_boxes(found.blocks, found.boxes, by_ordinal),
        )
    )


def _find(text: str, names: Names) -> _Items:
    blocks = parse(text)
    sections = find_sections(blocks, names)
    tables = find_actions(blocks, sections, names)
    rows = read_rows(blocks, tables)
    extent = sections.get(Section.ACTION_ITEMS)
    boxes, problems = read_boxes(blocks, extent, len(rows.items))
    known = {one.table.header.line for one in tables}
    strange = [
        f"The table on line {table.header.line + 1} is under the action items, and has no column "
        f"'{names.columns[Column.TASK]}', so it was not read."
        for table in tables_of_actions(blocks, sections)
        if table.header.line not in known
    ]
    return _Items(blocks, rows, boxes, (*strange, *rows.problems, *problems))
