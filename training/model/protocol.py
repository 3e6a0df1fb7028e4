"""What the pipeline needs of a fitted model, whatever library fitted it."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

type Floats = npt.NDArray[np.float64]


class Classifier(Protocol):
    """A fitted binary classifier that takes its features by name."""

    @property
    def feature_names_in_(self) -> npt.NDArray[Any]:
        """The features it was fitted on, in order."""

    def predict_proba(self, features: pd.DataFrame, /) -> Floats:
        """Predict the probabilities of both classes, shape (n_rows, 2)."""
