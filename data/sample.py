"""Generate the small raw sample in this folder, edge cases included."""

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from data.known_user import draw_known_loans, make_known_user
from data.loans import shuffle_loans
from data.people import EXTRACT_DAY, date_persons
from data.portfolio import draw_portfolio
from data.raw_file import write_raw_file
from data.terminal import run_command

_SEED = 9
_USERS = 399
# Far above the typical risk, at which so few loans hold too few defaults to train on.
_RISK = -5.8
_LEAP_DAYS = (date(1960, 2, 29), date(1976, 2, 29), date(1988, 2, 29))
_FIRST_DAY_OF_UNKNOWN_OUTCOMES = np.datetime64("2020-12-27")


def main(arguments: list[str] | None = None) -> int:
    """Write the sample.

    Returns
    -------
    int
        0 when the file was written, 2 on failure.
    """
    options = _parse(arguments)
    return run_command(lambda: write_sample(options.out))


def write_sample(path: Path) -> None:
    """Write the sample, with the same bytes every time.

    Parameters
    ----------
    path : Path
        Overwritten when it exists.
    """
    rng = np.random.default_rng(_SEED)
    portfolio = draw_portfolio(rng, _USERS, _RISK)
    known_loans = draw_known_loans(rng, len(portfolio.loans) + 1)
    loans = pd.concat([portfolio.loans, known_loans], ignore_index=True)
    applicants = pd.concat(
        [_move_birthdays(portfolio.applicants), make_known_user()], ignore_index=True
    )
    write_raw_file(path, applicants, shuffle_loans(rng, _blank_late_outcomes(loans)))


def _move_birthdays(applicants: pd.DataFrame) -> pd.DataFrame:
    """Move the birthday nearest to each leap day onto it, for all users of the person."""
    days_birth = applicants["days_birth"].copy()
    for leap_day in _LEAP_DAYS:
        days = (leap_day - EXTRACT_DAY).days
        nearest = days_birth.iloc[(days_birth - days).abs().argmin()]
        days_birth[days_birth == nearest] = days
    return date_persons(applicants.assign(days_birth=days_birth))


def _blank_late_outcomes(loans: pd.DataFrame) -> pd.DataFrame:
    late = loans["loan_date"] >= _FIRST_DAY_OF_UNKNOWN_OUTCOMES
    return loans.assign(status=loans["status"].astype("Int8").mask(late))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m data.sample", description="Generate the small raw sample."
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).with_name("sample.csv"),
        metavar="FILE",
        help="default: sample.csv beside this module",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
