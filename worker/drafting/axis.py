"""The time axis of the chart: which stretch of time it shows, and where its ticks stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from worker.drafting.local_time import LocalTime

SHORTEST = timedelta(minutes=1)
MOST_TICKS = 9

_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(5, 10, 15, 30),
        *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
        *(3600 * hours for hours in (1, 2, 3, 6, 12)),
        *(86400 * days for days in (1, 2, 7, 14, 28, 91, 364)),
    )
)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time drawn from ``left`` to ``right`` (pixels)."""

    begin: datetime
    end: datetime
    left: float
    right: float

    def x(self, time: datetime) -> float:
        """Give where a time stands, within the axis."""
        share = (time - self.begin) / (self.end - self.begin)
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def shows(self, time: datetime) -> bool:
        """Tell whether a time is on the axis."""
        return self.begin <= time <= self.end


def axis(
    start: datetime, end: datetime, others: Iterable[datetime], width: tuple[float, float]
) -> Axis:
    """Show the incident with a little around it, and what happened not far before and after.

    Times further from the incident than a quarter of its length are left out, so that one late
    note does not squeeze everything else.
    """
    length = max(end - start, SHORTEST)
    near = [time for time in others if start - length / 4 <= time <= start + length * 5 / 4]
    first, last = min([start, *near]), max([start + length, *near])
    margin = (last - first) / 40
    return Axis(first - margin, last + margin, *width)


def ticks(axis: Axis, clock: LocalTime) -> Iterator[tuple[datetime, str, str]]:
    """Give each tick's time, label, and the date where a new day begins ("" elsewhere)."""
    length = axis.end - axis.begin
    years = _STEPS[-1] * ceil(length / _STEPS[-1] / MOST_TICKS)
    step = next((one for one in _STEPS if length / one <= MOST_TICKS), years)
    day = ""
    for time in _times(axis, step, clock):
        local = time.astimezone(clock.zone)
        date = local.strftime("%Y-%m-%d")
        label = local.strftime("%H:%M:%S" if step < _MINUTE else "%H:%M")
        if clock.with_offset:
            offset = local.isoformat()[-6:].removesuffix(":00")
            label = f"{label} {offset}"
        yield time, label if step < _DAY else "", date if date != day else ""
        day = date


def _times(axis: Axis, step: timedelta, clock: LocalTime) -> Iterator[datetime]:
    """Count steps from local midnight, so that ticks fall on round local times.

    In steps of days each tick is a local midnight, also where a day has 23 or 25 hours.
    """
    midnight = axis.begin.astimezone(clock.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    number = 0 if step >= _DAY else int((axis.begin - midnight.astimezone(UTC)) / step)
    while True:
        whole = step * number
        time = midnight + whole if step >= _DAY else midnight.astimezone(UTC) + whole
        if time > axis.end:
            return
        if time >= axis.begin:
            yield time.astimezone(UTC)
        number += 1
