"""The model card: the report's facts in Markdown, for whoever keeps an inventory of models."""

import re
from collections.abc import Iterable
from html import escape

from shared.printable import printable
from shared.release.facts import ReleaseFacts
from training.report.groups import tabulate_fairness, tabulate_segments
from training.report.lineage import list_limits, tabulate_lineage
from training.report.measures import tabulate_metrics
from training.report.tables import (
    Badge,
    Cell,
    Noted,
    Table,
    tabulate_drift,
    tabulate_gates,
    tabulate_warnings,
)
from training.report.verdict import explain_verdict
from training.report.words import write_share

_MARKS = re.compile(r"([\\`*_\[\]{}|~#])")


def write_model_card(facts: ReleaseFacts) -> str:
    """Write the model card.

    Parameters
    ----------
    facts : ReleaseFacts
        What the release's manifest tells.
    """
    lines = [
        "# Model card",
        "",
        "## Purpose",
        "",
        "Estimates, for every user of the portfolio, how likely the next loan is not paid on time,"
        " to support decisions that a person can review.",
        "",
        f"- Model: {_mark(facts.model.kind)}",
        f"- Features: {_mark(', '.join(facts.features))}",
        f"- Decision: a default is predicted from {_mark(_write_threshold(facts))} on",
        "",
        "## Verdict",
        "",
        f"**{facts.verdict.capitalize()}.** {_mark(explain_verdict(facts))}",
        "",
        *_write_tables([tabulate_gates(facts)]),
        "## Data quality",
        "",
        *_write_tables([tabulate_warnings(facts)], "The data contract has no warnings."),
        "## Performance",
        "",
        *_write_tables([tabulate_metrics(facts)]),
        "## Drift",
        "",
        *_write_tables(_list_drift(facts), "There was no champion to compare with."),
        "## Fairness",
        "",
        *_write_tables([*tabulate_fairness(facts), *tabulate_segments(facts)]),
        "## Limits of use",
        "",
        *(f"- {_mark(limit)}" for limit in list_limits(facts)),
        "",
        "## Lineage",
        "",
        *_write_tables(tabulate_lineage(facts)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _write_threshold(facts: ReleaseFacts) -> str:
    return f"{write_share(facts.decision.threshold)} ({facts.decision.chosen_by})"


def _list_drift(facts: ReleaseFacts) -> list[Table]:
    return [tabulate_drift(facts)] if facts.drift.champion else []


def _write_tables(tables: Iterable[Table], without: str = "None.") -> list[str]:
    lines = [line for table in tables if table.rows for line in _write_table(table)]
    return lines or [without, ""]


def _write_table(table: Table) -> list[str]:
    sides = [":--" if place < table.n_texts else "--:" for place in range(len(table.columns))]
    rows = [[_write_cell(cell) for cell in row] for row in table.rows]
    cells = [[_mark(name) for name in table.columns], sides, *rows]
    return [
        f"{_mark(table.caption)}:",
        "",
        *(f"| {' | '.join(row)} |" for row in cells),
        "",
    ]


def _write_cell(cell: Cell) -> str:
    if isinstance(cell, Noted):
        return f"{_mark(cell.text)} ({_mark(cell.note)})" if cell.note else _mark(cell.text)
    return _mark(cell.verdict if isinstance(cell, Badge) else cell)


def _mark(text: str) -> str:
    """Write a text so that it is neither Markdown nor HTML, on one line."""
    return _MARKS.sub(r"\\\1", escape(printable(" ".join(text.split())), quote=False))
