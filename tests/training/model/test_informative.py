"""Features that tell the training loans apart, and features that do not."""

import numpy as np
import pandas as pd
import pytest

from shared.release.features import MODEL_FEATURES
from training.model.informative import find_uninformative, take_features

NAN = float("nan")
NAME = MODEL_FEATURES[2]


@pytest.mark.parametrize(
    "values",
    [
        [NAN, NAN, NAN],
        [1.0, 1.0, 1.0],
        [1.0, NAN, 1.0],
        [NAN, 1.0, 1.0],
        [1.0, 2.0, 1.0],
        [0.0, -0.0, 0.0],
        [],
    ],
)
def test_a_feature_with_one_value_or_none_is_uninformative(values: list[float]) -> None:
    loans = pd.DataFrame(
        {name: np.arange(len(values), dtype=float) for name in MODEL_FEATURES}
    ).assign(**{NAME: np.array(values, float)})

    found = find_uninformative(loans)

    assert found == [name for name in MODEL_FEATURES if loans[name].nunique(dropna=False) < 2]


def test_features_that_come_first_are_taken_without_a_copy() -> None:
    names = [*MODEL_FEATURES, "status"]
    block = np.ones((len(names), 10))
    loans = pd.DataFrame(block.T, columns=names, copy=False)

    taken = take_features(loans)

    assert tuple(taken) == MODEL_FEATURES
    assert np.shares_memory(taken.to_numpy(), block)
    assert tuple(take_features(loans[names[::-1]])) == MODEL_FEATURES
