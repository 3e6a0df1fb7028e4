"""How well scores put the loans in order: those not paid on time above the others."""

import numpy as np

from shared.release.evaluation import PrecisionRecallCurve, RocCurve
from training.evaluation.score_counts import Floats, ScoreCounts, divide_counts

MAX_CURVE_POINTS = 200


def measure_ranking(counts: ScoreCounts) -> dict[str, Floats]:
    """Measure how well the scores rank, in every sample.

    Returns
    -------
    dict
        All better when higher, NaN unless there are loans of both classes. `roc_auc`, 0 to 1: the
        chance that a default has a higher score than a loan paid on time, ties counted half.
        `gini`, -1 to 1: ``2 * roc_auc - 1``. `ks`, 0 to 1: the greatest distance between the two
        classes' distributions. `average_precision`, 0 to 1: the mean precision over the defaults.
    """
    paid, defaults = counts.paid[..., ::-1], counts.defaults[..., ::-1]
    paid_from, defaults_from = paid.cumsum(axis=-1), defaults.cumsum(axis=-1)
    n_paid, n_defaults = paid.sum(axis=-1), defaults.sum(axis=-1)
    pairs = n_paid * n_defaults
    roc_auc = divide_counts(np.vecdot(paid, defaults_from - defaults / 2), pairs)
    distances = paid_from * n_defaults[..., np.newaxis] - defaults_from * n_paid[..., np.newaxis]
    # No weight so far from the top means no default either: the precision there counts nowhere.
    precision = defaults_from / np.maximum(paid_from + defaults_from, 1)
    return {
        "roc_auc": roc_auc,
        "gini": 2 * roc_auc - 1,
        "ks": divide_counts(np.abs(distances).max(axis=-1, initial=0.0), pairs),
        "average_precision": divide_counts(n_paid * np.vecdot(defaults, precision), pairs),
    }


def trace_roc(counts: ScoreCounts) -> RocCurve:
    """Trace the ROC curve; empty unless there are loans of both classes.

    Notes
    -----
    Of more than `MAX_CURVE_POINTS` points those are kept that lie evenly along the curve.
    """
    if not counts.has_both_classes:
        return RocCurve([], [])
    false_positives = _share_from_top(counts.paid)
    true_positives = _share_from_top(counts.defaults)
    kept = _choose_evenly((false_positives + true_positives) / 2)
    return RocCurve(false_positives[kept].tolist(), true_positives[kept].tolist())


def trace_precision_recall(counts: ScoreCounts) -> PrecisionRecallCurve:
    """Trace precision over recall; empty unless there are loans of both classes.

    Notes
    -----
    A point for each score that a default has; of more than `MAX_CURVE_POINTS` those are kept that
    lie evenly by recall.
    """
    if not counts.has_both_classes:
        return PrecisionRecallCurve([], [])
    of_default = counts.defaults[::-1] > 0
    recall = _share_from_top(counts.defaults)[1:][of_default]
    refused = counts.loans[::-1].cumsum()[of_default]
    precision = counts.defaults[::-1].cumsum()[of_default] / refused
    kept = _choose_evenly(recall)
    return PrecisionRecallCurve(recall[kept].tolist(), precision[kept].tolist())


def _share_from_top(counts: Floats) -> Floats:
    from_top = np.concatenate(([0.0], counts[::-1].cumsum()))
    shares: Floats = from_top / from_top[-1]
    return shares


def _choose_evenly(progress: Floats) -> slice | np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Choose where to keep points, `progress` being a growing number that ends at 1."""
    if len(progress) <= MAX_CURVE_POINTS:
        return slice(None)
    marks = np.linspace(progress[0], 1.0, MAX_CURVE_POINTS)
    return np.unique(np.searchsorted(progress, marks).clip(max=len(progress) - 1))
