"""The tables of the report and the model card, as text: each is written twice."""

from dataclasses import dataclass

from shared.release.facts import ContractWarning, ReleaseFacts, Verdict
from training.evaluation.drift import SLIGHT_DRIFT, STRONG_DRIFT
from training.report.advice import advise
from training.report.words import UNDEFINED, label, write_any, write_number, write_share


@dataclass(frozen=True, slots=True)
class Noted:
    """A text, and what is said below it in small print."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict."""

    verdict: Verdict


_URGENCY: tuple[Verdict, ...] = ("stopped", "warned", "passed")

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


def tabulate_gates(facts: ReleaseFacts) -> Table:
    """List every gate with what it measured: those that stop first, those that pass last."""
    rows = tuple(
        (
            Noted(label(gate.name), gate.detail),
            Badge(gate.verdict),
            write_number(gate.measured),
            gate.limit,
            "" if gate.verdict == "passed" else advise(gate),
        )
        for gate in sorted(facts.gates, key=lambda gate: _URGENCY.index(gate.verdict))
    )
    columns = ("Gate", "Verdict", "Measured", "Limit", "What to do")
    return Table("The gates, those that stop first", columns, rows, n_texts=5)


def tabulate_warnings(facts: ReleaseFacts) -> Table:
    """List the warnings of the data contract."""
    rows = tuple(
        (
            Noted(warning.rule, warning.advice),
            warning.column,
            _write_examples(warning),
            write_number(warning.count),
            write_share(warning.share),
        )
        for warning in facts.data_quality.warnings
    )
    columns = ("Rule", "Column", "First rows and their values", "Rows", "Share")
    return Table("Warnings of the data contract", columns, rows, n_texts=3)


def _write_examples(warning: ContractWarning) -> str:
    pairs = zip(warning.rows, warning.values, strict=True)
    return "; ".join(f"{row}: {write_any(value)}" for row, value in pairs)


def tabulate_drift(facts: ReleaseFacts) -> Table:
    """List how far score and features have moved from the champion's."""
    indices = {"Score": facts.drift.score, **facts.drift.features}
    rows = tuple(
        (label(name), read_index(index), write_number(index)) for name, index in indices.items()
    )
    return Table("Population stability index", ("Of", "Reads as", "Index"), rows, n_texts=2)


def read_index(index: float | None) -> str:
    """Read a stability index by the usual marks."""
    if index is None:
        return UNDEFINED
    if index > STRONG_DRIFT:
        return "strong drift"
    return "slight drift" if index > SLIGHT_DRIFT else "stable"
