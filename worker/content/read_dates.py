"""Dates as people write them, in the cell of a deadline and in a note."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from dateutil.parser import parserinfo

from worker.content.clean_text import clean
from worker.content.month_names import month, weekday

_MARKUP = re.compile(r"[\\*`~\[\](){}<>\"'\u201c\u201d\u2018\u2019]+")
_LEAD = re.compile(r"^(?:(?:by|due|until|on|deadline|date|eta)\b[:=]*\s*)+")
_HOUR = r"\d{1,2}(?::\d\d\S*|(?=\s*[ap]\.?m\b))(?:\s*[ap]\.?m\b\.?)?(?:\s+(?:utc|gmt|[a-z]{2,4}t))?"
_TIME = re.compile(
    rf"(?:t|,?\s+(?:at\s+)?){_HOUR}$|,?\s+(?:eod|eob|cob)$|^(?:eod|eob|cob)\s+(?:on\s+)?"
)
_GAP = re.compile(r"(?<=\d)\s*([-/.])\s*(?=\d)")
_ALIAS = re.compile(r"^\W*\[\[([^\[\]|]*)\|[^\[\]]*\]\]\W*$")
_ISO = re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:t\d{4,6}z?)?")
_DAY_OF_YEAR = re.compile(r"\d{4}-\d{3}")
_SHORT_YEAR = re.compile(r"(\d{1,2}[-/][^\W\d_]+)[-/](\d\d)")
"""As Data Center shows dates: ``03/Dec/26``."""
_LACKS: Mapping[str, re.Pattern[str]] = {
    "its year has only two figures": re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d\d"),
    "it names no year": re.compile(r"\d{1,2}[-/.]\d{1,2}"),
    "it names no day": re.compile(
        r"\d{4}([-/.]\d\d)?|\d{4}[- ]?w\d\d?|[qh]\d[ -]?\d{4}|\d{4}[ -]?[qh]\d"
    ),
}
_CLOCK = re.compile(
    r"\b\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\b|\b(?:utc|gmt|[a-z]{2,4}t)\b(?=\s+\d{4}$)"
)
_MONTH = r"[^\W\d_]{3,}\.?"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th|\.)?"
_SOME_DATE = re.compile(
    r"(?<![\d.])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?![\d.-])"
    rf"|(?<!\d){_ORDINAL}(?:\s+of|\s+de)?\s+{_MONTH},?(?:\s+de)?\s+\d{{4}}(?!\d)"
    rf"|{_MONTH}\s+{_ORDINAL},?\s+\d{{4}}(?!\d)"
)
_OTHER_DAY = re.compile(
    r"\b(?:before|after|from|since|between|not|around|about|or|week|weeks|month|start|begin|"
    r"beginning|starting|early|mid|vor|nach|ab|avant)\b"
)
"""Words with which a date is another day, or several."""
_WEEK_DATE = re.compile(r"(\d{4})-?w(\d\d)-?([1-7])")
_EAST_ASIAN = re.compile(
    r"(\d{4})\s*[\u5e74\ub144]\s*(\d{1,2})\s*[\u6708\uc6d4]\s*(\d{1,2})\s*[\u65e5\uc77c]"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. _])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_FILLERS = frozenset({"the", "of", "st", "nd", "rd", "th", "de", "del", "er", "le", "el", "den"})
_LAST_MONTH = 12
_DAYS_OF_WEEK = [names[-1].casefold() for names in parserinfo.WEEKDAYS]
_WEEK = len(_DAYS_OF_WEEK)
_NO_DATE = "it is no date"
_NO_SUCH_DAY = "there is no such day"
_TWO_DAYS = "it can mean two different days"
_OTHER_WEEKDAY = "its weekday is another day's"
_YEAR_DIGITS = 4
_DAY_DIGITS = 2

ReadDate = tuple[date | None, str]
"""A date, or None and what is wrong with the words, as half a sentence (else "")."""


def read_date(text: str, written_on: date | None = None) -> ReadDate:
    """Read a date that can mean one day only.

    Understood are ``2026-12-03`` (also with ``/`` or ``.``, with whatever kind of dash, or as
    ``20261203``), ``3.12.2026``, ``14/12/2026`` and ``12/14/2026`` (not ``3/12/2026``, which two
    continents read differently), ``2026-W49-4``, ``2026-337``, ``03/Dec/26`` as Jira shows it, and
    a day, a month's name and a year in any order, in the languages of
    :mod:`worker.content.month_names`. A weekday may stand with them if it is that day's. A time of
    day is left out, as is ``by``, ``due`` or ``until``, and what editors put around a date: an
    ``@``, brackets, quotes, an emoji, backslashes. In the cell of a deadline other words may stand
    beside the one date, such as ``(tentative)``, but none that make it another day.

    ``written_on`` is the day on which the words were written, where that is known, as it is of a
    note. From there the year may be missing (the next such day is meant), and ``today``,
    ``tomorrow`` and a weekday's name are days too (the next one; on that weekday itself it could
    be this one or the next). The cell of a deadline has no such day: it is read again at each
    sync, and "Friday" in it would become another day every week.
    """
    words = _TIME.sub("", _LEAD.sub("", _bare(text)))
    found, wrong = _alone(words, written_on)
    if found is not None or written_on is not None or wrong != _NO_DATE:
        return found, wrong
    return _within(words) or (None, _lacking(words) or wrong)


def _alone(words: str, written_on: date | None = None) -> ReadDate:
    """Read words that are a date and nothing else."""
    told, weekdays = _without_weekdays(words)
    found, wrong = _figures(told)
    if found is not None and set(weekdays) - {found.weekday()}:
        return None, _OTHER_WEEKDAY
    if found is not None or wrong:
        return found, wrong
    if written_on is not None and (near := _near(words, written_on)):
        return near, ""
    short = _SHORT_YEAR.fullmatch(words)
    return _words(f"{short[1]}-20{short[2]}" if short else words, written_on)


def _within(words: str) -> ReadDate | None:
    """Read the one date that stands among other words, None where none or more than one does."""
    told = " ".join(_CLOCK.sub(" ", words).split())
    if told != words and (read := _alone(told))[0] is not None:
        return read
    days = {_alone(one[0]) for one in _SOME_DATE.finditer(told)}
    if len(days) > 1:
        return None, _TWO_DAYS
    beside = _SOME_DATE.sub(" ", told)
    if _OTHER_DAY.search(beside) or any(map(str.isdigit, beside)):
        return None
    return next(iter(days), None)


def _lacking(words: str) -> str:
    """Say what a date of figures alone lacks, "" where it is no such thing."""
    return next((lack for lack, one in _LACKS.items() if one.fullmatch(words)), "")


def _bare(text: str) -> str:
    """Give the words in lower case and plain characters, without what editors put around them.

    Every dash is a ``-``, every slash a ``/``, every digit one of ASCII's.
    """
    alias = _ALIAS.match(clean(text))
    known = unicodedata.normalize("NFKC", clean(alias[1] if alias else text)).casefold()
    plain = "".join(map(_plain, known))
    words = _GAP.sub(r"\1", " ".join(_MARKUP.sub(" ", plain.replace("\\", "")).split()))
    start = next((at for at, one in enumerate(words) if one.isalnum()), len(words))
    end = next((at for at in range(len(words), start, -1) if words[at - 1].isalnum()), start)
    return words[start:end]


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Pd" or character == "\u2212":
        return "-"
    return "/" if character in "\u2044\u2215" else character


def _without_weekdays(words: str) -> tuple[str, list[int]]:
    """Give the words without the names of weekdays, and which these are, from Monday as 0."""
    named: list[int] = []

    def left(found: re.Match[str]) -> str:
        day = weekday(found[0])
        if day is None:
            return found[0]
        named.append(day)
        return " "

    told = _WORD.sub(left, words)
    return (" ".join(told.split()).strip(" ,.-"), named) if named else (words, named)


def _figures(words: str) -> ReadDate:
    """Read a date of figures alone; neither a date nor a reason where it is none."""
    shapes = (_YEAR_FIRST, _EAST_ASIAN, _COMPACT)
    if found := next(filter(None, (one.fullmatch(words) for one in shapes)), None):
        year, month, day = found.groups()[0], *found.groups()[-2:]
        return _make(int(year), int(month), int(day))
    if found := _YEAR_LAST.fullmatch(words):
        return _numbers(int(found[1]), int(found[3]), int(found[4]), dotted=found[2] == ".")
    try:
        if found := _WEEK_DATE.fullmatch(words):
            return date.fromisocalendar(int(found[1]), int(found[2]), int(found[3])), ""
        if _DAY_OF_YEAR.fullmatch(words):
            return datetime.strptime(words, "%Y-%j").date(), ""  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None, _NO_SUCH_DAY
    return (None, _TWO_DAYS) if len(set(_ISO.findall(words))) > 1 else (None, "")


def _make(year: int, month: int, day: int) -> ReadDate:
    try:
        return date(year, month, day), ""
    except ValueError:
        return None, _NO_SUCH_DAY


def _numbers(first: int, second: int, year: int, *, dotted: bool) -> ReadDate:
    """Read numbers; with dots between them the day comes first wherever they are written so."""
    if dotted or first > _LAST_MONTH or first == second:
        return _make(year, second, first)
    if second > _LAST_MONTH:
        return _make(year, first, second)
    return None, _TWO_DAYS


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
    months = [known for word in spoken if (known := month(word)) is not None]
    weekdays = [day for word in spoken if (day := weekday(word)) is not None]
    if not months or len(months) + len(weekdays) < len(spoken):
        return None, _NO_DATE
    numbers = _NUMBER.findall(text)
    years = [int(number) for number in numbers if len(number) == _YEAR_DIGITS]
    days = [int(number) for number in numbers if len(number) <= _DAY_DIGITS]
    if not years and (written_on is None or len(days) > 1):
        return None, "it names no year"
    if not days:
        return None, "it names no day"
    if len(months) > 1 or len(days) > 1 or len(numbers) > len(years[:1]) + len(days):
        return None, _TWO_DAYS
    found, wrong = _with_year(years[0] if years else None, months[0], days[0], written_on)
    if found is not None and set(weekdays) - {found.weekday()}:
        return None, _OTHER_WEEKDAY
    return found, wrong


def _with_year(year: int | None, month: int, day: int, written_on: date | None) -> ReadDate:
    if year is not None or written_on is None:
        return _make(year or 0, month, day)
    found, wrong = _make(written_on.year, month, day)
    is_past = found is not None and found < written_on
    return _make(written_on.year + 1, month, day) if is_past else (found, wrong)
