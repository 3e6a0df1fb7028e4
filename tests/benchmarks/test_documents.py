"""The pages that the benchmarks write: what they count and what they compute."""

from pathlib import Path

from benchmarks.gate_document import Outcome
from benchmarks.gate_document import write_document as write_gates
from benchmarks.gate_words import REASONS
from benchmarks.model_choice import Choice
from benchmarks.model_document import write_document as write_models
from benchmarks.served_records import Records, Scored

YOUNG = "10,000 users, first year"


def test_the_gates_page_counts_verdicts_and_gates(tmp_path: Path) -> None:
    outcomes = [
        Outcome("bad", 0, "stopped", ["auc", "age_rule"], ["loans_lost"]),
        Outcome("bad", 1, "stopped", ["auc"]),
        Outcome("bad", 2, "warned", [], ["loans_lost"]),
        Outcome("bad", 3, "crashed", ["ValueError: no"]),
        Outcome("good", 0, "passed"),
        Outcome("good", 1, "warned", [], ["auc"]),
    ]

    write_gates(tmp_path / "gates.md", outcomes, ["bad"], ["good"])

    page = (tmp_path / "gates.md").read_text()
    assert "Seeds of each kind: 4." in page
    row = "| bad | 2 | 1 | 0 | auc 2, age_rule 1, loans_lost 1, ValueError: no 1 |"
    assert row in page
    assert "| **all** | **2** | **1** | **0** | |\n\nStopped: 2 of 4, 50.0%." in page
    assert "| good | 0 | 1 | 1 | auc 1 |" in page
    assert "Stopped: 0 of 2, 0.0%." in page
    assert all(f"- **`{name}`**: {reason}" in page for name, reason in REASONS.items())


def test_the_models_page_holds_the_choice_against_the_better_model(tmp_path: Path) -> None:
    choices = [
        Choice(YOUNG, 0, 12_000, 200, 0.3, 0.2, 0.2, serves_trees=False, observed=0.02,
               predicted=0.016),
        Choice(YOUNG, 1, 12_000, 210, 0.2, 0.1, 0.2, serves_trees=True, observed=0.02,
               predicted=0.02),
    ]  # fmt: skip
    records = [Records(0, 5_000, 90, Scored(0.86, 0.2), Scored(0.87, 0.18))]

    write_models(tmp_path / "models.md", choices, records)

    page = (tmp_path / "models.md").read_text()
    row = "| 0 | 12,000 | 200 | 0.300 | 0.200 | logistic regression | 0.200 | 1.000 | 1.250 |"
    assert row in page
    assert "| 1 | 12,000 | 210 | 0.200 | 0.100 | trees | 0.200 | 2.000 | 1.000 |" in page
    assert "| **mean** |  |  | 0.250 | 0.150 |  | 0.200 | 1.333 | 1.111 |" in page
    assert "Within the target: 1 of 2." in page
    assert "| 0 | 5,000 | 90 | 0.860 | 0.870 | 0.200 | 0.180 | 0.900 |" in page
