"""The shapes by which a chart tells apart what people did; shape says it, not colour alone."""

from enum import Enum
from math import cos, pi, sin

import drawsvg as draw  # type: ignore[import-untyped]  # it has no types

from worker.drafting.entries import ESCALATE
from worker.drafting.openings import ACKNOWLEDGE, RESOLVE
from worker.drafting.remarks import ANNOTATE
from worker.drafting.summary import STATUS_UPDATES

_SIZE = 6.0


class Shape(Enum):
    """A shape, and what it stands for in the legend."""

    CIRCLE = "acknowledged"
    SQUARE = "noted"
    TRIANGLE = "escalated or handed over"
    DIAMOND = "status update"
    STAR = "resolved"
    BAR = "other"


_SHAPES = {
    ACKNOWLEDGE: Shape.CIRCLE,
    ANNOTATE: Shape.SQUARE,
    ESCALATE: Shape.TRIANGLE,
    "delegate_log_entry": Shape.TRIANGLE,
    "assign_log_entry": Shape.TRIANGLE,
    **dict.fromkeys(STATUS_UPDATES, Shape.DIAMOND),
    RESOLVE: Shape.STAR,
}


def shape_of(kind: str) -> Shape:
    """Give the shape for a kind of event."""
    return _SHAPES.get(kind, Shape.BAR)


def mark(shape: Shape, x: float, y: float) -> draw.DrawingBasicElement:
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
