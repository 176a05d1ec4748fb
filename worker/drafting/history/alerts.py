"""Alerts as bursts: how many of which kind, on which service, from when to when, how dense."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from connectors.incidents import Alert, LogEntry
from connectors.log_entry_kinds import SEVERITIES, ChannelKind, EntryKind
from worker.content.clean_text import clean
from worker.content.inline_markdown import Markdown, say
from worker.drafting.history.agents import FROM_ANYBODY, automatic, known_name
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, duration, quoted, tally

QUIET = timedelta(minutes=10)
"""Alerts further apart than this are two bursts."""

LONG_QUIET = timedelta(hours=1)
"""The same, where bursts would be too many."""

FEW_BURSTS = 8
MANY_BURSTS = 16
"""Up to so few bursts are told by kind of alert; up to so many by service."""

SAME_EVENT = timedelta(seconds=10)
"""An alert and the trigger of the same event are no further apart."""

CLOSED_WITH_INCIDENT = timedelta(seconds=10)
"""Resolving an incident resolves its alerts: those did not clear by themselves."""

_PEAK_FROM = 5
_VARYING = re.compile(r"\b[0-9a-f]{8,}\b|\d+", re.IGNORECASE)
_ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Burst:
    """Alerts that belong together, oldest first; there is at least one.

    ``stretches`` is into how many bursts they fall, where one row tells of them all.
    """

    key: str
    alerts: tuple[Alert, ...]
    stretches: int = 1

    @property
    def first(self) -> datetime:
        """When the first alert came."""
        return self.alerts[0].created_at

    @property
    def last(self) -> datetime:
        """When the last alert came."""
        return self.alerts[-1].created_at


def bursts(alerts: Sequence[Alert], *, by_service: bool = False) -> tuple[Burst, ...]:
    """Group alerts, oldest first, into bursts: by service and alert key while they are few.

    Where that gives too many, alerts with the same words are told together, then whole services,
    then over longer times, then, as from the beginning with ``by_service``, all bursts of each
    service. The key of a burst is its service, its alert key and its number in time.
    """
    shared = _shared_keys(alerts)
    ladder: tuple[tuple[Callable[[Alert], str], timedelta, int], ...] = (
        (lambda alert: f"{service_id(alert)}:{_kind(alert, shared)}", QUIET, FEW_BURSTS),
        (lambda alert: f"{service_id(alert)}:{shape(alert.summary)}", QUIET, FEW_BURSTS),
        (lambda alert: f"{service_id(alert)}:", QUIET, MANY_BURSTS),
        (lambda alert: f"{service_id(alert)}:", LONG_QUIET, MANY_BURSTS),
    )
    for group, quiet, most in () if by_service else ladder:
        found = tuple(_grouped(alerts, group, quiet))
        if len(found) <= most:
            return found
    return tuple(_by_service(alerts))


def _by_service(alerts: Sequence[Alert]) -> Iterator[Burst]:
    """Give all bursts of each service as one, those of the services with the fewest together."""
    groups: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        groups[service_id(alert)].append(alert)
    ranked = sorted(groups, key=lambda service: -len(groups[service]))
    shown = ranked if len(ranked) <= MANY_BURSTS else ranked[: MANY_BURSTS - 1]
    for service in shown:
        yield _whole(f"burst:{service}::all", groups[service])
    if rest := [alert for alert in alerts if service_id(alert) not in shown]:
        yield _whole("burst:::others", rest)


def _whole(key: str, alerts: Sequence[Alert]) -> Burst:
    gaps = (after.created_at - before.created_at for before, after in pairwise(alerts))
    return Burst(key, tuple(alerts), 1 + sum(gap > QUIET for gap in gaps))


def service_id(alert: Alert) -> str:
    """Give the id of the alert's service, "" where it has none."""
    return alert.service.id if alert.service else ""


def service_name(alert: Alert) -> str:
    """Name the alert's service, "" where it has none."""
    return known_name(alert.service) if alert.service else ""


def peak(times: Sequence[datetime]) -> tuple[int, datetime]:
    """Give the most alerts within any one minute, and when that minute began."""
    best, best_at, start = 0, times[0], 0
    for end, time in enumerate(times):
        while time - times[start] >= _ONE_MINUTE:
            start += 1
        if end - start + 1 > best:
            best, best_at = end - start + 1, times[start]
    return best, best_at


def by_severity(alerts: Iterable[Alert]) -> list[tuple[str, int]]:
    """Count alerts by severity, the worst first; an alert without one is not counted."""
    counted = Counter(clean(alert.severity).lower() for alert in alerts if alert.severity)
    order = {name: rank for rank, name in enumerate(SEVERITIES)}
    return sorted(counted.items(), key=lambda each: (order.get(each[0], len(order)), each[0]))


def by_service(alerts: Iterable[Alert]) -> list[tuple[str, int]]:
    """Count alerts by service, the most first."""
    counted = Counter(filter(None, map(service_name, alerts)))
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def cleared(alert: Alert, resolutions: Iterable[datetime]) -> datetime | None:
    """Tell when an alert cleared by itself, None where it was closed with the incident or not."""
    at = alert.resolved_at
    if at is None or any(abs(at - each) <= CLOSED_WITH_INCIDENT for each in resolutions):
        return None
    return max(at, alert.created_at)  # clocks that disagree


def fired_again(entries: Iterable[LogEntry], alerts: Sequence[Alert]) -> list[LogEntry]:
    """Give the triggers after the first that brought no alert of their own.

    A monitor that sends the same key again while its alert is open adds a trigger alone.
    """
    triggers = [entry for entry in entries if entry.kind is EntryKind.TRIGGER]
    logged = {entry.id for entry in triggers}
    named = {alert.entry for alert in alerts if alert.entry in logged}
    others = [alert for alert in alerts if alert.entry not in named]
    times = [alert.created_at for alert in others]
    taken: set[int] = set()
    found = []
    for trigger in triggers:
        near = range(
            bisect_left(times, trigger.created_at - SAME_EVENT),
            bisect_right(times, trigger.created_at + SAME_EVENT),
        )
        own = next((at for at in near if at not in taken and _says(trigger, others[at])), None)
        if own is not None and trigger.id not in named:
            taken.add(own)
        elif trigger.id not in named and trigger is not triggers[0]:
            found.append(trigger)
    return found


def _says(trigger: LogEntry, alert: Alert) -> bool:
    told = clean(trigger.channel.summary or "")
    return not told or told == clean(alert.summary)


def opening_alert(opened: LogEntry | None, alerts: Iterable[Alert]) -> Alert | None:
    """Give the alert with which a monitor opened the incident, None where nothing tells it."""
    if opened is None or not automatic(opened):
        return None
    near = [one for one in alerts if abs(one.created_at - opened.created_at) <= SAME_EVENT]
    named = (one for one in alerts if one.entry == opened.id)
    return next(named, None) or next((one for one in near if _says(opened, one)), None)


def reported(opened: LogEntry | None, alerts: Iterable[Alert]) -> str:
    """Give what the mail or the report says that opened the incident, "" where none did."""
    if opened is None or opened.channel.kind not in FROM_ANYBODY:
        return ""
    is_mail = opened.channel.kind is ChannelKind.EMAIL
    alert = opening_alert(opened, alerts)
    return (is_mail and opened.channel.details) or (alert.words if alert else "")


def name_of_report(opened: LogEntry | None) -> str:
    """Name what people reported by, as the source of a quotation."""
    by_mail = opened is not None and opened.channel.kind is ChannelKind.EMAIL
    return "the mail that opened it" if by_mail else "the report that opened it"


def shape(text: str) -> str:
    """Give a text without what differs from host to host."""
    return _VARYING.sub("#", clean(text))


def tell_burst(burst: Burst, resolutions: Sequence[datetime], clock: LocalTime) -> Markdown:
    """Word a burst: one alert by its summary, many by their number, time, peak and kinds."""
    alerts = burst.alerts
    services = by_service(alerts)
    if len(alerts) == 1:
        return say(
            "Alert[ on {service}]: {text}[ ({severity})][{suppressed}][{cleared}]",
            service=services[0][0] if services else "",
            text=quoted(alerts[0].summary) or "without a summary",
            severity=clean(alerts[0].severity or ""),
            suppressed=", suppressed" if alerts[0].suppressed else "",
            cleared=_cleared(alerts, resolutions, clock),
        )
    long = burst.last - burst.first >= _ONE_MINUTE
    densest, _ = peak([alert.created_at for alert in alerts])
    suppressed = sum(alert.suppressed for alert in alerts)
    return say(
        "[{whole}: ]{number}[ on {service}][ in {bursts}][ from {begin} to {end}][ within {span}]"
        "[, peak {peak} a minute][, {suppressed} of them suppressed]: {kinds}[{cleared}]",
        number=count(len(alerts), "alert"),
        whole=_services(services) if burst.stretches > 1 else "",
        service=_services(services) if burst.stretches == 1 else "",
        bursts=count(burst.stretches, "burst") if burst.stretches > 1 else "",
        begin=clock.short(burst.first) if long else "",
        end=clock.short(burst.last),
        span="" if long else duration(max(burst.last - burst.first, timedelta(seconds=1))),
        peak=f"{densest:,}" if long and len(alerts) >= _PEAK_FROM else "",
        suppressed=f"{suppressed:,}" if suppressed else "",
        kinds=_kinds(alerts),
        cleared=_cleared(alerts, resolutions, clock),
    )


def _shared_keys(alerts: Iterable[Alert]) -> frozenset[str]:
    counted = Counter(alert.key for alert in alerts if alert.key)
    return frozenset(key for key, number in counted.items() if number > 1)


def _kind(alert: Alert, shared: frozenset[str]) -> str:
    """Give what alerts of one cause have in common: their key, or the words of their summary.

    Many monitors send a key of its own for every host, so a key that only one alert has tells
    nothing.
    """
    return alert.key if alert.key and alert.key in shared else shape(alert.summary)


def _grouped(
    alerts: Iterable[Alert], group: Callable[[Alert], str], quiet: timedelta
) -> Iterator[Burst]:
    groups: defaultdict[str, list[list[Alert]]] = defaultdict(list)
    for alert in alerts:
        stretches = groups[group(alert)]
        if stretches and alert.created_at - stretches[-1][-1].created_at <= quiet:
            stretches[-1].append(alert)
        else:
            stretches.append([alert])
    for name, stretches in groups.items():
        for number, stretch in enumerate(stretches, 1):
            yield Burst(f"burst:{name}:{number}", tuple(stretch))


def _services(services: Sequence[tuple[str, int]]) -> str:
    if len(services) > 1:
        return f"{count(len(services), 'service')} ({tally(services)})"
    return services[0][0] if services else ""


def _kinds(alerts: Sequence[Alert]) -> str:
    """Quote the kinds of summaries, the most frequent first, each by its first alert's words."""
    examples: dict[str, str] = {}
    counted: Counter[str] = Counter()
    differing: set[str] = set()
    for alert in alerts:
        kind = shape(alert.summary) or "without a summary"
        if examples.setdefault(kind, alert.summary) != alert.summary:
            differing.add(kind)
        counted[kind] += 1
    ranked = sorted(counted.items(), key=lambda each: -each[1])
    named = [
        (f"{'like ' if kind in differing else ''}{quoted(examples[kind], 120) or kind}", number)
        for kind, number in ranked
    ]
    return named[0][0] if len(named) == 1 else tally(named)


def _cleared(alerts: Sequence[Alert], resolutions: Sequence[datetime], clock: LocalTime) -> str:
    times = [at for alert in alerts if (at := cleared(alert, resolutions)) is not None]
    if not times:
        return ""
    last = clock.short(max(times))
    if len(alerts) == 1:
        return f"; cleared at {last}"
    which = "all" if len(times) == len(alerts) else f"{len(times):,} of them"
    return f"; {which} cleared by {last}"
