"""Shows UTC times as people in one timezone read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class LocalTime:
    """How the times of one incident are shown: in which zone, with the date, with the offset."""

    zone: ZoneInfo
    with_date: bool = False
    with_offset: bool = False

    @classmethod
    def for_times(cls, zone: ZoneInfo, times: Iterable[datetime]) -> "LocalTime":
        """Show the date where the times fall on several days, the offset where clocks change."""
        local = [time.astimezone(zone) for time in times]
        return cls(
            zone,
            with_date=len({time.date() for time in local}) > 1,
            with_offset=len({time.utcoffset() for time in local}) > 1,
        )

    @property
    def name(self) -> str:
        """The zone's IANA name."""
        return self.zone.key

    def day(self, time: datetime) -> date:
        """Give the day that it was in the zone."""
        return time.astimezone(self.zone).date()

    def short(self, time: datetime) -> str:
        """Show as ``02:10``, with the date before it and the offset behind it where needed."""
        return self._shown(time, with_date=self.with_date)

    def full(self, time: datetime) -> str:
        """Show as ``2025-03-03 02:10``, with the offset behind it where needed."""
        return self._shown(time, with_date=True)

    def _shown(self, time: datetime, *, with_date: bool) -> str:
        local = time.astimezone(self.zone)
        offset = local.isoformat()[-6:] if self.with_offset else ""
        shape = "%Y-%m-%d %H:%M" if with_date else "%H:%M"
        return f"{local.strftime(shape)} {offset}".rstrip()
