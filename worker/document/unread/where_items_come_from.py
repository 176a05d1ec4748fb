"""Where in a template, or a document, the action items are taken from, said for people."""

from config.template_names import Column, Names, Section
from worker.content.inline_markdown import plain
from worker.document.markdown_blocks import Blocks, Heading
from worker.document.outline import ActionsTable, outline
from worker.document.unread.missing_section import most_alike, wanted_headings

_SAID = (Column.TASK, Column.OWNER, Column.PRIORITY, Column.DEADLINE, Column.TICKET, Column.STATUS)


def taken_from(text: str, names: Names) -> tuple[str, str]:
    """Say where action items are taken from, or why from nowhere, and what to do about that.

    The second is "" where there is nothing to do. Raises ``DocumentError`` for a broken front
    matter.
    """
    found = outline(text, names)
    extent = found.sections.get(Section.ACTION_ITEMS)
    if extent is None:
        return (
            f"There is no heading {wanted_headings(names)}, so no action item becomes a ticket.",
            _advice(most_alike(found.blocks, found.sections, names)),
        )
    section = f"the section '{plain(extent.heading.text)}' (line {extent.heading.line + 1})"
    boxes = any(extent.holds(one.line) for one in found.blocks.all_items())
    if not found.actions:
        also = "check boxes" if boxes else "check boxes, should there be any,"
        return f"{section}: {also} are taken; it has no table with a column for the task", ""
    tables = "; ".join(_columns(one, found.blocks) for one in found.actions)
    return f"{section}: {tables}", ""


def _advice(heading: Heading | None) -> str:
    how = "set action_items in [document_names.headings]"
    if heading is None:
        return f"Add such a heading, or {how}."
    return (
        f"'{plain(heading.text)}' on line {heading.line + 1} looks most like it: to take it, {how}."
    )


def _columns(actions: ActionsTable, blocks: Blocks) -> str:
    header = actions.table.header
    taken = [
        f"{column.value} from '{plain(header.text(at), blocks.definitions)}'"
        for column in _SAID
        if (at := actions.by_name.get(column)) is not None
    ]
    return f"the table on line {header.line + 1} ({', '.join(taken)})"
