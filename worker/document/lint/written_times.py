"""The times that a document itself names: of its incident, its timeline's rows, how long it took.

What cannot be read for sure is left alone: nobody is told of a mistake that is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from config.template_names import Slot
from worker.content.inline_markdown import plain, plain_cell
from worker.content.read_dates import read_date
from worker.document.front_matter import values
from worker.document.outline import Outline, TimelineTable

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?")
_RANGE = re.compile(rf"{_STAMP.pattern}\s*(?:-|\u2013|\u2014|to|until)\s*{_STAMP.pattern}")
_ZONE = re.compile(r"\(([A-Za-z][\w+\-/]*)\)")
_CLOCK = re.compile(r"(?<![\d:+])(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?!\d)")
_HALF_OF_DAY = re.compile(r"[ap]\.?m\b", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+\u2212-])(\d\d):?(\d\d)\b")
_UNIVERSAL = re.compile(r"(?:Z|UTC|GMT)\b")
_OTHER_ZONE = re.compile(r"\(?[A-Z]{2,5}\b|\d")
"""Behind a time: a zone by its letters, or a second time with nothing that joins the two."""
_SOME_DAY = re.compile(r"\d\s*[-./]\s*\d|[^\W\d_]{3}.*\d|\d.*[^\W\d_]{3}")
_EVENING, _MORNING = time(18), time(6)
_DAY = timedelta(days=1)
_DAYS = r"d(?:ays?)?|tage?|jours?|d[ií]as?"
_HOURS = r"h(?:ours?|rs?|eures?|oras?)?|std\.?|stunden?"
_MINUTES = r"m(?:in(?:ute[ns]?|utos?|s)?\.?)?"
_SECONDS = r"s(?:ec(?:onde?s?|s)?|ek(?:unden?)?|egundos?)?\.?"
_AMOUNT = rf"\d+(?:[.,]\d+)?\s*(?:{_DAYS}|{_HOURS}|{_MINUTES}|{_SECONDS})(?![^\W\d_])"
_LENGTH = re.compile(rf"{_AMOUNT}(?:(?:\s|,|and|und|et|y){{0,6}}{_AMOUNT})*", re.IGNORECASE)
_PART = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)?)\s*(?:(?P<d>{_DAYS})|(?P<h>{_HOURS})|(?P<m>{_MINUTES})"
    rf"|(?P<s>{_SECONDS}))(?![^\W\d_])",
    re.IGNORECASE,
)
_CLOCKED = re.compile(rf"\b(\d{{1,3}}):([0-5]\d)\s*(?:{_HOURS})(?![^\W\d_])", re.IGNORECASE)
_JOINED = re.compile(r"\b(\d{1,3})\s?h\s?([0-5]\d)\b(?!\s?[^\W\d_])", re.IGNORECASE)
"""Hours and minutes as in ``1h30``."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True)
class TimedRow:
    """When a row of the timeline says that something happened: ``at`` is aware."""

    line: int
    at: datetime
    written: str
    event: str


@dataclass(frozen=True, slots=True)
class IncidentSpan:
    """From when to when a document says that its incident lasted, aware; None where it does not."""

    start: datetime | None = None
    end: datetime | None = None


def spans(text: str, found: Outline) -> list[IncidentSpan]:
    """Give what the summary says of start and end, and what the front matter says, if they do."""
    told = [_summary_span(found, _zone_of(text, found)), front_span(text)]
    return [one for one in told if one is not None and one.start is not None]


def row_times(text: str, found: Outline, timeline: TimelineTable) -> list[TimedRow]:
    """Give the times of the timeline's rows; one without a date is of the day of the row before it.

    From evening to early morning without a date is the next day: a person need not repeat it.
    Rows before the first date are of the day on which the incident began; of which day those are
    that follow a date which cannot be read, nobody knows.
    """
    zone = _zone_of(text, found, timeline)
    known = spans(text, found)
    day = known[0].start.astimezone(zone).date() if known and known[0].start else None
    before: time | None = None
    rows = []
    for row in timeline.table.rows:
        written = plain_cell(row.text(timeline.time)).lstrip("~ ")
        match = _CLOCK.search(written)
        words = (written[: match.start()] if match else written).strip(" ,T")
        given = _near(read_date(words)[0]) if words else None
        if given is None and _SOME_DAY.search(words):
            day = before = None
            continue
        day = given or day
        clock = _clock(match[1], match[2], match[3]) if match else None
        if match is None or clock is None or day is None or (words and given is None):
            continue
        if given is None and before and before >= _EVENING and clock <= _MORNING:
            day += timedelta(days=1)
        joined = written[match.start() - 1] if given else ""
        here = datetime.combine(day, clock, zone)
        own = _own_zone(written[match.end() :].lstrip(), here, joined)
        if own is None:
            before = clock
            continue
        at = here.replace(tzinfo=own)
        day, before = at.astimezone(zone).date(), at.astimezone(zone).time()
        event = plain_cell(row.text(timeline.event))
        rows.append(TimedRow(row.line, at, written[: match.end()].strip(), event))
    return rows


def _own_zone(behind: str, here: datetime, joined: str) -> tzinfo | None:
    """Give the zone of a time, by what stands behind it; None where that cannot be told.

    ``here`` is the time in the zone of the timeline, ``joined`` what joins it to its date, "" where
    it has none. An offset is one of that zone's own, as drafts write it where the clocks go back,
    or stands behind a date; a minus makes a range rather, but in ``2026-03-03T22:50-05:00``.
    """
    if _HALF_OF_DAY.match(behind):
        return None
    if match := _OFFSET.match(behind):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        offset = offset if match[1] == "+" else -offset
        is_own = offset in {here.replace(fold=fold).utcoffset() for fold in (0, 1)}
        if is_own or (joined and abs(offset) < _DAY and (match[1] == "+" or joined == "T")):
            return timezone(offset)
        return None if match[1] == "+" else here.tzinfo
    if _UNIVERSAL.match(behind):
        return UTC if joined or here.tzname() == "UTC" else None
    return None if _OTHER_ZONE.match(behind) else here.tzinfo


def lengths(words: str) -> Iterator[timedelta]:
    """Give each length of time in a text: ``1 h 47 min``, ``2 days, 3 hours``, ``0:09 h``."""
    for hours, minutes in _CLOCKED.findall(words):
        yield timedelta(hours=int(hours), minutes=int(minutes))
    words = _THOUSANDS.sub("", _JOINED.sub(r"\1 h \2 min", _CLOCKED.sub("", words)))
    for length in _LENGTH.finditer(words):
        seconds = 0.0
        for part in _PART.finditer(length[0]):
            unit = next(name for name in _UNITS if part[name])
            seconds += float(part["number"].replace(",", ".")) * _UNITS[unit]
        if seconds < timedelta.max.total_seconds():
            yield timedelta(seconds=seconds)


def _summary_span(found: Outline, zone: tzinfo) -> IncidentSpan | None:
    bullet = found.bullets.get(Slot.DATE_TIME)
    match = _RANGE.search(plain(bullet.text)) if bullet else None
    if match is None:
        return None
    start, end = (_stamp(match.groups()[at : at + 4], zone) for at in (0, 4))
    return IncidentSpan(start, end) if start and end else None


def front_span(text: str) -> IncidentSpan:
    """Give from when to when the front matter says that the incident lasted."""
    front = values(text) or {}
    return IncidentSpan(_front_time(front.get("started")), _front_time(front.get("ended")))


def _front_time(written: tuple[str, ...] | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(written[0]) if written else None
    except ValueError:
        return None
    return at if at and at.tzinfo and _near(at.date()) else None


def _zone_of(text: str, found: Outline, timeline: TimelineTable | None = None) -> tzinfo:
    """Give the timezone that the timeline's header names, else the summary; else of the start."""
    for name in _zone_names(found, timeline):
        if zone := _zone(name):
            return zone
    began = front_span(text).start
    return (began.tzinfo if began else None) or UTC


def names_other_zone(found: Outline, timeline: TimelineTable) -> bool:
    """Tell whether a time may be of a zone that is not known here: ``CEST``, ``IST``, ``local``."""
    return any(_zone(name) is None for name in _zone_names(found, timeline))


def _zone_names(found: Outline, timeline: TimelineTable | None) -> Iterator[str]:
    if timeline is not None:
        yield from _ZONE.findall(plain_cell(timeline.table.header.text(timeline.time)))
    if Slot.DATE_TIME in found.bullets:
        yield from _ZONE.findall(plain(found.bullets[Slot.DATE_TIME].text))


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no such zone, by whatever error
        return None


def _stamp(parts: Sequence[str | None], zone: tzinfo) -> datetime | None:
    on, clock = _day(parts[0] or ""), _clock(parts[1] or "", parts[2] or "", parts[3])
    return datetime.combine(on, clock, zone) if on and clock else None


def _near(day: date | None) -> date | None:
    """Pass over the first and the last year of the calendar, beyond which zones cannot count."""
    return day if day and date.min.year < day.year < date.max.year else None


def _day(written: str) -> date | None:
    try:
        return _near(date.fromisoformat(written))
    except ValueError:
        return None


def _clock(hours: str, minutes: str, seconds: str | None) -> time | None:
    try:
        return time(int(hours), int(minutes), int(seconds or 0))
    except ValueError:
        return None
