"""The review of a candidate: every gate, and the drift from the champion."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from training.candidate import Candidate
from training.champion import Champion
from training.evaluation import measure_slice
from training.gates import (
    Gate,
    describe_gates,
    judge_against_champion,
    judge_age_rule,
    judge_alone,
    judge_calibration,
    judge_counts,
    judge_drift,
    judge_parity,
)
from training.model import predict_default
from training.portfolio import Portfolio

_STABILITY = "stability_"
_SCORE = "probability"


def review(
    champion: Champion | None, candidate: Candidate, portfolio: Portfolio, scored: pd.DataFrame
) -> dict[str, Any]:
    """Take a candidate through the gates.

    Parameters
    ----------
    champion : Champion or None
        The release that is served; a placeholder is not compared with.
    candidate : Candidate
        Whose published scores were checked against its model before.
    portfolio : Portfolio
        What it was made from.
    scored : pandas.DataFrame of shape (n_users, n_columns)
        From `training.scoring.score_users`.

    Returns
    -------
    dict
        `gates`, `verdict` and `drift`, for the manifest.
    """
    compared = None if champion is None or champion.is_placeholder else champion
    gates = list(_judge(compared, candidate, portfolio, scored))
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
    champion: Champion | None, candidate: Candidate, portfolio: Portfolio, scored: pd.DataFrame
) -> Iterator[Gate]:
    test = candidate.evaluation.unseen
    yield judge_parity(len(scored))
    yield judge_calibration(test)
    yield judge_age_rule(candidate.model, portfolio.users)
    if champion is None:
        yield judge_alone(test)
    else:
        yield judge_against_champion(test, _measure_champion(champion, candidate, portfolio))
        yield from judge_drift(champion.manifest, _score_by(champion, scored), test)
        yield from judge_counts(champion.manifest, portfolio.counts())


def _score_by(champion: Champion, scored: pd.DataFrame) -> pd.DataFrame:
    """Score the users as the champion does; without a score where its model cannot be read."""
    if champion.model is None:
        return scored.drop(columns=_SCORE)
    return scored.assign(**{_SCORE: predict_default(champion.model, scored)})


def _measure_champion(
    champion: Champion, candidate: Candidate, portfolio: Portfolio
) -> float | None:
    """Measure the champion on the candidate's own test loans: no model has trained on them."""
    if champion.model is None:
        return None
    measured = measure_slice(champion.model, candidate.rule, portfolio, portfolio.split.unseen)
    return measured["metrics"]["roc_auc"]["value"]
