"""What each feature adds to the log odds of a fitted logistic regression."""

from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline

from shared.release.features import FEATURES, MODEL_FEATURES
from training.model.protocol import Floats
from training.model.scales import FUNCTIONS, LOWEST, Scale, scale_of


@dataclass(frozen=True, slots=True)
class Term:
    """What one feature adds to the log odds; the mean over the training loans is 0.

    Attributes
    ----------
    feature : int
        Its place in `MODEL_FEATURES`.
    scale : {"log1p", "log", "linear"}
        On which it is linear.
    slope, offset : float
        The line through its scaled value.
    missing : float
        What a missing value adds.
    """

    feature: int
    scale: Scale
    slope: float
    offset: float
    missing: float

    def add(self, values: Floats) -> Floats:
        """Compute what each value adds."""
        scaled = values
        if self.scale != "linear":
            scaled = FUNCTIONS[self.scale](values.clip(LOWEST[self.scale]))
        return np.where(np.isnan(values), self.missing, self.slope * scaled + self.offset)


def list_terms(model: Pipeline) -> list[Term]:
    """List the terms of a fitted logistic regression, features that say nothing left out."""
    columns, coefficients = model["columns"], model["regression"].coef_[0]
    terms = []
    for index, name in enumerate(MODEL_FEATURES):
        places = columns.output_indices_[name]
        if places.stop == places.start:
            continue
        steps = columns.named_transformers_[name]
        imputer, scaler = steps[-2], steps[-1]
        slopes = coefficients[places] / scaler.scale_
        constants = -slopes * scaler.mean_
        missing = slopes[0] * imputer.statistics_[0] + constants.sum() + slopes[1:].sum()
        terms.append(
            Term(
                index,
                scale_of(FEATURES[name]),
                float(slopes[0]),
                float(constants.sum()),
                float(missing),
            )
        )
    return terms
