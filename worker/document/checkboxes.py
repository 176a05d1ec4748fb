"""Action items in lists of check boxes.

One looks like ``- [ ] task @owner (by 2026-12-03) — [OPS-1](https://…) (In Progress)``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.template_names import Names
from worker.content.clean_text import clean
from worker.content.inline_markdown import escape, plain
from worker.content.placeholders import is_placeholder, is_struck_out
from worker.document.action_item_values import (
    Mention,
    day_at_end,
    day_marked,
    due,
    left_out,
    mentioned,
    no_item,
    shortened,
    ticket_at,
    ticket_at_end,
    ticket_link,
)
from worker.document.action_items import ActionItem, CellEdit, ItemPlace
from worker.document.markdown_blocks import Blocks, ListItem
from worker.document.outline import Extent
from worker.document.text_edits import Edit, Place

_BOX = re.compile(r"\\?\[([ xX])\\?\][ \t\r\n]+(?=\S)")
_DASH = re.compile(r"(?<=\s)(?:\u2014|\u2013|--?)\s+(?=\S)")
_STATUS = re.compile(r"\s*(?:\((.*)\))?\s*", re.DOTALL)
_WIKI_NAME = r"(\\?\[\\?~(?:[^\[\]\\]|\\[^\[\]])+\])"
_OWNER = re.compile(
    r"(?:^|\s)\(?(?:@(\\?\[[^\[\]]+\]|[^\s()\[\],;]*[^\s()\[\],;.:!?])"
    rf"|{_WIKI_NAME})\)?[.,;]?$"
)
_WRAP = re.compile(r"^\\?\[|\]$")
_BARE_OWNER = re.compile(r"[^\s()\[\],;]*[^\s()\[\],;.:!?]")
_ANY_OWNER = re.compile(
    rf"(?<![\w@.\\])@(\\?\[[^\[\]]+\]|[\w.+-]*\w(?:@[\w.-]+\w)?)|{_WIKI_NAME}"
    r"|(?<!\\)[(\[](?:[^()\[\]]*[,;]\s*)?(?:owner|assignee|assigned to):\s*"
    r"([^\s@()\[\],;][^()\[\],;]*)[,;)\]]",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"\s+\^(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]+\s*$")
"""What a link of Obsidian's leads to: nothing may stand behind it."""
_ANY_MARK = re.compile(r"[!-/:-@\[-`{-~]")


@dataclass(frozen=True, slots=True)
class _Box:
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
    body_end: int
    ticket: Mention | None
    status: Place | None
    named: Mention | None

    @property
    def words_end(self) -> int:
        """Where all that is said of the task ends, before a ticket that is named behind."""
        return len(self.text[: self.named.start].rstrip()) if self.named else self.body_end

    def said(self, blocks: Blocks) -> str:
        """Give the words of the task, with those of a ticket that is named behind."""
        behind = self.text[self.named.start : self.body_end] if self.named else ""
        words = (self.text[self.task.start : self.task.end], behind)
        return " ".join(filter(None, (plain(one, blocks.definitions) for one in words)))


@dataclass(frozen=True, slots=True)
class FoundBox:
    """An action item and the list item that it was read from."""

    item: ActionItem
    line_item: ListItem


def read_boxes(
    blocks: Blocks, extent: Extent | None, names: Names, first: int
) -> tuple[list[FoundBox], list[str]]:
    """Read the check boxes of the action items' section; ordinals count from ``first``."""
    found: list[FoundBox] = []
    problems: list[str] = []
    for one in blocks.all_items():
        if extent is None or not extent.holds(one.line):
            continue
        box = _take_apart(_source(blocks, one))
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
        day, problem = due(box.due_text, where)
        problems += [problem] if problem else []
        status = box.text[box.status.start : box.status.end] if box.status else ""
        body = box.text[box.task.start : box.body_end]
        # an owner behind a task that is struck out is no word of it that was kept
        left = left_out(source) or left_out(body, ticked=box.checked)
        item = ActionItem(
            ordinal=first + len(found),
            task=task,
            source=box.text,
            owner=box.owner_name or None,
            deadline_text=box.due_text,
            deadline=day,
            deadline_problem=problem,
            ticket=box.ticket.ticket if box.ticket else None,
            mentions=mentioned([body]),
            status_text=plain(status, blocks.definitions),
            checked=box.checked,
            struck=is_struck_out(source) or is_struck_out(body),
            wordless=none is not None or is_placeholder(source),
            left_out=None if box.ticket else left,
            place=ItemPlace(one.line, one.place.start, one.place.end),
        )
        found.append(FoundBox(item, one))
    return found, problems


def edit_boxes(
    blocks: Blocks, found: list[FoundBox], edits: Mapping[int, CellEdit]
) -> Iterator[Edit]:
    """Make the edits that let check boxes say something else.

    A priority is left out: a check box has no place for one.
    """
    for one in found:
        edit = edits.get(one.item.ordinal)
        box = _take_apart(_source(blocks, one.line_item))
        if edit is None or box is None:
            continue
        at = one.line_item.place.start
        for change in _edit_box(box, one.item, edit):
            place = Place(at + change.place.start, at + change.place.end)
            yield Edit(place, change.text)


def _source(blocks: Blocks, item: ListItem) -> str:
    return blocks.source.text[item.place.start : item.place.end]


def _take_apart(text: str) -> _Box | None:
    opening = _BOX.match(text)
    if opening is None:
        return None
    text, start = _ANCHOR.sub("", text), opening.end()
    body_end, ticket, status = _suffix(text, start)
    named = ticket_at_end(text[start:body_end])
    if named is not None:
        named = Mention(named.ticket, start + named.start, start + named.end)
    end = body_end if named is None else named.start
    owner = deadline = None
    owner_name = due_text = ""
    for _ in range(2):
        rest = text[start:end].rstrip()
        if deadline is None and (day := day_at_end(rest)):
            deadline = Place(start + day[0], start + len(rest))
            due_text, end = day[1], deadline.start
        elif owner is None and (found := _OWNER.search(rest)):
            owner = Place(start + found.start(), start + found.end())
            owner_name, end = _owner_name(found), owner.start
    if owner is None and (found := _ANY_OWNER.search(text, start, end)):
        owner_name = _owner_name(found)
    if deadline is None:
        due_text = day_marked(text[start:end])
    task = Place(start, start + len(text[start:end].rstrip()))
    checked = opening[1] != " "
    return _Box(
        text, checked, task, owner, owner_name, deadline, due_text, body_end, ticket, status, named
    )


def _owner_name(found: re.Match[str]) -> str:
    """Give whom words name: ``@[Ann Bee]``, ``(owner: Ann)``, or ``[~ann]`` with its brackets."""
    return plain(_WRAP.sub("", found[1]) if found[1] else found[found.lastindex or 0]).strip()


def _suffix(text: str, start: int) -> tuple[int, Mention | None, Place | None]:
    """Find the ticket and status behind a dash at the end; and where what stands before ends."""
    for dash in _DASH.finditer(text, start + 1):
        named = ticket_at(text, dash.end())
        status = _STATUS.fullmatch(text, named.end) if named else None
        if status is not None and not _names_link(status[1] or ""):
            place = Place(*status.span(1)) if status[1] is not None else None
            return len(text[: dash.start()].rstrip()), named, place
    return start + len(text[start:].rstrip()), None, None


def _names_link(status: str) -> bool:
    """Tell whether what looks like a status holds the link of a ticket that stands behind it."""
    return any(one.url for one in mentioned([status]))


def _edit_box(box: _Box, item: ActionItem, edit: CellEdit) -> Iterator[Edit]:
    behind = Place(box.words_end, box.words_end)
    if edit.unticks and (opening := _BOX.match(box.text)):
        yield Edit(Place(*opening.span(1)), " ")
    if edit.task is not None and clean(edit.task) not in ("", clean(item.task)):
        yield from _edit_task(box, item, edit.task, keeps_owner=edit.owner is None)
    if edit.owner is not None and clean(edit.owner) != clean(item.owner or ""):
        after_task = Place(box.task.end, box.task.end)
        yield Edit(box.owner or after_task, _owner(edit.owner))
    if edit.deadline is not None and clean(edit.deadline) != clean(item.deadline_text):
        words = f" (by {edit.deadline})" if edit.deadline else ""
        yield Edit(box.due or behind, words)
    yield from _edit_suffix(box, item, edit)


def _edit_task(box: _Box, item: ActionItem, words: str, *, keeps_owner: bool) -> Iterator[Edit]:
    """Give the box other words, and see that they are read as its task and nothing else.

    An owner whom only the old words named is named behind the new ones.
    """
    opening, owner = "[ ] ", item.owner or ""
    said: str = escape(words)
    read = _take_apart(opening + said)
    is_whole = read is not None and read.task.end == read.body_end == len(opening + said)
    named = read.owner_name if read else ""
    if not is_whole or (box.owner is None and named not in ("", owner)):
        # "by 2026-12-03", "@ann" or "- OPS-7" of a ticket's summary is no deadline, owner or ticket
        said, named = _ANY_MARK.sub(r"\\\g<0>", clean(words)), ""
    yield Edit(box.task, said)
    if box.named is not None and box.ticket is not None:  # it is among the new words, or no more
        yield Edit(Place(box.words_end, box.body_end), "")
    if keeps_owner and box.owner is None and owner != named:
        yield Edit(Place(box.task.end, box.task.end), _owner(owner))


def _owner(name: str) -> str:
    """Give an owner as a box names one; brackets in the name would end it early."""
    said = escape(name)
    if not said or _BARE_OWNER.fullmatch(said):
        return f" @{said}" if said else ""
    inside = said.replace(r"\[", "&#91;").replace(r"\]", "&#93;")
    return f" @[{inside}]"


def _edit_suffix(box: _Box, item: ActionItem, edit: CellEdit) -> Iterator[Edit]:
    behind = Place(box.body_end, box.body_end)
    if box.ticket is None:
        if edit.ticket is not None:
            status = f" ({escape(edit.status)})" if edit.status else ""
            if box.named is not None and box.named.ticket.key == edit.ticket.key:
                behind = Place(box.words_end, box.body_end)
            yield Edit(behind, f" \u2014 {ticket_link(edit.ticket)}{status}")
        return
    if edit.ticket is not None and edit.ticket != item.ticket:
        yield Edit(Place(box.ticket.start, box.ticket.end), ticket_link(edit.ticket))
    if edit.status is not None and clean(edit.status) != clean(item.status_text):
        if box.status is not None:
            yield Edit(box.status, escape(edit.status))
        else:
            yield Edit(Place(box.ticket.end, box.ticket.end), f" ({escape(edit.status)})")
