"""The tables of the report and the model card, as text: each is written twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from training.report.words import UNTOLD, is_told, label, write_any, write_number, write_share

Facts = Mapping[str, Any]

# The usual marks of the population stability index.
PSI_WARNS = 0.10
PSI_STOPS = 0.25


@dataclass(frozen=True, slots=True)
class Noted:
    """A text, and what is said below it in small print."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict."""

    verdict: str


type Cell = str | Noted | Badge


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading for every row and column.

    Attributes
    ----------
    caption : str
        What it shows.
    columns : tuple of str
        Their headings; the first column heads the rows.
    rows : tuple of tuple
        As many cells each as there are columns.
    n_texts : int
        How many of the columns hold text, which is set to the left; the rest are numbers.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_texts: int = 1


def tabulate_gates(facts: Facts) -> Table:
    """Put every gate beside what was measured."""
    rows = tuple(
        (
            Noted(label(write_any(gate.get("name"))), str(gate.get("detail") or "")),
            Badge(write_any(gate.get("verdict"))),
            Noted(_write_measured(gate.get("measured")), f"limit: {write_any(gate.get('limit'))}"),
        )
        for gate in facts.get("gates") or ()
    )
    return Table("The gates", ("Gate", "Verdict", "Measured"), rows, n_texts=3)


def _write_measured(measured: Any) -> str:
    return write_number(measured) if is_told(measured) else "nothing"


def tabulate_warnings(facts: Facts) -> Table:
    """List what the data contract warns of."""
    quality = facts.get("data_quality") or {}
    rows = tuple(
        (
            Noted(write_any(found.get("rule")), str(found.get("advice") or "")),
            write_any(found.get("column")),
            _write_examples(found),
            write_number(found.get("count")),
            write_share(found.get("share")),
        )
        for found in quality.get("warnings") or ()
    )
    columns = ("Rule", "Column", "First rows and their values", "Rows", "Share")
    return Table("Warnings of the data contract", columns, rows, n_texts=3)


def _write_examples(found: Facts) -> str:
    pairs = zip(found.get("rows") or (), found.get("values") or (), strict=False)
    return "; ".join(f"{row}: {write_any(value)}" for row, value in pairs) or "none"


def tabulate_drift(facts: Facts) -> Table:
    """Tell how far score and features have moved from the champion's."""
    drift = facts.get("drift") or {}
    indices = {"Score": drift.get("score"), **(drift.get("features") or {})}
    rows = tuple(
        (label(name), _judge_drift(index), write_number(index)) for name, index in indices.items()
    )
    return Table("Population stability index", ("Of", "Reads as", "Index"), rows, n_texts=2)


def _judge_drift(index: Any) -> str:
    if not is_told(index):
        return UNTOLD
    if index > PSI_STOPS:
        return "another population"
    return "some drift" if index > PSI_WARNS else "stable"


def tabulate_fairness(facts: Facts) -> Iterable[Table]:
    """Compare the groups, one table for each trait."""
    evaluation = facts.get("evaluation") or {}
    for trait, groups in (evaluation.get("fairness") or {}).items():
        yield _tabulate_groups(label(trait), groups or ())


def _tabulate_groups(trait: str, groups: Iterable[Facts]) -> Table:
    known = [group["approval_rate"] for group in groups if is_told(group.get("approval_rate"))]
    most = max(known, default=0.0)
    rows = tuple(
        (
            write_any(group.get("group")),
            write_number(group.get("n_loans")),
            write_number(group.get("n_defaults")),
            write_share(group.get("approval_rate")),
            _write_ratio(group.get("approval_rate"), most),
            write_share(group.get("default_rate")),
            write_share(group.get("mean_predicted")),
        )
        for group in groups
    )
    columns = (
        "Group",
        "Loans",
        "Defaults",
        "Approved",
        "Against most approved",
        "Defaulted",
        "Predicted to default",
    )
    return Table(f"By {trait.lower()}", columns, rows)


def _write_ratio(rate: Any, most: float) -> str:
    return write_number(rate / most, 2) if is_told(rate) and most else UNTOLD
