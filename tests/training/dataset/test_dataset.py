"""The loans of a dataset, as models are fitted on them and as they predict them."""

import numpy as np
import pytest

from shared.release.features import MODEL_FEATURES, STATUS
from tests.support.datasets import make_dataset
from tests.support.portfolios import make_portfolio
from training.dataset.dataset import Dataset
from training.model.boosted_trees import CANDIDATES
from training.model.selection import predict_log_odds


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(make_portfolio())


def test_narrow_loans_have_the_same_values_in_less_memory(dataset: Dataset) -> None:
    chosen = dataset.split.calibration
    wide, narrow = dataset.take_examples(chosen), dataset.take_narrow(chosen)

    assert list(narrow) == list(wide) == [*MODEL_FEATURES, STATUS]
    assert narrow.isna().any(axis=None)
    np.testing.assert_array_equal(narrow.to_numpy(np.float64), wide.to_numpy(np.float64))
    assert narrow.memory_usage(index=False).sum() < wide.memory_usage(index=False).sum() / 2


@pytest.mark.parametrize("name", CANDIDATES)
def test_narrow_loans_are_predicted_to_the_last_bit(dataset: Dataset, name: str) -> None:
    chosen = dataset.split.calibration
    fitted = CANDIDATES[name](dataset.take_examples(dataset.split.training))

    predicted = predict_log_odds(fitted, dataset.take_narrow(chosen))

    assert predicted.tolist() == predict_log_odds(fitted, dataset.take_examples(chosen)).tolist()
