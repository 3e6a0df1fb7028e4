"""The figures of the report."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from markupsafe import Markup

from shared.release.evaluation import Band, Slice
from shared.release.facts import Histogram
from training.report.drawing import ACCENT, BAD, RIVALS, SOFT, Plot, draw
from training.report.log_odds import find_limits, keep_within, scale_log_odds
from training.report.marks import Bars, Dots, Line, Mark, Sticks
from training.report.scales import (
    Limits,
    find_range,
    scale_evenly,
    write_percent,
)

_SQUARE = (3.9, 3.6)
_WIDE = (5.6, 2.9)
_LEAST = 1e-5
_DOTTED = "1.5 2"
_RIVAL_DASHES = ("5 2.5", "7 2 1.5 2", _DOTTED)

type Curves = Mapping[str, tuple[list[float], list[float]]]


def draw_roc(slices: Mapping[str, Slice]) -> Markup | None:
    """Draw the ROC curves of model and baselines; None without a curve."""
    curves = {
        name: (one.roc.false_positive_rate, one.roc.true_positive_rate)
        for name, one in slices.items()
        if one.roc.false_positive_rate
    }
    chance = Line([0, 1], [0, 1], SOFT, "Chance", width=1, dashes=_DOTTED)
    x = scale_evenly((0, 1), "Good payers refused", write_percent)
    y = scale_evenly((0, 1.02), "Defaults found", write_percent)
    description = f"ROC curves of {', '.join(curves)}, over the diagonal of chance."
    plot = Plot(y, [chance, *_trace(curves)])
    return draw(description, x, [plot], _SQUARE) if curves else None


def draw_precision_recall(slices: Mapping[str, Slice], base_rate: float | None) -> Markup | None:
    """Draw precision against recall, over the default rate; None without a curve."""
    curves = {
        name: (one.precision_recall.recall, one.precision_recall.precision)
        for name, one in slices.items()
        if one.precision_recall.recall
    }
    if not curves:
        return None
    heights = [height for _, ys in curves.values() for height in ys]
    marks: list[Mark] = [*_trace(curves)]
    if base_rate is not None:
        level = [base_rate, base_rate]
        marks.insert(0, Line([0, 1], level, SOFT, "Default rate", width=1, dashes=_DOTTED))
        heights.append(base_rate)
    x = scale_evenly((0, 1), "Recall", write_percent)
    y = scale_evenly(find_range(heights, from_zero=True), "Precision", write_percent)
    return draw(f"Precision against recall of {', '.join(curves)}.", x, [Plot(y, marks)], _SQUARE)


def draw_reliability(bands: Sequence[Band]) -> Markup | None:
    """Draw observed against predicted default rates, by band; None without a band."""
    rates = [rate for band in bands for rate in (band.mean_predicted, band.observed, band.high)]
    limits = find_limits(rates)
    marks: list[Mark] = [
        Line(limits, limits, SOFT, "As predicted", width=1, dashes=_DOTTED),
        Sticks(
            [keep_within(band.mean_predicted, limits) for band in bands],
            [keep_within(band.low, limits) for band in bands],
            [keep_within(band.high, limits) for band in bands],
            ACCENT,
            "95% interval",
        ),
        *_mark_observed(bands, limits),
    ]
    x, y = scale_log_odds(limits, "Predicted"), scale_log_odds(limits, "Observed")
    description = f"Observed against predicted default rate, in {len(bands)} bands of score."
    return draw(description, x, [Plot(y, marks)], _SQUARE) if bands else None


def _mark_observed(bands: Sequence[Band], limits: Limits) -> list[Mark]:
    some = [band for band in bands if band.observed]
    none = [keep_within(band.mean_predicted, limits) for band in bands if not band.observed]
    marks: list[Mark] = []
    if some:
        xs = [keep_within(band.mean_predicted, limits) for band in some]
        ys = [keep_within(band.observed, limits) for band in some]
        marks.append(Dots(xs, ys, ACCENT, "Observed"))
    if none:
        bottom = [limits[0]] * len(none)
        marks.append(Dots(none, bottom, BAD, "No default observed", radius=3, triangles=True))
    return marks


def draw_scores(histogram: Histogram, threshold: float) -> Markup:
    """Draw how the users' scores spread."""
    edges = [keep_within(edge, (_LEAST, 1 - _LEAST)) for edge in histogram.edges]
    limits = find_limits([*edges, threshold])
    within = [keep_within(edge, limits) for edge in edges]
    x = scale_log_odds(limits, "Probability of default, on a log-odds scale")
    y = scale_evenly(find_range(histogram.counts, from_zero=True), "Users")
    refused = "Threshold: refused from here on"
    marks: list[Mark] = [
        Bars([*pairwise(within)], histogram.counts, ACCENT, opacity=0.65),
        Line([threshold, threshold], y.limits, BAD, refused, width=2),
    ]
    return draw("How many users have which probability of default.", x, [Plot(y, marks)], _WIDE)


def _trace(curves: Curves) -> list[Line]:
    """Trace curves, the first, which is on top, as the one that matters."""
    rivals = [
        Line(xs, ys, RIVALS[place % 3], name, dashes=_RIVAL_DASHES[place % 3])
        for place, (name, (xs, ys)) in enumerate([*curves.items()][1:])
    ]
    first = [Line(xs, ys, ACCENT, name, width=2) for name, (xs, ys) in [*curves.items()][:1]]
    return [*rivals, *first]
