"""The times that a document itself names: of its incident, its timeline's rows, how long it took.

What cannot be read for sure is left alone: nobody is told of a mistake that is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from config.template_names import Slot
from worker.content.inline_markdown import plain, plain_cell
from worker.document.front_matter import values
from worker.document.outline import Outline, TimelineTable

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?")
_RANGE = re.compile(rf"{_STAMP.pattern}\s*(?:-|\u2013|\u2014|to|until)\s*{_STAMP.pattern}")
_ZONE = re.compile(r"\(([A-Za-z][\w+\-/]*)\)")
_ROW = re.compile(r"(?:(\d{4}-\d\d-\d\d)[ T,]+)?(\d{1,2}):(\d\d)(?::(\d\d))?(\s*[ap]\.?m\b)?")
_EVENING, _MORNING = time(18), time(6)
_DAYS = r"d(?:ays?)?|tage?|jours?|d[ií]as?"
_HOURS = r"h(?:ours?|rs?|eures?|oras?)?|std\.?|stunden?"
_MINUTES = r"m(?:in(?:ute[ns]?|utos?|s)?\.?)?"
_SECONDS = r"s(?:ec(?:onde?s?|s)?|ek(?:unden?)?|egundos?)?\.?"
_AMOUNT = rf"\d+(?:[.,]\d+)?\s*(?:{_DAYS}|{_HOURS}|{_MINUTES}|{_SECONDS})(?![^\W\d_])"
_LENGTH = re.compile(rf"{_AMOUNT}(?:(?:\s|,|and|und|et|y)*{_AMOUNT})*", re.IGNORECASE)
_PART = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)?)\s*(?:(?P<d>{_DAYS})|(?P<h>{_HOURS})|(?P<m>{_MINUTES})"
    rf"|(?P<s>{_SECONDS}))(?![^\W\d_])",
    re.IGNORECASE,
)
_CLOCKED = re.compile(rf"\b(\d{{1,3}}):([0-5]\d)\s*(?:{_HOURS})(?![^\W\d_])", re.IGNORECASE)
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
    Rows before the first date are of the day on which the incident began.
    """
    zone = _zone_of(text, found, timeline)
    known = spans(text, found)
    day = known[0].start.astimezone(zone).date() if known and known[0].start else None
    before: time | None = None
    rows = []
    for row in timeline.table.rows:
        written = plain_cell(row.text(timeline.time)).lstrip("~ ")
        match = _ROW.match(written)
        clock = _clock(match[2], match[3], match[4]) if match and not match[5] else None
        if match is None or clock is None:
            continue
        given = _day(match[1]) if match[1] else None
        if given is not None:
            day = given
        elif day and before and before >= _EVENING and clock <= _MORNING:
            day += timedelta(days=1)
        before = clock
        if day is not None:
            at = datetime.combine(day, clock, zone)
            event = plain_cell(row.text(timeline.event))
            rows.append(TimedRow(row.line, at, match[0].strip(), event))
    return rows


def lengths(words: str) -> Iterator[timedelta]:
    """Give each length of time in a text: ``1 h 47 min``, ``2 days, 3 hours``, ``0:09 h``."""
    for hours, minutes in _CLOCKED.findall(words):
        yield timedelta(hours=int(hours), minutes=int(minutes))
    words = _CLOCKED.sub("", words)
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
    return at if at is None or at.tzinfo else None


def _zone_of(text: str, found: Outline, timeline: TimelineTable | None = None) -> tzinfo:
    """Give the timezone that the timeline's header names, else the summary; else of the start."""
    named = [plain_cell(timeline.table.header.text(timeline.time))] if timeline else []
    if Slot.DATE_TIME in found.bullets:
        named.append(plain(found.bullets[Slot.DATE_TIME].text))
    for words in named:
        for name in _ZONE.findall(words):
            try:
                return ZoneInfo(name)
            except (ValueError, OSError):  # no such zone
                continue
    began = front_span(text).start
    return (began.tzinfo if began else None) or UTC


def _stamp(parts: Sequence[str | None], zone: tzinfo) -> datetime | None:
    on, clock = _day(parts[0] or ""), _clock(parts[1] or "", parts[2] or "", parts[3])
    return datetime.combine(on, clock, zone) if on and clock else None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _clock(hours: str, minutes: str, seconds: str | None) -> time | None:
    try:
        return time(int(hours), int(minutes), int(seconds or 0))
    except ValueError:
        return None
