"""The reference's batch job: whole-file read, groupby-apply per user, SMOTE, a small forest.

Run as ``python -m benchmarks.reference.recipe CSV DIR``, or with the word `table` behind it to stop
when the table is written; prints a line of JSON with the seconds of each step.
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

TABLE = "train_model.csv"
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


class Laps:
    """The seconds of each step, one after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()

    def end(self, step: str) -> None:
        """End a step; the next one starts."""
        now = time.perf_counter()
        self.seconds[step], self._started = now - self._started, now


def make_table(csv: Path, folder: Path, laps: Laps) -> None:
    """Read, engineer the features, and write them."""
    loans = pd.read_csv(csv)
    laps.end("read")
    table = engineer(loans)
    laps.end("features")
    table.to_csv(folder / TABLE, index=False)
    laps.end("write")


def make_model(folder: Path, laps: Laps) -> None:
    """Read the features back, and train on them."""
    again = pd.read_csv(folder / TABLE)
    laps.end("read back")
    model = train(again)
    laps.end("train")
    joblib.dump(model, folder / "model_risk.joblib")
    laps.end("dump")


def main() -> None:
    """Run the job, or its first half."""
    csv, folder, *only_table = sys.argv[1:]
    laps = Laps()
    make_table(Path(csv), Path(folder), laps)
    if not only_table:
        make_model(Path(folder), laps)
    print(json.dumps(laps.seconds))


if __name__ == "__main__":
    main()
