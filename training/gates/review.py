"""The review of a candidate: the drift from the champion, and every gate."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from shared.release.drift import Drift
from shared.release.facts import Gate, Month, Verdict
from shared.release.features import LOAN, STATUS
from shared.release.swap_set import SwapSet
from training.dataset.dataset import Dataset
from training.evaluation.candidate import Candidate
from training.evaluation.months import LoanMonths
from training.gates.age_rule import judge_age_rule
from training.gates.backtest import judge_backtest
from training.gates.calibration import judge_level, judge_slope
from training.gates.champion import Champion
from training.gates.champion_comparison import SCORE, find_swap_set, measure_drift
from training.gates.discrimination import judge_above_chance, judge_against_champion
from training.gates.judged_loans import JudgedLoans
from training.gates.judging import ENOUGH_PERSONS, judge_parity, soften, worst_verdict
from training.gates.look_back import NOTHING_SEEN, LookBack
from training.gates.order import judge_calibrated_order, judge_unpaid
from training.gates.outcomes import (
    judge_changed_outcomes,
    judge_coverage,
    judge_monthly_rates,
    judge_moved_rate,
)
from training.gates.portfolio import (
    judge_counts,
    judge_ids_unknown,
    judge_lost,
    judge_repeated,
)
from training.gates.refusals import judge_cost_ratio, judge_refused, judge_refused_since
from training.gates.stability import judge_drift


@dataclass(frozen=True, slots=True)
class Review:
    """What the gates found about a candidate.

    Attributes
    ----------
    gates : list of Gate
        What each gate found.
    drift : Drift
        How far the population moved from the champion's.
    months : list of Month
        The loans by month, for the manifest.
    swap_set : SwapSet or None
        Whose decision changes; None without a champion whose model can be read.
    look_back : LookBack
        What the delivery tells about the champion and the releases before it.
    """

    gates: list[Gate]
    drift: Drift
    months: list[Month] = field(default_factory=list)
    swap_set: SwapSet | None = None
    look_back: LookBack = NOTHING_SEEN

    @property
    def verdict(self) -> Verdict:
        """The worst of the gates' verdicts."""
        return worst_verdict(self.gates)

    def facts(self) -> dict[str, Any]:
        """State the findings under their names in the manifest."""
        return {
            "gates": self.gates,
            "verdict": self.verdict,
            "drift": self.drift,
            "swap_set": self.swap_set,
            "months": self.months,
            "backtest": self.look_back.backtest,
            "anchor": self.look_back.anchor,
        }

    def __str__(self) -> str:
        """Sum the review up in a line."""
        failed = [f"{gate.name} {gate.verdict}" for gate in self.gates if gate.verdict != "passed"]
        return "; ".join([self.verdict, *failed])


def review(
    champion: Champion | None,
    candidate: Candidate,
    dataset: Dataset,
    scored: pd.DataFrame,
    as_of: date,
) -> Review:
    """Take a candidate through the gates.

    Parameters
    ----------
    champion : Champion or None
        The release that is served; nothing is compared with a placeholder.
    candidate : Candidate
        Its published scores have been checked against its model.
    dataset : Dataset
        What it was made from.
    scored : pandas.DataFrame of shape (n_users, n_columns)
        From `training.release.scoring.score_users`.
    as_of : datetime.date
        The date of the run.
    """
    compared = None if champion is None or champion.is_placeholder else champion
    moved = {} if compared is None else measure_drift(compared, scored)
    features = {name: index.value for name, index in moved.items() if name != SCORE}
    score = moved[SCORE].value if SCORE in moved else None
    version = compared.manifest.version if compared else None
    refused = float(scored["decision"].mean())
    with ThreadPoolExecutor(1) as beside:
        # Of very many loans, this takes as long as all other gates.
        repeated = beside.submit(judge_repeated, dataset)
        months = LoanMonths.count(dataset, as_of, candidate.evaluation.split.outcome_lag_days)
        gates = [*_judge(candidate, dataset, months, refused, repeated)]
    if compared is not None:
        gates += _compare(compared, candidate, dataset, months, refused)
        gates += judge_drift(moved)
    look_back = LookBack.take(compared, dataset, scored)
    if compared is not None:
        recorded = compared.manifest.evaluation.slices.unseen_persons.metrics["roc_auc"]
        gates += judge_backtest(look_back.backtest, recorded)
    return Review(
        gates,
        Drift(version, score, features, look_back.spreads),
        months.describe(),
        find_swap_set(compared, candidate, dataset),
        look_back,
    )


def _judge(
    candidate: Candidate,
    dataset: Dataset,
    months: LoanMonths,
    refused: float,
    repeated: Future[Gate],
) -> Iterator[Gate]:
    """Run every gate that needs no champion: a new one takes its place here."""
    loans = JudgedLoans.take(dataset, candidate.model, None)
    n_persons = loans.n_defaulting_persons
    yield judge_parity(len(dataset.users))
    yield judge_slope(candidate.test, n_persons)
    yield judge_level(loans)
    yield judge_age_rule(candidate.model, dataset.users)
    yield judge_unpaid(candidate.model, dataset.users)
    yield judge_calibrated_order(candidate.model)
    yield judge_above_chance(candidate.test, n_persons)
    yield judge_refused(refused, dataset.counts().persons)
    yield judge_cost_ratio(candidate.rule.cost_ratio)
    yield judge_coverage(months)
    yield judge_monthly_rates(months)
    yield repeated.result()


def _compare(
    champion: Champion,
    candidate: Candidate,
    dataset: Dataset,
    months: LoanMonths,
    refused: float,
) -> Iterator[Gate]:
    """Run every gate that compares with the champion, drift aside."""
    before, counts = champion.manifest, dataset.counts()
    loans = JudgedLoans.take(dataset, candidate.model, champion.model)
    yield from judge_against_champion(candidate.test, loans, before)
    moved = judge_refused_since(before.population, before.counts.persons, refused, counts.persons)
    yield soften(moved) if loans.n_defaulting_persons < ENOUGH_PERSONS else moved
    yield from judge_counts(before.counts, counts)
    yield from judge_moved_rate(months, before.months)
    if champion.known is None:
        yield judge_ids_unknown()
        return
    yield from judge_lost(champion.known, dataset)
    status = dataset.loans[STATUS].to_numpy(np.float64)
    yield from judge_changed_outcomes(champion.known, dataset.loans[LOAN].to_numpy(), status)
