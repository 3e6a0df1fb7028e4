"""Whole numbers in smaller types: the same numbers, in less memory."""

import numpy as np
import pandas as pd
import pytest

from shared.release.features import FEATURES, LOAN, STATUS
from tests.support.datasets import make_dataset
from tests.support.portfolios import make_portfolio
from training.dataset.narrow import narrow_numbers


@pytest.mark.parametrize(
    ("greatest", "kept_as"),
    [(1, np.uint8), (255, np.uint8), (256, np.uint16), (70_000, np.uint32), (2**40, np.int64)],
)
def test_numbers_keep_their_values_in_the_smallest_type_that_saves_memory(
    greatest: int, kept_as: type[np.integer]
) -> None:
    loans = pd.DataFrame({LOAN: [0, greatest], "age": [0.0, 1.0]})

    narrowed = narrow_numbers(loans)

    assert narrowed[LOAN].dtype == kept_as
    assert narrowed[LOAN].tolist() == [0, greatest]


@pytest.mark.parametrize("values", [[1.0, np.nan], [-1.0, 1.0], []])
def test_missing_and_negative_values_stay_as_they_are(values: list[float]) -> None:
    loans = pd.DataFrame({STATUS: np.array(values, np.float32)})

    pd.testing.assert_frame_equal(narrow_numbers(loans), loans)


def test_a_dataset_holds_each_loan_in_half_the_memory_of_doubles() -> None:
    loans = make_dataset(make_portfolio(n_users=40)).loans

    assert loans.memory_usage(index=False).sum() <= len(loans) * 8 * len(loans.columns) / 2
    assert all(loans[name].dtype == np.float64 for name, one in FEATURES.items() if not one.whole)
