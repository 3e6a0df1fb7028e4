"""Draw plots into the page: inline SVG in the page's own colours and font."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from training.report.marks import Mark
from training.report.scales import Scale

# Names of the page's colours: its style says what they look like, in the light, in the dark and on
# paper.
INK, SOFT, LINE, ACCENT, BAD = "ink", "soft", "line", "accent", "bad"
RIVALS = ("rival-0", "rival-1", "rival-2")

_POINTS_PER_INCH = 72
_FONT = 10
_CHARACTER = 5.8
"""About the width of a character, in points."""

_ROW = 15
_GAP = 10
_GAP_OF_PLOTS = 14
_SLANT = 0.71
_TICK = 4
_KEY = 23


@dataclass(frozen=True, slots=True)
class Plot:
    """Marks over a vertical scale.

    Attributes
    ----------
    y : Scale
        The vertical one.
    marks : sequence of Mark
        The last is on top.
    height : float
        Relative to the other plots of the figure.
    framed : bool
        Whether its vertical axis is drawn.
    """

    y: Scale
    marks: Sequence[Mark]
    height: float = 1.0
    framed: bool = True


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a plot lies, in points."""

    left: float
    right: float
    top: float
    bottom: float
    x: Scale
    y: Scale

    def place_x(self, value: float) -> float:
        return self.left + self.x.place(value) * (self.right - self.left)

    def place_y(self, value: float) -> float:
        return self.bottom - self.y.place(value) * (self.bottom - self.top)


def draw(
    description: str, x: Scale, plots: Sequence[Plot], size: tuple[float, float] = (4.6, 3.4)
) -> Markup:
    """Draw plots above each other, which have one horizontal axis.

    Parameters
    ----------
    description : str
        What is to be seen, for who cannot see it.
    x : Scale
        The horizontal one.
    plots : sequence of Plot
        From the top down.
    size : tuple of float
        Width and height in inches; the page scales it.

    Returns
    -------
    markupsafe.Markup
        An svg element. The same for the same plots.

    Notes
    -----
    Whatever has a label is explained below the axes: there a legend covers no curve.
    """
    width, height = (inches * _POINTS_PER_INCH for inches in size)
    named = {mark.label: mark for plot in plots for mark in plot.marks if mark.label}
    legend = [*named.values()]
    bottom = height - _ROW * -(-len(legend) // 2) - (_GAP / 2 if legend else 0)
    frames = _lay_out(x, plots, width, bottom)
    drawn = Markup("").join(
        _draw_plot(plot, frame, is_last=frame is frames[-1])
        for plot, frame in zip(plots, frames, strict=True)
    )
    below = Markup("").join(_write_legend(legend, width, height))
    return Markup(
        '<svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}" font-size="{}">{}{}</svg>'
    ).format(width, height, description, _FONT, drawn, below)


def _lay_out(x: Scale, plots: Sequence[Plot], width: float, bottom: float) -> list[_Frame]:
    left = max(_measure_ticks(plot.y) + (_ROW if plot.y.label else 0) for plot in plots) + _GAP
    longest = _measure_ticks(x)
    below = (longest * _SLANT + _TICK if x.slanted else _ROW) + (_ROW if x.label else 0)
    if x.slanted:
        left = max(left, longest * _SLANT)
    room = bottom - below - _GAP - _GAP_OF_PLOTS * (len(plots) - 1)
    top, frames = float(_GAP), []
    for plot in plots:
        height = room * plot.height / sum(one.height for one in plots)
        frames.append(_Frame(left, width - 1.5 * _GAP, top, top + height, x, plot.y))
        top += height + _GAP_OF_PLOTS
    return frames


def _measure_ticks(scale: Scale) -> float:
    return max((_CHARACTER * len(text) for _, text in scale.ticks), default=0.0) + _TICK


def _draw_plot(plot: Plot, frame: _Frame, *, is_last: bool) -> Markup:
    parts = [_draw_grid(frame, upright=frame.x.grid, level=plot.y.grid)]
    parts += [mark.draw(frame.place_x, frame.place_y) for mark in plot.marks]
    parts.append(_draw_axes(frame, upright=plot.framed))
    parts += _write_y(frame)
    if is_last:
        parts += _write_x(frame)
    return Markup("").join(parts)


def _draw_grid(frame: _Frame, *, upright: bool, level: bool) -> Markup:
    xs = [frame.place_x(value) for value, _ in frame.x.ticks] if upright else []
    ys = [frame.place_y(value) for value, _ in frame.y.ticks] if level else []
    path = "".join(f"M{x:.2f},{frame.top:.2f}V{frame.bottom:.2f}" for x in xs)
    path += "".join(f"M{frame.left:.2f},{y:.2f}H{frame.right:.2f}" for y in ys)
    return _draw_path(path, LINE)


def _draw_axes(frame: _Frame, *, upright: bool) -> Markup:
    down = f"M{frame.left:.2f},{frame.top:.2f}V{frame.bottom:.2f}" if upright else ""
    return _draw_path(f"{down}M{frame.left:.2f},{frame.bottom:.2f}H{frame.right:.2f}", SOFT)


def _draw_path(path: str, colour: str) -> Markup:
    style = f"fill:none;stroke:var(--{colour});stroke-width:.8"
    return Markup('<path d="{}" style="{}"/>').format(path, style) if path else Markup("")


def _write_y(frame: _Frame) -> Iterator[Markup]:
    for value, text in frame.y.ticks:
        yield _write(frame.left - _TICK, frame.place_y(value) + 3.5, text, "end")
    if frame.y.label:
        x, y = _FONT, (frame.top + frame.bottom) / 2
        yield _write(x, y, frame.y.label, "middle", f"rotate(-90 {x:.2f} {y:.2f})")


def _write_x(frame: _Frame) -> Iterator[Markup]:
    for value, text in frame.x.ticks:
        x, y = frame.place_x(value), frame.bottom + _FONT + 2
        if frame.x.slanted:
            yield _write(x + 3, y - 2, text, "end", f"rotate(-45 {x + 3:.2f} {y - 2:.2f})")
        else:
            yield _write(x, y, text, "middle")
    if frame.x.label:
        y = frame.bottom + 2 * _ROW - 4
        yield _write((frame.left + frame.right) / 2, y, frame.x.label, "middle")


def _write(x: float, y: float, text: str, anchor: str, turn: str = "") -> Markup:
    turned = Markup(' transform="{}"').format(turn) if turn else ""
    return Markup(
        '<text x="{:.2f}" y="{:.2f}" text-anchor="{}"{} style="fill:var(--soft)">{}</text>'
    ).format(x, y, anchor, turned, text)


def _write_legend(legend: Sequence[Mark], width: float, height: float) -> Iterator[Markup]:
    n_columns = 2 if len(legend) > 1 else 1
    n_rows = -(-len(legend) // n_columns)
    column_width = (
        max((_KEY + _CHARACTER * len(one.label) for one in legend), default=0.0) + 1.5 * _GAP
    )
    column_width = min(column_width, width / n_columns)
    left = (width - n_columns * column_width) / 2 + 0.75 * _GAP
    for place, mark in enumerate(legend):
        x = left + place // n_rows * column_width
        y = height - _ROW * (n_rows - place % n_rows) + _ROW / 2
        yield mark.draw_key(x, y)
        yield _write(x + _KEY, y + 3.5, mark.label, "start")
