"""The page on how good the chosen models are: `docs/models.md`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from benchmarks.model_choice import PORTFOLIOS, SERVED_DAYS, Choice
from benchmarks.served_records import AS_OF, N_USERS, Records

TARGET = 1.05

_INTRODUCTION = f"""\
# How good the models are

`python -m benchmarks.models` writes this page, from portfolios drawn by the generator of
`data.generate`. A cost is that of a loan in refused good payers, a missed default counting as 20 of
them.

## The choice between trees and a logistic regression

Both are fitted on the same loans, and tested on the loans of the persons held out, from the cut-off
date until {SERVED_DAYS} days after the run. "Chosen" is what `training/model/selection.py` chooses
without these loans. The target is a cost of at most {TARGET} times that of the better of the two,
which is known only in hindsight; in the last line, of the one that is better in the mean. "Observed
/ predicted" is the share of defaults over the chosen model's mean probability: above 1, it predicts
too few.
"""

_RECORDS = f"""\
## The record as of the run

Users are served with the outcomes known on the day of the run, where a loan in the training table
has those known on its own day. {N_USERS:,} users are scored as of {AS_OF} with one model in both
ways; each score of a person held out is judged on the user's next loan.

| seed | users | defaults | AUC, last loan's day | AUC, run's day | cost, last loan's day \
| cost, run's day | ratio |
|---:|---:|---:|---:|---:|---:|---:|---:|"""


def write_document(path: Path, choices: Sequence[Choice], records: Sequence[Records]) -> None:
    """Write both tables."""
    lines = [_INTRODUCTION]
    for kind in PORTFOLIOS:
        of_kind = [one for one in choices if one.kind == kind]
        lines += _tabulate_choices(kind, of_kind) if of_kind else []
    if records:
        lines += [_RECORDS, *_tabulate_records(records)]
    path.write_text("\n".join(lines).rstrip() + "\n")


def _tabulate_choices(kind: str, choices: Sequence[Choice]) -> Iterator[str]:
    yield f"### {kind}\n"
    yield (
        "| seed | test loans | defaults | cost of trees | cost of logistic regression | served"
        " | cost of chosen | chosen / better | observed / predicted |"
    )
    yield "|---:|---:|---:|---:|---:|---|---:|---:|---:|"
    for one in choices:
        served = "trees" if one.serves_trees else "logistic regression"
        yield _row(
            one.seed, f"{one.n_loans:,}", one.n_defaults, one.trees, one.line, served, one.chosen,
            one.chosen / one.better, one.observed / one.predicted,
        )  # fmt: skip
    trees, line, chosen, observed, predicted = (
        fmean(getattr(one, name) for one in choices)
        for name in ("trees", "line", "chosen", "observed", "predicted")
    )
    yield _row(
        "**mean**", "", "", trees, line, "", chosen, chosen / min(trees, line), observed / predicted
    )
    met = sum(one.chosen <= TARGET * one.better for one in choices)
    yield f"\nWithin the target: {met} of {len(choices)}.\n"


def _tabulate_records(records: Sequence[Records]) -> Iterator[str]:
    for one in records:
        yield _row(
            one.seed, f"{one.n_users:,}", one.n_defaults, one.last_loan.auc, one.run.auc,
            one.last_loan.cost, one.run.cost, one.run.cost / one.last_loan.cost,
        )  # fmt: skip
    means = [
        fmean(getattr(getattr(one, way), name) for one in records)
        for name in ("auc", "cost")
        for way in ("last_loan", "run")
    ]
    yield _row("**mean**", "", "", *means, means[3] / means[2])


def _row(*cells: object) -> str:
    texts = [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells]
    return f"| {' | '.join(texts)} |"
