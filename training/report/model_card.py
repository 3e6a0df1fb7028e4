"""The model card: the report's facts in Markdown, for whoever keeps an inventory of models."""

import re
from collections.abc import Iterable
from html import escape

from training.report.lineage import list_limits, tabulate_lineage
from training.report.measures import tabulate_metrics
from training.report.tables import (
    Badge,
    Cell,
    Facts,
    Noted,
    Table,
    tabulate_drift,
    tabulate_fairness,
    tabulate_gates,
    tabulate_warnings,
)
from training.report.verdict import explain_verdict, read_verdict
from training.report.words import write_any, write_share

_MARKS = re.compile(r"([\\`*_\[\]{}|~#])")


def write_model_card(facts: Facts) -> str:
    """Write the model card.

    Parameters
    ----------
    facts : mapping
        What the release's manifest tells, or will tell; any part may be missing.
    """
    lines = [
        "# Model card",
        "",
        "## Purpose",
        "",
        "Estimates, for every user of the portfolio, how likely the next loan is not paid on time,"
        " to support decisions that a person can review.",
        "",
        f"- Model: {_mark(write_any((facts.get('model') or {}).get('kind')))}",
        f"- Features: {_mark(write_any(facts.get('features')))}",
        f"- Decision: a default is predicted from {_mark(_tell_threshold(facts))} on",
        "",
        "## Verdict",
        "",
        f"**{read_verdict(facts).capitalize()}.** {explain_verdict(facts)}",
        "",
        *_write_tables([tabulate_gates(facts)], "No gate was measured."),
        "## Data quality",
        "",
        *_write_tables([tabulate_warnings(facts)], _tell_no_warning(facts)),
        "## Performance",
        "",
        *_write_tables([tabulate_metrics(facts)], "Nothing was measured."),
        "## Drift",
        "",
        *_write_tables(_list_drift(facts), "There was no champion to compare with."),
        "## Fairness",
        "",
        *_write_tables(tabulate_fairness(facts), "The groups were not compared."),
        "## Limits of use",
        "",
        *(f"- {_mark(limit)}" for limit in list_limits(facts)),
        "",
        "## Lineage",
        "",
        *_write_tables(tabulate_lineage(facts), "Nothing is known of it."),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _tell_threshold(facts: Facts) -> str:
    decision = facts.get("decision") or {}
    return f"{write_share(decision.get('threshold'))} ({write_any(decision.get('chosen_by'))})"


def _tell_no_warning(facts: Facts) -> str:
    if facts.get("data_quality") is None:
        return "What the data contract found was not written down."
    return "The data contract warns of nothing."


def _list_drift(facts: Facts) -> list[Table]:
    return [tabulate_drift(facts)] if (facts.get("drift") or {}).get("champion") else []


def _write_tables(tables: Iterable[Table], without: str) -> list[str]:
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
    return _MARKS.sub(r"\\\1", escape(" ".join(text.split()), quote=False))
