"""How groups and segments fare, as tables."""

from collections.abc import Iterable

from shared.release.evaluation import Group, Measured
from shared.release.facts import ReleaseFacts
from training.report.tables import Cell, Noted, Table
from training.report.words import UNDEFINED, label, write_number, write_share

FOUR_FIFTHS = 0.8
"""A lower ratio of approval rates is usually held to show adverse impact (29 CFR 1607.4(D))."""

_NOTHING = Measured(None)


def tabulate_fairness(facts: ReleaseFacts) -> Iterable[Table]:
    """Compare the groups' approvals, one table for each trait."""
    for trait, groups in facts.evaluation.fairness.items():
        yield _tabulate_approvals(label(trait).lower(), groups)


def tabulate_segments(facts: ReleaseFacts) -> Iterable[Table]:
    """Compare predicted with observed default rates, one table for each way to part the loans."""
    for trait, groups in (facts.evaluation.fairness | facts.evaluation.segments).items():
        yield _tabulate_calibration(label(trait).lower(), groups)


def _tabulate_approvals(trait: str, groups: list[Group]) -> Table:
    rows = tuple(
        (
            group.group,
            write_number(group.n_loans),
            _share(group, "approval_rate", group.approval_rate),
            _ratio(group, "impact_ratio"),
            read_four_fifths(group.measures.get("impact_ratio", _NOTHING)),
            _share(group, "true_positive_rate", None),
            _difference(group),
        )
        for group in groups
    )
    columns = (
        "Group",
        "Loans",
        "Approved",
        "Against most approved",
        "Four fifths",
        "Defaults refused",
        "Difference",
    )
    return Table(f"Approvals by {trait}, with 95% intervals over persons", columns, rows)


def _tabulate_calibration(trait: str, groups: list[Group]) -> Table:
    rows = tuple(
        (
            group.group,
            write_number(group.n_loans),
            write_number(group.n_defaults),
            write_share(group.mean_predicted),
            _share(group, "default_rate", group.default_rate),
            _ratio(group, "observed_to_predicted"),
        )
        for group in groups
    )
    columns = ("Segment", "Loans", "Defaults", "Predicted", "Observed", "Observed / predicted")
    return Table(f"Calibration by {trait}, with 95% intervals over persons", columns, rows)


def read_four_fifths(ratio: Measured) -> str:
    """Read an adverse-impact ratio by the four-fifths rule, as far as its interval allows."""
    if ratio.value is None:
        return UNDEFINED
    low = ratio.value if ratio.low is None else ratio.low
    high = ratio.value if ratio.high is None else ratio.high
    if high < FOUR_FIFTHS:
        return "below"
    if low >= FOUR_FIFTHS:
        return "kept"
    return "kept, not surely" if ratio.value >= FOUR_FIFTHS else "below, not surely"


def _share(group: Group, name: str, otherwise: float | None) -> Cell:
    measured = group.measures.get(name, Measured(otherwise))
    return write_measured(measured)


def write_measured(measured: Measured) -> Cell:
    """Write a share with its interval beneath."""
    if measured.low is None or measured.high is None:
        return write_share(measured.value)
    interval = f"{write_share(measured.low)} to {write_share(measured.high)}"
    return Noted(write_share(measured.value), interval)


def _ratio(group: Group, name: str) -> Cell:
    measured = group.measures.get(name, _NOTHING)
    if measured.low is None or measured.high is None:
        return write_number(measured.value, 2)
    interval = f"{measured.low:.2f} to {measured.high:.2f}"
    return Noted(write_number(measured.value, 2), interval)


def _difference(group: Group) -> Cell:
    measured = group.measures.get("true_positive_difference", _NOTHING)
    if measured.value is None:
        return UNDEFINED
    if measured.low is None or measured.high is None:
        return "reference"
    points = f"{100 * measured.value:+.1f} points"
    return Noted(points, f"{100 * measured.low:+.1f} to {100 * measured.high:+.1f}")
