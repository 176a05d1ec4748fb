"""Action items that people wrote down in notes: ``ACTION: add an alert @ada by Friday``."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from worker.content.clean_text import clean, shorten
from worker.content.dates import read_date
from worker.drafting.history.notes import WrittenNote
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import LONGEST_QUOTE

_MARK = re.compile(r"\W*?(?:(?i:action(?: items?)?|to-?do)|AI)\s*:\s*(?P<rest>.*)")
_ITEM = re.compile(r"(?:[-*+\u2022]|\d{1,2}[.)])\s+(?P<rest>\S.*)")
_HANDLE = re.compile(r"(?<![\w@.])@(?P<name>[^\W_](?:[\w.+-]*\w)?(?:@[\w.-]*\w)?)")
_CAPITALISED = r"[^\W\d_a-z][\w'-]*"
_FULL_NAME = re.compile(
    rf"(?<![\w@.])@(?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,3}})"
    r"(?=\s*(?:$|[,;:()]|\.(?:\s|$)|by\b))"
)
"""A name of several words must be followed by what cannot belong to the task."""
_BY_DATE = tuple(
    re.compile(
        rf"\bby:?\s+(?P<date>[^,;()]+?(?:,\s[^,;()]+?){{{commas}}})"
        r"(?=\s*(?:[,;()]|$|@|\.(?:\s|$)))",
        re.IGNORECASE,
    )
    for commas in (2, 1, 0)
)
"""The longest first: what is left of ``Friday, April 4, 2025`` without a comma is another day."""


@dataclass(frozen=True, slots=True)
class NotedAction:
    """An action item; what the note does not tell is "" or None."""

    key: str
    task: str
    owner: str = ""
    deadline: date | None = None


def noted_actions(
    written_notes: Iterable[WrittenNote], clock: LocalTime, people: Sequence[str] = ()
) -> Iterator[NotedAction]:
    """Find the action items in notes: lines that begin with ``ACTION:``, ``TODO:`` or ``AI:``.

    A mark alone on its line makes items of the list below it. The key is the note's with the
    item's number. ``people`` are names of several words that may follow an ``@``.
    """
    for note in written_notes:
        said_on = clock.day(note.at)
        for number, text in enumerate(_texts(note.text), 1):
            item = _item(f"{note.key}:{number}", text, said_on, people)
            if item.task:
                yield item


def is_action(text: str) -> bool:
    """Tell whether a note is nothing but action items."""
    first = next(filter(None, map(clean, text.splitlines())), "")
    return _MARK.match(first) is not None and any(
        _item("", told, date.min, ()).task for told in _texts(text)
    )


def _texts(text: str) -> Iterator[str]:
    listing = False
    for raw in text.splitlines():
        line = clean(raw)
        marked = _MARK.match(line)
        listed = _ITEM.match(line)
        if marked:
            listing = not marked["rest"]
            if marked["rest"]:
                yield marked["rest"]
        elif listing and listed:
            yield listed["rest"]
        elif line:
            listing = False


def _item(key: str, text: str, said_on: date, people: Sequence[str]) -> NotedAction:
    owner = _owner(text, people)
    if owner:
        text = _without(text, owner)
    deadline = None
    for found in (found for pattern in _BY_DATE for found in pattern.finditer(text)):
        deadline, _ = read_date(found["date"], said_on)
        if deadline:
            text = _without(text, found)
            break
    task = shorten(clean(text).strip(" -:,;"), LONGEST_QUOTE)
    return NotedAction(key, task, owner["name"] if owner else "", deadline)


def _owner(text: str, people: Sequence[str]) -> re.Match[str] | None:
    """Find the owner behind the first ``@``: somebody known, a full name, or a handle."""
    known = "|".join(map(re.escape, sorted(people, key=len, reverse=True)))
    if known:
        found = re.search(rf"(?<![\w@.])@(?P<name>{known})(?!\w)", text, re.IGNORECASE)
        if found:
            return found
    return _FULL_NAME.search(text) or _HANDLE.search(text)


def _without(text: str, found: re.Match[str]) -> str:
    before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
    if before.endswith("(") and after.startswith(")"):
        before, after = before[:-1].rstrip(), after[1:].lstrip()
    gap = "" if not before or not after or after[0] in ".,;:!?)" else " "
    return f"{before}{gap}{after}"
