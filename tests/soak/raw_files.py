"""Three deliveries of one portfolio: each holds the loans of the one before, and some more."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from tests.support.portfolios import make_portfolio, write_csv

OLD, NEW, NEXT = "old", "new", "next"

USERS = (5_000_005, 5_000_042, 5_000_077, 5_000_110)
"""Two whose answers change from old to new, and two whose answers change from new to next."""


def write_files(folder: Path) -> dict[str, bytes]:
    """Write the three files and return their bytes by name."""
    old = make_portfolio()
    new = _lend(old, range(1, 61), "2021-02-05")
    portfolios = {OLD: old, NEW: new, NEXT: _lend(new, range(61, 121), "2021-05-05")}
    return {
        name: write_csv(folder / f"{name}.csv", loans).read_bytes()
        for name, loans in portfolios.items()
    }


def _lend(loans: pd.DataFrame, users: Iterable[int], day: str) -> pd.DataFrame:
    """Add one loan for each of some users."""
    latest = loans.drop_duplicates("id", keep="last").set_index("id", drop=False)
    added = latest.loc[[5_000_000 + user for user in users]].reset_index(drop=True)
    added["loan_id"] = range(len(loans) + 1, len(loans) + len(added) + 1)
    added["loan_date"] = pd.Timestamp(day)
    added["loan_amount"] = 100.0 + added["id"] % 100
    added["status"] = (added["id"] % 20 == 0).astype(float)
    return pd.concat([loans, added], ignore_index=True).astype(loans.dtypes.to_dict())
