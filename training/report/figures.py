"""The figures of the report."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from shared.release.evaluation import Band, Slice
from shared.release.facts import Histogram
from training.report.drawing import ACCENT, BAD, RIVALS, SOFT, draw
from training.report.log_odds import find_limits, keep_within, scale_x, scale_y

_SQUARE = (3.9, 3.6)
_WIDE = (5.6, 2.9)
_LEAST = 1e-5

_RIVAL_STYLES: list[dict[str, Any]] = [
    {"color": RIVALS[0], "linestyle": "--"},
    {"color": RIVALS[1], "linestyle": "-."},
    {"color": RIVALS[2], "linestyle": ":"},
]


def draw_roc(slices: Mapping[str, Slice]) -> Markup | None:
    """Draw the ROC curves of model and baselines; None without a curve."""
    curves = {
        name: (one.roc.false_positive_rate, one.roc.true_positive_rate)
        for name, one in slices.items()
        if one.roc.false_positive_rate
    }

    def plot(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=":", label="Chance")
        _plot_curves(axes, curves)
        axes.set(xlabel="Good payers refused", ylabel="Defaults found", xlim=(0, 1), ylim=(0, 1.02))
        _write_percent(axes)

    description = f"ROC curves of {', '.join(curves)}, over the diagonal of chance."
    return draw("roc", description, plot, _SQUARE) if curves else None


def draw_precision_recall(slices: Mapping[str, Slice], base_rate: float | None) -> Markup | None:
    """Draw precision against recall, over the default rate; None without a curve."""
    curves = {
        name: (one.precision_recall.recall, one.precision_recall.precision)
        for name, one in slices.items()
        if one.precision_recall.recall
    }

    def plot(axes: Axes) -> None:
        if base_rate is not None:
            axes.axhline(base_rate, color=SOFT, linewidth=1, linestyle=":", label="Default rate")
        _plot_curves(axes, curves)
        axes.set(xlabel="Recall", ylabel="Precision", xlim=(0, 1))
        axes.set_ylim(bottom=0)
        _write_percent(axes)

    description = f"Precision against recall of {', '.join(curves)}."
    return draw("precision-recall", description, plot, _SQUARE) if curves else None


def draw_reliability(bands: Sequence[Band], name: str = "reliability") -> Markup | None:
    """Draw observed against predicted default rates, by band; None without a band."""
    rates = [rate for band in bands for rate in (band.mean_predicted, band.observed, band.high)]
    limits = find_limits(rates)

    def plot(axes: Axes) -> None:
        predicted = [keep_within(band.mean_predicted, limits) for band in bands]
        lows = [keep_within(band.low, limits) for band in bands]
        highs = [keep_within(band.high, limits) for band in bands]
        axes.plot(limits, limits, color=SOFT, linewidth=1, linestyle=":", label="As predicted")
        axes.vlines(predicted, lows, highs, color=ACCENT, linewidth=1.5, label="95% interval")
        _plot_observed(axes, bands, limits)
        axes.set(xlabel="Predicted", ylabel="Observed")
        scale_x(axes, limits)
        scale_y(axes, limits)

    description = f"Observed against predicted default rate, in {len(bands)} bands of score."
    return draw(name, description, plot, _SQUARE) if bands else None


def _plot_observed(axes: Axes, bands: Sequence[Band], limits: tuple[float, float]) -> None:
    some = [(band.mean_predicted, band.observed) for band in bands if band.observed]
    none = [(band.mean_predicted, limits[0]) for band in bands if not band.observed]
    if some:
        axes.plot(*zip(*some, strict=True), "o", color=ACCENT, markersize=5, label="Observed")
    if none:
        xs, ys = zip(*none, strict=True)
        axes.plot(xs, ys, "v", color=BAD, markersize=6, clip_on=False, label="No default observed")


def draw_scores(histogram: Histogram, threshold: float) -> Markup:
    """Draw how the users' scores spread."""
    edges = [keep_within(edge, (_LEAST, 1 - _LEAST)) for edge in histogram.edges]
    limits = find_limits([*edges, threshold])

    def plot(axes: Axes) -> None:
        widths = [high - low for low, high in pairwise(edges)]
        axes.bar(edges[:-1], histogram.counts, widths, align="edge", color=ACCENT, alpha=0.65)
        axes.axvline(threshold, color=BAD, linewidth=2, label="Threshold: refused from here on")
        axes.set(xlabel="Probability of default, on a log-odds scale", ylabel="Users")
        scale_x(axes, limits)
        axes.yaxis.set_major_formatter("{x:,.0f}")

    return draw("scores", "How many users have which probability of default.", plot, _WIDE)


def _plot_curves(axes: Axes, curves: Mapping[str, tuple[list[float], list[float]]]) -> None:
    styles = [{"color": ACCENT, "linewidth": 2, "zorder": 3}, *_RIVAL_STYLES]
    for place, (name, (xs, ys)) in enumerate(curves.items()):
        axes.plot(xs, ys, label=name, **styles[place % len(styles)])


def _write_percent(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
