"""What the words of an action item mean, cell by cell, and how its ticket is written."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from worker.content.clean_text import clean
from worker.content.editor_marks import as_shown, as_written
from worker.content.emoji_names import as_characters
from worker.content.inline_markdown import Definitions, escape, plain, plain_cell, safe_url
from worker.content.placeholders import (
    is_bracketed,
    is_marks,
    is_struck_out,
    says_none_since,
    says_nothing,
    unstruck,
)
from worker.content.read_dates import read_date
from worker.document.action_items import LeftOut, TicketCell

_DASH = r"(?:\\?-|[\u2010-\u2013\u2212])"
"""What stands for the hyphen of a key: editors escape it, or make it one that does not break."""
_KEY = rf"[A-Za-z][A-Za-z0-9_]+{_DASH}[1-9]\d*"
_URL = r"https?://[^\s<>()|\\\]\"']+"
_IN_URL = re.compile(
    r"(?:[/#](?:browse|issues?)/|/portal/\d+/|/queues/(?:[\w-]+/)*"
    rf"|[?&](?:selectedIssue|issueKey)=|\bkey(?:%20)*(?:=|%3D)(?:%20|%22)*)({_KEY})(?![\w-])"
)
"""A ticket's own page, its board, its service desk or portal, the search for it alone."""
_REFERENCE = re.compile(
    rf"\[\\?`?(?P<text>{_KEY})`?\](?:\((?P<link><[^<>]*>|[^\s()]*)"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)|\[[^\[\]]*\]|)"
    rf"|\[(?:!\[[^\[\]]*\]\([^()\s]*\)|[^\[\]])*\]"
    rf"\((?P<target>{_URL})(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)"
    rf"|<(?P<auto>{_URL})>|(?P<url>{_URL})"
    rf"|(?<![\w/-])(?P<key>{_KEY})(?![\w-])"
)
_PICTURE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*\)|<img\b[^<>]*>", re.IGNORECASE)
_MENTION = re.compile(r"\[~[^\[\]]+\]")
_CELL_BOX = re.compile(
    r"(?:\\?[-*+\u2022]\s+)?"
    r"(?:\\?\[(?P<box>[ xX]?)\\?\]|[\u2610\u2b1c]|(?P<ticked>[\u2611\u2612\u2705\u2713\u2714]))"
    r"\ufe0f?\s+(?=\S)|\\?[-*+\u2022]\s+(?=\S)"
)
_DONE = (
    *("done", "closed", "complete", "completed", "finished", "fixed", "resolved", "cancelled"),
    *("canceled", "dropped", "obsolete", "not needed", "no longer needed", "won't do"),
    *("won't fix", "wontfix"),
)
"""What people write into the Status of a row for which there is nothing to do any more."""
_TICKS = re.compile(r"\[[xX]\]|[\u2611\u2612\u2705\u2713\u2714]\ufe0f?")
_REMARK = re.compile(
    r"(?<!\s)\s*+\((?=completed|tracked in )"
    r"(?:completed(?: \d{4}-\d\d-\d\d)?(?:, (?=tracked in ))?)?"
    r"(?P<elsewhere>tracked in (?:\[[^\[\]]*\]\([^()\s]*\)|[^()\[\]]+))?\)\s*$"
)
"""What a draft says behind a task that is done, or has a ticket or the like already."""
_KEY_OPENS = re.compile(r"(?:(`+)|(?:\\?\[)+)$")
_KEY_CLOSES = re.compile(r"(?:(`+)|(?:\\?\])+)")
_SHOWN = 60


def due(text: str, where: str) -> tuple[date | None, str]:
    """Read a deadline that may be absent; where it cannot be used, a sentence says so."""
    if not text:
        return None, ""
    day, wrong = read_date(text)
    if day is not None:
        return day, ""
    return None, f"{where} has the deadline '{shortened(text)}', and {wrong}. Use YYYY-MM-DD."


def shortened(text: str) -> str:
    """Give text short enough to name a row by."""
    told = textwrap.shorten(text, _SHOWN, placeholder="\u2026")
    return told if told != "\u2026" else f"{text.split(maxsplit=1)[0][: _SHOWN - 1]}\u2026"


@dataclass(frozen=True, slots=True)
class Mention:
    """A ticket found in text, and where in it the mention stands."""

    ticket: TicketCell
    start: int
    end: int


_DIGIT = re.compile(r"\d")


def find_ticket(text: str) -> Mention | None:
    """Find the first ticket that text names: a key, a link, or the address of a ticket's page."""
    return next(_named(text), None)


def ticket_at(text: str, at: int) -> Mention | None:
    """Find a ticket that text names right there."""
    found = _REFERENCE.match(text, at)
    return _mention(found) if found else None


def links_end(text: str) -> int:
    """Give where the last link of a ticket ends in text, 0 where it has none."""
    return max((one.end for one in _named(text) if one.ticket.url), default=0)


def ticket_at_end(text: str) -> Mention | None:
    """Find a ticket behind the words of a text: a link, or a key in brackets, that ends it."""
    every = tuple(_named(text))
    if not every:
        return None
    last = every[-1]
    start, end = last.start, last.end
    if text[:start].endswith("(") and text[end : end + 1] == ")":
        start, end = start - 1, end + 1
    elif last.ticket.url is None and text[start] != "[":
        return None
    is_behind = text[:start].strip() and text[start - 1].isspace()
    return Mention(last.ticket, start, end) if is_behind and not text[end:].strip(" .,;") else None


def _named(text: str) -> Iterator[Mention]:
    if not _DIGIT.search(text):  # every key ends in a number
        return
    yield from filter(None, map(_mention, _REFERENCE.finditer(text)))


def _mention(found: re.Match[str]) -> Mention | None:
    groups = found.groupdict()
    key = groups["text"] or groups["key"]
    url = groups["link"] or groups["target"] or groups["auto"] or groups["url"]
    url = url.strip("<>").replace("\\|", "|") if url else None
    if not key and url:
        in_url = _IN_URL.search(url)
        key = in_url[1] if in_url else None
    return Mention(TicketCell(_plain_key(key), url or None), *found.span()) if key else None


def _plain_key(key: str) -> str:
    return re.sub(_DASH, "-", key).upper()


def mentioned(texts: Iterable[str]) -> tuple[TicketCell, ...]:
    """Give the tickets that texts name in passing: by a link, or by a key in capital letters."""
    found = (
        one.ticket
        for text in texts
        for one in _named(text)
        if one.ticket.url or one.ticket.key in re.sub(_DASH, "-", text[one.start : one.end])
    )
    return tuple(dict.fromkeys(found))


def is_blank(text: str) -> bool:
    """Tell whether a ticket's cell says that there is none: blank, a dash, or a placeholder."""
    if is_marks(text):
        return True
    return is_bracketed(text) and find_ticket(text) is None


def no_item(words: str, where: str, nothing: Iterable[str]) -> list[str] | None:
    """Tell that a task's words are none, in a sentence unless they are marks alone.

    None where they are a task.
    """
    if not (says_nothing(words, nothing) or says_none_since(words, nothing)):
        return None
    if is_marks(words):
        return []
    return [f"{where} says that there is nothing to do, so it has no ticket."]


def owner_words(source: str, definitions: Definitions, nothing: Iterable[str]) -> str:
    """Give whom an owner's cell names, "" for nobody yet; ``[~name]`` names somebody in a wiki.

    A picture beside a name is no part of it.
    """
    source = as_characters(_PICTURE.sub("", source).strip() or source)
    words = unstruck(source, definitions)
    is_nobody = is_bracketed(source) and not _MENTION.fullmatch(words)
    return "" if is_nobody or says_nothing(words, nothing) else words


def deadline_words(source: str, definitions: Definitions, nothing: Iterable[str]) -> str:
    """Give what a deadline's cell says, "" for none yet; a date in brackets is one."""
    words = unstruck(source, definitions)
    is_none = is_bracketed(source) and read_date(words)[0] is None
    return "" if is_none or says_nothing(words, nothing) else words


def priority_words(source: str, definitions: Definitions) -> str:
    """Give the priority that a cell says, "" where that is nothing yet."""
    words = as_characters(plain_cell(source, definitions))
    return "" if is_bracketed(source) or is_marks(words) else words


def without_remark(source: str) -> str:
    """Give a task's Markdown without the remark that it is completed, or tracked where."""
    return _REMARK.sub("", source) or source


def left_out(source: str, *, ticked: bool = False, status: str = "") -> LeftOut | None:
    """Say why no ticket is made for a task of this source, with this status, that has none."""
    remark = _REMARK.search(source)
    if remark and is_struck_out(source[: remark.start()]):
        return LeftOut.COMPLETED
    if remark and remark["elsewhere"]:
        return LeftOut.ELSEWHERE
    if is_struck_out(source):
        return LeftOut.STRUCK_OUT
    if ticked:
        return LeftOut.TICKED
    ended = _TICKS.fullmatch(status.strip()) or (
        not is_marks(status) and says_nothing(_TICKS.sub("", status), _DONE)
    )
    return LeftOut.DONE if ended else None


@dataclass(frozen=True, slots=True)
class CellBox:
    """A task's cell: the check box or bullet that it ``opens`` with, and the ``words`` behind."""

    opens: str
    words: str
    ticked: bool = False


def cell_box(text: str) -> CellBox:
    """Take apart what the cell of a task says: ``[x] Write the runbook``, or the words alone."""
    found = _CELL_BOX.match(text)
    if found is None:
        return CellBox("", text)
    ticked = bool(found["ticked"]) or (found["box"] or "") in ("x", "X")
    return CellBox(found[0], text[found.end() :], ticked)


def task_words(source: str, definitions: Definitions) -> str:
    """Give what a task says: what is struck out of it is taken back, unless all of it is."""
    words = as_shown(source.replace("\\|", "|"))
    kept = "" if is_struck_out(words) else unstruck(words, definitions)
    return clean(kept or plain(words, definitions))


def written_task(words: str) -> str:
    """Give Markdown of a task's words for a cell, read as these words and nothing else."""
    said = as_written(escape(words))
    if cell_box(said).opens:  # a tracker's "- x" is no bullet
        first, rest = clean(words)[0], clean(words)[1:]
        said = f"&#{ord(first)};{as_written(escape('.' + rest))[1:]}"
    return said


def ticket_link(ticket: TicketCell) -> str:
    """Give Markdown that links a ticket by its key."""
    key = escape(ticket.key)
    url = safe_url(ticket.url or "")
    return f"[{key}]({url})" if url else key


def in_place_of(old: str, ticket: TicketCell) -> str:
    """Put a ticket into the text of its cell, in place of the one that it names and its marks."""
    named, link = find_ticket(old), ticket_link(ticket)
    if named is None:
        return link
    before, behind = old[: named.start], old[named.end :]
    opens, closes = _KEY_OPENS.search(before), _KEY_CLOSES.match(behind)
    if opens and closes and bool(opens[1]) == bool(closes[1]):  # a wiki's page, or code
        before, behind = before[: opens.start()], behind[closes.end() :]
    return before + link + behind
