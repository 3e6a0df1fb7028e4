"""What each feature does to the prediction, drawn over the population that has it."""

from collections.abc import Mapping
from itertools import pairwise
from math import sqrt

from markupsafe import Markup

from shared.release.facts import Effect
from training.report.drawing import ACCENT, INK, SOFT, Plot, draw
from training.report.log_odds import find_limits, scale_log_odds
from training.report.marks import Bars, Line, Mark
from training.report.scales import (
    Scale,
    find_range,
    scale_evenly,
    write_percent,
    write_plain,
)
from training.report.words import label, write_share

_SMALL = (3.4, 3.0)
_WIDE_RANGE = 10
"""From this ratio between highest and lowest probability on, a linear scale hides the low ones."""

type Point = tuple[float, float]


def draw_effects(effects: Mapping[str, Effect]) -> dict[str, Markup]:
    """Draw the mean prediction over each feature, by feature."""
    return {name: _draw_effect(name, one) for name, one in effects.items() if one.grid}


def _draw_effect(name: str, effect: Effect) -> Markup:
    points = list(zip(effect.grid, effect.probability, strict=True))
    known = sorted((x, y) for x, y in points if x is not None)
    x = _scale_values(known, effect)
    marks: list[Mark] = []
    if known:
        xs, ys = zip(*known, strict=True)
        marks.append(Line(xs, ys, ACCENT, width=2, radius=1.4))
    marks += [
        Line(x.limits, [probability, probability], INK, "Unknown", width=1.2, dashes="5 2.5")
        for value, probability in points
        if value is None
    ]
    plots = [Plot(_scale_probabilities(effect.probability), marks, height=4.0)]
    if effect.population is not None and known:
        population = effect.population
        bars = Bars([*pairwise(population.edges)], population.counts, SOFT, opacity=0.5)
        users = Scale(find_range(population.counts, from_zero=True), [], "Users")
        plots.append(Plot(users, [bars], framed=False))
    description = (
        f"Mean probability of default over {label(name)}:"
        f" from {write_share(min(effect.probability))} to {write_share(max(effect.probability))}."
    )
    return draw(description, x, plots, _SMALL)


def _scale_values(known: list[Point], effect: Effect) -> Scale:
    xs = [x for x, _ in known]
    if not xs:
        return Scale((0.0, 1.0), [])
    edges = effect.population.edges if effect.population else []
    limits = find_range([*xs, *edges])
    if len(xs) <= 2:
        low, high = min(limits[0], xs[0] - 0.3), max(limits[1], xs[-1] + 0.3)
        return Scale((low, high), [(x, write_plain(x)) for x in xs])
    if xs[0] >= 0 and xs[-1] > 3 * xs[len(xs) // 2]:
        ticks = [(tick, write_plain(tick)) for tick in _choose_ticks(xs[-1])]
        return Scale((0.0, limits[1]), ticks, bend=_root)
    return scale_evenly(limits)


def _choose_ticks(highest: float) -> list[float]:
    """Choose ticks for an axis of square roots, further apart the further to the right."""
    steps = (0.02, 0.1, 0.2, 0.5, 1) if highest <= 1 else (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    return [0, *(tick for tick in steps if tick <= highest)]


def _root(value: float) -> float:
    return sqrt(max(value, 0.0))


def _scale_probabilities(probabilities: list[float]) -> Scale:
    lowest, highest = min(probabilities), max(probabilities)
    if 0 < lowest < highest / _WIDE_RANGE:
        return scale_log_odds(find_limits(probabilities))
    # A feature without effect is a level line, not noise enlarged.
    margin = max(0.08 * (highest - lowest), 0.05 * highest, 1e-4)
    return scale_evenly((max(0.0, lowest - margin), highest + margin), write=write_percent)
