"""The figures of a report: counted from facts alone, each with the sentence that defines it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.incidents import IncidentId
from worker.jobs.reports.period import Period
from worker.journal.records import IncidentFacts, ItemFacts, TicketState

_A_DAY = timedelta(days=1)
_DIGITS = 6
SLICES = 12
"""Into how many parts a period is cut to show how a figure went."""


class ReportBy(StrEnum):
    """What the figures of a report are told by."""

    SERVICE = "service"
    TEAM = "team"
    PRIORITY = "priority"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 90th percentile of some values, None where there are none."""

    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Action items by their tickets; ``opened`` are closed, won't be done, or are open."""

    opened: int = 0
    closed: int = 0
    wont_do: int = 0
    overdue: int = 0
    open: int = 0
    open_age_days: Spread = field(default_factory=Spread)


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """The figures of one group; ``key`` is None where there is none."""

    key: str | None
    incidents: int = 0
    with_postmortem: int = 0
    final: int = 0
    acknowledge_s: Spread = field(default_factory=Spread)
    resolve_s: Spread = field(default_factory=Spread)
    days_to_final: Spread = field(default_factory=Spread)
    items: ItemFigures = field(default_factory=ItemFigures)


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """All that figures are counted from; ``documented`` are the incidents that have a document.

    ``final`` tells of the incidents whose document is final since when it is.
    """

    incidents: Mapping[IncidentId, IncidentFacts]
    items: Sequence[ItemFacts] = ()
    documented: AbstractSet[IncidentId] = frozenset()
    final: Mapping[IncidentId, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class _Members:
    incidents: list[IncidentFacts] = field(default_factory=list)
    items: list[ItemFacts] = field(default_factory=list)


def count_groups(
    known: KnownFacts, period: Period, by: ReportBy | None, now: datetime
) -> tuple[ReportGroup, ...]:
    """Give the figures of a period: as one group, or as one for each value that occurs, by name.

    What has no such value is in the last group, whose key is None.
    """
    groups: dict[str | None, _Members] = {} if by else {None: _Members()}
    for one in counted_incidents(known, period):
        for key in _keys(one, one.resolved, period, by):
            groups.setdefault(key, _Members()).incidents.append(one)
    for item in counted_items(known, period):
        names = (item.incident, *item.others)
        told = [known.incidents[one] for one in names if one in known.incidents]
        created = item.facts.created
        each = (key for one in told or (None,) for key in _keys(one, created, period, by))
        for key in dict.fromkeys(each):
            groups.setdefault(key, _Members()).items.append(item)
    order = sorted(groups, key=lambda key: (key is None, key or ""))
    return tuple(_figures(key, groups[key], known, period, now) for key in order)


def trends(
    known: KnownFacts, period: Period, by: ReportBy | None, now: datetime
) -> Mapping[str | None, Sequence[ReportGroup]]:
    """Give the groups of a period once more, each cut into :data:`SLICES` of the same length."""
    step = (period.until - period.since) / SLICES
    found: dict[str | None, list[ReportGroup]] = {}
    for number in range(SLICES):
        begin = period.since + number * step
        cut = Period(begin, begin + step, period.zone)
        for group in count_groups(known, cut, by, now):
            empty = [ReportGroup(group.key) for _ in range(SLICES)]
            found.setdefault(group.key, empty)[number] = group
    return found


def counted_incidents(known: KnownFacts, period: Period) -> Iterator[IncidentFacts]:
    """Give the incidents that were resolved in a period, but for merged ones."""
    return (
        one for one in known.incidents.values() if period.holds(one.resolved) and not one.merged
    )


def counted_items(known: KnownFacts, period: Period) -> Iterator[ItemFacts]:
    """Give the action items whose tickets were created in a period."""
    return (one for one in known.items if period.holds(one.facts.created))


def _keys(
    incident: IncidentFacts | None, at: datetime | None, period: Period, by: ReportBy | None
) -> Sequence[str | None]:
    """Give the groups that something of an incident is in: several where it has several values."""
    match by:
        case None:
            return (None,)
        case ReportBy.MONTH:
            return (period.month(at) if at else None,)
        case ReportBy.SERVICE:
            return (incident and incident.services) or (None,)
        case ReportBy.TEAM:
            return (incident and incident.teams) or (None,)
        case ReportBy.PRIORITY:
            return ((incident and incident.priority) or None,)


def _figures(
    key: str | None, members: _Members, known: KnownFacts, period: Period, now: datetime
) -> ReportGroup:
    incidents = members.incidents
    documented = [one for one in incidents if one.incident in known.documented]
    final = [one for one in documented if one.incident in known.final]
    return ReportGroup(
        key=key,
        incidents=len(incidents),
        with_postmortem=len(documented),
        final=len(final),
        acknowledge_s=spread(acknowledge_seconds(one) for one in incidents),
        resolve_s=spread(one.open_seconds for one in incidents),
        days_to_final=spread(days_to_final(one, known) for one in final),
        items=_item_figures(members.items, period, now),
    )


def _item_figures(items: Sequence[ItemFacts], period: Period, now: datetime) -> ItemFigures:
    today = now.astimezone(period.zone).date()
    still = [one for one in items if one.facts.state is TicketState.OPEN]
    return ItemFigures(
        opened=len(items),
        closed=sum(one.facts.state is TicketState.DONE for one in items),
        wont_do=sum(one.facts.state is TicketState.WONT_DO for one in items),
        overdue=sum(one.deadline is not None and one.deadline < today for one in still),
        open=len(still),
        open_age_days=spread(max(now - one.facts.created, timedelta()) / _A_DAY for one in still),
    )


def acknowledge_seconds(one: IncidentFacts) -> float | None:
    """Give how long it took until somebody acknowledged an incident, None where nobody did."""
    if one.acknowledged is None:
        return None
    return max(one.acknowledged - one.started, timedelta()).total_seconds()


def days_to_final(one: IncidentFacts, known: KnownFacts) -> float | None:
    """Give the days from the resolution until the document was seen final, none where before."""
    since = known.final.get(one.incident)
    if since is None or one.resolved is None:
        return None
    return max(since - one.resolved, timedelta()) / _A_DAY


def spread(values: Iterable[float | None]) -> Spread:
    """Give the median and the 90th percentile of the values that are known.

    The percentile is by nearest rank: the smallest value that at least nine in ten do not exceed.
    The median of an even number is the mean of the middle two.
    """
    each = sorted(one for one in values if one is not None)
    if not each:
        return Spread()
    middle, odd = divmod(len(each), 2)
    median = each[middle] if odd else (each[middle - 1] + each[middle]) / 2
    return Spread(_plain(median), _plain(each[-(-9 * len(each) // 10) - 1]))


def _plain(value: float) -> float:
    """Round to what can be meant; a whole number is written as one."""
    rounded = round(value, _DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


DEFINITIONS: Mapping[str, str] = {
    "incidents": "Incidents that were resolved in the period, by their last resolution, with or "
    "without a document: also those that the settings leave out, and those whose document was "
    "deleted. One that was merged into another is not counted.",
    "with_postmortem": "Of these incidents, those that have a document now.",
    "final": "Of these, those whose document's status is final now.",
    "acknowledge_s": "Seconds from the start to the first acknowledgement before the first "
    "resolution, of the incidents that were acknowledged and whose log was read.",
    "resolve_s": "Seconds that an incident was open: from its start to its resolution; after a "
    "reopening, the sum of the open intervals. Of the incidents of which that is known.",
    "days_to_final": "Days from the resolution until this program first saw the document final, of "
    "the incidents whose document is final now.",
    "items.opened": "Action items whose ticket was created in the period, as the tracker says, "
    "also where a person named the ticket; closed, won't do and open add up to it. A ticket that "
    "several postmortems name counts once, and in the group of each. Tickets that cannot be seen "
    "any more are not counted.",
    "items.closed": "Of these, those whose ticket's status is of the category done, without a "
    "resolution that says else.",
    "items.wont_do": "Of these, those whose ticket is closed with a resolution that says else than "
    "done, such as Won't Do or Duplicate.",
    "items.overdue": "Of the open ones, those whose deadline is before today in the configured "
    "timezone.",
    "items.open": "Of these, those whose ticket is not closed.",
    "items.open_age_days": "Days from the creation of the ticket to now, of the open ones.",
}
"""Each figure's sentence, by its name without ``.median`` and ``.p90``."""


def sources(known: KnownFacts, period: Period) -> Mapping[str, str]:
    """Say for each figure that not every incident tells of how many it is from."""
    incidents = list(counted_incidents(known, period))
    final = [one for one in incidents if one.incident in known.documented & known.final.keys()]
    return {
        name: f" From {sum(value(one) is not None for one in each)} of {len(incidents)} incidents."
        for name, each, value in (
            ("acknowledge_s", incidents, acknowledge_seconds),
            ("resolve_s", incidents, _open_seconds),
            ("days_to_final", final, lambda one: days_to_final(one, known)),
        )
    }


def _open_seconds(one: IncidentFacts) -> float | None:
    return one.open_seconds


Value = Callable[[ReportGroup], float | None]
FIGURES: Mapping[str, Value] = {
    "incidents": lambda one: one.incidents,
    "with_postmortem": lambda one: one.with_postmortem,
    "final": lambda one: one.final,
    "acknowledge_s.median": lambda one: one.acknowledge_s.median,
    "acknowledge_s.p90": lambda one: one.acknowledge_s.p90,
    "resolve_s.median": lambda one: one.resolve_s.median,
    "resolve_s.p90": lambda one: one.resolve_s.p90,
    "days_to_final.median": lambda one: one.days_to_final.median,
    "days_to_final.p90": lambda one: one.days_to_final.p90,
    "items.opened": lambda one: one.items.opened,
    "items.closed": lambda one: one.items.closed,
    "items.wont_do": lambda one: one.items.wont_do,
    "items.overdue": lambda one: one.items.overdue,
    "items.open": lambda one: one.items.open,
    "items.open_age_days.median": lambda one: one.items.open_age_days.median,
    "items.open_age_days.p90": lambda one: one.items.open_age_days.p90,
}
"""Every figure of a group, by its dotted name, in their order."""
