"""The figures of the report."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from shared.release.evaluation import Band, Slice
from shared.release.facts import Histogram
from training.report.drawing import ACCENT, BAD, RIVALS, SOFT, draw
from training.report.words import write_share

_SQUARE = (3.9, 3.6)
_WIDE = (5.6, 2.9)
# Beyond this share of the users the rest is a tail too thin to be seen.
_DRAWN_SHARE = 0.999

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
        axes.legend(loc="lower right")

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
        axes.legend(loc="upper right")

    description = f"Precision against recall of {', '.join(curves)}."
    return draw("precision-recall", description, plot, _SQUARE) if curves else None


def draw_reliability(bands: Sequence[Band]) -> Markup | None:
    """Draw observed against predicted default rates, by band; None without a band."""

    def plot(axes: Axes) -> None:
        predicted = [band.mean_predicted for band in bands]
        observed = [band.observed for band in bands]
        lows, highs = [band.low for band in bands], [band.high for band in bands]
        top = 1.06 * (max([*predicted, *highs]) or 1)
        axes.plot([0, top], [0, top], color=SOFT, linewidth=1, linestyle=":", label="As predicted")
        axes.vlines(predicted, lows, highs, color=ACCENT, linewidth=1.5)
        axes.plot(predicted, observed, "o", color=ACCENT, markersize=5, label="This model")
        axes.set(xlabel="Predicted", ylabel="Observed", xlim=(0, top), ylim=(0, top))
        _write_percent(axes)
        axes.legend(loc="upper left")

    description = f"Observed against predicted default rate, in {len(bands)} bands of score."
    return draw("reliability", description, plot, _SQUARE) if bands else None


def draw_scores(histogram: Histogram, threshold: float) -> tuple[Markup, str]:
    """Draw how the users' scores spread, and say what is left out."""
    edges, counts = histogram.edges, histogram.counts
    reached = list(accumulate(counts))
    total = reached[-1] or 1
    shown = next(place for place, sum_ in enumerate(reached, 1) if sum_ >= _DRAWN_SHARE * total)
    right = max(edges[shown], 1.5 * threshold)

    def plot(axes: Axes) -> None:
        widths = [high - low for low, high in pairwise(edges)]
        axes.bar(edges[:-1], counts, widths, align="edge", color=ACCENT, alpha=0.65)
        axes.axvline(threshold, color=BAD, linewidth=2, label="Threshold")
        axes.legend(loc="upper right")
        axes.set(xlabel="Probability of default", ylabel="Users", xlim=(edges[0], right))
        axes.xaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
        axes.yaxis.set_major_formatter("{x:,.0f}")

    beyond = sum(count for left, count in zip(edges[:-1], counts, strict=True) if left >= right)
    note = f" {write_share(beyond / total)} of the users lie further right." if beyond else ""
    return draw("scores", "How many users have which probability of default.", plot, _WIDE), note


def _plot_curves(axes: Axes, curves: Mapping[str, tuple[list[float], list[float]]]) -> None:
    styles = [{"color": ACCENT, "linewidth": 2, "zorder": 3}, *_RIVAL_STYLES]
    for place, (name, (xs, ys)) in enumerate(curves.items()):
        axes.plot(xs, ys, label=name, **styles[place % len(styles)])


def _write_percent(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
