"""Whether the finished model keeps the order that it must: more unpaid loans, more risk."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.facts import Gate
from shared.release.features import FEATURES, MODEL_FEATURES
from training.gates.monotonic import holds_direction
from training.gates.turning_values import ROUNDING, find_turning_values
from training.model.classifier import Classifier, predict_at
from training.model.fitted_models import take_apart

RISING_FEATURES = tuple(name for name in MODEL_FEATURES if FEATURES[name].sign > 0)
"""The features that go with unpaid loans: none of them may lower the risk as it grows."""


def find_lowered(model: Classifier, users: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Find the users whose risk falls somewhere as one of `RISING_FEATURES` grows.

    Parameters
    ----------
    model : Classifier
        The finished one.
    users : pandas.DataFrame of shape (n_users, n_columns)
        With the columns of `MODEL_FEATURES`.
    """
    lowered = np.zeros(len(users), bool)
    for name in RISING_FEATURES:
        if holds_direction(model, name, 1):
            continue
        predicted = predict_at(model, users, name, find_turning_values(model, name, users))
        lowered |= (predicted[1:] < predicted[:-1] * (1 - ROUNDING)).any(axis=0)
    return lowered


def judge_unpaid(model: Classifier, users: pd.DataFrame) -> Gate:
    """Look for users whom more unpaid loans would make look better."""
    lowered = find_lowered(model, users)
    share = float(lowered.mean())
    return Gate(
        "unpaid_loans",
        share,
        "more unpaid loans lower no user's risk",
        "stopped" if share else "passed",
        f"The risk of {int(lowered.sum()):,} of {len(users):,} users would fall with more loans"
        " not paid on time.",
    )


def judge_calibrated_order(model: Classifier) -> Gate:
    """Require that the calibration keeps the order of the uncalibrated scores."""
    limit = "the calibration's slope is above 0; stops below, warns at 0"
    slope = take_apart(model).slope
    detail = f"The slope is {slope:.4f}."
    if slope > 0:
        return Gate("score_order", slope, limit, "passed", detail)
    if slope < 0:
        detail += " It turns the order of the scores around."
        return Gate("score_order", slope, limit, "stopped", detail)
    return Gate("score_order", slope, limit, "warned", f"{detail} All users score alike.")
