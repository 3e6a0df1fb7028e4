"""What changes from the champion to a candidate: the population, and the decisions."""

from datetime import date

import numpy as np
import pandas as pd

from shared.release.evaluation import Measured
from shared.release.swap_set import SwapSet
from training.dataset.dataset import Dataset
from training.evaluation.candidate import Candidate
from training.evaluation.drift import measure_stability
from training.evaluation.swap_set import Decider, measure_swap_set
from training.gates.champion import Champion
from training.model.classifier import predict_default

SCORE = "probability"


def find_swap_set(
    champion: Champion | None, candidate: Candidate, dataset: Dataset
) -> SwapSet | None:
    """Find whose decision changes; None without a champion whose model can be read."""
    if champion is None or champion.model is None:
        return None
    before = Decider(champion.model, champion.manifest.decision.threshold)
    after = Decider(candidate.model, candidate.rule.threshold)
    as_of = date.fromisoformat(champion.manifest.as_of)
    return measure_swap_set(before, after, dataset, as_of)


def measure_drift(champion: Champion, scored: pd.DataFrame) -> dict[str, Measured]:
    """Measure how far the features moved, and the score as the champion's own model gives it.

    Two models score one population differently, which is no drift. A champion whose model cannot
    be read gives no score.
    """
    if champion.model is None:
        scored = scored.drop(columns=SCORE)
    else:
        scored = scored.assign(**{SCORE: predict_default(champion.model, scored)})
    return {
        name: measure_stability(distribution, scored[name].to_numpy(np.float64))
        for name, distribution in champion.manifest.distributions.items()
        if name in scored
    }
