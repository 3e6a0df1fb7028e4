"""The difference between two models' AUC on the same loans."""

import numpy.typing as npt

from shared.release.evaluation import Measured
from training.evaluation.bootstrap import bound, draw_persons, number_persons
from training.evaluation.discrimination import measure_ranking
from training.evaluation.metrics import ROUNDS
from training.evaluation.score_counts import Integers, ScoredLoans
from training.model.boosted_trees import SEED


def measure_auc_difference(
    status: npt.ArrayLike, scores: npt.ArrayLike, other: npt.ArrayLike, persons: npt.ArrayLike
) -> Measured:
    """Measure how much better one model ranks the loans than another.

    Parameters
    ----------
    status : array of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    scores, other : array of shape (n_loans,)
        Probability of default by the model, and by the other one.
    persons : array of shape (n_loans,)
        Whose loan it is.

    Returns
    -------
    Measured
        Above 0 when the first model is better. Both models are measured on the same samples of
        persons: what makes loans hard to rank is hard for both, and cancels out.
    """
    first, second = ScoredLoans.sort(status, scores), ScoredLoans.sort(status, other)
    n_persons, person = number_persons(persons)

    def differ(weights: Integers | None) -> float:
        aucs = [measure_ranking(one.count(weights))["roc_auc"] for one in (first, second)]
        return float(aucs[0] - aucs[1])

    drawn = [differ(weights[person]) for weights in draw_persons(n_persons, ROUNDS, SEED)]
    return bound(differ(None), drawn)
