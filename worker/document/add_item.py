"""Adding an action item to a document, where its others stand."""

from collections.abc import Mapping

from config.template_names import Column, Names, Section
from worker.content.placeholders import is_placeholder, says_nothing
from worker.document.front_matter import DocumentError
from worker.document.markdown_blocks import ListItem, parse
from worker.document.markdown_tables import render_row
from worker.document.outline import ActionsTable, find_sections, outline
from worker.document.unread.where_items_come_from import no_section


def add_item(text: str, names: Names, cells: Mapping[Column, str]) -> str:
    """Give the text with one more action item behind the last, as a row or a check box.

    Raises ``DocumentError`` where the document has no place for it, where it has no such column,
    and for a task that says nothing: no ticket would come of that.
    """
    told = {column: _one_line(words) for column, words in cells.items() if words.strip()}
    task = told.get(Column.TASK, "")
    if is_placeholder(task) or says_nothing(task, names.nothing):
        raise DocumentError("The action item has no words that a ticket could have.", "Name it.")
    found = outline(text, names)
    if found.actions:
        return _add_row(text, names, found.actions[0], told)
    return _add_box(text, names, told)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _add_row(text: str, names: Names, actions: ActionsTable, cells: Mapping[Column, str]) -> str:
    for column in cells:
        if column not in actions.by_name:
            raise DocumentError(
                f"The table of action items has no column '{names.columns[column]}'.",
                "Add the column, or leave that out.",
            )
    table = actions.table
    by_place = {actions.by_name[column]: words for column, words in cells.items()}
    row = [_cell(by_place.get(at, "")) for at in range(len(table.header.cells))]
    last = table.rows[-1].line if table.rows else table.rule.line
    source = parse(text).source
    return source.apply([source.insert_after(last, [table.indent + render_row(row)])])


def _cell(words: str) -> str:
    """Escape what would end a cell; a pipe that is escaped already stays as it is."""
    return words.replace("\\|", "|").replace("|", "\\|")


def _add_box(text: str, names: Names, cells: Mapping[Column, str]) -> str:
    blocks = parse(text)
    sections = find_sections(blocks, names)
    extent = sections.get(Section.ACTION_ITEMS)
    if extent is None:
        raise DocumentError(no_section(blocks, sections, names))
    boxes = [one for one in blocks.items if extent.holds(one.line) and _is_box(one)]
    if not boxes:
        raise DocumentError(
            "The section of action items has neither a table nor check boxes.",
            "Add a table with a column for the task, and try again.",
        )
    last = boxes[-1]
    owner, deadline = cells.get(Column.OWNER), cells.get(Column.DEADLINE)
    behind = (f"@[{owner}]" if owner else "", f"(by {deadline})" if deadline else "")
    words = " ".join(filter(None, (cells[Column.TASK], *behind)))
    line = f"{last.inset}{last.marker} [ ] {words}"
    return blocks.source.apply([blocks.source.insert_after(last.behind - 1, [line])])


def _is_box(item: ListItem) -> bool:
    return item.text.startswith(("[ ] ", "[x] ", "[X] "))
