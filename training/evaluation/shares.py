"""A share and its interval, and how far two shares lie apart."""

import numpy as np

from shared.release.evaluation import Measured

_QUANTILE = 1.959963984540054


def measure_share(share: float, n: int) -> Measured:
    """Give a share of n the interval of Wilson, which holds at 0 and 1 too (95 %)."""
    if not n:
        return Measured(None)
    square = _QUANTILE**2 / n
    middle = (share + square / 2) / (1 + square)
    reach = _QUANTILE * np.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return Measured(share, float(max(0.0, middle - reach)), float(min(1.0, middle + reach)))


def compare_shares(share: float, n: int, other: float, other_n: int) -> Measured:
    """Divide the odds of one share by those of another, with a 95 % interval.

    Notes
    -----
    Half a case is added on every side, so that shares of 0 and 1 can be compared (Gart,
    "Alternative analyses of contingency tables", 1966).
    """
    if not n or not other_n:
        return Measured(None)
    cells = [share * n, (1 - share) * n, other * other_n, (1 - other) * other_n]
    inside, outside, other_inside, other_outside = (cell + 0.5 for cell in cells)
    ratio = inside / outside / (other_inside / other_outside)
    spread = np.sqrt(sum(1 / (cell + 0.5) for cell in cells))
    reach = float(np.exp(_QUANTILE * spread))
    return Measured(ratio, ratio / reach, ratio * reach)
