"""What each feature does to the prediction, drawn over the population that has it."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, PercentFormatter

from shared.release.facts import Effect, Histogram
from training.report.drawing import ACCENT, INK, SOFT, draw_stacked
from training.report.log_odds import find_limits, scale_y
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
    unknown = [y for x, y in points if x is None]

    def plot(axes: Axes) -> None:
        _plot_curve(axes, known)
        for probability in unknown:
            axes.axhline(probability, color=INK, linewidth=1.2, linestyle="--", label="Unknown")
        _scale(axes, effect.probability)

    lowest, most = min(effect.probability), max(effect.probability)
    description = (
        f"Mean probability of default over {label(name)}:"
        f" from {write_share(lowest)} to {write_share(most)}."
    )
    plots = [(plot, 4.0)]
    if effect.population is not None and known:
        population = effect.population
        plots.append((lambda axes: _plot_population(axes, population, known), 1.0))
    return draw_stacked(f"effect-{_write_id(name)}", description, plots, _SMALL)


def _plot_curve(axes: Axes, known: list[Point]) -> None:
    if not known:
        axes.set_xticks([])
        return
    xs, ys = zip(*known, strict=True)
    axes.plot(xs, ys, color=ACCENT, linewidth=2, marker="o", markersize=2.5)
    if len(known) <= 2:
        axes.set_xticks(xs)
        axes.margins(x=0.3)
    elif xs[0] >= 0 and xs[-1] > 3 * xs[len(xs) // 2]:
        axes.set_xscale("function", functions=(_root, np.square))
        axes.xaxis.set_major_locator(FixedLocator(_choose_ticks(xs[-1])))


def _choose_ticks(highest: float) -> list[float]:
    """Choose ticks for an axis of square roots, further apart the further to the right."""
    steps = (0.02, 0.1, 0.2, 0.5, 1) if highest <= 1 else (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    return [0, *(tick for tick in steps if tick <= highest)]


def _root(values: np.ndarray) -> np.ndarray:
    root: np.ndarray = np.sqrt(np.maximum(values, 0))
    return root


def _scale(axes: Axes, probabilities: list[float]) -> None:
    lowest, highest = min(probabilities), max(probabilities)
    if 0 < lowest < highest / _WIDE_RANGE:
        scale_y(axes, find_limits(probabilities))
        return
    # A feature without effect is a level line, not noise enlarged.
    margin = max(0.08 * (highest - lowest), 0.05 * highest, 1e-4)
    axes.set_ylim(max(0.0, lowest - margin), highest + margin)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))


def _plot_population(axes: Axes, population: Histogram, known: list[Point]) -> None:
    widths = [high - low for low, high in pairwise(population.edges)]
    axes.bar(population.edges[:-1], population.counts, widths, align="edge", color=SOFT, alpha=0.5)
    axes.set_yticks([])
    axes.set_ylabel("Users")
    axes.grid(visible=False)
    for side in ("left", "top", "right"):
        axes.spines[side].set_visible(False)
    if len(known) <= 2:
        axes.set_xticks([x for x, _ in known])


def _write_id(name: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else f"-{ord(one):x}-" for one in name)
