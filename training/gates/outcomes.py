"""Whether the outcomes arrived whole: by month, and loan by loan since the champion."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shared.release.evaluation import Measured
from shared.release.facts import Gate, Month
from training.evaluation.months import LoanMonths
from training.evaluation.rates import compare_rates
from training.gates.champion import KnownLoans
from training.gates.judging import is_above, is_below, judge_share

EARLIER_MONTHS = 3
"""A month is compared once there are so many before it."""

COVERAGE_WARNS, COVERAGE_STOPS = 0.05, 0.2
RATE_WARNS, RATE_STOPS = 1.5, 2.0
MOVED_WARNS, MOVED_STOPS = 1.1, 1.25
CHANGED_WARNS, CHANGED_STOPS = 0.01, 0.1
FEWEST_CHANGED = 5
"""Fewer corrections than these warn at most, in however small a portfolio."""

FEWEST_LOANS = 30
"""A month with fewer loans whose outcome is due says nothing of its own."""


def judge_coverage(months: LoanMonths) -> Gate:
    """Look for months whose outcomes are due and missing, against the months before them."""
    settled, known = months.settled.sum(axis=0), months.known.sum(axis=0)
    kept = np.flatnonzero(settled >= FEWEST_LOANS)
    covered = known[kept] / settled[kept]
    gaps = [
        (float(np.median(covered[:place]) - covered[place]), months.months[kept[place]])
        for place in range(EARLIER_MONTHS, len(kept))
    ]
    limit = (
        f"a month's share of known outcomes, of those due, at most {COVERAGE_WARNS:.0%} below the"
        f" months before; stops at {COVERAGE_STOPS:.0%}"
    )
    if not gaps:
        return Gate("outcome_coverage", None, limit, "warned", "Too few months to compare.")
    gap, month = max(gaps)
    verdict = judge_share(gap, COVERAGE_WARNS, COVERAGE_STOPS)
    detail = f"The widest gap is {max(gap, 0):.1%}, in {month}."
    return Gate("outcome_coverage", gap, limit, verdict, detail)


def judge_monthly_rates(months: LoanMonths) -> Gate:
    """Compare each month's default rate with that of all months before it.

    Notes
    -----
    As many comparisons as months: each interval is as much wider as keeps the chance that any of
    them is wrong at 5 % (Bonferroni).
    """
    due, known = months.settled.sum(axis=0), months.known.sum(axis=0)
    usable = np.flatnonzero((due >= FEWEST_LOANS) & (known > 0))
    places = range(EARLIER_MONTHS, len(usable))
    found = [
        (_compare_month(months, usable[:place], usable[place], 0.05 / len(places)), usable[place])
        for place in places
    ]
    limit = (
        f"a month's default rate within a factor {RATE_WARNS} of the months before; stops when"
        f" the 95 % interval lies beyond a factor {RATE_STOPS}"
    )
    told = [(ratio, month) for ratio, month in found if ratio.value is not None]
    if not told:
        detail = "Too few months have defaults to compare."
        return Gate("default_rate_by_month", None, limit, "warned", detail)
    ratio, month = max(told, key=lambda one: _distance(one[0]))
    verdict = "passed"
    if _distance(ratio) > RATE_WARNS:
        verdict = "stopped" if _distance(ratio) > RATE_STOPS else "warned"
    detail = f"{months.months[month]} stands out most: {ratio.value:.2f} times the rate before."
    return Gate("default_rate_by_month", ratio.value, limit, verdict, detail)  # type: ignore[arg-type]


def _compare_month(
    months: LoanMonths, before: npt.NDArray[np.intp], month: np.intp, chance: float
) -> Measured:
    ours, others = months.sum_defaults(np.array([month])), months.sum_defaults(before)
    return compare_rates(*ours, *others, chance)


def _distance(ratio: Measured) -> float:
    """Give the factor from 1 that the interval is sure of; 1 where it covers 1."""
    if ratio.low is None or ratio.high is None:
        return 1.0
    if ratio.high < 1:
        return 1 / ratio.high if ratio.high else np.inf
    return max(1.0, ratio.low)


def judge_moved_rate(months: LoanMonths, champion: Sequence[Month]) -> Iterator[Gate]:
    """Compare the default rate of the months that the champion knew with what it knew.

    Parameters
    ----------
    months : LoanMonths
        The candidate's.
    champion : sequence of Month
        From the champion's manifest; empty in one that was written before months were.
    """
    places = {month: place for place, month in enumerate(months.months)}
    # A month whose outcomes were due in part has more of them by now.
    shared = [one for one in champion if one.month in places and one.settled == one.loans]
    limit = (
        f"within a factor {MOVED_WARNS} of the champion's in the same months; stops when the"
        f" 95 % interval lies beyond a factor {MOVED_STOPS}"
    )
    then = sum(one.defaults for one in shared) / max(sum(one.known for one in shared), 1)
    chosen = np.array([places[one.month] for one in shared], np.intp)
    defaults, known = months.sum_defaults(chosen)
    ratio = compare_rates(defaults, known, known * then, known, 0.05)
    if ratio.value is None:
        detail = "The champion has no months to compare with."
        yield Gate("default_rate_since_champion", None, limit, "warned", detail)
        return
    bounds = (1 / MOVED_STOPS, MOVED_STOPS)
    stops = is_below(ratio, bounds[0]) or is_above(ratio, bounds[1])
    warns = not 1 / MOVED_WARNS <= ratio.value <= MOVED_WARNS or ratio.low is None
    detail = f"{ratio.value:.2f} times the rate that the champion knew of these months."
    verdict = "stopped" if stops else "warned" if warns else "passed"
    yield Gate("default_rate_since_champion", ratio.value, limit, verdict, detail)  # type: ignore[arg-type]


def judge_changed_outcomes(
    known: KnownLoans, loans: npt.NDArray[np.int64], status: npt.NDArray[np.float64]
) -> Iterator[Gate]:
    """Compare each loan's outcome with the one that the champion knew.

    Parameters
    ----------
    known : KnownLoans
        The champion's loans.
    loans, status : numpy.ndarray of shape (n_loans,)
        The candidate's loan ids and outcomes, NaN where unknown.
    """
    order = np.argsort(loans)
    place = np.searchsorted(loans, known.loans, sorter=order).clip(max=max(len(loans) - 1, 0))
    row = order[place]
    both = loans[row] == known.loans
    before, now = known.status[both], status[row[both]]
    for name, was, words in (
        ("defaults_kept", 1.0, "not paid on time"),
        ("payments_kept", 0.0, "paid on time"),
    ):
        compared = before == was
        n_loans = int(compared.sum())
        changed = int((now[compared] != was).sum())
        share = changed / max(n_loans, 1)
        limit = (
            f"more than {CHANGED_WARNS:.0%} of the champion's known outcomes changed or gone"
            f" warns, more than {CHANGED_STOPS:.0%} stops"
        )
        stops = CHANGED_STOPS if changed >= FEWEST_CHANGED else np.inf
        detail = f"Of {n_loans:,} loans that were {words}, {changed:,} are not any more."
        yield Gate(name, share, limit, judge_share(share, CHANGED_WARNS, stops), detail)
