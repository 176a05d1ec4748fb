"""Action items that people wrote down in notes: ``ACTION: add an alert @ada by Friday``."""

import re
from calendar import day_name, month_abbr, month_name
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from worker.content.clean_text import clean, shorten
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
_BY = re.compile(r"\bby:?\s+(?P<date>[^,;()]+?)(?=\s*(?:[,;()]|$|@|\.(?:\s|$)))", re.IGNORECASE)

_MONTHS = {
    name.lower(): number
    for names in (month_name, month_abbr)
    for number, name in enumerate(names)
    if name
}
_DAYS = {name.lower(): number for number, name in enumerate(day_name)}
_WEEK = 7


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
    for found in _BY.finditer(text):
        deadline = understood(found["date"], said_on)
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


def understood(text: str, said_on: date) -> date | None:
    """Read a date that can mean only one day, as seen from ``said_on``; None for any other.

    Understood are ``2025-03-10``, ``10 March 2025``, ``March 10``, ``10.3.2025`` and
    ``3/14/2025`` (not ``3/4/2025``, which two continents read differently), ``today``,
    ``tomorrow`` and the name of a weekday, unless it is that weekday. Without a year it is the
    next such day.
    """
    words = clean(text).lower().strip(" .").replace(",", " ").split()
    words = [re.sub(r"^(\d{1,2})(?:st|nd|rd|th)$", r"\1", word) for word in words]
    words = [word for word in words if word not in {"the", "of"}]
    if len(words) == 1:
        return _one_word(words[0], said_on)
    return _named_month(words, said_on)


def _one_word(word: str, said_on: date) -> date | None:
    if word in {"today", "tomorrow"}:
        return said_on + timedelta(days=word == "tomorrow")
    if word in _DAYS:
        ahead = (_DAYS[word] - said_on.weekday()) % _WEEK
        return said_on + timedelta(days=ahead) if ahead else None
    return _numbers(word)


def _numbers(word: str) -> date | None:
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", word):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", word):
        one, other, year = int(found[1]), int(found[2]), int(found[3])
        readings = {_date(year, one, other), _date(year, other, one)} - {None}
        return readings.pop() if len(readings) == 1 else None
    return None


def _named_month(words: list[str], said_on: date) -> date | None:
    months = [word.rstrip(".") for word in words if word.rstrip(".") in _MONTHS]
    numbers = [int(word) for word in words if word.isascii() and word.isdigit()]
    if len(months) != 1 or len(words) != len(numbers) + 1:
        return None
    month = _MONTHS[months[0]]
    match numbers:
        case [day] | [day, _] if day > 31:  # noqa: PLR2004 - no month is longer
            return None
        case [day, year]:
            return _date(year, month, day)
        case [day]:
            this_year = _date(said_on.year, month, day)
            past = this_year is not None and this_year < said_on
            return _date(said_on.year + 1, month, day) if past else this_year
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
