"""The split by time and person, against a loop."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.dataset.split import TEST_SHARE, Days, Mask, Split

FIRST_DAY = np.datetime64("2020-01-01")
ROLES = np.array(["test", "test", "calibration", "training", "training", "training", "training"])


def _days(*days: int) -> Days:
    dates: Days = FIRST_DAY + np.array(days, dtype="timedelta64[D]")
    return dates


rows = st.lists(
    st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 6)), min_size=1, max_size=60
)


class Drawn:
    """Loans of persons 0 to 6, each with a fixed role, split."""

    def __init__(self, rows: list[tuple[int, bool, int]], as_of: int, lag: int) -> None:
        days, known, persons = zip(*rows, strict=True)
        self.days, self.known, self.persons = _days(*days), np.array(known), np.array(persons)
        self.roles = ROLES[self.persons]
        as_of_day = FIRST_DAY + np.timedelta64(as_of, "D")
        self.settled = self.known & (self.days + np.timedelta64(lag, "D") <= as_of_day)
        self.as_of, self.lag = as_of_day.astype(date), np.timedelta64(lag, "D")
        self.split = Split.make(self.days, self.known, self.roles, self.as_of, lag)
        self.cut = np.datetime64(self.split.cut)

    @property
    def masks(self) -> dict[str, Mask]:
        names = ("training", "calibration", "unseen", "seen")
        return {name: getattr(self.split, name) for name in names}


drawn_splits = st.builds(Drawn, rows, st.integers(0, 120), st.integers(1, 40))


@given(drawn_splits)
def test_no_training_or_calibration_person_is_tested_as_unseen(drawn: Drawn) -> None:
    persons = {name: set(drawn.persons[mask]) for name, mask in drawn.masks.items()}

    assert persons["training"].isdisjoint(persons["calibration"])
    assert persons["unseen"].isdisjoint(persons["training"] | persons["calibration"])
    assert persons["unseen"].isdisjoint(persons["seen"])


@given(drawn_splits)
def test_no_outcome_after_the_cut_off_is_trained_on(drawn: Drawn) -> None:
    trained_on = drawn.split.training | drawn.split.calibration

    assert (drawn.days[trained_on] + drawn.lag <= drawn.cut).all()


@given(drawn_splits)
def test_a_loan_is_used_at_most_once_and_only_with_a_known_outcome(drawn: Drawn) -> None:
    masks = list(drawn.masks.values())

    assert (np.sum(masks, axis=0) <= 1).all()
    assert drawn.settled[np.any(masks, axis=0)].all()


@given(drawn_splits)
def test_every_loan_is_used_as_a_loop_decides(drawn: Drawn) -> None:
    for at, day in enumerate(drawn.days):
        role, settled = drawn.roles[at], bool(drawn.settled[at])
        tests = settled and bool(day >= drawn.cut)
        trained_on = settled and bool(day + drawn.lag <= drawn.cut)
        assert {name: bool(mask[at]) for name, mask in drawn.masks.items()} == {
            "training": trained_on and role == "training",
            "calibration": trained_on and role == "calibration",
            "unseen": tests and role == "test",
            "seen": tests and role != "test",
        }


@given(drawn_splits)
def test_the_cut_off_is_the_latest_date_that_leaves_the_test_share(drawn: Drawn) -> None:
    settled = drawn.days[drawn.settled]

    if not len(settled):
        assert drawn.split.cut == drawn.as_of
        return
    assert drawn.cut in settled
    assert np.mean(settled >= drawn.cut) >= TEST_SHARE
    assert all(np.mean(settled > day) < TEST_SHARE for day in settled if day > drawn.cut)


def test_loans_around_the_cut_off_and_the_as_of_date() -> None:
    days = _days(9, 10, 11, 20, 29, 30, 31)
    known, roles = np.full(7, True), np.full(7, "training")

    split = Split.make(days, known, roles, date(2020, 2, 9), 10)

    assert split.cut == date(2020, 1, 21)
    assert np.flatnonzero(split.training).tolist() == [0, 1]
    assert np.flatnonzero(split.seen).tolist() == [3, 4]
    assert not split.unseen.any()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_may_have_any_unit(unit: str) -> None:
    days, known, roles = _days(1, 100, 200, 300), np.full(4, True), np.full(4, "training")

    split = Split.make(days.astype(f"datetime64[{unit}]"), known, roles, date(2021, 1, 1), 30)

    assert split.cut == date(2020, 7, 19)
    assert split.training.tolist() == [True, True, False, False]


def test_without_a_known_outcome_no_loan_is_used() -> None:
    days, known, roles = _days(1, 2), np.full(2, False), np.array(["training", "test"])

    split = Split.make(days, known, roles, date(2021, 1, 1), 1)

    masks = (split.training, split.calibration, split.unseen, split.seen)
    assert split.cut == date(2021, 1, 1)
    assert not np.any(masks)
