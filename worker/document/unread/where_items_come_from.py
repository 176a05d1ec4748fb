"""Where in a template, or a document, the action items are taken from, said for people.

And what is said where no section of action items is found, or nothing in it can be read.
"""

import difflib
import re
from collections.abc import Iterator, Mapping

from config.template_names import HEADINGS, Column, Names, Section
from worker.content.inline_markdown import plain
from worker.content.name_matching import match_columns, normal
from worker.content.placeholders import is_placeholder, is_struck_out, says_nothing
from worker.content.task_words.task_details import task_details
from worker.document.markdown_blocks import Blocks, Heading, ListItem
from worker.document.outline import ActionsTable, Extent, outline, title_of

_USUAL = (
    "action items",
    "actions",
    "follow ups",
    "follow up",
    "follow up actions",
    "next steps",
    "to do",
    "todos",
    "tasks",
    "remediation",
    "corrective actions",
    "preventive actions",
    "measures",
    *("massnahmen", "maßnahmen", "folgemaßnahmen", "korrekturmaßnahmen", "aufgaben"),
    *("nächste schritte", "offene punkte", "actions correctives", "plan d action", "mesures"),
    *("prochaines étapes", "acciones", "acciones correctivas", "tareas", "próximos pasos"),
    *("ações", "próximos passos", "azioni", "azioni correttive", "actiepunten", "maatregelen"),
)
"""What people call the section, in English and some other languages."""
_ALIKE = 0.6
"""How alike (0 to 1) a heading must be to one of these to be named."""
_HOLDS_ITEMS = 0.4
"""How much more it is so where what stands below it looks like action items."""
_LIKELY_COLUMNS = 2
_BOX = re.compile(r"\\?\[[ \u00a0xX]\\?\](?:\s|$)")


def points_among_boxes(blocks: Blocks, extent: Extent) -> Iterator[ListItem]:
    """Give the points of a section's lists that have no box, where others of their list have one.

    What stands below a box is no point of its own, and what has boxes below it is a heading.
    """
    here: list[ListItem] = []
    for one in (*(each for each in blocks.items if extent.holds(each.line)), None):
        if here and (one is None or not _goes_on(blocks, here[-1], one)):
            if any(_BOX.match(each.text) for each in here):
                yield from (each for each in here if _is_point(each))
            here = []
        here += [one] if one else []


def points_like_items(blocks: Blocks, extent: Extent) -> Iterator[ListItem]:
    """Give the points of a section's lists that say who does it until when, beside a table.

    Where a section has no row at all, that is told instead.
    """
    tables = (one for one in blocks.tables if extent.holds(one.header.line))
    if any(not is_placeholder(row.text(0)) for table in tables for row in table.rows):
        for one in blocks.items:
            if extent.holds(one.line) and _is_point(one):
                said = task_details(one.text)
                if said.owner and said.due:
                    yield one


def _goes_on(blocks: Blocks, before: ListItem, after: ListItem) -> bool:
    lines = range(before.behind, after.line)
    return before.marker == after.marker and not any(map(str.strip, map(blocks.source.line, lines)))


def _is_point(one: ListItem) -> bool:
    holds = any(_BOX.match(each.text) for each in one.walk())
    return not (holds or is_placeholder(one.text) or is_struck_out(one.text))


def most_alike(blocks: Blocks, sections: Mapping[Section, Extent], names: Names) -> Heading | None:
    """Give the heading that looks most like that of the action items, None where none does."""
    known = {one.heading.line for one in sections.values()}
    title = title_of(blocks, sections)
    rated = [
        (_rating(blocks, one, names), one)
        for one in blocks.headings
        if one.line not in known and one is not title
    ]
    best = max(rated, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] >= _ALIKE else None


def _rating(blocks: Blocks, heading: Heading, names: Names) -> float:
    wanted = {normal(names.headings[Section.ACTION_ITEMS]), *map(normal, _USUAL)}
    name = normal(heading.text)
    alike = max(difflib.SequenceMatcher(None, name, one).ratio() for one in wanted)
    return alike + (_HOLDS_ITEMS if _holds_items(blocks, heading, names) else 0)


def _holds_items(blocks: Blocks, heading: Heading, names: Names) -> bool:
    """Tell whether check boxes, or a table with some of the columns, stand below a heading."""
    later = (one.line for one in blocks.headings if one.line > heading.line)
    here = range(heading.behind, next(later, len(blocks.source.starts)))
    tables = (one for one in blocks.tables if one.header.line in here)
    headers = ([cell.text for cell in one.header.cells] for one in tables)
    boxes = (one for one in blocks.all_items() if one.line in here)
    return any(_BOX.match(one.text) for one in boxes) or any(
        len(match_columns(names.columns, one)) >= _LIKELY_COLUMNS for one in headers
    )


def wanted_headings(names: Names) -> str:
    """Give the headings under which action items are looked for, for a sentence."""
    both = dict.fromkeys((names.headings[Section.ACTION_ITEMS], HEADINGS[Section.ACTION_ITEMS]))
    return " or ".join(f"'{one}'" for one in both)


def no_section(blocks: Blocks, sections: Mapping[Section, Extent], names: Names) -> str:
    """Say that there is no section of action items, and which heading looks most like it."""
    said = f"There is no heading {wanted_headings(names)}, so no ticket comes from this document."
    found = most_alike(blocks, sections, names)
    if found is None:
        return f"{said} Put the action items under one, or name yours in the configuration."
    return (
        f"{said} '{plain(found.text)}' on line {found.line + 1} looks most like it: call it so, "
        "or name it in the configuration (action_items in [document_names.headings])."
    )


def same_sections(blocks: Blocks, extent: Extent, names: Names) -> Iterator[str]:
    """Say of each further section of the same name that what stands there was not read."""
    name = normal(extent.heading.text)
    for one in blocks.headings:
        if one.line <= extent.heading.line or extent.holds(one.line) or normal(one.text) != name:
            continue
        if _holds_items(blocks, one, names):
            yield (
                f"The section '{plain(one.text)}' on line {one.line + 1} was not read, since "
                f"another of that name stands on line {extent.heading.line + 1}. Put the action "
                "items together."
            )


def nothing_readable(blocks: Blocks, extent: Extent, names: Names, *, has_table: bool) -> str:
    """Say of a section without a row or check box that its words are not read, "" if it has none.

    What says that there are no action items is no such word, and beside a table that waits for
    rows only a list is.
    """
    if has_table:
        found = [one for one in blocks.all_items() if extent.holds(one.line)]
        said = [one.text for one in found if not is_placeholder(one.text)]
    else:
        passages = (one for one in blocks.passages if extent.holds(one.line))
        lines = (at for one in passages for at in range(one.line, one.behind))
        texts = [blocks.source.line(at).strip(" \t>-*+") for at in lines]
        said = [text for text in texts if not is_placeholder(text)]
    if all(says_nothing(plain(text), names.nothing) for text in said):
        return ""
    return (
        f"The section '{plain(extent.heading.text)}' on line {extent.heading.line + 1} holds "
        "neither rows nor check boxes that can be read, so no ticket comes from it. "
        "Write a row or a '- [ ]' for each action item."
    )


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
