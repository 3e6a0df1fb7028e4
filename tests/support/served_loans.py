"""Loans that a model served before has scored, drawn so that the truth is known."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import LOAN_DATE, MODEL_FEATURES, STATUS
from training.dataset.dataset import Dataset
from training.dataset.split import Split

AS_OF = np.datetime64("2021-12-31")
LAG = np.timedelta64(90, "D")
N_PERSONS = 1500


class ToldModel:
    """Predicts what the drawn loans hold in place of a mean amount."""

    feature_names_in_: npt.NDArray[Any] = np.array(MODEL_FEATURES)

    def predict_proba(self, features: pd.DataFrame, /) -> npt.NDArray[np.float64]:
        p = features["avg_amount_loans_previous"].to_numpy(np.float64)
        return np.column_stack([1 - p, p])


def draw_dataset(seed: int, *, level: float = 1.0, skill: bool = True) -> Dataset:
    """Draw twelve loans each of persons whose risks differ from what is predicted by chance.

    Parameters
    ----------
    seed : int
        Of the drawing.
    level : float
        Observed over predicted defaults.
    skill : bool
        Whether the predictions say anything about who defaults.
    """
    draw = np.random.default_rng(seed)
    person = np.repeat(np.arange(N_PERSONS), 12)
    predicted = draw.beta(0.6, 12, size=N_PERSONS)[person]
    # Persons differ beyond what is predicted of them, so their loans share their fate.
    luck = draw.gamma(4, 0.25, size=N_PERSONS)[person]
    risk = np.clip(predicted * luck * level, 0, 1)
    if not skill:
        risk = draw.permutation(risk)
    days = np.datetime64("2020-12-31") + draw.integers(0, 366, size=len(person)).astype(
        "timedelta64[D]"
    )
    known = days + LAG <= AS_OF
    status = np.where(known, draw.random(len(person)) < risk, np.nan)
    loans = pd.DataFrame({name: np.zeros(len(person)) for name in MODEL_FEATURES})
    loans = loans.assign(
        avg_amount_loans_previous=predicted, **{STATUS: status, LOAN_DATE: days.astype("M8[ms]")}
    )
    nobody = np.zeros(len(person), bool)
    late = known & (days >= np.datetime64("2021-06-01"))
    split = Split(pd.Timestamp("2021-06-01").date(), nobody, nobody, late, nobody)
    return Dataset(loans, loans.head(1), person.astype(np.uint64), pd.Series(dtype=object), split)
