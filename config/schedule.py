"""Settings of the schedule, and of the times at which it keeps quiet."""

import re
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from config.durations import Duration
from config.parts import Part

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Day(StrEnum):
    """A day of the week, in the order of ``date.weekday``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


def _clock(value: object) -> object:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a time of day between '00:00' and '23:59'.")
    return time(int(match[1]), int(match[2]))


def _day(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _at_least_ten_seconds(value: timedelta) -> timedelta:
    if value < timedelta(seconds=10):
        raise ValueError("must be at least 10s, or each run would run into the next.")
    return value


class Schedule(Part):
    """How often the scheduled job runs, and how far back it looks for what a webhook missed.

    ``settle`` is how long a job waits after its webhook, since the resolution note may follow the
    resolution.
    """

    every: Annotated[Duration, AfterValidator(_at_least_ten_seconds)] = timedelta(minutes=5)
    look_back: Duration = timedelta(days=2)
    settle: Duration = timedelta(seconds=10)


class QuietTime(Part):
    """A time of the week at which the scheduled job writes nothing.

    It begins at ``start`` on each of ``days`` and lasts until the clock next shows ``end``: on
    the next day where that is earlier, a whole day where it is the same.
    """

    start: Annotated[time, BeforeValidator(_clock)] = Field(alias="from")
    end: Annotated[time, BeforeValidator(_clock)] = Field(alias="to")
    days: tuple[Annotated[Day, BeforeValidator(_day)], ...] = tuple(Day)

    def holds(self, local: datetime) -> bool:
        """Tell whether ``local``, a time as the clock on the wall shows it, is inside."""
        now = local.time()
        begun_today = self._on(local) and now >= self.start
        if self.start < self.end:
            return begun_today and now < self.end
        return begun_today or (self._on(local - timedelta(days=1)) and now < self.end)

    def _on(self, local: datetime) -> bool:
        return tuple(Day)[local.weekday()] in self.days
