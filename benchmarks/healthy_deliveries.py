"""Deliveries of sound portfolios, which no gate may lock out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.portfolios import AUTUMN, LAST_WINTER, SUMMER, WINTER, keep_users, move_risk
from shared.release.features import LOAN_DATE

type Portfolio = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Healthy:
    """A kind of healthy delivery.

    Attributes
    ----------
    n_users : int
        In the portfolio.
    champion : datetime.date or None
        The day of the champion; None for a first release.
    as_of : datetime.date
        The day of the candidate.
    whole : callable
        What is done to the portfolio before anything is delivered.
    before : callable
        What more is done to the file that the champion was made from.
    """

    n_users: int = 10_000
    champion: date | None = AUTUMN
    as_of: date = WINTER
    whole: Portfolio = lambda raw, _: raw
    before: Portfolio = lambda raw, _: raw


def _season(raw: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let odds swing by a third over the year, and half of the summer's loans fall away."""
    months = raw[LOAN_DATE].dt.month.to_numpy()
    wave = np.cos(2 * np.pi * (months - 12) / 12)
    moved = move_risk(raw, 1.33**wave, rng)
    kept = np.flatnonzero(rng.random(len(raw)) < 0.75 + 0.25 * wave)
    return moved.take(kept).reset_index(drop=True)


def _new_mix(raw: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Sell a new product for half a year: a third of the loans, twice as large, a bit riskier."""
    new = ((raw[LOAN_DATE] >= "2020-07-01") & (rng.random(len(raw)) < 1 / 3)).to_numpy()
    moved = move_risk(raw, np.where(new, 1.5, 1.0), rng)
    return moved.assign(loan_amount=raw["loan_amount"].where(~new, 2 * raw["loan_amount"]))


HEALTHY = {
    "a quarter later, 300 users": Healthy(300),
    "a quarter later, 1,000 users": Healthy(1_000),
    "a quarter later, 10,000 users": Healthy(),
    "a quarter later, 36,000 users": Healthy(36_000),
    "two quarters later": Healthy(champion=SUMMER),
    "four quarters later": Healthy(champion=LAST_WINTER),
    "young: the first year, first release": Healthy(champion=None, as_of=LAST_WINTER),
    "grown by 40 %": Healthy(14_000, before=lambda raw, rng: keep_users(raw, 1 / 1.4, rng)),
    "seasonal": Healthy(whole=_season),
    "new product mix": Healthy(whole=_new_mix),
}
"""Every kind, by its name in the table."""
