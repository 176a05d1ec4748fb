"""Which block of a document is which part of a postmortem, and which still ask for words.

A part is looked for where it belongs, then, if people moved it, anywhere it can be told by its
name. Everything else in the document is people's own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.template_names import HEADINGS, Column, Names, Section, Slot
from worker.content.inline_markdown import plain
from worker.content.name_matching import label, match, match_columns, normal
from worker.document.markdown_blocks import Blocks, Heading, ListItem, PassageKind, Table, parse
from worker.document.markdown_tables import TableRow
from worker.document.text_edits import Place

_TIMELINE_COLUMNS = 2
_LIKELY = 2
"""How many known columns make a table one of action items, if the task's is not among them."""
_BOLD_LINE = re.compile(r" {0,3}(\*\*|__)([^*_]+)\1\s*:?\s*")
_LOWEST_LEVEL = 6
_HARMLESS = re.compile(
    r"a|all|and|assigned|corrective|follow|for|incident|jira|list|new|next|of|open|our|owners|"
    r"postmortem|preventive|remaining|status|steps|table|tasks|team|the|this|tickets|to|up|ups|with"
)
"""Words that may stand with the name of the action items' section without making it another."""
_PROGRESS = frozenset({"state", "progress", "current state", "current status", "item status"})
_BUILT_IN_ACTIONS = {Section.ACTION_ITEMS: HEADINGS[Section.ACTION_ITEMS]}


@dataclass(frozen=True, slots=True)
class Bullet:
    """A labelled list item: ``place`` is what stands behind the label, ``text`` its source."""

    item: ListItem
    place: Place
    text: str

    @property
    def points(self) -> tuple[ListItem, ...]:
        """The list items right below it."""
        return self.item.children


@dataclass(frozen=True, slots=True)
class Extent:
    """The lines of a section, from behind its heading up to but without ``behind``."""

    heading: Heading
    behind: int

    def holds(self, line: int) -> bool:
        """Tell whether a line is in the section."""
        return self.heading.behind <= line < self.behind


@dataclass(frozen=True, slots=True)
class TimelineTable:
    """The timeline's table, and the columns of the time and of what happened."""

    table: Table
    time: int
    event: int

    @property
    def columns(self) -> tuple[int | None, ...]:
        """The columns that the program writes, in its order."""
        return (self.time, self.event)


@dataclass(frozen=True, slots=True)
class ActionsTable:
    """A table of action items, and which of its columns is which."""

    table: Table
    by_name: Mapping[Column, int]

    def text(self, row: TableRow, column: Column) -> str:
        """Give the source of a row's cell, "" where there is none."""
        return row.text(self.by_name.get(column))

    def progress(self, row: TableRow) -> str:
        """Give the source of a row's cell in a column of people's own that says how far it is."""
        header = self.table.header
        own = (at for at in range(len(header.cells)) if normal(header.text(at)) in _PROGRESS)
        return row.text(next(own, None))

    @property
    def columns(self) -> tuple[int | None, ...]:
        """The columns that the program writes, in its order."""
        wanted = (Column.TASK, Column.OWNER, Column.PRIORITY, Column.DEADLINE)
        return tuple(self.by_name.get(column) for column in wanted)


@dataclass(frozen=True, slots=True)
class Outline:
    """A document with its known parts found."""

    blocks: Blocks
    sections: Mapping[Section, Extent]
    title: Heading | None
    bullets: Mapping[Slot, Bullet]
    actions: tuple[ActionsTable, ...]

    def timeline(self, header: Sequence[str]) -> TimelineTable | None:
        """Give the timeline: a table with these two header cells, else its section's first.

        In that, a column whose name is gone is looked for among the others: the time is the
        first of them, what happened the one with the most text. Without a header, the first
        column is the time and the second what happened.
        """
        extent = self.sections.get(Section.TIMELINE)
        tables = [one for one in self.blocks.tables if len(one.header.cells) >= _TIMELINE_COLUMNS]
        here = [one for one in tables if extent and extent.holds(one.header.line)]
        wanted = dict(enumerate(header))
        for table in (here or tables) if header else ():
            titles = [cell.text for cell in table.header.cells]
            columns = match(wanted, titles, loosely=bool(here))
            if len(columns) == _TIMELINE_COLUMNS:
                return TimelineTable(table, columns[0], columns[1])
        if not here:
            return None
        if not header:
            return TimelineTable(here[0], 0, 1)
        columns = match(wanted, [cell.text for cell in here[0].header.cells], loosely=True)
        free = [at for at in range(len(here[0].header.cells)) if at not in columns.values()]
        time = columns[0] if 0 in columns else free.pop(0)
        event = columns[1] if 1 in columns else _wordiest(here[0], free)
        return TimelineTable(here[0], time, event)


def _wordiest(table: Table, columns: Sequence[int]) -> int:
    """Give the column that holds the most text, the first of several: that is what happened."""
    return max(columns, key=lambda at: sum(len(row.text(at)) for row in table.rows))


def outline(text: str, names: Names) -> Outline:
    """Find the parts of a postmortem in a document."""
    blocks = parse(text)
    sections = find_sections(blocks, names)
    return Outline(
        blocks,
        sections,
        title_of(blocks, sections),
        _bullets(blocks, sections, names),
        find_actions(blocks, sections, names),
    )


def find_sections(blocks: Blocks, names: Names) -> dict[Section, Extent]:
    """Find the sections by their headings, at whatever level and in whatever order.

    That of the action items may also have a line in bold letters for a heading.
    """
    actions = _actions_heading(blocks, names)
    title = next((one for one in blocks.headings if one.level == 1 and one is not actions), None)
    headings = [one for one in blocks.headings if one is not title]
    texts = ["" if one is actions else one.text for one in headings]
    others: dict[Section, str] = {
        key: name for key, name in names.headings.items() if key is not Section.ACTION_ITEMS
    }
    found: dict[Section, int] = {**match(others, texts, loosely=True)}
    if actions is not None:
        found[Section.ACTION_ITEMS] = headings.index(actions)
    known = set(found.values())
    extents = {}
    for section, at in found.items():
        heading = headings[at]
        behind = len(blocks.source.starts)
        for later, one in enumerate(headings[at + 1 :], at + 1):
            if one.level <= heading.level or later in known:
                behind = one.line
                break
        extents[section] = Extent(heading, behind)
    if Section.ACTION_ITEMS not in extents and (bold := _bold_actions(blocks, names)):
        extents[Section.ACTION_ITEMS] = bold
    return extents


def _actions_heading(blocks: Blocks, names: Names) -> Heading | None:
    """Find the heading of the action items, by the team's name for it, then the built-in one.

    It must be that name, or have but harmless words besides: what stands under "Action items of
    earlier incidents" is not to make tickets.
    """
    texts = [one.text for one in blocks.headings]
    for name in dict.fromkeys((names.headings[Section.ACTION_ITEMS], *_BUILT_IN_ACTIONS.values())):
        meant = match({Section.ACTION_ITEMS: name}, texts)
        if meant:
            return blocks.headings[meant[Section.ACTION_ITEMS]]
        for one in blocks.headings:
            words, wanted = set(normal(one.text).split()), set(normal(name).split())
            if wanted <= words and all(map(_HARMLESS.fullmatch, words - wanted)):
                return one
    return None


def _bold_actions(blocks: Blocks, names: Names) -> Extent | None:
    """Find the section of action items where a line in bold letters stands for its heading.

    The next heading, or the next such line, ends it.
    """
    bold: list[Heading] = []
    for one in blocks.passages:
        line = blocks.source.line(one.line)
        found = _BOLD_LINE.fullmatch(line) if one.behind == one.line + 1 else None
        if found and one.kind is PassageKind.PARAGRAPH:
            start = blocks.source.starts[one.line]
            place = Place(start + found.start(2), start + found.end(2))
            bold.append(Heading(_LOWEST_LEVEL, found[2], place, one.line, one.behind))
    texts = [one.text for one in bold]
    wanted = {Section.ACTION_ITEMS: names.headings[Section.ACTION_ITEMS]}
    meant = match(wanted, texts) or match(_BUILT_IN_ACTIONS, texts)
    if not meant:
        return None
    heading = bold[meant[Section.ACTION_ITEMS]]
    ends = [one.line for one in (*bold, *blocks.headings) if one.line > heading.line]
    return Extent(heading, min(ends, default=len(blocks.source.starts)))


def title_of(blocks: Blocks, sections: Mapping[Section, Extent]) -> Heading | None:
    """Give the title: the first heading of level 1, else the first; None where a section is."""
    first = next((one for one in blocks.headings if one.level == 1), None)
    if first is None and blocks.headings:
        first = blocks.headings[0]
    return None if any(first is one.heading for one in sections.values()) else first


def _bullets(
    blocks: Blocks, sections: Mapping[Section, Extent], names: Names
) -> dict[Slot, Bullet]:
    labelled = []
    for item in blocks.all_items():
        found = label(item.text)
        if found is not None:
            labelled.append((item, *found))
    bullets = {}
    for section, extent in sections.items():
        wanted = {slot: name for slot, name in names.labels.items() if slot.section is section}
        here = [one for one in labelled if extent.holds(one[0].line)]
        for slot, at in match(wanted, [name for _, name, _ in here]).items():
            bullets[slot] = _bullet(blocks, here[at][0], here[at][2])
    taken = {bullet.item.line for bullet in bullets.values()}
    wanted = {slot: name for slot, name in names.labels.items() if slot not in bullets}
    free = [one for one in labelled if one[0].line not in taken]
    for slot, at in match(wanted, [name for _, name, _ in free]).items():
        bullets[slot] = _bullet(blocks, free[at][0], free[at][2])
    return bullets


def _bullet(blocks: Blocks, item: ListItem, behind_label: int) -> Bullet:
    place = Place(item.place.start + behind_label, item.place.end)
    text = blocks.source.text[place.start : place.end]
    return Bullet(item, place, " ".join(text.split()))


def find_actions(
    blocks: Blocks, sections: Mapping[Section, Extent], names: Names
) -> tuple[ActionsTable, ...]:
    """Find the tables of action items in their section, and nowhere else.

    A table is one when it has the task's column, or two others that are known; one is enough where
    it is the section's only table. Its first column that is not known then holds the task.
    """
    here = tables_of_actions(blocks, sections)
    found = (_actions(table, names, alone=len(here) == 1) for table in here)
    return tuple(one for one in found if one)


def tables_of_actions(blocks: Blocks, sections: Mapping[Section, Extent]) -> list[Table]:
    """Give all tables that stand in the section of action items."""
    extent = sections.get(Section.ACTION_ITEMS)
    return [one for one in blocks.tables if extent and extent.holds(one.header.line)]


def _actions(table: Table, names: Names, *, alone: bool) -> ActionsTable | None:
    columns = match_columns(names.columns, [cell.text for cell in table.header.cells])
    if Column.TASK in columns:
        return ActionsTable(table, columns)
    free = [at for at in range(len(table.header.cells)) if at not in columns.values()]
    if not free or len(columns) < (1 if alone else _LIKELY):
        return None
    return ActionsTable(table, {**columns, Column.TASK: free[0]})


def title(text: str) -> str:
    """Give a document's title as plain text: its first heading, "" if it has none.

    Raises ``DocumentError`` for a broken front matter.
    """
    headings = parse(text).headings
    first = next((one for one in headings if one.level == 1), headings[0] if headings else None)
    return plain(first.text) if first else ""
