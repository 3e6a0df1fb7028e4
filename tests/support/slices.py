"""Measured slices of test loans with made-up metrics."""

from shared.release.evaluation import Measured, PrecisionRecallCurve, RocCurve, Slice


def make_slice(n_defaults: int = 100, **metrics: Measured) -> Slice:
    """Make a slice with the given metrics and empty curves."""
    return Slice(
        n_loans=10 * n_defaults,
        n_defaults=n_defaults,
        n_persons=n_defaults,
        metrics=metrics,
        reliability=[],
        roc=RocCurve([], []),
        precision_recall=PrecisionRecallCurve([], []),
    )
