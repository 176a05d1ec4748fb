"""Deadlines as people write them."""

import re
from datetime import date

from dateutil.parser import ParserError, parserinfo
from dateutil.parser import parse as parse_date

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d\S*)?")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_LEAD = re.compile(r"^(?:by|due|until)\b:?\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_MONTHS = frozenset(word.casefold() for names in parserinfo.MONTHS for word in names)
_DAYS = frozenset(word.casefold() for names in parserinfo.WEEKDAYS for word in names)
_FILLERS = frozenset({"of", "st", "nd", "rd", "th"})
_LAST_MONTH = 12


def deadline(text: str) -> tuple[date | None, str]:
    """Read a deadline: the date, or None and what is wrong with it (else "").

    Understood are ``YYYY-MM-DD`` and what can mean one day only, in English: the month as a word,
    or a day above 12, or days before dotted months. The year is always needed.
    """
    words = _LEAD.sub("", " ".join(text.split()))
    if found := _ISO.fullmatch(words):
        return _make(int(found[1]), int(found[3]), int(found[4]))
    if found := _NUMBERS.fullmatch(words):
        return _numbers(int(found[1]), int(found[3]), int(found[4]), dotted=found[2] == ".")
    return _words(words)


def _make(year: int, month: int, day: int) -> tuple[date | None, str]:
    try:
        return date(year, month, day), ""
    except ValueError:
        return None, "there is no such day"


def _numbers(first: int, second: int, year: int, *, dotted: bool) -> tuple[date | None, str]:
    if dotted or first > _LAST_MONTH or first == second:
        return _make(year, second, first)
    if second > _LAST_MONTH:
        return _make(year, first, second)
    return None, "it can mean two different days"


def _words(text: str) -> tuple[date | None, str]:
    """Read a date whose month is a word."""
    spoken = {word.casefold() for word in _WORD.findall(text)}
    if not spoken & _MONTHS or spoken - _MONTHS - _DAYS - _FILLERS:
        return None, "it is no date"
    if not _YEAR.search(text):
        return None, "it names no year"
    if not _DAY.search(text):
        return None, "it names no day"
    try:
        return parse_date(text).date(), ""
    except (ParserError, OverflowError, ValueError):
        return None, "there is no such day"
