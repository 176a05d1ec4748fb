"""What looks like a row or a check box and is none: told line by line, so that nothing is lost."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from config.template_names import Column, Names
from worker.content.inline_markdown import plain, plain_cell
from worker.content.name_matching import normal
from worker.content.placeholders import is_placeholder, says_nothing
from worker.content.read_dates import read_date
from worker.document.action_item_values import find_ticket, is_blank, shortened
from worker.document.markdown_blocks import Blocks, Passage, PassageKind, Table
from worker.document.markdown_tables import TableRow, split_row
from worker.document.outline import ActionsTable, Extent
from worker.document.unread.where_items_come_from import points_among_boxes, points_like_items

_LEAD = re.compile(r"[\s>]*")
_LIST_MARK = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")
_FEWEST_CELLS = 3
"""How many cells make a line look like a row that opens with no pipe."""
_HTML_TABLE = re.compile(r"<t[rd]\b|<input\b[^>]*\bcheckbox\b", re.IGNORECASE)
_HTML_ROW = re.compile(r"<tr\b.*?(?=<tr\b|</table|\Z)", re.IGNORECASE | re.DOTALL)
_HTML_CELL = re.compile(r"<td\b[^>]*>(.*?)(?=</?t[dhr]\b|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_ROWS_SHOWN = 10
_SPLIT = re.compile(r"\t+|[\u2502\uff5c]")
"""What stands between the cells of a row that is no Markdown: pasted, or drawn."""
_CODE_MARK = re.compile(r"(?<!\\)`+")
_PRIORITY = re.compile(
    r"high(?:est)?|medium|low(?:est)?|normal|critical|urgent|blocker|major|minor|trivial"
    r"|(?:p|prio|priority|sev) ?-?\d",
    re.IGNORECASE,
)
"""What only a priority says: in another column it stands where a stray pipe has put it."""
_BEFORE = r"[ \t>]*+"
_BULLET = r"(?:[-*+\u2022]|\d{1,9}[.)])"
_BOX = re.compile(rf"{_BEFORE}{_BULLET}\s+\\?\[[ \u00a0xX]\\?\]\s+(?P<words>\S.*)")
_ALMOST = re.compile(
    rf"{_BEFORE}{_BULLET}?[ \t]*(?:\\?\[[ xX/<>!?*~-]?\\?\](?![(\[:])"
    r"|[\u2610-\u2612\u2705\u2713\u2714\u2b1c]\ufe0f?)[ \t]*(?P<words>\S.*)"
    rf"|{_BEFORE}{_BULLET}[ \t]+(?:TODO|DOING|DONE|LATER|NOW|WAITING)[ \t:]+(?P<task>\S.*)"
)
"""Boxes without a bullet or a space, or with an editor's own mark; the words of Logseq and Org."""


def wrapped(table: Table) -> list[Sequence[TableRow]]:
    """Give the rows that are the lines of one that was broken, and lines that hold no cell at all.

    Told are only tables whose header has its outer pipes: there a row without them is none.
    """
    if not (table.header.opened and table.header.closed):
        return []
    groups: list[list[TableRow]] = []
    group: list[TableRow] = []
    for row in table.rows:
        if not row.opened and (group or len(row.cells) <= 1):
            group.append(row)
        else:
            groups.append(group)
            group = [row] if _is_broken(row, table) else []
        if row.closed:
            groups.append(group)
            group = []
    groups.append(group)
    return [one for one in groups if len(one) > 1 or (one and not one[0].opened)]


def _is_broken(row: TableRow, table: Table) -> bool:
    return row.opened and not row.closed and len(row.cells) < len(table.header.cells)


def is_header_again(actions: ActionsTable, row: TableRow) -> bool:
    """Tell whether a row says what the table's header says, as where two tables were joined."""
    header = actions.table.header
    pairs = [(cell.text, header.text(at)) for at, cell in enumerate(row.cells) if cell.text]
    return len(pairs) > 1 and all(normal(one) == normal(other) for one, other in pairs)


def unusable(actions: ActionsTable, row: TableRow) -> str:
    """Say why a row cannot be read without overwriting people's words later, "" where it can."""
    if _is_too_long(actions, row):
        return (
            "has more cells than its table has columns, so it was not read. "
            "Write a '|' that belongs to the text as '\\|', or take the empty cell away."
        )
    if _cuts_code(row):
        return (
            "has a '|' within a piece of code, which ends the cell all the same, so it was not "
            "read. Write it as '\\|'."
        )
    if _is_shifted(actions, row):
        return (
            "has cells that do not fit their columns, as where a '|' of the text ends a cell, so "
            "it was not read. Write that '|' as '\\|'; else give the row a cell for each column."
        )
    ticket = actions.text(row, Column.TICKET)
    if find_ticket(ticket) is None and not is_blank(ticket):
        return (
            f"has '{shortened(ticket)}' in its ticket's cell, which is no ticket's key, so the row "
            "was left alone. Write a '|' that belongs to the text as '\\|'; else put a key or a "
            "link there, or clear the cell."
        )
    return ""


def taskless(actions: ActionsTable, row: TableRow, nothing: Iterable[str]) -> Iterator[str]:
    """Say of a row that has an owner, a deadline or the like and no task that it was not read."""
    cells = (actions.text(row, one) for one in actions.by_name if one is not Column.TASK)
    words = [plain_cell(one) for one in cells if not is_placeholder(one)]
    if said := [one for one in words if not says_nothing(one, nothing)]:
        yield (
            f"Line {row.line + 1} ('{shortened(', '.join(said))}') does not say what is to be "
            "done, so it was not read. Write its task into the row, or delete it."
        )


def is_cut_wrongly(actions: ActionsTable, row: TableRow) -> bool:
    """Tell whether a row has other cells than people meant: a pipe of theirs ends one."""
    return _is_too_long(actions, row) or _cuts_code(row) or _is_shifted(actions, row)


def _is_too_long(actions: ActionsTable, row: TableRow) -> bool:
    """Tell whether a row has a cell too many, an empty one too: where its words stand is unsure.

    It is not where a ticket is in its place, or nothing but the task is said.
    """
    more = row.cells[len(actions.table.header.cells) :]
    if any(cell.text for cell in more):
        return True
    ticket = find_ticket(actions.text(row, Column.TICKET))
    return bool(more) and ticket is None and _says_more(actions, row)


def _says_more(actions: ActionsTable, row: TableRow) -> bool:
    task = actions.by_name[Column.TASK]
    return any(cell.text for at, cell in enumerate(row.cells) if at != task)


def _is_shifted(actions: ActionsTable, row: TableRow) -> bool:
    """Tell whether a row without a ticket has a pipe too many, though not too many cells.

    Either a cell at its end was left out, or the table got its last columns since: then the row
    reaches into these, without a cell for each.
    """
    if find_ticket(actions.text(row, Column.TICKET)) is not None:
        return False
    priority, deadline = actions.text(row, Column.PRIORITY), actions.text(row, Column.DEADLINE)
    fits = _PRIORITY.fullmatch(priority) is not None
    if _PRIORITY.fullmatch(deadline):
        return bool(priority) and not fits and not read_date(priority)[0]
    columns = own = len(actions.table.header.cells)
    while own - 1 in {actions.by_name.get(Column.TICKET), actions.by_name.get(Column.STATUS)}:
        own -= 1
    fits = fits or read_date(deadline)[0] is not None
    return own < len(row.cells) < columns and not fits and _says_more(actions, row)


def _cuts_code(row: TableRow) -> bool:
    """Tell whether code begins in one cell and ends in another; one mark alone is a character."""
    return sum(len(_CODE_MARK.findall(cell.text)) % 2 for cell in row.cells) > 1


def wrapped_sentence(rows: Sequence[TableRow], blocks: Blocks) -> str:
    """Say of the lines of one broken row, or of a line without cells, that they were not read."""
    words = shortened(plain_cell(rows[0].text(0), blocks.definitions))
    first, last = rows[0].line + 1, rows[-1].line + 1
    if first == last:
        return (
            f"Line {first} ('{words}') stands in the table and is no row, so it was not read. "
            "Write it as '| … |', or put a blank line before it."
        )
    return (
        f"Lines {first} to {last} ('{words}') look like one row that was wrapped, so they were "
        "not read. Put it on one line."
    )


def other_tables(
    here: Iterable[Table], taken: Iterable[ActionsTable], names: Names
) -> Iterator[str]:
    """Say of each table of a section that has no column for the task that it was not read."""
    known = {one.table.header.line for one in taken}
    for table in here:
        if table.header.line not in known:
            yield (
                f"The table on line {table.header.line + 1} is under the action items, and has no "
                f"column '{names.columns[Column.TASK]}', so it was not read."
            )


def stray_rows(
    blocks: Blocks, extent: Extent, tables: Sequence[Table], nothing: Iterable[str]
) -> Iterator[str]:
    """Say of each line of a section that looks like a row and stands in no table, and of HTML."""
    width = len(tables[0].header.cells) if tables else _FEWEST_CELLS
    for heading in blocks.headings:  # a line of dashes right below rows makes a heading of them
        if extent.heading.line < heading.line <= extent.behind and heading.text.startswith("|"):
            lines = Passage(PassageKind.PARAGRAPH, heading.line, heading.behind - 1)
            yield from _rows(blocks, lines, width, tuple(nothing))
    for passage in blocks.passages:
        if not extent.holds(passage.line):
            continue
        if passage.kind is PassageKind.HTML:
            yield from _html_table(blocks, passage)
        elif passage.kind is not PassageKind.FENCE:
            yield from _rows(blocks, passage, width, tuple(nothing))


def _rows(blocks: Blocks, passage: Passage, width: int, nothing: Sequence[str]) -> Iterator[str]:
    source = blocks.source
    for line in range(passage.line, passage.behind):
        text = source.line(line)
        start = source.starts[line] + len((_LEAD.match(text) or [""])[0])
        is_header = line + 1 < passage.behind and _is_rule(source.line(line + 1))
        if _is_rule(text) or is_header or _LIST_MARK.match(source.text, start):
            continue
        others = [cell for cell in map(str.strip, _SPLIT.split(text)) if cell]
        if len(others) >= _FEWEST_CELLS:
            yield (
                f"Line {line + 1} ('{shortened(plain(others[0]))}') looks like a row without '|' "
                "between its cells, so it was not read. Write it as '| … |' in the table."
            )
            continue
        row = split_row(source.text, start, source.ends[line], line)
        cells = len(row.cells)
        if not (row.opened and cells > 1) and not (cells >= _FEWEST_CELLS and cells == width):
            continue
        first = next((cell.text for cell in row.cells if cell.text), "")
        words = plain_cell(first, blocks.definitions)
        if not is_placeholder(first) and not says_nothing(words, nothing):
            yield (
                f"Line {line + 1} ('{shortened(words)}') looks like a row and stands in no table, "
                "so it was not read. A blank line ends a table, and so does a line of dashes "
                "with another number of cells than the header's: mend it."
            )


def _is_rule(text: str) -> bool:
    return "|" in text and _RULE.fullmatch(text) is not None


def _html_table(blocks: Blocks, passage: Passage) -> Iterator[str]:
    place = blocks.source.lines(passage.line, passage.behind)
    text = blocks.source.text[place.start : place.end]
    if not _HTML_TABLE.search(text):
        return
    firsts = (_HTML_CELL.search(row) for row in _HTML_ROW.findall(text))
    words = [
        shortened(" ".join(plain(html.unescape(_TAG.sub(" ", one[1]))).split()))
        for one in firsts
        if one
    ]
    named = ", ".join(f"'{one}'" for one in words[:_ROWS_SHOWN] if one)
    rows = f" ({named})" if named else ""
    yield (
        f"The HTML table on line {passage.line + 1}{rows} was not read, so nothing in it has a "
        "ticket. Write it as a Markdown table, with '|' between the cells."
    )


def stray_boxes(blocks: Blocks, extent: Extent, nothing: Iterable[str]) -> Iterator[str]:
    """Say of each line of a section that looks like a check box and is not read as one."""
    source = blocks.source
    read = {one.line for one in blocks.all_items()}
    points = {
        one.line: one.text
        for points in (points_like_items, points_among_boxes)
        for one in points(blocks, extent)
    }
    left = {
        line
        for one in blocks.passages
        if one.kind in (PassageKind.FENCE, PassageKind.HTML)
        for line in range(one.line, one.behind)
    }
    for table in blocks.tables:
        left |= {table.header.line, table.rule.line, *(row.line for row in table.rows)}
    for line in range(extent.heading.behind, min(extent.behind, len(source.starts))):
        if line in left:
            continue
        text = source.line(line)
        if (box := _BOX.fullmatch(text)) and line in read:
            continue
        found = box or _ALMOST.fullmatch(text)
        point = plain(points.get(line, ""), blocks.definitions)
        if point and not found and not says_nothing(point, nothing):
            yield (
                f"Line {line + 1} ('{shortened(point)}') is a point of a list and has no box, so "
                "it was not read. Write '- [ ] ' before it to have a ticket for it."
            )
        words = next(filter(None, found.groupdict().values()), "") if found else ""
        if found and not is_placeholder(words):
            yield (
                f"Line {line + 1} ('{shortened(plain(words))}') looks like a check box and is "
                "none, so it was not read. Write it as '- [ ] ' with the task behind, on a line "
                "of a list."
            )
