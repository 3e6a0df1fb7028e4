"""The review of a candidate: the drift from the champion, and every gate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from shared.release.evaluation import Measured, SwapSet
from shared.release.facts import Drift, Gate, Verdict
from training.dataset.dataset import Dataset
from training.evaluation.candidate import Candidate
from training.evaluation.drift import measure_stability
from training.evaluation.evaluate import measure_slice
from training.evaluation.swap_set import Decider, measure_swap_set
from training.gates.champion import Champion
from training.gates.gates import (
    check_auc_above_chance,
    judge_against_champion,
    judge_age_rule,
    judge_calibration,
    judge_counts,
    judge_drift,
    judge_parity,
    worst_verdict,
)
from training.model.classifier import predict_default

_SCORE = "probability"


@dataclass(frozen=True, slots=True)
class Review:
    """What the gates found about a candidate.

    Attributes
    ----------
    gates : list of Gate
        What each gate found.
    drift : Drift
        How far the population moved from the champion's.
    swap_set : SwapSet or None
        Whose decision changes; None without a champion whose model can be read.
    """

    gates: list[Gate]
    drift: Drift
    swap_set: SwapSet | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of the gates' verdicts."""
        return worst_verdict(self.gates)

    def __str__(self) -> str:
        """Sum the review up in a line."""
        failed = [f"{gate.name} {gate.verdict}" for gate in self.gates if gate.verdict != "passed"]
        return "; ".join([self.verdict, *failed])


def review(
    champion: Champion | None, candidate: Candidate, dataset: Dataset, scored: pd.DataFrame
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
    """
    compared = None if champion is None or champion.is_placeholder else champion
    moved = {} if compared is None else _measure_drift(compared, scored)
    features = {name: index.value for name, index in moved.items() if name != _SCORE}
    score = moved[_SCORE].value if _SCORE in moved else None
    version = compared.manifest.version if compared else None
    gates = list(_judge(compared, candidate, dataset, moved))
    return Review(gates, Drift(version, score, features), _swap(compared, candidate, dataset))


def _swap(champion: Champion | None, candidate: Candidate, dataset: Dataset) -> SwapSet | None:
    if champion is None or champion.model is None:
        return None
    before = Decider(champion.model, champion.manifest.decision.threshold)
    after = Decider(candidate.model, candidate.rule.threshold)
    as_of = date.fromisoformat(champion.manifest.as_of)
    return measure_swap_set(before, after, dataset, as_of)


def _judge(
    champion: Champion | None,
    candidate: Candidate,
    dataset: Dataset,
    drift: Mapping[str, Measured],
) -> Iterator[Gate]:
    """Run every gate: a new one takes its place here."""
    yield judge_parity(len(dataset.users))
    yield judge_calibration(candidate.test)
    yield judge_age_rule(candidate.model, dataset.users)
    if champion is None:
        yield check_auc_above_chance(candidate.test)
    else:
        yield judge_against_champion(
            candidate.test, _measure_champion(champion, candidate, dataset)
        )
        yield from judge_drift(drift, candidate.test)
        yield from judge_counts(champion.manifest.counts, dataset.counts())


def _measure_drift(champion: Champion, scored: pd.DataFrame) -> dict[str, Measured]:
    """Measure how far the features moved, and the score as the champion's own model gives it.

    Two models score one population differently, which is no drift. A champion whose model cannot
    be read gives no score.
    """
    if champion.model is None:
        scored = scored.drop(columns=_SCORE)
    else:
        scored = scored.assign(**{_SCORE: predict_default(champion.model, scored)})
    return {
        name: measure_stability(distribution, scored[name].to_numpy(np.float64))
        for name, distribution in champion.manifest.distributions.items()
        if name in scored
    }


def _measure_champion(champion: Champion, candidate: Candidate, dataset: Dataset) -> float | None:
    """Measure the champion on the candidate's own test loans: no model has trained on them."""
    if champion.model is None:
        return None
    measured = measure_slice(champion.model, candidate.rule, dataset, dataset.split.unseen)
    return measured.metrics["roc_auc"].value
