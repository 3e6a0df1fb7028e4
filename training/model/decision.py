"""The decision: from a probability of default to a class, at a threshold chosen by cost."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier

from shared.release.features import MODEL_FEATURES
from training.model.classifier import Classifier


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """Predict a default where refusing costs less than lending is expected to.

    Attributes
    ----------
    cost_ratio : float
        Cost of a missed default in units of a refused good payer; above 0.

    Notes
    -----
    Refusing costs ``1 - p``, lending costs ``cost_ratio * p``: they are equal at
    ``p = 1 / (1 + cost_ratio)`` (Elkan, "The foundations of cost-sensitive learning", 2001).
    The threshold follows from the cost alone, so no test loan is used up to choose it.
    """

    cost_ratio: float

    @property
    def threshold(self) -> float:
        """The probability of default from which on a default is predicted."""
        return 1.0 / (1.0 + self.cost_ratio)

    @property
    def rationale(self) -> str:
        """How the threshold was chosen, for the manifest."""
        return (
            f"1 / (1 + {self.cost_ratio:g}): a missed default is held to cost"
            f" {self.cost_ratio:g} times a refused good payer"
        )

    def attach_to(self, model: Classifier) -> Classifier:
        """Let a fitted model's `predict` give the served class, 1 for not paid on time.

        Returns
        -------
        Classifier
            One of scikit-learn's own, with the same probabilities: loading it needs none of our
            code.
        """
        deciding = FixedThresholdClassifier(
            FrozenEstimator(model),
            threshold=self.threshold,
            pos_label=1,
            response_method="predict_proba",
        )
        # The model is frozen: fitting only names the features and the classes.
        rows = pd.DataFrame(np.zeros((2, len(MODEL_FEATURES))), columns=list(MODEL_FEATURES))
        fitted: Classifier = deciding.fit(rows, [0, 1])
        return fitted

    def decide(self, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Predict 1, not paid on time, from the threshold on, else 0."""
        return (probabilities >= self.threshold).astype(np.int64)
