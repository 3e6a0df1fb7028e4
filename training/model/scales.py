"""The scale on which a feature is linear in the log odds."""

from typing import Any, Literal

import numpy as np

from shared.release.feature import Feature

type Scale = Literal["log1p", "log", "linear"]

LOWEST: dict[Scale, float] = {"log1p": 0.0, "log": 6e-3}
"""Values below this count as this: a logarithm has no lower end, the risk has. In a young portfolio
hardly a rate is lower, and a line drawn further predicts far too few defaults as records grow."""

FUNCTIONS: dict[Scale, Any] = {"log1p": np.log1p, "log": np.log}


def scale_of(feature: Feature) -> Scale:
    """Choose the scale on which a feature is linear: amounts, counts and rates by their logs."""
    if feature.whole:
        return "log1p" if feature.highest > 1_000 else "linear"
    return "log" if feature.highest <= 1 else "log1p"
