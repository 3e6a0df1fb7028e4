"""The reference's batch job: whole-file read, groupby-apply per user, SMOTE, a small forest.

Run as ``python -m benchmarks.reference.recipe CSV DIR``; prints a line of JSON with the seconds
of each step.
"""

import json
import sys
import time
from pathlib import Path

import joblib
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

FEATURES = [
    "nb_previous_loans",
    "avg_amount_loans_previous",
    "age",
    "years_on_the_job",
    "flag_own_car",
]


def engineer(loans: pd.DataFrame) -> pd.DataFrame:
    """Add the five features like the reference, with a Python function called per user."""
    table = loans.sort_values(["id", "loan_date"]).reset_index(drop=True)
    table["loan_date"] = pd.to_datetime(table["loan_date"])
    by_user = table.groupby("id", group_keys=False)
    table["nb_previous_loans"] = by_user["loan_date"].rank(method="first") - 1
    table["avg_amount_loans_previous"] = by_user["loan_amount"].apply(average_previous)
    today = pd.Timestamp.today().normalize()
    born = pd.to_datetime(table["birthday"], errors="coerce")
    started = pd.to_datetime(table["job_start_date"], errors="coerce", format="%Y-%m-%d")
    table["age"] = (today - born).dt.days // 365
    table["years_on_the_job"] = (today - started).dt.days // 365
    table["flag_own_car"] = table["flag_own_car"].map({"N": 0, "Y": 1})
    return table[["id", *FEATURES, "status"]]


def average_previous(amounts: "pd.Series[float]") -> "pd.Series[float]":
    """Average the amounts before each loan of one user."""
    return amounts.expanding().mean().shift()


def train(table: pd.DataFrame) -> RandomForestClassifier:
    """Fill blanks, split by row, oversample and fit, like the reference."""
    filled = table.fillna(0)
    train_x, _, train_y, _ = train_test_split(
        filled[FEATURES], filled["status"], test_size=0.3, random_state=123
    )
    balanced_x, balanced_y = SMOTE().fit_resample(train_x, train_y)
    return RandomForestClassifier(n_estimators=5).fit(balanced_x, balanced_y)


def run(csv: Path, folder: Path) -> dict[str, float]:
    """Run the whole job.

    Returns
    -------
    dict
        The seconds of each step.
    """
    seconds: dict[str, float] = {}
    started = time.perf_counter()

    def lap(step: str) -> None:
        nonlocal started
        now = time.perf_counter()
        seconds[step], started = now - started, now

    loans = pd.read_csv(csv)
    lap("read")
    table = engineer(loans)
    lap("features")
    table.to_csv(folder / "train_model.csv", index=False)
    lap("write")
    again = pd.read_csv(folder / "train_model.csv")
    lap("read back")
    model = train(again)
    lap("train")
    joblib.dump(model, folder / "model_risk.joblib")
    lap("dump")
    return seconds


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
