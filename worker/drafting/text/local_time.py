"""Shows UTC times as people in one timezone read them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_SOON = timedelta(hours=12)
"""A time up to so much later is of the same night, also past midnight."""

_MOMENT = re.compile(
    r"(?<![\w.-])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)(?![\w.-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """How the times of one incident are shown: in which zone, where with date and offset.

    ``today`` is the day that goes without saying, None where every day does, and so do the hours
    soon after ``near``; ``changing`` are the days around a change of clocks.
    """

    zone: ZoneInfo
    today: date | None = None
    near: datetime | None = None
    changing: frozenset[date] = frozenset()

    @classmethod
    def for_times(cls, zone: ZoneInfo, start: datetime, others: Iterable[datetime]) -> "LocalTime":
        """Show the date of other days than the start's, the offset where the clocks change.

        They change within a day, or from one day to the next: a note that comes weeks later
        changes nothing else.
        """
        offsets: defaultdict[date, set[timedelta | None]] = defaultdict(set)
        for time in (start, *others):
            local = time.astimezone(zone)
            # An hour that comes twice has both offsets, whichever of the two this is.
            offsets[local.date()] |= {local.replace(fold=fold).utcoffset() for fold in (0, 1)}
        changing = {day for day, found in offsets.items() if len(found) > 1}
        for day, found in offsets.items():
            after = day + timedelta(days=1)
            if offsets.get(after, found) != found:
                changing |= {day, after}
        return cls(zone, start.astimezone(zone).date(), changing=frozenset(changing))

    @property
    def name(self) -> str:
        """The zone's IANA name."""
        return self.zone.key

    @property
    def with_offset(self) -> bool:
        """Whether the clocks change on any of the days."""
        return bool(self.changing)

    def day(self, time: datetime) -> date:
        """Give the day that it was in the zone."""
        return time.astimezone(self.zone).date()

    def on_day_of(self, time: datetime) -> "LocalTime":
        """Show times as beside ``time``: its day goes without saying there, and the night after."""
        return replace(self, today=self.day(time), near=time)

    def short(self, time: datetime) -> str:
        """Show as ``02:10``, with the date before it and the offset behind it where needed."""
        soon = self.near is not None and timedelta() <= time - self.near <= _SOON
        return self._shown(time, with_date=not soon and self.today not in {None, self.day(time)})

    def full(self, time: datetime) -> str:
        """Show as ``2025-03-03 02:10``, with the offset behind it where needed."""
        return self._shown(time, with_date=True)

    def moments(self, text: str) -> str:
        """Show each moment in a text that machines wrote (``2025-03-03T01:10:00Z``) in full."""
        return _MOMENT.sub(self._moment, text)

    def _moment(self, found: re.Match[str]) -> str:
        try:
            return self.full(datetime.fromisoformat(found[0].upper()))
        except ValueError:
            return found[0]

    def stamp(self, time: datetime) -> str:
        """Give the time for programs: ISO 8601 to the second, with the zone's offset."""
        return time.astimezone(self.zone).isoformat(timespec="seconds")

    def _shown(self, time: datetime, *, with_date: bool) -> str:
        local = time.astimezone(self.zone)
        offset = local.isoformat()[-6:] if local.date() in self.changing else ""
        shape = "%Y-%m-%d %H:%M" if with_date else "%H:%M"
        return f"{local.strftime(shape)} {offset}".rstrip()
