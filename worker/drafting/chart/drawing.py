"""The picture beside the document: alerts as density, people's acts as marks, phases as bands.

It is an SVG with a background of its own, in light or dark as the reader prefers, and with a text
alternative. Shape tells apart what people did, not colour alone. The same layout gives the same
bytes; sizes are pixels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from math import cos, pi, sin

import drawsvg as draw  # type: ignore[import-untyped]  # it has no types

from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean, shorten
from worker.drafting.chart.layout import LEFT, RIGHT, ChartLayout, Density, Lane, alternative, ticks
from worker.drafting.history.story import Phase, PhaseState, Story
from worker.drafting.policy import Topic
from worker.drafting.text.wording import count, duration

WIDTH = 960
TOP = 46.0

_BAND = 24.0
_DENSITY = 42.0
_LANE = 24.0
_GAP = 12.0
_BIN = 5.0
_NAME_GAP = 12.0
_LONGEST_NAME = 27
_LETTER = 6.8
_SIZE = 6.0
_LONGEST_TITLE = 100
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


class _Description(draw.Title):  # type: ignore[misc]  # drawsvg has no types
    TAG_NAME = "desc"


def draw_chart(shown: ChartLayout) -> str:
    """Draw an incident; gives the text of an SVG document."""
    parts = ChartDrawing(shown)
    bottom = parts.rows()
    parts.axis(TOP, bottom)
    height = parts.legend(bottom)
    title = _title(shown.story)
    drawing = draw.Drawing(WIDTH, height, role="img", aria_labelledby="name what")
    drawing.append(draw.Title(title, id="name"))
    drawing.append(_Description(alternative(shown), id="what"))
    drawing.append_css(_STYLE)
    drawing.append(draw.Rectangle(0, 0, WIDTH, height, class_="ground"))
    parts.text(title, 15, (16, 26), "ink", font_weight="600")
    drawing.extend(parts.behind)
    drawing.extend(parts.before)
    return str(drawing.as_svg())


def _title(told: Story) -> str:
    return shorten(
        f"Incident #{told.incident.number}: {clean(told.incident.title)}", _LONGEST_TITLE
    )


class Shape(Enum):
    """A shape, and what it stands for in the legend."""

    CIRCLE = "acknowledged"
    SQUARE = "noted"
    TRIANGLE = "escalated or handed over"
    DIAMOND = "status update"
    STAR = "resolved"
    BAR = "other"


_SHAPES: Mapping[Topic, Shape] = {
    EntryKind.ACKNOWLEDGE: Shape.CIRCLE,
    EntryKind.ANNOTATE: Shape.SQUARE,
    EntryKind.ESCALATE: Shape.TRIANGLE,
    EntryKind.DELEGATE: Shape.TRIANGLE,
    EntryKind.ASSIGN: Shape.TRIANGLE,
    EntryKind.STATUS_UPDATE: Shape.DIAMOND,
    EntryKind.RESOLVE: Shape.STAR,
}


def shape_of(kind: Topic) -> Shape:
    """Give the shape for a kind of event."""
    return _SHAPES.get(kind, Shape.BAR)


def draw_shape(shape: Shape, x: float, y: float) -> draw.DrawingBasicElement:
    """Draw a shape around a point."""
    match shape:
        case Shape.CIRCLE:
            return draw.Circle(x, y, _SIZE - 1, class_="mark")
        case Shape.SQUARE:
            corner = _SIZE - 1.5
            return draw.Rectangle(x - corner, y - corner, 2 * corner, 2 * corner, class_="mark")
        case Shape.TRIANGLE:
            return _polygon(x, y, (_SIZE,) * 3)
        case Shape.DIAMOND:
            return _polygon(x, y, (_SIZE,) * 4)
        case Shape.STAR:
            return _polygon(x, y, (_SIZE + 2, _SIZE / 2) * 5)
        case Shape.BAR:
            return draw.Rectangle(x - 1, y - _SIZE, 2, 2 * _SIZE, class_="mark")


def _polygon(x: float, y: float, radii: tuple[float, ...]) -> draw.DrawingBasicElement:
    """Draw corners around a point, the first on top, each at its distance."""
    turn = 2 * pi / len(radii)
    corners = [
        round(number, 2)
        for at, radius in enumerate(radii)
        for number in (x + radius * sin(at * turn), y - radius * cos(at * turn))
    ]
    return draw.Lines(*corners, close=True, class_="mark")


class ChartDrawing:
    """Collects shapes: those ``behind`` (grid) and those ``before`` it."""

    def __init__(self, shown: ChartLayout) -> None:
        self.behind: list[draw.DrawingElement] = []
        self.before: list[draw.DrawingElement] = []
        self._axis = shown.axis
        self._clock = shown.clock
        self._shown = shown
        bins = [self._bins(density) for density in shown.densities]
        self._highest = max((number for one in bins for number in one.values()), default=1)

    def rows(self) -> float:
        """Draw band, densities and lanes below each other; gives where they end."""
        top = self.phases(self._shown.phases, TOP)
        for density in self._shown.densities:
            top = self.density(density, top)
        for lane in self._shown.lanes:
            top = self.lane(lane, top)
        return top

    def text(self, words: str, size: int, at: tuple[float, float], look: str, **more: str) -> None:
        """Write words with their base line at a point."""
        self.before.append(draw.Text(words, size, *at, class_=look, **more))

    def axis(self, top: float, bottom: float) -> None:
        """Draw the grid with times below it, and the date where a day begins."""
        for time, label, day in ticks(self._axis, self._clock):
            x = self._axis.x(time)
            self.behind.append(draw.Line(x, top, x, bottom + 4, class_="grid", stroke_width=1))
            self.text(label or day, 12, (x, bottom + 18), "faint", text_anchor="middle")
            if label and day:
                self.text(day, 11, (x, bottom + 32), "faint", text_anchor="middle")
        self._name(self._clock.name, bottom + 28, "faint")

    def phases(self, phases: Iterable[Phase], top: float) -> float:
        """Draw the states as one band; gives where the next part begins."""
        self._name("Incident", top + _BAND / 2)
        for phase in phases:
            left, right = self._axis.x(phase.begin), self._axis.x(phase.end)
            look = phase.state.value
            band = draw.Rectangle(left, top, max(round(right - left, 1), 1.5), _BAND, class_=look)
            band.append_title(f"{look} for {duration(phase.end - phase.begin)}")
            self.before.append(band)
            if right - left > _LETTER * len(look) + _GAP:
                at = (round((left + right) / 2, 1), top + _BAND / 2 + 4)
                self.text(look, 12, at, "label", text_anchor="middle")
        return top + _BAND + _GAP

    def density(self, density: Density, top: float) -> float:
        """Draw when a service's alerts came, as bars on one scale for all services."""
        base, room = top + _DENSITY - 8, _DENSITY - 14
        self._name(density.name, base - 6, note=f" ({len(density.times):,})")
        self.behind.append(draw.Line(LEFT, base, RIGHT, base, class_="grid", stroke_width=1))
        for at, number in sorted(self._bins(density).items()):
            tall = max(round(room * number / self._highest, 1), 3.0)
            bar = draw.Rectangle(LEFT + at * _BIN, base - tall, _BIN - 1, tall, class_="density")
            bar.append_title(count(number, "alert"))
            self.before.append(bar)
        return top + _DENSITY

    def lane(self, lane: Lane, top: float) -> float:
        """Draw what one person did, as marks."""
        middle = top + _LANE / 2
        self._name(lane.name, middle)
        self.behind.append(draw.Line(LEFT, middle, RIGHT, middle, class_="grid", stroke_width=1))
        for event in lane.events:
            shape = shape_of(event.topic)
            drawn = draw_shape(shape, self._axis.x(event.at), middle)
            drawn.append_title(f"{self._clock.short(event.at)} {shape.value}")
            self.before.append(drawn)
        return top + _LANE

    def legend(self, bottom: float) -> float:
        """Explain the colours and marks that are there; gives the height of the whole chart."""
        y = bottom + 58
        states = {phase.state for phase in self._shown.phases}
        x = LEFT
        for state in (one for one in PhaseState if one in states):
            self.before.append(draw.Rectangle(x - 5, y - 9, 10, 10, class_=state.value))
            x = self._explained(state.value, x, y)
        used = {shape_of(event.topic) for lane in self._shown.lanes for event in lane.events}
        x, y = LEFT, y + 22
        for shape in (one for one in Shape if one in used):
            self.before.append(draw_shape(shape, x, y - 4))
            x = self._explained(shape.value, x, y)
        return y + 14

    def _explained(self, words: str, x: float, y: float) -> float:
        self.text(words, 12, (x + 12, y), "faint")
        return round(x + 40 + _LETTER * len(words), 1)

    def _name(self, name: str, middle: float, look: str = "ink", note: str = "") -> None:
        shown = shorten(name, _LONGEST_NAME - len(note)) + note
        self.text(shown, 12, (LEFT - _NAME_GAP, middle + 4), look, text_anchor="end")

    def _bins(self, density: Density) -> Counter[int]:
        last = int((RIGHT - LEFT) / _BIN) - 1
        return Counter(
            min(int((self._axis.x(time) - LEFT) / _BIN), last)
            for time in density.times
            if self._axis.shows(time)
        )
