"""The loans by month: how many, how many outcomes are known, how many were not paid on time."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.facts import Month
from shared.release.features import LOAN_DATE, STATUS
from training.dataset.dataset import Dataset
from training.dataset.split import Mask

type Counts = npt.NDArray[np.integer]
type PerPerson = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LoanMonths:
    """Counts by person and month; a month is settled to its end when all its outcomes are due.

    Attributes
    ----------
    months : list of str
        YYYY-MM, ascending; only months with loans.
    loans, settled, known, defaults : numpy.ndarray of integers, of shape (n_persons, n_months)
        All loans; those whose outcome is due by the as-of date; of these, those whose outcome the
        file has; of these, those not paid on time. In the smallest types that hold them.
    """

    months: list[str]
    loans: Counts
    settled: Counts
    known: Counts
    defaults: Counts

    @classmethod
    def count(cls, dataset: Dataset, as_of: date, lag_days: int) -> Self:
        """Count a dataset's loans."""
        days = dataset.loans[LOAN_DATE].to_numpy().astype("datetime64[D]")
        due: Mask = np.asarray(days <= np.datetime64(as_of, "D") - np.timedelta64(lag_days, "D"))
        month, numbers = pd.factorize(days.astype("datetime64[M]").view(np.int64), sort=True)
        del days
        months = numbers.astype("datetime64[M]")
        cell, persons = pd.factorize(dataset.persons, sort=True)
        cell *= len(months)
        cell += month
        del month

        def count(chosen: Mask) -> Counts:
            cells = np.bincount(cell[chosen], minlength=len(persons) * len(months))
            smallest = np.min_scalar_type(int(cells.max(initial=0)))
            return cells.astype(smallest).reshape(len(persons), len(months))

        status = dataset.loans[STATUS]
        every, known = np.ones(len(cell), bool), due & status.notna().to_numpy()
        defaults = known & (status == 1).to_numpy()
        counted = (count(chosen) for chosen in (every, due, known, defaults))
        return cls(np.datetime_as_string(months).tolist(), *counted)

    def sum_defaults(self, chosen: npt.NDArray[np.intp]) -> tuple[PerPerson, PerPerson]:
        """Sum each person's defaults and known outcomes over some months."""
        sums = (one[:, chosen].sum(axis=1, dtype=np.float64) for one in (self.defaults, self.known))
        defaults, known = sums
        return defaults, known

    def describe(self) -> list[Month]:
        """Sum the counts over the persons, for the manifest."""
        counts = (self.loans, self.settled, self.known, self.defaults)
        sums = zip(*(count.sum(axis=0).astype(int).tolist() for count in counts), strict=True)
        return [Month(month, *row) for month, row in zip(self.months, sums, strict=True)]
