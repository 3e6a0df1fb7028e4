"""What a new delivery tells about the champion and the releases before it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from shared.release.backtest import Backtest
from shared.release.drift import Anchor, Spread
from training.dataset.dataset import Dataset
from training.evaluation.anchor import carry_anchor, compare_spreads
from training.evaluation.backtest import ServedModel, backtest
from training.gates.champion import Champion
from training.model.classifier import predict_default

_SCORE = "probability"


@dataclass(frozen=True, slots=True)
class LookBack:
    """The champion's predictions against outcomes, and the population then and now.

    Attributes
    ----------
    backtest : Backtest or None
        None without a champion whose model can be read.
    anchor : Anchor or None
        None for a first release, which is the anchor of those to come.
    spreads : dict of str to Spread
        Of the features, and of the score where the champion's model can be read.
    """

    backtest: Backtest | None
    anchor: Anchor | None
    spreads: dict[str, Spread]

    @classmethod
    def take(cls, champion: Champion | None, dataset: Dataset, scored: pd.DataFrame) -> Self:
        """Look back from a new delivery.

        Parameters
        ----------
        champion : Champion or None
            The release that is served; None where nothing is to be compared with.
        dataset : Dataset
            Of the delivery.
        scored : pandas.DataFrame of shape (n_users, n_columns)
            From `training.release.scoring.score_users`.
        """
        if champion is None:
            return cls(None, None, {})
        manifest, model = champion.manifest, champion.model
        published = {
            name: scored[name].to_numpy(np.float64)
            for name in manifest.distributions
            if name in scored
        }
        then = {name: values for name, values in published.items() if name != _SCORE}
        if model is not None:
            then = {_SCORE: predict_default(model, scored), **then}
        return cls(
            None if model is None else backtest(ServedModel(manifest, model), dataset),
            carry_anchor(manifest, published, champion.anchor),
            compare_spreads(manifest.distributions, then),
        )


NOTHING_SEEN = LookBack(None, None, {})
"""Where there is no champion."""
