"""The review of a candidate: every gate, and the drift from the champion."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from training.dataset.dataset import Dataset
from training.evaluation.candidate import Candidate
from training.evaluation.evaluate import measure_slice
from training.gates.champion import Champion
from training.gates.gates import (
    Gate,
    check_auc_above_chance,
    describe_gates,
    judge_against_champion,
    judge_age_rule,
    judge_calibration,
    judge_counts,
    judge_drift,
    judge_parity,
)
from training.model.boosted_trees import predict_default

_STABILITY = "stability_"
_SCORE = "probability"


def review(
    champion: Champion | None, candidate: Candidate, dataset: Dataset, scored: pd.DataFrame
) -> dict[str, Any]:
    """Take a candidate through the gates.

    Parameters
    ----------
    champion : Champion or None
        The release that is served; a placeholder is not compared with.
    candidate : Candidate
        Whose published scores were checked against its model before.
    dataset : Dataset
        What it was made from.
    scored : pandas.DataFrame of shape (n_users, n_columns)
        From `training.release.scoring.score_users`.

    Returns
    -------
    dict
        `gates`, `verdict` and `drift`, for the manifest.
    """
    compared = None if champion is None or champion.is_placeholder else champion
    gates = list(_judge(compared, candidate, dataset, scored))
    moved = {
        gate.name.removeprefix(_STABILITY): gate.measured
        for gate in gates
        if gate.name.startswith(_STABILITY)
    }
    drift = {
        "champion": compared.manifest["version"] if compared else None,
        "score": moved.pop(_SCORE, None),
        "features": moved,
    }
    return {**describe_gates(gates), "drift": drift}


def _judge(
    champion: Champion | None, candidate: Candidate, dataset: Dataset, scored: pd.DataFrame
) -> Iterator[Gate]:
    test = candidate.evaluation.unseen
    yield judge_parity(len(scored))
    yield judge_calibration(test)
    yield judge_age_rule(candidate.model, dataset.users)
    if champion is None:
        yield check_auc_above_chance(test)
    else:
        yield judge_against_champion(test, _measure_champion(champion, candidate, dataset))
        yield from judge_drift(champion.manifest, _score_by(champion, scored), test)
        yield from judge_counts(champion.manifest, dataset.counts())


def _score_by(champion: Champion, scored: pd.DataFrame) -> pd.DataFrame:
    """Score the users as the champion does; without a score where its model cannot be read."""
    if champion.model is None:
        return scored.drop(columns=_SCORE)
    return scored.assign(**{_SCORE: predict_default(champion.model, scored)})


def _measure_champion(champion: Champion, candidate: Candidate, dataset: Dataset) -> float | None:
    """Measure the champion on the candidate's own test loans: no model has trained on them."""
    if champion.model is None:
        return None
    measured = measure_slice(champion.model, candidate.rule, dataset, dataset.split.unseen)
    return measured["metrics"]["roc_auc"]["value"]
