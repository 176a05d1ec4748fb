"""Reading the check boxes that are action items.

One looks like ``- [ ] task @owner (by 2026-12-03) — [OPS-1](https://…) (In Progress)``.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from config.template_names import Names, Section
from worker.content.inline_markdown import plain
from worker.content.placeholders import is_placeholder, is_struck_out
from worker.content.task_words.owner_names import NOBODY, KnownPeople
from worker.content.task_words.task_details import (
    LabelledValue,
    Span,
    labelled_line,
    task_details,
)
from worker.document.action_item_values import (
    Mention,
    deadline_words,
    due,
    left_out,
    links_end,
    mentioned,
    no_item,
    owner_words,
    priority_words,
    shortened,
    task_words,
    ticket_at,
    ticket_at_end,
)
from worker.document.action_items import ActionItem, ItemPlace
from worker.document.checkboxes.named_people import named_people
from worker.document.markdown_blocks import Blocks, ListItem, PassageKind
from worker.document.outline import Extent
from worker.document.text_edits import Place

BOX = re.compile(r"\\?\[([ \u00a0xX])\\?\][\s\u200b\u2060]+(?=\S)")
"""With whatever space a keyboard gives."""
_DASH = re.compile(r"(?<=\s)(?:\u2014|\u2013|--?)\s+(?=\S)")
_STATUS = re.compile(
    r"\s{0,100}+\((?!(?:by|due|until)\b)((?:[^()]|\([^()]{0,100}\)){0,200})\)", re.IGNORECASE
)
_DEADLINE = re.compile(r"\((?:by|due|until)\b", re.IGNORECASE)
_LONGEST_GAP = 100
_DAY = r"(?:\[\[)?\d{4}-\d\d-\d\d(?:\]\])?"
_ADDED = re.compile(
    r"(?:\s+(?:@(?:\\?\[[^\[\]]+\]|<[^<>]+>|[^\s()\[\],;]+)|\([^()]*\)"
    rf"|(?:by|due|until):?\s+{_DAY}|\\?[\[(][\w -]{{1,30}}::[^\[\]()]*[\])]|\#[\w/-]+"
    rf"|[\U0001f4c5\U0001f4c6\U0001f5d3\u2705\u274c\u2795\U0001f6eb\u23f3\u231b]\ufe0f?\s*{_DAY}"
    r"|[\U0001f53a\u23eb\U0001f53c\U0001f53d\u23ec]\ufe0f?|\U0001f501\ufe0f?\s*every(?: [\w,]+)+"
    r"|[\U0001f194\u26d4\U0001f3c1]\ufe0f?\s*[\w,-]+)[.,;]?)++\s*",
    re.IGNORECASE,
)
"""What is added at a line's end, behind a ticket: by whom, until when, asides, marks of plugins."""
_ANCHOR = re.compile(r"(?<=\S)\s++\^(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]+\s*$")
"""What a link of Obsidian's leads to: nothing may stand behind it."""


@dataclass(frozen=True, slots=True)
class BoxPieces:
    """A check box's text in pieces, each by its place in ``text``.

    ``named`` is a ticket behind the words of its task, owner and deadline, which is no part of them
    to look for those in.
    """

    text: str
    checked: bool
    task: Place
    owner: Place | None
    owner_name: str
    due: Place | None
    due_text: str
    apart: Place | None
    body_end: int
    ticket: Mention | None
    status: Place | None
    named: Mention | None
    known: KnownPeople

    @property
    def words_end(self) -> int:
        """Where all that is said of the task ends, before a ticket that is named behind."""
        return len(self.text[: self.named.start].rstrip()) if self.named else self.body_end

    def said(self, blocks: Blocks) -> str:
        """Give the words of the task, with those of a ticket that is named behind."""
        behind = self.text[self.named.start : self.body_end] if self.named else ""
        task = task_words(self.text[self.task.start : self.task.end], blocks.definitions)
        return " ".join(filter(None, (task, plain(behind, blocks.definitions))))


@dataclass(frozen=True, slots=True)
class FoundBox:
    """An action item and the list item that it was read from.

    ``below`` is what further lines of the item say behind labels, with their places in the text.
    """

    item: ActionItem
    line_item: ListItem
    box: BoxPieces
    below: Mapping[str, LabelledValue]


def read_boxes(
    blocks: Blocks, sections: Mapping[Section, Extent], names: Names, first: int
) -> tuple[list[FoundBox], list[str]]:
    """Read the check boxes of the action items' section; ordinals count from ``first``."""
    found: list[FoundBox] = []
    problems: list[str] = []
    extent, known = sections.get(Section.ACTION_ITEMS), None
    code = {
        at
        for one in blocks.passages
        if one.kind is not PassageKind.PARAGRAPH and extent and extent.holds(one.line)
        for at in range(one.line, one.behind)
    }
    for one in blocks.all_items():
        if extent is None or not extent.holds(one.line) or not BOX.match(one.text):
            continue
        known = known or named_people(blocks, sections)
        box, below = _read(blocks, one, code, known)
        if box is None:
            continue
        source = box.text[box.task.start : box.task.end]
        task = box.said(blocks)
        if not task or (box.ticket is None and is_placeholder(source)):
            continue
        where = f"Line {one.line + 1} ('{shortened(task)}')"
        none = no_item(task, where, names.nothing)
        if box.ticket is None and none is not None:
            problems += none
            continue
        item = _item(blocks, one, box, below, names)
        day, problem = due(item.deadline_text, where)
        problems += [problem] if problem else []
        item = replace(
            item,
            ordinal=first + len(found),
            deadline=day,
            deadline_problem=problem,
            wordless=none is not None or is_placeholder(source),
        )
        found.append(FoundBox(item, one, box, below))
    return found, problems


def _item(
    blocks: Blocks,
    line_item: ListItem,
    box: BoxPieces,
    below: Mapping[str, LabelledValue],
    names: Names,
) -> ActionItem:
    definitions, nothing = blocks.definitions, names.nothing
    lines = {name: one.value for name, one in below.items()}
    source = box.text[box.task.start : box.task.end]
    body = box.text[box.task.start : box.body_end]
    status = box.text[box.status.start : box.status.end] if box.status else ""
    # an owner behind a task that is struck out is no word of it that was kept
    left = left_out(source) or left_out(body, ticked=box.checked)
    return ActionItem(
        ordinal=0,
        task=box.said(blocks),
        source=box.text,
        owner=box.owner_name or owner_words(lines.get("owner", ""), definitions, nothing) or None,
        priority=priority_words(lines.get("priority", ""), definitions) or None,
        deadline_text=box.due_text or deadline_words(lines.get("due", ""), definitions, nothing),
        ticket=box.ticket.ticket if box.ticket else None,
        mentions=mentioned([body, lines.get("ticket", "")]),
        status_text=plain(status, definitions),
        checked=box.checked,
        struck=is_struck_out(source) or is_struck_out(body),
        left_out=None if box.ticket else left,
        place=ItemPlace(line_item.line, line_item.place.start, line_item.place.end),
    )


def _read(
    blocks: Blocks, item: ListItem, code: Collection[int], known: KnownPeople
) -> tuple[BoxPieces | None, Mapping[str, LabelledValue]]:
    """Read a box, and what further lines of its list item say behind labels."""
    source = blocks.source
    text = source.text[item.place.start : item.place.end]
    box = take_apart(text, known)
    below: dict[str, LabelledValue] = {}
    if box is None:
        return None, below
    boxes = [one for one in item.walk() if one is not item and BOX.match(one.text)]
    left = {at for one in boxes for at in range(one.line, one.behind)}
    cut = _behind_task(blocks, item)
    before = text[: source.starts[cut] - item.place.start].rstrip() if cut else ""
    # where the line is broken by force
    short = take_apart(before.removesuffix("\\").rstrip(), known)
    if short is None or (box.ticket and not short.ticket):  # behind all, where it once was put
        cut, short = item.text_behind, box
    for line in range(cut, item.behind):
        if line not in left and line not in code:
            for one in labelled_line(source.line(line)):
                below.setdefault(one.name, one.moved(source.starts[line]))
    return short, below


def _behind_task(blocks: Blocks, item: ListItem) -> int:
    """Give the line from which on all lines of a box's paragraph are labelled, 0 for none."""
    first = item.text_behind
    while first - 1 > item.line:
        found = labelled_line(blocks.source.line(first - 1))
        if not found or not found[0].is_plain_to_see:
            break
        first -= 1
    return first if first < item.text_behind else 0


def take_apart(text: str, known: KnownPeople = NOBODY) -> BoxPieces | None:
    """Find the pieces of a check box's text, None where it is none."""
    opening = BOX.match(text)
    if opening is None:
        return None
    text, start = _ANCHOR.sub("", text), opening.end()
    body_end, ticket, status, behind = _suffix(text, start)
    named = ticket_at_end(text[start:body_end])
    if named is not None:
        named = Mention(named.ticket, start + named.start, start + named.end)
    found = task_details(text[start : body_end if named is None else named.start], known)
    more = task_details(text[behind:] if ticket else "", known)
    owner = _whose(found.owner, found.owner_at, start, more.owner, more.owner_at, behind)
    due = _whose(found.due, found.due_at, start, more.due, more.due_at, behind)
    return BoxPieces(
        text,
        checked=opening[1] in "xX",
        task=Place(start, start + found.end),
        owner=owner[1],
        owner_name=owner[0],
        due=due[1],
        due_text=due[0],
        apart=Place(start + found.apart[0], start + found.apart[1]) if found.apart else None,
        body_end=body_end,
        ticket=ticket,
        status=status,
        named=named,
        known=known,
    )


def _whose(
    said: str, at: Span | None, start: int, more: str, more_at: Span | None, behind: int
) -> tuple[str, Place | None]:
    """Choose what is said behind a ticket, or before it: what has a place of its own goes first."""
    if more_at:
        return more, Place(behind + more_at[0], behind + more_at[1])
    if at:
        return said, Place(start + at[0], start + at[1])
    return more or said, None


def _suffix(text: str, start: int) -> tuple[int, Mention | None, Place | None, int]:
    """Find the ticket and status behind a dash, and where what stands before and behind them does.

    Behind them is nothing, or what people and plugins add at the end of a line.
    """
    end = len(text.rstrip())
    linked = links_end(text) if "](" in text or "://" in text else 0
    for dash in _DASH.finditer(text, start + 1):
        named = ticket_at(text, dash.end())
        if named is None:
            continue
        before, status = len(text[: dash.start()].rstrip()), _STATUS.match(text, named.end)
        if status and linked > status.start(1):  # it holds the link of a ticket behind it
            continue
        told = Place(*status.span(1)) if status else None
        behind = status.end() if status else named.end
        is_sure = bool(named.ticket.url) or _is_in_capitals(text[named.start : named.end])
        is_added = is_sure and linked <= behind and _ADDED.fullmatch(text, behind, end)
        if behind >= end or is_added:
            return before, named, told, behind
        opens = text.find("(", named.end, named.end + _LONGEST_GAP)
        is_status = opens > 0 and not text[named.end : opens].strip() and text[end - 1] == ")"
        is_status &= not _DEADLINE.match(text, opens)
        if is_status and linked <= opens:
            return before, named, Place(opens + 1, end - 1), end
    return end, None, None, end


def _is_in_capitals(key: str) -> bool:
    """Tell whether a key that has no link is written as one: ``db-3`` is a machine."""
    return key == key.upper()
