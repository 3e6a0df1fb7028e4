"""The names of the segments."""

import numpy as np

from training.evaluation.segments import PREVIOUS_LOANS, months, previous_loan_bands


def test_a_number_of_previous_loans_falls_into_its_band() -> None:
    bands = previous_loan_bands([0, 1, 4, 5, 19, 20, 300]).tolist()

    none, few, some, many = PREVIOUS_LOANS
    assert bands == [none, few, few, some, some, many, many]


def test_a_day_belongs_to_its_month() -> None:
    days = np.array(["2021-03-01", "2021-03-31", "2022-01-01"], "datetime64[D]")

    assert months(days).tolist() == ["2021-03", "2021-03", "2022-01"]
