"""Changing check boxes: in the box itself, and in the lines below it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from worker.content.clean_text import clean
from worker.content.editor_marks import as_written
from worker.content.inline_markdown import escape
from worker.content.task_words.owner_names import goes_on_with_a_name, joined
from worker.document.action_item_values import ticket_link
from worker.document.action_items import ActionItem, CellEdit
from worker.document.checkboxes.found_boxes import BOX, BoxPieces, FoundBox, take_apart
from worker.document.text_edits import Edit, Place

_BARE_OWNER = re.compile(r"[^\s()\[\],;]*[^\s()\[\],;.:!?]")
_DASHES = str.maketrans({"\u2013": "&ndash;", "\u2014": "&mdash;", "\u2192": "&rarr;"})
_BRACKET = re.compile(r"\\([\[\]()])")
_ANY_MARK = re.compile(r"[!-/:-@\[-`{-~]")


def edit_boxes(found: Sequence[FoundBox], edits: Mapping[int, CellEdit]) -> Iterator[Edit]:
    """Make the edits that let check boxes say something else.

    A priority is left out where no line below the box has a place for one.
    """
    for one in found:
        edit = edits.get(one.item.ordinal)
        if edit is None:
            continue
        edit, changes = _edit_below(one, edit)
        yield from changes
        at = one.line_item.place.start
        for change in _edit_box(one.box, one.item, edit):
            place = Place(at + change.place.start, at + change.place.end)
            yield Edit(place, change.text)


def _edit_box(box: BoxPieces, item: ActionItem, edit: CellEdit) -> Iterator[Edit]:
    behind = Place(box.words_end, box.words_end)
    if edit.unticks and (opening := BOX.match(box.text)):
        yield Edit(Place(*opening.span(1)), " ")
    if edit.task is not None and clean(edit.task) not in ("", clean(item.task)):
        yield from _edit_task(box, edit)
    owner, day = edit.owner, edit.deadline
    owner = None if owner is None or clean(owner) == clean(item.owner or "") else owner
    day = None if day is None or clean(day) == clean(item.deadline_text) else day
    task = edit.task or box.text[box.task.start : box.task.end]
    if owner is None and box.owner and edit.task and goes_on_with_a_name(edit.task):
        owner = box.owner_name
    if box.apart and (owner, day) != (None, None):  # without one the other is read no more
        owner, day = item.owner if owner is None else owner, box.due_text if day is None else day
        yield Edit(box.apart, _owner(owner or "", task) + _by(day))
        owner = day = None
    if owner is not None:
        yield Edit(box.owner or Place(box.task.end, box.task.end), _owner(owner, task))
    if day is not None:
        yield Edit(box.due or behind, _by(day))
    yield from _edit_suffix(box, item, edit)


def _edit_task(box: BoxPieces, edit: CellEdit) -> Iterator[Edit]:
    """Give the box other words, and see that they are read as its task and nothing else.

    An owner and a deadline that only the old words named are named behind the new ones.
    """
    words = edit.task or ""
    said = as_written(escape(words))
    own = (
        "" if box.owner or box.apart else box.owner_name,
        "" if box.due or box.apart else box.due_text,
    )
    named, is_whole = _read_alone(box, said)
    if not is_whole or any(one not in ("", other) for one, other in zip(named, own, strict=True)):
        # "by 2026-12-03", "@ann" or "- OPS-7" of a ticket's summary is no deadline, owner or ticket
        said = _ANY_MARK.sub(r"\\\g<0>", clean(words))
        named, is_whole = _read_alone(box, said)
        if not is_whole or any(named):  # no backslash escapes a dash, and editors escape brackets
            said = _BRACKET.sub(lambda found: f"&#{ord(found[1])};", said.translate(_DASHES))
        named = ("", "")
    yield Edit(box.task, said)
    if box.named is not None and box.ticket is not None:  # it is among the new words, or no more
        yield Edit(Place(box.words_end, box.body_end), "")
    behind = Place(box.task.end, box.task.end)
    if edit.owner is None and own[0] != named[0]:
        yield Edit(behind, _owner(own[0], said))
    if edit.deadline is None and own[1] != named[1]:
        yield Edit(behind, _by(own[1]))


def _read_alone(box: BoxPieces, said: str) -> tuple[tuple[str, str], bool]:
    """Give whom and which day words of a task name, and whether all of them are read as its words.

    So they are to be before what stands behind the task, too.
    """
    alone, behind = f"[ ] {said}", box.text[box.task.end : box.words_end]
    read, whole = take_apart(alone, box.known), take_apart(alone + behind, box.known)
    if read is None or whole is None:
        return ("", ""), False
    ends = (read.task.end, read.body_end, whole.task.end)
    is_whole = all(end == len(alone) for end in ends) and joined(said, len(said)) == len(said)
    return (read.owner_name, read.due_text), is_whole


def _edit_below(found: FoundBox, edit: CellEdit) -> tuple[CellEdit, list[Edit]]:
    """Make the edits of the lines below a box, and give what is left to do in the box itself."""
    item, box, changes = found.item, found.box, []
    for name, new, old in (
        ("owner", None if box.owner_name else edit.owner, item.owner or ""),
        ("due", None if box.due_text else edit.deadline, item.deadline_text),
        ("priority", edit.priority, item.priority or ""),
    ):
        line = found.below.get(name)
        if line is None or new is None:
            continue
        if clean(new) != clean(old):
            changes.append(Edit(Place(*line.place), escape(new)))
        match name:
            case "owner":
                edit = replace(edit, owner=None)
            case "due":
                edit = replace(edit, deadline=None)
    return edit, changes


def _by(day: str) -> str:
    return f" (by {day})" if day else ""


def _owner(name: str, task: str) -> str:
    """Give an owner as a box names one behind a task; brackets in the name would end it early."""
    said = escape(name)
    if not said or (_BARE_OWNER.fullmatch(said) and not goes_on_with_a_name(task)):
        return f" @{said}" if said else ""
    inside = said.replace(r"\[", "&#91;").replace(r"\]", "&#93;")
    return f" @[{inside}]"


def _edit_suffix(box: BoxPieces, item: ActionItem, edit: CellEdit) -> Iterator[Edit]:
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
