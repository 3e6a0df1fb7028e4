"""Deliveries that must never be served, each made from a sound portfolio."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.portfolios import Change, keep_users
from shared.release.features import LOAN, LOAN_DATE, STATUS, USER
from training.model.classifier import Classifier

_HALF_A_YEAR_AGO = "2020-04-01"
_NEW_IDS = 50_000_000


def _nothing(raw: pd.DataFrame, _: np.random.Generator) -> pd.DataFrame:
    return raw


@dataclass(frozen=True, slots=True)
class Wrong:
    """A kind of wrong delivery.

    Attributes
    ----------
    change : callable
        What is done to the sound file.
    champion : bool
        Whether there is a champion, from the quarter before; else this is the first release.
    readable : bool
        Whether the champion's model and loans can be read.
    cost_ratio : float
        The candidate's; the champion's is 20.
    spoil : callable
        What is done to the fitted model.
    """

    change: Change = _nothing
    champion: bool = True
    readable: bool = True
    cost_ratio: float = 20.0
    spoil: Callable[[Classifier], None] | None = None

    @property
    def needs_training(self) -> bool:
        """Whether the file itself is changed; else the sound file's model will do."""
        return self.change is not _nothing


def _shuffle(share: float) -> Change:
    def change(raw: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        status = raw[STATUS].to_numpy(copy=True)
        rows = np.flatnonzero(~np.isnan(status) & (rng.random(len(status)) < share))
        status[rows] = rng.permutation(status[rows])
        return raw.assign(**{STATUS: status})

    return change


def _set_status(value: float, which: Callable[[pd.DataFrame, np.random.Generator], Any]) -> Change:
    def change(raw: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        known = raw[STATUS].notna()
        return raw.assign(**{STATUS: raw[STATUS].mask(known & which(raw, rng), value)})

    return change


def _half_of_defaults(raw: pd.DataFrame, rng: np.random.Generator) -> Any:
    return (raw[STATUS] == 1) & (rng.random(len(raw)) < 0.5)


def _recent(raw: pd.DataFrame, _: np.random.Generator) -> Any:
    return raw[LOAN_DATE] >= _HALF_A_YEAR_AGO


def _recent_goods(raw: pd.DataFrame, rng: np.random.Generator) -> Any:
    return _recent(raw, rng) & (raw[STATUS] == 0)


def _goods(raw: pd.DataFrame, rng: np.random.Generator) -> Any:
    return (raw[STATUS] == 0) & (rng.random(len(raw)) < 0.75)


def _twice(raw: pd.DataFrame, _: np.random.Generator) -> pd.DataFrame:
    copy = raw.assign(**{USER: raw[USER] + _NEW_IDS, LOAN: raw[LOAN] + _NEW_IDS})
    return pd.concat([raw, copy], ignore_index=True)


def _drop_loans(raw: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return raw[rng.random(len(raw)) >= 0.15].reset_index(drop=True)


def _shift_outcomes(raw: pd.DataFrame, _: np.random.Generator) -> pd.DataFrame:
    return raw.assign(**{STATUS: raw[STATUS].shift(1)})


def _swap(raw: pd.DataFrame, _: np.random.Generator) -> pd.DataFrame:
    return raw.assign(**{STATUS: 1 - raw[STATUS]})


def _crisis(raw: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Treble the defaults of the test period, unseen by the training loans."""
    recent = (raw[LOAN_DATE] >= "2020-04-15") & (raw[STATUS] == 0)
    risk = 2 * raw.groupby(USER)[STATUS].transform("mean").fillna(0) + 0.01
    struck = recent & (rng.random(len(raw)) < risk.to_numpy())
    return raw.assign(**{STATUS: raw[STATUS].mask(struck, 1.0)})


def _assign(**columns: Any) -> Change:
    return lambda raw, _: raw.assign(
        **{name: make(raw) if callable(make) else make for name, make in columns.items()}
    )


def _age(years: int) -> Change:
    days = pd.Timedelta(days=round(365.25 * years))
    return _assign(birthday=lambda raw: raw["birthday"] - days)


def turn_around(model: Classifier) -> None:
    """Invert a model as a calibration with a negative slope does."""
    inner: Any = model
    for calibrated in inner.calibrated_classifiers_:
        for line in calibrated.calibrators:
            line.a_ = -line.a_


_blank_half = _set_status(np.nan, _half_of_defaults)
_zero_half = _set_status(0.0, _half_of_defaults)
_zero_recent = _set_status(0.0, _recent)
_blank_recent = _set_status(np.nan, _recent)

WRONG = {
    "outcomes shuffled": Wrong(_shuffle(1.0)),
    "outcomes shuffled, first release": Wrong(_shuffle(1.0), champion=False),
    "half of the outcomes shuffled": Wrong(_shuffle(0.5)),
    "half shuffled, champion cannot be read": Wrong(_shuffle(0.5), readable=False),
    "outcomes moved to the next loan": Wrong(_shift_outcomes),
    "outcomes swapped, good for bad": Wrong(_swap, champion=False),
    "model inverted": Wrong(spoil=turn_around, champion=False),
    "half of the defaults blank": Wrong(_blank_half),
    "half of the defaults coded 0": Wrong(_zero_half),
    "half of the defaults coded 0, champion cannot be read": Wrong(_zero_half, readable=False),
    "outcomes after a day coded 0, first release": Wrong(_zero_recent, champion=False),
    "outcomes after a day blank, first release": Wrong(_blank_recent, champion=False),
    "goods not yet reported, bads are, first release": Wrong(
        _set_status(np.nan, _recent_goods), champion=False
    ),
    "three quarters of the goods blank": Wrong(_set_status(np.nan, _goods)),
    "defaults trebled after training, first release": Wrong(_crisis, champion=False),
    "COST_RATIO 2000": Wrong(cost_ratio=2000.0, champion=False),
    "COST_RATIO 0.2": Wrong(cost_ratio=0.2),
    "COST_RATIO 0.2, first release": Wrong(cost_ratio=0.2, champion=False),
    "users delivered twice under new ids": Wrong(_twice),
    "users delivered twice, first release": Wrong(_twice, champion=False),
    "15 % of the loans gone": Wrong(_drop_loans),
    "15 % of the users gone": Wrong(lambda raw, rng: keep_users(raw, 0.85, rng)),
    "half of the users gone": Wrong(lambda raw, rng: keep_users(raw, 0.5, rng)),
    "amounts x 1000": Wrong(_assign(loan_amount=lambda raw: raw["loan_amount"] * 1000)),
    "everyone ten years older": Wrong(_age(10)),
    "job start blank throughout": Wrong(_assign(job_start_date=np.datetime64("NaT", "s"))),
    "nobody owns a car": Wrong(_assign(flag_own_car="N")),
    "new ids for the same users and loans": Wrong(
        _assign(id=lambda raw: raw[USER] + _NEW_IDS, loan_id=lambda raw: raw[LOAN] + _NEW_IDS)
    ),
}
"""Every kind, by its name in the table."""
