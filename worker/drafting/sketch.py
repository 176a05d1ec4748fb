"""Draws the parts of a chart, each between two heights; sizes are pixels."""

from collections import Counter
from collections.abc import Iterable

import drawsvg as draw  # type: ignore[import-untyped]  # it has no types

from worker.content.clean_text import shorten
from worker.drafting.axis import ticks
from worker.drafting.marks import Shape, mark, shape_of
from worker.drafting.phases import Phase, State
from worker.drafting.scene import Density, Lane, Scene
from worker.drafting.wording import count, duration

WIDTH = 960
LEFT, RIGHT = 210.0, 936.0
TOP = 46.0

_BAND = 24.0
_DENSITY = 42.0
_LANE = 24.0
_GAP = 12.0
_BIN = 5.0
_NAME_GAP = 12.0
_LONGEST_NAME = 27
_LETTER = 6.8


class Sketch:
    """Collects shapes: those ``behind`` (grid) and those ``before`` it."""

    def __init__(self, scene: Scene) -> None:
        self.behind: list[draw.DrawingElement] = []
        self.before: list[draw.DrawingElement] = []
        self._axis = scene.axis
        self._clock = scene.clock
        self._scene = scene
        bins = [self._bins(density) for density in scene.densities]
        self._highest = max((number for one in bins for number in one.values()), default=1)

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
            shape = shape_of(event.kind)
            drawn = mark(shape, self._axis.x(event.at), middle)
            drawn.append_title(f"{self._clock.short(event.at)} {shape.value}")
            self.before.append(drawn)
        return top + _LANE

    def legend(self, bottom: float) -> float:
        """Explain the colours and marks that are there; gives the height of the whole chart."""
        y = bottom + 58
        states = {phase.state for phase in self._scene.phases}
        x = LEFT
        for state in (one for one in State if one in states):
            self.before.append(draw.Rectangle(x - 5, y - 9, 10, 10, class_=state.value))
            x = self._explained(state.value, x, y)
        used = {shape_of(event.kind) for lane in self._scene.lanes for event in lane.events}
        x, y = LEFT, y + 22
        for shape in (one for one in Shape if one in used):
            self.before.append(mark(shape, x, y - 4))
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
