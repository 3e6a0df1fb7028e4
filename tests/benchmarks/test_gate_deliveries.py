"""The deliveries that the gates are tried on: what each kind changes, and what it leaves."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from benchmarks.healthy_deliveries import HEALTHY
from benchmarks.portfolios import AUTUMN, LAG_DAYS, WINTER, deliver, draw_raw, keep_users
from benchmarks.wrong_deliveries import WRONG
from shared.release.features import LOAN, LOAN_DATE, STATUS, USER
from training.reading.contract import RAW_COLUMNS

RAW = draw_raw(400, seed=3)
SOUND = deliver(RAW, WINTER)

type Check = Callable[[pd.DataFrame], object]


def change(kind: str) -> pd.DataFrame:
    return WRONG[kind].change(SOUND.copy(), np.random.default_rng(1))


def defaults(raw: pd.DataFrame) -> int:
    return int((raw[STATUS] == 1).sum())


def known(raw: pd.DataFrame) -> int:
    return int(raw[STATUS].notna().sum())


def recent(raw: pd.DataFrame) -> pd.Series:
    return raw.loc[raw[LOAN_DATE] >= "2020-04-01", STATUS]


def is_about(share: float, of: int) -> Callable[[int], bool]:
    return lambda found: abs(found - share * of) < 4 * np.sqrt(of * share * (1 - share)) + 1


def keeps_outcomes(raw: pd.DataFrame) -> bool:
    return known(raw) == known(SOUND) and defaults(raw) == defaults(SOUND)


def moves_outcomes(least: float, most: float) -> Check:
    """Expect a share of the defaults on loans that did not default."""
    was_default = SOUND[STATUS] == 1
    return lambda raw: (
        keeps_outcomes(raw)
        and least <= 1 - ((raw[STATUS] == 1) & was_default).sum() / was_default.sum() <= most
    )


OUTCOMES: dict[str, Check] = {
    "outcomes shuffled": moves_outcomes(0.8, 1.0),
    "half of the outcomes shuffled": moves_outcomes(0.25, 0.75),
    "outcomes moved to the next loan": lambda raw: (
        raw[STATUS].iloc[1:].equals(SOUND[STATUS].iloc[:-1].set_axis(raw.index[1:]))
    ),
    "outcomes swapped, good for bad": lambda raw: raw[STATUS].equals(1 - SOUND[STATUS]),
    "half of the defaults blank": lambda raw: (
        is_about(0.5, defaults(SOUND))(defaults(raw))
        and known(SOUND) - known(raw) == defaults(SOUND) - defaults(raw)
    ),
    "half of the defaults coded 0": lambda raw: (
        is_about(0.5, defaults(SOUND))(defaults(raw)) and known(raw) == known(SOUND)
    ),
    "outcomes after a day coded 0, first release": lambda raw: (
        (recent(raw).dropna() == 0).all() and recent(SOUND).sum() > 0
    ),
    "outcomes after a day blank, first release": lambda raw: (
        recent(raw).isna().all() and known(raw) > 0
    ),
    "goods not yet reported, bads are, first release": lambda raw: (
        (recent(raw).dropna() == 1).all() and defaults(raw) == defaults(SOUND)
    ),
    "three quarters of the goods blank": lambda raw: (
        defaults(raw) == defaults(SOUND)
        and is_about(0.25, known(SOUND) - defaults(SOUND))(known(raw) - defaults(raw))
    ),
    "defaults trebled after training, first release": lambda raw: (
        1.5 < recent(raw).sum() / recent(SOUND).sum() < 5 and known(raw) == known(SOUND)
    ),
}

ROWS: dict[str, Check] = {
    "users delivered twice under new ids": lambda raw: (
        len(raw) == 2 * len(SOUND)
        and raw[LOAN].is_unique
        and raw[USER].nunique() == 2 * SOUND[USER].nunique()
    ),
    "15 % of the loans gone": lambda raw: is_about(0.85, len(SOUND))(len(raw)),
    "15 % of the users gone": lambda raw: (
        raw[USER].nunique() == round(0.85 * SOUND[USER].nunique())
    ),
    "half of the users gone": lambda raw: raw[USER].nunique() == round(0.5 * SOUND[USER].nunique()),
    "new ids for the same users and loans": lambda raw: (
        not set(raw[USER]) & set(SOUND[USER])
        and not set(raw[LOAN]) & set(SOUND[LOAN])
        and raw.drop(columns=[USER, LOAN]).equals(SOUND.drop(columns=[USER, LOAN]))
    ),
}

FEATURES: dict[str, Check] = {
    "amounts x 1000": lambda raw: (raw["loan_amount"] == 1000 * SOUND["loan_amount"]).all(),
    "everyone ten years older": lambda raw: (
        (SOUND["birthday"] - raw["birthday"]).dt.days == 3652
    ).all(),
    "job start blank throughout": lambda raw: raw["job_start_date"].isna().all(),
    "nobody owns a car": lambda raw: (raw["flag_own_car"] == "N").all(),
}

CHANGES = OUTCOMES | ROWS | FEATURES


@pytest.mark.parametrize("kind", CHANGES)
def test_a_wrong_delivery_changes_what_its_name_says(kind: str) -> None:
    assert CHANGES[kind](change(kind))
    assert not CHANGES[kind](SOUND)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_delivery_with_wrong_outcomes_is_otherwise_the_sound_one(kind: str) -> None:
    changed = change(kind)

    assert changed.drop(columns=STATUS).equals(SOUND.drop(columns=STATUS))


def test_every_wrong_delivery_differs_from_a_sound_one() -> None:
    for kind, wrong in WRONG.items():
        file_differs = not change(kind).equals(SOUND)

        assert file_differs == wrong.needs_training, kind
        assert file_differs or wrong.spoil or wrong.cost_ratio != 20, kind


@pytest.mark.parametrize("kind", HEALTHY)
def test_a_healthy_delivery_keeps_the_contract(kind: str) -> None:
    healthy, rng = HEALTHY[kind], np.random.default_rng(1)
    whole = healthy.whole(RAW.copy(), rng)

    delivered = deliver(whole, healthy.as_of)

    assert set(delivered) == set(RAW_COLUMNS)
    assert delivered[LOAN].is_unique
    assert delivered[LOAN_DATE].max() <= pd.Timestamp(healthy.as_of)
    assert set(delivered[STATUS].dropna()) == {0.0, 1.0}
    assert (delivered["loan_amount"] > 0).all()
    if healthy.champion:
        before = healthy.before(deliver(whole, healthy.champion), rng)
        assert set(before[LOAN]) < set(delivered[LOAN])
        later = delivered.set_index(LOAN)[STATUS].loc[before[LOAN]].to_numpy()
        settled = before[STATUS].notna().to_numpy()
        assert (later[settled] == before[STATUS].to_numpy()[settled]).all()


def test_the_seasonal_portfolio_has_fewer_loans_and_fewer_defaults_in_summer() -> None:
    seasonal = HEALTHY["seasonal"].whole(draw_raw(1_000, seed=3), np.random.default_rng(1))

    summer = seasonal[LOAN_DATE].dt.month.isin([5, 6, 7])
    winter = seasonal[LOAN_DATE].dt.month.isin([11, 12, 1])

    assert summer.sum() < 0.7 * winter.sum()
    assert seasonal[summer][STATUS].mean() < seasonal[winter][STATUS].mean()


def test_the_new_product_doubles_the_amount_of_a_third_of_the_later_loans() -> None:
    mixed = HEALTHY["new product mix"].whole(RAW.copy(), np.random.default_rng(1))

    doubled = mixed["loan_amount"] == 2 * RAW["loan_amount"]
    later = RAW[LOAN_DATE] >= "2020-07-01"

    assert not doubled[~later].any()
    assert 0.25 < doubled[later].mean() < 0.42


def test_a_delivery_holds_the_loans_and_the_outcomes_of_its_day() -> None:
    delivered = deliver(RAW, AUTUMN)
    due = delivered[LOAN_DATE] + pd.Timedelta(days=LAG_DAYS) <= pd.Timestamp(AUTUMN)

    assert len(delivered) == (RAW[LOAN_DATE] <= pd.Timestamp(AUTUMN)).sum()
    assert delivered[STATUS].notna().equals(due)


def test_users_are_kept_with_all_their_loans() -> None:
    kept = keep_users(RAW, 0.3, np.random.default_rng(1))

    assert kept[USER].nunique() == round(0.3 * RAW[USER].nunique())
    assert len(kept) == RAW[USER].isin(kept[USER]).sum()
