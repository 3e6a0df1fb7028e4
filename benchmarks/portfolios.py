"""A generated portfolio as it is delivered again and again while it grows older."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from data.loans import shuffle_loans
from data.portfolio import draw_portfolio
from shared.release.features import LOAN_DATE, STATUS, USER

LAG_DAYS = 90
SUMMER, AUTUMN, WINTER = date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31)
LAST_WINTER = date(2019, 12, 31)

type Change = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


def draw_raw(n_users: int, seed: int) -> pd.DataFrame:
    """Draw two years of loans, every outcome known."""
    rng = np.random.default_rng(seed)
    portfolio = draw_portfolio(rng, n_users)
    loans = shuffle_loans(rng, portfolio.loans)
    raw = loans.merge(portfolio.applicants, on=USER, how="left")
    return raw.astype({STATUS: np.float64})


def deliver(raw: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Cut a file at a day: later loans are not in it, later outcomes are not known."""
    granted = raw[raw[LOAN_DATE] <= pd.Timestamp(as_of)]
    due = granted[LOAN_DATE] + pd.Timedelta(days=LAG_DAYS) <= pd.Timestamp(as_of)
    return granted.assign(**{STATUS: granted[STATUS].where(due)}).reset_index(drop=True)


def keep_users(raw: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Keep a random share of the users with all their loans."""
    users = raw[USER].unique()
    kept = rng.choice(users, round(share * len(users)), replace=False)
    return raw[raw[USER].isin(kept)].reset_index(drop=True)


def move_risk(raw: pd.DataFrame, odds: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Move each loan's odds of default: extra defaults among the good, fewer among the bad."""
    status = raw[STATUS].to_numpy(copy=True)
    rate = np.nanmean(status)
    draw = rng.random(len(raw))
    status[(status == 1) & (draw > odds)] = 0.0
    # Whoever has defaulted before is the likelier to default more.
    risky = raw.groupby(USER)[STATUS].transform("mean").to_numpy()
    weight = risky / max(np.nanmean(risky), 1e-9)
    status[(status == 0) & (draw < (odds - 1) * rate * weight)] = 1.0
    return raw.assign(**{STATUS: status})
