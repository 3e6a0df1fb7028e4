"""The metrics of a release, beside the baselines', as tables."""

from shared.release.evaluation import Slice
from shared.release.facts import ReleaseFacts
from training.report.tables import Cell, Noted, Table
from training.report.words import label, write_interval, write_measure, write_number, write_share

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


def unseen_slice(facts: ReleaseFacts) -> Slice:
    """Give the slice that counts: later loans of persons never seen."""
    return facts.evaluation.slices.unseen_persons


def compared_slices(facts: ReleaseFacts) -> dict[str, Slice]:
    """Give model and baselines on the slice that counts, by their names in words."""
    baselines = {label(name): one for name, one in facts.evaluation.baselines.items()}
    return {MODEL: unseen_slice(facts), **baselines}


def tabulate_metrics(facts: ReleaseFacts) -> Table:
    """Put the model's metrics and their intervals beside the baselines'."""
    columns = compared_slices(facts) | {SEEN: facts.evaluation.slices.seen_persons}
    rows = [
        (label(name), *(_write_metric(name, one) for one in columns.values())) for name in _METRICS
    ]
    counts = [
        (label(name), *(write_number(getattr(one, name)) for one in columns.values()))
        for name in _COUNTS
    ]
    caption = "Measured out of time, each with its 95% interval over persons"
    return Table(caption, ("Measure", *columns), (*rows, *counts))


def _write_metric(name: str, one: Slice) -> Cell:
    value, interval = write_headline(name, one)
    return Noted(value, interval) if interval else value


def write_headline(name: str, measured: Slice) -> tuple[str, str]:
    """Write one metric and its interval, which is empty where there is none."""
    metric = measured.metrics[name]
    return write_measure(name, metric.value), write_interval(name, metric)


def tabulate_reliability(facts: ReleaseFacts) -> Table:
    """Put predicted beside observed default rates, by band of the score."""
    rows = tuple(
        (
            str(place),
            write_number(band.n),
            write_share(band.mean_predicted),
            write_share(band.observed),
            write_interval("base_rate", band),
        )
        for place, band in enumerate(unseen_slice(facts).reliability, 1)
    )
    columns = ("Band", "Loans", "Predicted", "Observed", "95% interval")
    return Table("Reliability, from the least risky band to the most", columns, rows)
