"""Small raw files to test with, built loan by loan."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.reading.contract import RAW_COLUMNS

AS_OF = date(2022, 3, 8)
PENSIONER = date(3021, 9, 18)

_DEFAULT_LOAN: dict[str, Any] = {
    "loan_id": 1,
    "id": 7,
    "code_gender": "F",
    "flag_own_car": "Y",
    "flag_own_realty": "N",
    "cnt_children": 0,
    "amt_income_total": 100_000.0,
    "name_income_type": "Working",
    "name_education_type": "Higher education",
    "name_family_status": "Married",
    "name_housing_type": "House / apartment",
    "days_birth": -15_000,
    "days_employed": -1_000,
    "flag_mobil": 1,
    "flag_work_phone": 0,
    "flag_phone": 0,
    "flag_email": 0,
    "occupation_type": None,
    "cnt_fam_members": 2.0,
    "status": 0.0,
    "birthday": date(1980, 6, 15),
    "job_start_date": date(2018, 8, 10),
    "loan_date": date(2020, 1, 1),
    "loan_amount": 120.0,
}


def make_loans(*loans: dict[str, Any]) -> pd.DataFrame:
    """Make raw loans from a default one, with the given values changed."""
    frame = pd.DataFrame([_DEFAULT_LOAN | loan for loan in loans], columns=list(RAW_COLUMNS))
    dates = dict.fromkeys(("birthday", "job_start_date", "loan_date"), "datetime64[ms]")
    return frame.astype({"status": float, **dates})


def write_csv(path: Path, loans: pd.DataFrame) -> Path:
    """Write raw loans as a CSV file."""
    written = loans.copy()
    for name in ("birthday", "job_start_date", "loan_date"):
        written[name] = written[name].dt.strftime("%Y-%m-%d")
    written.to_csv(path, index=False)
    return path


def make_portfolio(n_users: int = 120, seed: int = 0) -> pd.DataFrame:
    """Make a portfolio that a model can be fitted on: some users occasionally pay late."""
    draw = np.random.default_rng(seed)
    loans: list[dict[str, Any]] = []
    for user in range(1, n_users + 1):
        late = 0.3 if user % 5 == 0 else 0.02
        person: dict[str, Any] = {
            "id": 5_000_000 + user,
            "birthday": date(1950 + user % 45, 1 + user % 12, 1 + user % 28),
            "job_start_date": PENSIONER if user % 6 == 0 else date(2010 + user % 9, 3, 1),
            "flag_own_car": "NY"[user % 2],
            "amt_income_total": 100_000.0 + 500 * user,
        }
        for _ in range(int(draw.integers(1, 30))):
            loan = {
                "loan_id": len(loans) + 1,
                "loan_date": date(2019 + int(draw.integers(0, 2)), int(draw.integers(1, 13)), 5),
                "loan_amount": round(100 + float(draw.exponential(30)), 6),
                "status": float(draw.random() < late),
            }
            loans.append(person | loan)
    return make_loans(*(loans[index] for index in draw.permutation(len(loans))))
