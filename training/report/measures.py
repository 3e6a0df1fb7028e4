"""The metrics of a release, beside its challengers', as tables."""

from typing import Any

from training.report.tables import Cell, Facts, Noted, Table
from training.report.words import (
    UNTOLD,
    label,
    write_interval,
    write_measure,
    write_number,
    write_share,
)

MODEL = "This model"
SEEN = "This model, persons seen before"

_METRICS = (
    "roc_auc",
    "gini",
    "ks",
    "average_precision",
    "brier",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
    "precision",
    "recall",
    "approval_rate",
    "base_rate",
)
_COUNTS = ("n_loans", "n_defaults", "n_persons")


def unseen_slice(facts: Facts) -> Facts:
    """Give the slice that counts: later loans of persons never seen; empty where there is none."""
    slices = (facts.get("evaluation") or {}).get("slices") or {}
    found: Facts = slices.get("unseen_persons") or {}
    return found


def rival_slices(facts: Facts) -> dict[str, Facts]:
    """Give model and challengers on the slice that counts, by their names in words."""
    evaluation = facts.get("evaluation") or {}
    rivals = {label(name): one or {} for name, one in (evaluation.get("challengers") or {}).items()}
    return {MODEL: unseen_slice(facts), **rivals}


def tabulate_metrics(facts: Facts) -> Table:
    """Put the model's metrics and their intervals beside the challengers'."""
    if not unseen_slice(facts):
        return _tabulate_flat(facts)
    slices = rival_slices(facts)
    seen = facts["evaluation"]["slices"].get("seen_persons")
    columns = slices | ({SEEN: seen} if seen else {})
    rows = [
        (label(name), *(_write_metric(name, one) for one in columns.values())) for name in _METRICS
    ]
    counts = [
        (label(name), *(write_number(one.get(name)) for one in columns.values()))
        for name in _COUNTS
    ]
    caption = "Measured out of time, each with its 95% interval over persons"
    return Table(caption, ("Measure", *columns), (*rows, *counts))


def _tabulate_flat(facts: Facts) -> Table:
    metrics = facts.get("metrics") or {}
    rows = tuple((label(name), write_measure(name, value)) for name, value in metrics.items())
    caption = f"On {facts.get('evaluated_on') or 'loans of persons held out'}"
    return Table(caption, ("Measure", MODEL), rows)


def _write_metric(name: str, one: Facts) -> Cell:
    measured = (one.get("metrics") or {}).get(name) or {}
    value = write_measure(name, measured.get("value"))
    interval = write_interval(name, measured)
    return Noted(value, interval) if interval else value


def tabulate_reliability(facts: Facts) -> Table:
    """Put what was predicted beside what came, by band of the score."""
    bands = unseen_slice(facts).get("reliability") or ()
    rows = tuple(
        (
            str(place),
            write_number(band.get("n")),
            write_share(band.get("mean_predicted")),
            write_share(band.get("observed")),
            _write_share_interval(band),
        )
        for place, band in enumerate(bands, 1)
    )
    columns = ("Band", "Loans", "Predicted", "Came", "95% interval")
    return Table("Reliability, from the least risky band to the most", columns, rows)


def _write_share_interval(band: Facts) -> str:
    return write_interval("base_rate", band) or UNTOLD


def tell_metric(facts: Facts, name: str) -> tuple[str, str]:
    """Tell one metric of the slice that counts, and its interval, empty where there is none."""
    measured: Any = (unseen_slice(facts).get("metrics") or {}).get(name)
    if measured is None:
        measured = {"value": (facts.get("metrics") or {}).get(name)}
    return write_measure(name, measured.get("value")), write_interval(name, measured)
