"""Settings of the schedule, and of the times at which it keeps quiet."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from config.values import Clock, Period
from connectors.settings import Duration, SettingsGroup


class Day(StrEnum):
    """A day of the week, in the order of ``date.weekday``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


def _day(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class ScheduleSettings(SettingsGroup):
    """How often the scheduled job runs, and how far back it looks for what a webhook missed.

    ``settle`` is how long a job waits after its webhook, since the resolution note may follow the
    resolution.
    """

    every: Period = timedelta(minutes=5)
    look_back: Duration = timedelta(days=2)
    settle: Duration = timedelta(seconds=10)


class QuietTime(SettingsGroup):
    """A time of the week at which the scheduled job writes nothing.

    It begins at ``start`` on each of ``days`` and lasts until the clock next shows ``end``: on
    the next day where that is earlier, a whole day where it is the same.
    """

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
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
