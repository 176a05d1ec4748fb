"""Which incidents were resolved in a period, however long it is.

``GET /incidents`` takes at most six months at a time, and does not say which of an incident's
timestamps ``since`` and ``until`` are held against. So the time of resolution is judged here, and
the question reaches back far enough for incidents that were open for long. Asking for the latest
resolutions first keeps that cheap: the pages end where the period begins.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from connectors.errors import PayloadError, Rejected
from connectors.incidents import Incident, IncidentFilter
from connectors.pagerduty import payloads
from connectors.pagerduty.paging import Pages
from connectors.pagerduty.transport import Query, Transport

LONGEST_PERIOD = timedelta(days=180)
"""What is asked for at once: within the documented six months, whichever months they are."""
SHORTEST_PERIOD = timedelta(minutes=1)
LOOK_BACK = timedelta(days=30)
"""How long an incident may have been open and still be found where ``since`` means its start."""


def resolved(
    transport: Transport, since: datetime, until: datetime, only: IncidentFilter
) -> list[Incident]:
    """Give the incidents resolved from ``since`` to ``until``, oldest first, each once."""
    found: dict[str, Incident] = {}
    for start, end in periods(since - LOOK_BACK, until):
        for incident in _within(transport, start, end, since, only):
            if since <= (resolved_at(incident) or since) <= until:
                found[incident.id] = incident
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


def _within(
    transport: Transport, start: datetime, end: datetime, wanted: datetime, only: IncidentFilter
) -> list[Incident]:
    """Read one piece; where it holds more than one may page through, its two halves."""
    pages = Pages(transport, "/incidents", "incidents", payloads.incident, _query(start, end, only))
    found: list[Incident] = []
    for page in pages:
        found += page
        if _goes_back_before(page, wanted):
            return found
    if pages.broken:
        raise PayloadError(
            "PagerDuty spoke of more incidents and sent an empty page, so some would be missed.",
            "Run the command again later.",
        )
    if not pages.capped:
        return found
    if end - start <= SHORTEST_PERIOD:
        raise Rejected(
            f"PagerDuty resolved more incidents about {start:%Y-%m-%d %H:%M} UTC than it lists.",
            "Choose fewer of them by service or team in the configuration.",
        )
    middle = start + (end - start) / 2
    return [
        *_within(transport, start, middle, wanted, only),
        *_within(transport, middle, end, wanted, only),
    ]


def _query(start: datetime, end: datetime, only: IncidentFilter) -> Query:
    query: dict[str, str | list[str]] = {
        **period_query(start, end),
        "statuses[]": ["resolved"],
        "sort_by": "resolved_at:desc",
        "time_zone": "UTC",
    }
    if only.services:
        query["service_ids[]"] = sorted(only.services)
    if only.teams:
        query["team_ids[]"] = sorted(only.teams)
    if only.urgency:
        query["urgencies[]"] = [only.urgency]
    return query


def _goes_back_before(page: list[Incident], wanted: datetime) -> bool:
    """Tell whether all further pages are too old; only a page that is in order shows that."""
    times = [incident.resolved_at for incident in page]
    known = [time for time in times if time is not None]
    in_order = len(known) == len(times) and known == sorted(known, reverse=True)
    return in_order and known[-1] < wanted
