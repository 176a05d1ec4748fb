"""Which incidents were resolved in a period, however long it is.

``GET /incidents`` takes at most six months at a time, and does not say which of an incident's
timestamps ``since`` and ``until`` are held against. So the time of resolution is judged here, and
the question reaches back far enough for incidents that were open for months. Asking for the latest
resolutions first keeps that cheap: the pages end where the period begins. They may end there only
where PagerDuty does sort as it is asked to; where that is not certain, every page is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from connectors.connector import IncidentFilter
from connectors.errors import PayloadError, Rejected
from connectors.incidents import Incident
from connectors.pagerduty import payloads
from connectors.pagerduty.reading.list_pages import ListPages
from connectors.pagerduty.transport import PagerDutyTransport, Query

LONGEST_PERIOD = timedelta(days=180)
"""What is asked for at once: within the documented six months, whichever months they are."""
SHORTEST_PERIOD = timedelta(minutes=1)
LOOK_BACK = timedelta(days=150)
"""How long an incident may have been open and still be found where ``since`` means its start.

At least: a period of 30 days or less is asked for at once, with all that one question covers.
"""
_PATH, _LIST = "/incidents", "incidents"
_LATEST_FIRST, _EARLIEST_FIRST = "resolved_at:desc", "resolved_at:asc"


@dataclass(slots=True)
class Sorting:
    """What is known of a service: ``proved`` once it was seen to sort by time of resolution."""

    proved: bool = False


def resolved(
    transport: PagerDutyTransport,
    sorting: Sorting,
    since: datetime,
    until: datetime,
    only: IncidentFilter,
) -> list[Incident]:
    """Give the incidents resolved from ``since`` to ``until``, oldest first, each once."""
    look = _Look(transport, since, only, sorting.proved or None)
    found: dict[str, Incident] = {}
    for start, end in periods(min(since - LOOK_BACK, until - LONGEST_PERIOD), until):
        for incident in look.within(start, end):
            if since <= (resolved_at(incident) or since) <= until:
                found[incident.id] = incident
    sorting.proved = look.sorts is True
    return sorted(found.values(), key=lambda one: (resolved_at(one) or since, one.number))


def resolved_at(incident: Incident) -> datetime | None:
    """Tell when a resolved incident ended; old ones have only their last status change."""
    return incident.resolved_at or incident.last_status_change_at


def periods(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a period into pieces that PagerDuty takes."""
    while since < until:
        end = min(since + LONGEST_PERIOD, until)
        yield since, end
        since = end


def period_query(since: datetime, until: datetime) -> dict[str, str]:
    """Write both ends of a period, always both, to the second, in UTC."""
    form = "%Y-%m-%dT%H:%M:%SZ"
    end = until + timedelta(seconds=1) if until.microsecond else until
    return {
        "since": since.astimezone(UTC).strftime(form),
        "until": end.astimezone(UTC).strftime(form),
    }


@dataclass(slots=True)
class _Look:
    """One look at what was resolved since ``wanted``.

    ``sorts`` tells whether PagerDuty sorts as asked: None until the question comes up.
    """

    transport: PagerDutyTransport
    wanted: datetime
    only: IncidentFilter
    sorts: bool | None

    def within(self, start: datetime, end: datetime) -> list[Incident]:
        """Read one piece; where it holds more than one may page through, its two halves."""
        query = _query(start, end, self.only)
        pages = ListPages(self.transport, _PATH, _LIST, payloads.incident, query)
        found: list[Incident] = []
        for page in pages:
            found += page
            if pages.more and self._goes_back_before(page, found, query):
                return found
        if pages.broken:
            raise PayloadError(
                "PagerDuty spoke of more incidents and sent an empty page, so some would be "
                "missed.",
                "Try again later.",
            )
        if not pages.capped:
            return found
        if end - start <= SHORTEST_PERIOD:
            raise Rejected(
                f"PagerDuty resolved more incidents about {start:%Y-%m-%d %H:%M} UTC than it "
                "lists.",
                "Choose fewer of them by service or team in the configuration.",
            )
        middle = start + (end - start) / 2
        return [*self.within(start, middle), *self.within(middle, end)]

    def _goes_back_before(self, page: list[Incident], found: list[Incident], query: Query) -> bool:
        """Tell whether all further pages are too old.

        Only a page shows that whose every incident has a time of resolution, behind others that
        are all in order, from a service that does sort by it.
        """
        times = [one.resolved_at for one in page]
        last = times[-1]
        if None in times or last is None or last >= self.wanted:
            return False
        if not _falls([one.resolved_at for one in found if one.resolved_at]):
            return False
        if self.sorts is None:
            self.sorts = _is_by_nothing_else(found) or self._answers_the_other_way(found, query)
        return self.sorts

    def _answers_the_other_way(self, found: list[Incident], query: Query) -> bool:
        """Ask for the earliest resolution: it is no later than what was seen, and not the latest.

        A service that does not sort answers as before. One that lists incidents without a time of
        resolution first would list them last the other way round, behind any page.
        """
        answer = self.transport.get(_PATH, {**query, "sort_by": _EARLIEST_FIRST, "limit": 1})
        seen = found[-1].resolved_at
        for item in answer[_LIST].objects():
            first = payloads.incident(item)
            earlier = first.resolved_at and seen and first.resolved_at <= seen
            return bool(earlier) and first.id != found[0].id
        return False


def _query(start: datetime, end: datetime, only: IncidentFilter) -> Query:
    query: dict[str, str | list[str]] = {
        **period_query(start, end),
        "statuses[]": ["resolved"],
        "sort_by": _LATEST_FIRST,
        "time_zone": "UTC",
    }
    if only.services:
        query["service_ids[]"] = sorted(only.services)
    if only.teams:
        query["team_ids[]"] = sorted(only.teams)
    if only.urgency:
        query["urgencies[]"] = [only.urgency]
    return query


def _is_by_nothing_else(found: list[Incident]) -> bool:
    """Tell whether an order by resolution shows that it was asked for.

    Where short incidents follow one another, the order of their starts is the same as that of
    their ends: then it shows nothing, and a long one may still come.
    """
    starts, numbers = [one.created_at for one in found], [one.number for one in found]
    return not any(_falls(one) or _falls(one[::-1]) for one in (starts, numbers))


def _falls(values: Sequence[Any]) -> bool:
    return all(one >= other for one, other in pairwise(values))
