"""What a chart shows, before it is drawn: time axis, phases, alerts by service, acts by person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean
from worker.drafting.history.alerts import by_service, service_name
from worker.drafting.history.story import Phase, PhaseState, Story, phases
from worker.drafting.policy import OutsideLog, Topic
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing
from worker.drafting.timeline.events import Event
from worker.drafting.timeline.timeline import IncidentTimeline

LEFT, RIGHT = 210.0, 936.0
"""Between which horizontal positions time is shown, in pixels."""

SHORTEST = timedelta(minutes=1)
MOST_TICKS = 9

AUTOMATIC = "Automatic"
"""The lane of what no person did: escalations by timeout, changes, recoveries."""

NO_SERVICE = "Alerts"
"""The lane of alerts that name no service."""
_SERVICES = 6
_PEOPLE = 8
_NOT_MARKED: frozenset[Topic] = frozenset({OutsideLog.ALERT, EntryKind.NOTIFY, EntryKind.TRIGGER})
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


@dataclass(frozen=True, slots=True)
class Density:
    """When the alerts of a service came, oldest first."""

    name: str
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """What one person did, or what nobody did."""

    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ChartLayout:
    """Everything that a chart shows."""

    story: Story
    clock: LocalTime
    axis: Axis
    phases: tuple[Phase, ...]
    densities: tuple[Density, ...]
    lanes: tuple[Lane, ...]


def layout(story: Story, told: IncidentTimeline) -> ChartLayout:
    """Arrange a story."""
    events = [event for event in told.events if event.topic not in _NOT_MARKED]
    last = max([story.start, *(event.last for event in told.events)])
    end = story.end or last
    shown = axis(
        story.start,
        max(end, story.start),
        [*(event.at for event in events), *(alert.created_at for alert in story.alerts)],
        (LEFT, RIGHT),
    )
    return ChartLayout(
        story,
        told.clock,
        shown,
        phases(
            story.open_periods,
            story.entries,
            shown.end,
            log_is_known=bool(story.entries) or story.log_is_whole,
        ),
        _densities(story),
        _lanes([event for event in events if shown.shows(event.at)]),
    )


def alternative(shown: ChartLayout) -> str:
    """Say in words what the chart shows."""
    told, clock = shown.story, shown.clock
    states = (
        f"{phase.state.value} from {clock.short(phase.begin)}"
        f" to {clock.on_day_of(phase.begin).short(phase.end)}"
        for phase in shown.phases
        if phase.state is not PhaseState.RESOLVED
    )
    alerts = (
        f"{count(len(one.times), 'alert')}{'' if one.name == NO_SERVICE else f' on {one.name}'}"
        for one in shown.densities
    )
    people = listing((one.name for one in shown.lanes if one.name != AUTOMATIC), 10)
    end = clock.full(told.end) if told.end else "an open end"
    parts = (
        f"Incident #{told.incident.number} from {clock.full(told.start)} to {end} ({clock.name})",
        listing(states, 6),
        listing(alerts, 8) or ("no alerts" if told.alerts_are_whole else ""),
        f"what {people} did, by time" if people else "",
    )
    return clean("; ".join(filter(None, parts)))


def _densities(story: Story) -> tuple[Density, ...]:
    """Give the busiest services a lane each, and the rest one together."""
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    names = [name for name, _ in by_service(story.alerts)]
    shown = names if len(names) <= _SERVICES else names[: _SERVICES - 1]
    others = count(len(names) - len(shown), "other service")
    for alert in story.alerts:
        name = service_name(alert)
        times[name if name in shown else others if name else ""].append(alert.created_at)
    order = [*shown, others, ""]
    found = ((name or NO_SERVICE, times.get(name)) for name in order)
    return tuple(Density(name, tuple(when)) for name, when in found if when)


def _lanes(events: Iterable[Event]) -> tuple[Lane, ...]:
    """Give each person a lane, in the order in which they came, and one to what nobody did."""
    lanes: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        lanes[event.person].append(event)
    people = [name for name in lanes if name]
    shown = people if len(people) <= _PEOPLE else people[: _PEOPLE - 1]
    rest = [event for name in people if name not in shown for event in lanes[name]]
    told = [Lane(name, tuple(lanes[name])) for name in shown]
    if rest:
        told.append(Lane(f"{len(people) - len(shown):,} others", _sorted(rest)))
    if lanes.get(""):
        told.append(Lane(AUTOMATIC, tuple(lanes[""])))
    return tuple(told)


def _sorted(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.at))
