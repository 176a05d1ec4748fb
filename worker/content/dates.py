"""Dates as people write them, in the cell of a deadline and in a note."""

import re
from datetime import date, timedelta

from dateutil.parser import parserinfo

from worker.content.clean_text import clean

_LEAD = re.compile(r"^(?:by|due|until)\b:?\s*")
_TIME = re.compile(r"[t ]\d{1,2}:\d\d\S*$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_FILLERS = frozenset({"the", "of", "st", "nd", "rd", "th"})
_KNOWN = parserinfo()
_LAST_MONTH = 12
_DAYS_OF_WEEK = [names[-1].casefold() for names in parserinfo.WEEKDAYS]
_WEEK = len(_DAYS_OF_WEEK)
_YEAR_DIGITS = 4
_DAY_DIGITS = 2

ReadDate = tuple[date | None, str]
"""A date, or None and what is wrong with the words, as half a sentence (else "")."""


def read_date(text: str, written_on: date | None = None) -> ReadDate:
    """Read a date that can mean one day only.

    Understood, in English, are ``2026-12-03`` (also with ``/`` or ``.``), ``3.12.2026``,
    ``14/12/2026`` and ``12/14/2026`` (not ``3/12/2026``, which two continents read differently),
    and a day, a month's name and a year in any order, with a weekday if it is that day's. A time
    of day behind them is left out, as is ``by``, ``due`` or ``until`` before them.

    ``written_on`` is the day on which the words were written, where that is known, as it is of a
    note. From there the year may be missing (the next such day is meant), and ``today``,
    ``tomorrow`` and a weekday's name are days too (the next one; on that weekday itself it could
    be this one or the next). The cell of a deadline has no such day: it is read again at each
    sync, and "Friday" in it would become another day every week.
    """
    words = _LEAD.sub("", clean(text).casefold().strip(" ."))
    words = _TIME.sub("", words)
    if found := _YEAR_FIRST.fullmatch(words):
        return _make(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(words):
        return _numbers(int(found[1]), int(found[3]), int(found[4]), dotted=found[2] == ".")
    if written_on is not None and (near := _near(words, written_on)):
        return near, ""
    return _words(words, written_on)


def _make(year: int, month: int, day: int) -> ReadDate:
    try:
        return date(year, month, day), ""
    except ValueError:
        return None, "there is no such day"


def _numbers(first: int, second: int, year: int, *, dotted: bool) -> ReadDate:
    """Read numbers; with dots between them the day comes first wherever they are written so."""
    if dotted or first > _LAST_MONTH or first == second:
        return _make(year, second, first)
    if second > _LAST_MONTH:
        return _make(year, first, second)
    return None, "it can mean two different days"


def _near(word: str, written_on: date) -> date | None:
    """Read a single word that means a day near the one on which it was written.

    Short names are no days here: behind the ``Fri`` of ``by Fri, 4 April`` comes what is meant.
    """
    if word in {"today", "tomorrow"}:
        return written_on + timedelta(days=word == "tomorrow")
    if word not in _DAYS_OF_WEEK:
        return None
    ahead = (_DAYS_OF_WEEK.index(word) - written_on.weekday()) % _WEEK
    return written_on + timedelta(days=ahead) if ahead else None


def _words(text: str, written_on: date | None) -> ReadDate:
    """Read a date whose month is a word."""
    spoken = [word for word in _WORD.findall(text) if word not in _FILLERS]
    months = [month for word in spoken if (month := _KNOWN.month(word)) is not None]
    weekdays = [day for word in spoken if (day := _KNOWN.weekday(word)) is not None]
    if not months or len(months) + len(weekdays) < len(spoken):
        return None, "it is no date"
    numbers = _NUMBER.findall(text)
    years = [int(number) for number in numbers if len(number) == _YEAR_DIGITS]
    days = [int(number) for number in numbers if len(number) <= _DAY_DIGITS]
    if not years and (written_on is None or len(days) > 1):
        return None, "it names no year"
    if not days:
        return None, "it names no day"
    if len(months) > 1 or len(days) > 1 or len(numbers) > len(years[:1]) + len(days):
        return None, "it can mean two different days"
    found, wrong = _with_year(years[0] if years else None, months[0], days[0], written_on)
    if found is not None and set(weekdays) - {found.weekday()}:
        return None, "its weekday is another day's"
    return found, wrong


def _with_year(year: int | None, month: int, day: int, written_on: date | None) -> ReadDate:
    if year is not None or written_on is None:
        return _make(year or 0, month, day)
    found, wrong = _make(written_on.year, month, day)
    is_past = found is not None and found < written_on
    return _make(written_on.year + 1, month, day) if is_past else (found, wrong)
