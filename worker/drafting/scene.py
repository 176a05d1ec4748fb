"""What a chart shows, before it is drawn: its axis, phases, alerts by service, acts by person."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.drafting.alerts import by_service, service_name
from worker.drafting.axis import Axis, axis
from worker.drafting.events import Event
from worker.drafting.local_time import LocalTime
from worker.drafting.phases import Phase, phases
from worker.drafting.rules import ALERTS
from worker.drafting.story import Story
from worker.drafting.timeline import Timeline
from worker.drafting.wording import count

AUTOMATIC = "Automatic"
"""The lane of what no person did: escalations by timeout, changes, recoveries."""

_SERVICES = 6
_PEOPLE = 8
_NOT_MARKED = frozenset({ALERTS, "notify_log_entry", "trigger_log_entry"})


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
class Scene:
    """Everything that a chart shows."""

    story: Story
    clock: LocalTime
    axis: Axis
    phases: tuple[Phase, ...]
    densities: tuple[Density, ...]
    lanes: tuple[Lane, ...]


def scene(story: Story, told: Timeline, width: tuple[float, float]) -> Scene:
    """Arrange a story between two horizontal positions (pixels)."""
    events = [event for event in told.events if event.kind not in _NOT_MARKED]
    last = max([story.start, *(event.last for event in told.events)])
    end = story.end or last
    shown = axis(
        story.start,
        max(end, story.start),
        [*(event.at for event in events), *(alert.created_at for alert in story.alerts)],
        width,
    )
    return Scene(
        story,
        told.clock,
        shown,
        phases(story, shown.end),
        _densities(story),
        _lanes([event for event in events if shown.shows(event.at)]),
    )


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
    return tuple(Density(name or "Alerts", tuple(times[name])) for name in order if times.get(name))


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
