"""Predicted against observed default rates, band by band of the prediction."""

import numpy as np
from scipy.special import ndtri

from shared.release.evaluation import Band
from training.evaluation.score_counts import Floats, Integers, ScoredLoans

N_BANDS = 10

_NORMAL_QUANTILE = float(ndtri(0.975))


def describe_reliability(loans: ScoredLoans, person: Integers) -> list[Band]:
    """Compare predicted with observed default rates by tenth of the loans.

    Parameters
    ----------
    loans : ScoredLoans
        Scores and outcomes.
    person : numpy.ndarray of int64, of shape (n_loans,)
        The number of each loan's person, from 0.

    Returns
    -------
    list of Band
        By growing prediction. Loans of one score share a band, so with ties bands differ in size
        and there may be fewer than `N_BANDS`.

    Notes
    -----
    The interval is Wilson's with the effective number of loans that the variation between persons
    leaves, at most the number of loans, and the number of persons where there is no such variation
    (Korn and Graubard, "Confidence intervals for proportions with small expected number of positive
    counts", 1998). A bootstrap would give a band without a default an interval of no width.
    """
    # Sorting numbers this small takes less time than looking for each among all loans.
    band = _assign_bands(loans)[loans.place].astype(np.uint8)
    order = np.argsort(band, kind="stable")
    first = np.flatnonzero(np.diff(band[order])) + 1
    return [_describe_band(loans, person, part) for part in np.split(order, first) if len(part)]


def _assign_bands(loans: ScoredLoans) -> Integers:
    counts = loans.count().loans
    middle_ranks = counts.cumsum() - counts / 2
    bands: Integers = (N_BANDS * middle_ranks / max(len(loans.place), 1)).astype(np.int64)
    return bands


def _describe_band(loans: ScoredLoans, person: Integers, chosen: Integers) -> Band:
    status, persons = loans.status[chosen], person[chosen]
    observed = float(status.mean())
    low, high = find_wilson_interval(observed, count_effective_loans(status, persons))
    predicted: Floats = loans.scores[loans.place[chosen]]
    return Band(len(status), float(predicted.mean()), observed, low, high)


def count_effective_loans(status: Integers, persons: Integers) -> float:
    """Count the loans that a rate is as certain as, one person's loans being alike.

    Parameters
    ----------
    status : numpy.ndarray of int64, of shape (n_loans,)
        0 or 1; at least one loan.
    persons : numpy.ndarray of int64, of shape (n_loans,)
        The number of each loan's person, from 0.
    """
    rate = status.mean()
    surplus = np.bincount(persons, weights=status - rate)
    variance = float(surplus @ surplus) / len(status) ** 2
    binomial = float(rate * (1 - rate))
    # Rounding leaves a surplus of some 1e-17 a loan where there is none.
    if variance <= 1e-12 * binomial:
        return len(np.unique(persons))
    return min(binomial / variance, len(status))


def find_wilson_interval(rate: float, n_trials: float) -> tuple[float, float]:
    """Find the 95 % interval of a rate that was observed in so many independent trials.

    Notes
    -----
    Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    spread = _NORMAL_QUANTILE**2 / n_trials
    centre = (rate + spread / 2) / (1 + spread)
    variance = rate * (1 - rate) * spread + spread**2 / 4
    half = float(np.sqrt(variance)) / (1 + spread)
    return max(centre - half, 0.0), min(centre + half, 1.0)
