"""How much one default rate exceeds another, with an interval over persons."""

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from shared.release.evaluation import Measured

type PerPerson = npt.NDArray[np.float64]

_RULE_OF_THREE = 3.0
"""None of n persons defaulted: the share that does is at most ``3 / n``, with 95 % confidence."""


def compare_rates(
    part: PerPerson, whole: PerPerson, other_part: PerPerson, other_whole: PerPerson, chance: float
) -> Measured:
    """Divide one rate by another.

    Parameters
    ----------
    part, whole : numpy.ndarray of float64, of shape (n_persons,)
        Each person's defaults, and the loans that they are a part of.
    other_part, other_whole : numpy.ndarray of float64, of shape (n_persons,)
        The same for the rate to compare with; predicted defaults count too.
    chance : float
        That the interval misses the true ratio: 0.05 for a 95 % interval.

    Returns
    -------
    Measured
        The ratio; None where the other rate is 0 or there are no loans.

    Notes
    -----
    One person's loans share their fate: persons are the sample. The interval is linearised on the
    logarithm, with Student's quantile for as many persons as defaulted; a single one gives none.
    Resampling would be too sure of itself where few defaulted, and has no interval where none did.
    """
    n_loans, n_other = whole.sum(), other_whole.sum()
    total, other = part.sum(), other_part.sum()
    if not (n_loans and n_other and other):
        return Measured(None)
    other_rate = other / n_other
    if not total:
        most = _RULE_OF_THREE / np.count_nonzero(whole)
        return Measured(0.0, 0.0, float(most / other_rate))
    ratio = float(total / n_loans / other_rate)
    freedom = min(np.count_nonzero(part), np.count_nonzero(other_part)) - 1
    if freedom < 1:
        return Measured(ratio)
    leverage = part / total - whole / n_loans - other_part / other + other_whole / n_other
    spread = float(np.sqrt((leverage**2).sum()))
    reach = float(np.exp(stdtrit(freedom, 1 - chance / 2) * spread))
    return Measured(ratio, ratio / reach, ratio * reach)


def sum_by_person(
    person: npt.NDArray[np.integer], values: npt.ArrayLike, n_persons: int
) -> PerPerson:
    """Add up loans' values by person."""
    sums: PerPerson = np.bincount(person, np.asarray(values, np.float64), n_persons)
    return sums
