"""Reading the action items of a document, and writing into them what a tracker says.

Rows of tables are dealt with here, check boxes in :mod:`worker.document.checkboxes`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from config.template_names import Column, Names, Section
from worker.content.clean_text import clean
from worker.content.inline_markdown import escape, plain_cell
from worker.content.name_matching import normal
from worker.content.placeholders import is_prompt, is_struck_out
from worker.document.action_item_values import (
    cell_box,
    deadline_words,
    due,
    find_ticket,
    in_place_of,
    left_out,
    mentioned,
    no_item,
    owner_words,
    priority_words,
    shortened,
    task_words,
    without_remark,
    written_task,
)
from worker.document.action_items import ActionItem, ActionItems, CellEdit, ItemPlace, TicketCell
from worker.document.checkboxes.box_edits import edit_boxes
from worker.document.checkboxes.found_boxes import FoundBox, read_boxes
from worker.document.markdown_blocks import Blocks, parse
from worker.document.markdown_tables import TableRow, append_cells, append_rules, replace_cell
from worker.document.outline import ActionsTable, find_actions, find_sections, tables_of_actions
from worker.document.text_edits import Edit
from worker.document.unread.stray_rows import (
    is_cut_wrongly,
    is_header_again,
    other_tables,
    stray_boxes,
    stray_rows,
    taskless,
    unusable,
    wrapped,
    wrapped_sentence,
)
from worker.document.unread.where_items_come_from import no_section, nothing_readable, same_sections

_WRITTEN = (Column.TICKET, Column.STATUS)
_OTHER_TICKETS = frozenset(
    ("epic", "epic link", "parent", "parent link", "blocks", "blocked by", "depends on")
)


@dataclass(slots=True)
class _FoundRows:
    """Action items while a document is read, each with the row that it stands in."""

    items: list[ActionItem] = field(default_factory=list)
    rows: list[tuple[ActionsTable, TableRow]] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)  # the lines that no cell may be added to
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Items:
    blocks: Blocks
    rows: _FoundRows
    boxes: list[FoundBox]
    problems: tuple[str, ...]


def read(text: str, names: Names) -> ActionItems:
    """Read all action items: rows of tables first, then check boxes, each from top to bottom.

    What cannot be used of one is told in ``problems``. Raises ``DocumentError`` for a broken front
    matter.
    """
    found = _find(text, names)
    return ActionItems((*found.rows.items, *(one.item for one in found.boxes)), found.problems)


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
            *_edit_rows(found.rows, by_ordinal, names),
            *edit_boxes(found.boxes, by_ordinal),
        )
    )


def _find(text: str, names: Names) -> _Items:
    blocks = parse(text)
    sections = find_sections(blocks, names)
    tables = find_actions(blocks, sections, names)
    rows = _read_rows(blocks, tables, names)
    extent = sections.get(Section.ACTION_ITEMS)
    boxes, problems = read_boxes(blocks, sections, names, len(rows.items))
    if extent is None:
        return _Items(blocks, rows, boxes, (no_section(blocks, sections, names),))
    here = tables_of_actions(blocks, sections)
    unread = [*other_tables(here, tables, names), *stray_rows(blocks, extent, here, names.nothing)]
    unread += (*stray_boxes(blocks, extent, names.nothing), *same_sections(blocks, extent, names))
    if not (unread or rows.items or rows.problems or boxes or problems):
        unread += filter(None, [nothing_readable(blocks, extent, names, has_table=bool(tables))])
    return _Items(blocks, rows, boxes, (*unread, *rows.problems, *problems))


def _read_rows(blocks: Blocks, tables: tuple[ActionsTable, ...], names: Names) -> _FoundRows:
    """Read the rows of all tables, top to bottom."""
    found = _FoundRows()
    for actions in tables:
        broken = wrapped(actions.table)
        lines = {row.line for rows in broken for row in rows}
        found.broken |= lines | {
            one.line for one in actions.table.rows if is_cut_wrongly(actions, one)
        }
        found.problems += (wrapped_sentence(rows, blocks) for rows in broken)
        for row in actions.table.rows:
            if row.line not in lines and not is_header_again(actions, row):
                _read_row(blocks, actions, row, names, found)
    return found


def _read_row(
    blocks: Blocks, actions: ActionsTable, row: TableRow, names: Names, found: _FoundRows
) -> None:
    named = find_ticket(actions.text(row, Column.TICKET))
    box = cell_box(actions.text(row, Column.TASK))
    source, task = box.words, task_words(without_remark(box.words), blocks.definitions)
    if not task:
        found.problems += taskless(actions, row, names.nothing)
        return
    if named is None and is_prompt(source):
        return
    where = f"Line {row.line + 1} ('{shortened(task)}')"
    none = no_item(task, where, names.nothing)
    if named is None and none is not None:
        found.problems += none
        return
    if wrong := unusable(actions, row):
        found.problems.append(f"{where} {wrong}")
        return
    cells = {column: actions.text(row, column).replace("\\|", "|") for column in actions.by_name}
    deadline = deadline_words(cells.get(Column.DEADLINE, ""), blocks.definitions, names.nothing)
    day, problem = due(deadline, where)
    status = plain_cell(actions.text(row, Column.STATUS), blocks.definitions)
    ended = status or plain_cell(actions.progress(row), blocks.definitions)
    found.problems += [problem] if problem else []
    found.rows.append((actions, row))
    found.items.append(
        ActionItem(
            ordinal=len(found.items),
            task=task,
            source=blocks.source.text[row.place.start : row.place.end],
            owner=owner_words(cells.get(Column.OWNER, ""), blocks.definitions, names.nothing)
            or None,
            priority=priority_words(actions.text(row, Column.PRIORITY), blocks.definitions) or None,
            deadline_text=deadline,
            deadline=day,
            deadline_problem=problem,
            ticket=named.ticket if named else None,
            mentions=_mentions(actions, row),
            status_text=status,
            struck=is_struck_out(source),
            wordless=none is not None or is_prompt(source),
            left_out=None if named else left_out(source, ticked=box.ticked, status=ended),
            place=ItemPlace(row.line, row.place.start, row.place.end),
        )
    )


def _mentions(actions: ActionsTable, row: TableRow) -> tuple[TicketCell, ...]:
    """Give the tickets that a row names outside its ticket's cell, those in its task last.

    Those in a column of parents and the like are other tickets by its very name.
    """
    task, header = actions.by_name[Column.TASK], actions.table.header
    left = {task, actions.by_name.get(Column.TICKET)}
    left |= {at for at in range(len(header.cells)) if normal(header.text(at)) in _OTHER_TICKETS}
    others = (at for at in range(len(row.cells)) if at not in left)
    return mentioned(row.text(at) for at in (*others, task))


def _edit_rows(found: _FoundRows, edits: Mapping[int, CellEdit], names: Names) -> Iterator[Edit]:
    """Make the edits that give rows other cells; missing columns are added to their tables."""
    of_table: dict[int, list[tuple[TableRow, CellEdit, ActionItem]]] = {}
    tables: dict[int, ActionsTable] = {}
    for item, (actions, row) in zip(found.items, found.rows, strict=True):
        if item.ordinal in edits:
            line = actions.table.header.line
            tables[line] = actions
            of_table.setdefault(line, []).append((row, edits[item.ordinal], item))
    for line, changes in of_table.items():
        yield from _edit_table(tables[line], changes, names, found.broken)


def _edit_table(
    actions: ActionsTable,
    changes: list[tuple[TableRow, CellEdit, ActionItem]],
    names: Names,
    broken: Collection[int],
) -> Iterator[Edit]:
    wanted = {row.line: _wanted(actions, row, edit, item) for row, edit, item in changes}
    absent = [column for column in _WRITTEN if column not in actions.by_name]
    if any(cells.get(column) for cells in wanted.values() for column in absent):
        yield from _add_columns(actions, wanted, absent, names, broken)
        return
    for row, _, _ in changes:
        cells = {
            actions.by_name[column]: words
            for column, words in wanted[row.line].items()
            if column in actions.by_name
        }
        yield from _edit_cells(actions, row, cells)


def _wanted(
    actions: ActionsTable, row: TableRow, edit: CellEdit, item: ActionItem
) -> dict[Column, str]:
    """Give the cells whose words change, as Markdown."""
    wanted: dict[Column, str] = {}
    for column, new, old in (
        (Column.TASK, edit.task, item.task),
        (Column.OWNER, edit.owner, item.owner or ""),
        (Column.PRIORITY, edit.priority, item.priority or ""),
        (Column.DEADLINE, edit.deadline, item.deadline_text),
        (Column.STATUS, edit.status, item.status_text),
    ):
        if new is None or clean(new) == clean(old):
            continue
        if clean(new) or column is not Column.TASK:  # without words it were no item any more
            is_task = column is Column.TASK
            opens = cell_box(actions.text(row, column)).opens if is_task else ""
            said = written_task(new) if is_task else escape(new)
            wanted[column] = opens + said
    old = actions.text(row, Column.TICKET)
    named = find_ticket(old)
    if edit.ticket is not None and (named is None or edit.ticket != named.ticket):
        wanted[Column.TICKET] = in_place_of(old, edit.ticket)
    return wanted


def _edit_cells(actions: ActionsTable, row: TableRow, wanted: Mapping[int, str]) -> Iterator[Edit]:
    """Change cells by their column; those that a short row lacks are added to it."""
    first = len(row.cells)
    for at, words in wanted.items():
        if at < first:
            right = actions.table.rule.text(at).endswith("-:")
            yield replace_cell(row, at, words, right=right)
    missing = {at: words for at, words in wanted.items() if at >= first}
    if missing:
        added = [missing.get(at, "") for at in range(first, max(missing) + 1)]
        yield append_cells(row, added, first)


def _add_columns(
    actions: ActionsTable,
    wanted: Mapping[int, Mapping[Column, str]],
    added: list[Column],
    names: Names,
    broken: Collection[int],
) -> Iterator[Edit]:
    """Add columns at the table's right, to every whole row, with the other changes to its rows.

    A line that is no whole row would become one by the cells added to it.
    """
    table, count = actions.table, len(actions.table.header.cells)
    titles = [names.columns.get(column, column.value.title()) for column in added]
    cells = {line: [of.get(column, "") for column in added] for line, of in wanted.items()}
    columns = zip(titles, *cells.values(), strict=True)
    widths = [max(map(len, column)) for column in columns]
    yield append_cells(table.header, _padded(titles, widths), count)
    yield append_rules(table.rule, widths)
    for row in table.rows:
        if row.line in broken:
            continue
        new = _padded(cells.get(row.line, [""] * len(added)), widths)
        known = {
            actions.by_name[column]: words
            for column, words in wanted.get(row.line, {}).items()
            if column in actions.by_name
        }
        yield from _edit_cells(actions, row, {**known, **dict(enumerate(new, count))})


def _padded(cells: list[str], widths: list[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
