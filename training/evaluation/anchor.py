"""How far the population has moved since the first release, and from release to release."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from shared.release.drift import Anchor, Distribution, Spread, TrendPoint
from shared.release.manifest import Manifest
from training.evaluation.drift import stability_against

MAX_TREND = 12
"""So many earlier releases the trend goes back."""

type Values = Mapping[str, npt.NDArray[np.float64]]


def carry_anchor(champion: Manifest, values: Values, named: Manifest | None = None) -> Anchor:
    """Compare values with the anchor that the champion carries, or with the champion itself.

    Parameters
    ----------
    champion : Manifest
        Of the release that is served.
    values : mapping of str to numpy.ndarray of float64, of shape (n_users,)
        The new scores as they are published, and the features.
    named : Manifest or None
        Of the release that a person named instead; later runs carry it along.
    """
    carried = champion.anchor
    start = named or carried or champion
    version, distributions = start.version, start.distributions
    earlier = carried.trend if carried else []
    point = TrendPoint(champion.version, champion.as_of, champion.drift.score)
    return Anchor(
        version=version,
        distributions=distributions,
        drift={
            name: stability_against(distribution, values[name])
            for name, distribution in distributions.items()
            if name in values
        },
        trend=[*earlier, point][-MAX_TREND:],
    )


def compare_spreads(distributions: Mapping[str, Distribution], values: Values) -> dict[str, Spread]:
    """Count values in the bins of distributions that were written down."""
    return {
        name: Spread(
            distribution.edges,
            [*distribution.shares, distribution.missing],
            _count_shares(distribution.edges, values[name]),
        )
        for name, distribution in distributions.items()
        if name in values
    }


def _count_shares(edges: list[float], values: npt.NDArray[np.float64]) -> list[float]:
    present = values[np.isfinite(values)]
    bins = np.searchsorted(edges, present, side="right")
    counts = [*np.bincount(bins, minlength=len(edges) + 1), len(values) - len(present)]
    return [float(count / max(len(values), 1)) for count in counts]
