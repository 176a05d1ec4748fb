"""The period of a report: two moments, each a length of time before now or the start of a day."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from connectors.errors import PostmortemError
from connectors.settings import parse_duration

USUAL_PERIOD = "90d"
"""How far a report looks back where nobody says."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NotAPeriod(PostmortemError):
    """What was given for a period cannot be one. ``option`` names what was wrong with it."""

    def __init__(self, option: str, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.option = option


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` until just before ``until`` (aware UTC), in days and months of ``zone``."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    def holds(self, at: datetime | None) -> bool:
        """Tell whether a moment is in it."""
        return at is not None and self.since <= at < self.until

    def month(self, at: datetime) -> str:
        """Give the month of a moment, ``YYYY-MM``, as the calendar of the timezone has it."""
        return f"{at.astimezone(self.zone):%Y-%m}"


def read_period(since: str, until: str, now: datetime, zone: ZoneInfo) -> Period:
    """Give the period that the words name; "" is 90 days before now, and now itself.

    Raises ``NotAPeriod`` for words that name no moment, and where it ends before it begins.
    """
    begin = _moment("since", since or USUAL_PERIOD, now, zone)
    end = _moment("until", until, now, zone) if until else now
    if begin >= end:
        raise NotAPeriod(
            "since",
            f"The period begins on {_told(begin, zone)} and ends on {_told(end, zone)}, so nothing "
            "can be in it.",
            "Let it begin before it ends.",
        )
    return Period(begin, end, zone)


def _moment(option: str, text: str, now: datetime, zone: ZoneInfo) -> datetime:
    words = text.strip()
    remedy = "Write a length of time before now, such as 90d, or a day, such as 2026-09-01."
    try:
        if _DAY.fullmatch(words):
            day = date.fromisoformat(words)
            # a day whose midnight the clocks leap over begins when they do: fold 0 says so
            return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        return now - parse_duration(words)
    except (ValueError, OverflowError) as error:
        raise NotAPeriod(option, f"{text!r} is no moment in time.", remedy) from error


def _told(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
