"""What is drawn inside a plot: lines, dots, sticks, bands and bars."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from markupsafe import Markup

type Place = Callable[[float], float]

_KEY_WIDTH = 18


class Mark(Protocol):
    """Something drawn, and how it is explained below the plot."""

    @property
    def label(self) -> str:
        """Its name; empty for none."""

    def draw(self, x: Place, y: Place) -> Markup:
        """Draw it, with the places of values given in points."""

    def draw_key(self, x: float, y: float) -> Markup:
        """Draw a sample of it that begins at a point."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, with a dot at each where it has a radius."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    label: str = ""
    width: float = 1.5
    dashes: str = ""
    radius: float = 0.0
    steps: bool = False

    def draw(self, x: Place, y: Place) -> Markup:
        """Draw the line and its dots."""
        points = [(x(one), y(other)) for one, other in zip(self.xs, self.ys, strict=True)]
        return self._draw(points) + _draw_dots(points, self.radius, self.colour)

    def draw_key(self, x: float, y: float) -> Markup:
        """Draw a piece of the line."""
        dots = _draw_dots([(x + _KEY_WIDTH / 2, y)], self.radius, self.colour)
        return self._draw([(x, y), (x + _KEY_WIDTH, y)]) + dots

    def _draw(self, points: list[tuple[float, float]]) -> Markup:
        if self.steps:
            points = _stand_in_steps(points)
        path = "L".join(f"{one:.2f},{other:.2f}" for one, other in points)
        style = f"fill:none;stroke:var(--{self.colour});stroke-width:{self.width:g}"
        if self.dashes:
            style += f";stroke-dasharray:{self.dashes}"
        return Markup('<path d="M{}" style="{}"/>').format(path, style)


@dataclass(frozen=True, slots=True)
class Dots:
    """Dots, or triangles that point down."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    label: str = ""
    radius: float = 2.5
    triangles: bool = False

    def draw(self, x: Place, y: Place) -> Markup:
        """Draw each."""
        points = [(x(one), y(other)) for one, other in zip(self.xs, self.ys, strict=True)]
        return self._draw(points)

    def draw_key(self, x: float, y: float) -> Markup:
        """Draw one."""
        return self._draw([(x + _KEY_WIDTH / 2, y)])

    def _draw(self, points: list[tuple[float, float]]) -> Markup:
        if not self.triangles:
            return _draw_dots(points, self.radius, self.colour)
        r = self.radius
        corners = "".join(
            f"M{x - r:.2f},{y - r:.2f}h{2 * r:g}l-{r:g},{2 * r:g}z" for x, y in points
        )
        return Markup('<path d="{}" style="fill:var(--{})"/>').format(corners, self.colour)


@dataclass(frozen=True, slots=True)
class Sticks:
    """Upright lines, each from a low to a high value."""

    xs: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    colour: str
    label: str = ""

    def draw(self, x: Place, y: Place) -> Markup:
        """Draw each."""
        ends = zip(self.xs, self.lows, self.highs, strict=True)
        return self._draw([(x(one), y(low), y(high)) for one, low, high in ends])

    def draw_key(self, x: float, y: float) -> Markup:
        """Draw one."""
        return self._draw([(x + _KEY_WIDTH / 2, y + 4, y - 4)])

    def _draw(self, sticks: list[tuple[float, float, float]]) -> Markup:
        path = "".join(f"M{x:.2f},{low:.2f}V{high:.2f}" for x, low, high in sticks)
        style = f"fill:none;stroke:var(--{self.colour});stroke-width:1.5"
        return Markup('<path d="{}" style="{}"/>').format(path, style)


@dataclass(frozen=True, slots=True)
class Band:
    """The area between two lines."""

    xs: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    colour: str
    label: str = ""

    def draw(self, x: Place, y: Place) -> Markup:
        """Draw the area."""
        there = [(x(one), y(low)) for one, low in zip(self.xs, self.lows, strict=True)]
        back = [(x(one), y(high)) for one, high in zip(self.xs, self.highs, strict=True)]
        path = "L".join(f"{one:.2f},{other:.2f}" for one, other in (*there, *reversed(back)))
        return Markup('<path d="M{}z" style="{}"/>').format(path, self._style)

    def draw_key(self, x: float, y: float) -> Markup:
        """Draw a piece of it."""
        return _draw_box((x, y - 4, _KEY_WIDTH, 8), self._style)

    @property
    def _style(self) -> str:
        return f"fill:var(--{self.colour});fill-opacity:.15"


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from 0 up, between neighbouring edges; only their outlines where they are not filled."""

    edges: Sequence[tuple[float, float]]
    heights: Sequence[float]
    colour: str
    label: str = ""
    opacity: float = 1.0
    filled: bool = True

    def draw(self, x: Place, y: Place) -> Markup:
        """Draw each bar that has a height."""
        path = "".join(
            f"M{x(low):.2f},{y(0):.2f}V{y(height):.2f}H{x(high):.2f}V{y(0):.2f}z"
            for (low, high), height in zip(self.edges, self.heights, strict=True)
            if height
        )
        return Markup('<path d="{}" style="{}"/>').format(path, self._style)

    def draw_key(self, x: float, y: float) -> Markup:
        """Draw a small one."""
        return _draw_box((x, y - 4, _KEY_WIDTH, 8), self._style)

    @property
    def _style(self) -> str:
        if self.filled:
            return f"fill:var(--{self.colour});fill-opacity:{self.opacity:g}"
        return f"fill:none;stroke:var(--{self.colour});stroke-width:1.3"


def _draw_dots(points: list[tuple[float, float]], radius: float, colour: str) -> Markup:
    if not radius:
        return Markup("")
    circle = Markup('<circle cx="{:.2f}" cy="{:.2f}" r="{:g}" style="fill:var(--{})"/>')
    return Markup("").join(circle.format(x, y, radius, colour) for x, y in points)


def _draw_box(box: tuple[float, float, float, float], style: str) -> Markup:
    rectangle = Markup('<rect x="{:.2f}" y="{:.2f}" width="{:g}" height="{:g}" style="{}"/>')
    return rectangle.format(*box, style)


def _stand_in_steps(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Let each point's height hold half of the way to its neighbours."""
    xs = [x for x, _ in points]
    middles = [(one + other) / 2 for one, other in pairwise(xs)]
    bounds = [xs[0], *(middle for middle in middles for _ in range(2)), xs[-1]]
    heights = [y for _, y in points for _ in range(2)]
    return list(zip(bounds, heights, strict=True))
