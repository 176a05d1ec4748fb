"""The picture beside the document: alerts as density, people's acts as marks, phases as bands.

It is an SVG with a background of its own, in light or dark as the reader prefers, and with a text
alternative. The same record gives the same bytes.
"""

import drawsvg as draw  # type: ignore[import-untyped]  # it has no types

from connectors.incidents import IncidentRecord
from worker.content.clean_text import clean, shorten
from worker.drafting.phases import State
from worker.drafting.policy import DraftPolicy
from worker.drafting.scene import AUTOMATIC, Scene, scene
from worker.drafting.sketch import LEFT, RIGHT, TOP, WIDTH, Sketch
from worker.drafting.story import Story, story
from worker.drafting.timeline import Timeline, timeline
from worker.drafting.wording import count, listing, times

_STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.ground { fill: #ffffff; } .ink { fill: #1f2328; } .faint { fill: #59636e; }
.grid { stroke: #d1d9e0; } .density { fill: #0969da; } .mark { fill: #8250df; }
.unacknowledged { fill: #cf222e; } .acknowledged { fill: #9a6700; } .resolved { fill: #1a7f37; }
.open { fill: #59636e; } .label { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117; } .ink { fill: #e6edf3; } .faint { fill: #9198a1; }
.grid { stroke: #3d444d; } .density { fill: #4493f8; } .mark { fill: #ab7df8; }
}
"""
_LONGEST_TITLE = 100


class _Description(draw.Title):  # type: ignore[misc]  # drawsvg has no types
    TAG_NAME = "desc"


def chart(record: IncidentRecord, policy: DraftPolicy) -> str:
    """Draw the incident; gives the text of an SVG document."""
    told = story(record)
    line = timeline(told, policy)
    shown = scene(told, line, (LEFT, RIGHT))
    sketch = Sketch(shown)
    bottom = _draw_lanes(sketch, shown)
    sketch.axis(TOP, bottom)
    height = sketch.legend(bottom)
    drawing = draw.Drawing(WIDTH, height, role="img", aria_labelledby="name what")
    drawing.append(draw.Title(_title(told), id="name"))
    drawing.append(_Description(alternative(told, line), id="what"))
    drawing.append_css(_STYLE)
    drawing.append(draw.Rectangle(0, 0, WIDTH, height, class_="ground"))
    sketch.text(_title(told), 15, (16, 26), "ink", font_weight="600")
    drawing.extend(sketch.behind)
    drawing.extend(sketch.before)
    return str(drawing.as_svg())


def alternative(told: Story, line: Timeline) -> str:
    """Say in words what the chart shows."""
    shown = scene(told, line, (LEFT, RIGHT))
    clock = line.clock
    states = (
        f"{phase.state.value} from {clock.short(phase.begin)} to {clock.short(phase.end)}"
        for phase in shown.phases
        if phase.state is not State.RESOLVED
    )
    alerts = (f"{count(len(one.times), 'alert')} on {one.name}" for one in shown.densities)
    acts = (
        f"{one.name} acted {times(len(one.events))}" for one in shown.lanes if one.name != AUTOMATIC
    )
    end = clock.full(told.end) if told.end else "an open end"
    parts = (
        f"Incident #{told.incident.number} from {clock.full(told.start)} to {end} ({clock.name})",
        listing(states, 6),
        listing(alerts, 8) or ("no alerts" if told.alerts_are_whole else ""),
        listing(acts, 10),
    )
    return clean("; ".join(filter(None, parts)))


def _title(told: Story) -> str:
    return shorten(
        f"Incident #{told.incident.number}: {clean(told.incident.title)}", _LONGEST_TITLE
    )


def _draw_lanes(sketch: Sketch, shown: Scene) -> float:
    """Draw band, densities and lanes below each other; gives where they end."""
    top = sketch.phases(shown.phases, TOP)
    for density in shown.densities:
        top = sketch.density(density, top)
    for lane in shown.lanes:
        top = sketch.lane(lane, top)
    return top
