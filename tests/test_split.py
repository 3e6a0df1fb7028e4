"""Who trains and who tests."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.split import Days, Split, choose_cut, split_loans

FIRST_DAY = np.datetime64("2020-01-01")


def _days(*days: int) -> Days:
    dates: Days = FIRST_DAY + np.array(days, dtype="timedelta64[D]")
    return dates


rows = st.lists(
    st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 6)), min_size=1, max_size=60
)
lags = st.integers(0, 40)


class Drawn:
    """Loans of persons 0 to 6, of whom 0 and 1 are held out, split at the chosen cut."""

    def __init__(self, rows: list[tuple[int, bool, int]], as_of: int, lag: int) -> None:
        days, known, persons = zip(*rows, strict=True)
        self.days, self.known, self.persons = _days(*days), np.array(known), np.array(persons)
        self.held_out = self.persons < 2
        self.as_of, self.lag = FIRST_DAY + np.timedelta64(as_of, "D"), np.timedelta64(lag, "D")
        self.cut = choose_cut(self.days, self.known)
        self.split = split_loans(self.days, self.known, self.held_out, self.as_of, self.cut, lag)


drawn_splits = st.builds(Drawn, rows, st.integers(0, 120), lags)


@settings(deadline=None)
@given(drawn_splits)
def test_no_person_trains_and_tests_as_unseen(drawn: Drawn) -> None:
    split = drawn.split

    assert set(drawn.persons[split.training]).isdisjoint(drawn.persons[split.unseen])
    assert set(drawn.persons[split.seen]).isdisjoint(drawn.persons[split.unseen])


@settings(deadline=None)
@given(drawn_splits)
def test_no_outcome_is_trained_on_that_came_after_the_cut(drawn: Drawn) -> None:
    outcome_days = drawn.days[drawn.split.training] + drawn.lag

    assert (outcome_days <= drawn.cut).all()


@settings(deadline=None)
@given(drawn_splits)
def test_a_loan_is_in_one_part_at_most_and_its_outcome_is_known(drawn: Drawn) -> None:
    parts = [drawn.split.training, drawn.split.unseen, drawn.split.seen]

    assert (np.sum(parts, axis=0) <= 1).all()
    chosen = np.any(parts, axis=0)
    assert drawn.known[chosen].all()
    assert (drawn.days[chosen] + drawn.lag <= drawn.as_of).all()


@settings(deadline=None)
@given(drawn_splits)
def test_every_loan_is_where_a_loop_puts_it(drawn: Drawn) -> None:
    for at, day in enumerate(drawn.days):
        due = drawn.known[at] and day + drawn.lag <= drawn.as_of
        tests = bool(due and day >= drawn.cut)
        trains = bool(due and day < drawn.cut and day + drawn.lag <= drawn.cut)
        found = [part[at] for part in (drawn.split.unseen, drawn.split.seen, drawn.split.training)]
        held_out = drawn.held_out[at]
        assert found == [tests and held_out, tests and not held_out, trains and not held_out]


def test_days_about_the_cut_and_the_as_of_date() -> None:
    days = _days(9, 10, 11, 19, 20, 29, 30, 31)
    known, held_out = np.full(8, True), np.full(8, False)

    split = split_loans(days, known, held_out, date(2020, 2, 9), date(2020, 1, 21), 10)

    assert np.flatnonzero(split.training).tolist() == [0, 1]
    assert np.flatnonzero(split.seen).tolist() == [4, 5]
    assert not split.unseen.any()


@settings(deadline=None)
@given(rows, st.floats(0.01, 1))
def test_the_cut_is_the_latest_day_that_leaves_the_share(
    drawn: list[tuple[int, bool, int]], share: float
) -> None:
    days, known = _days(*(row[0] for row in drawn)), np.array([row[1] for row in drawn])

    cut = choose_cut(days, known, share)

    counted = days[known]
    if not len(counted):
        assert np.isnat(cut)
        return
    later_days = [day for day in set(counted) if day > cut]
    assert cut in counted
    assert np.mean(counted >= cut) >= share
    assert all(np.mean(counted >= day) < share for day in later_days)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_of_any_unit_are_days(unit: str) -> None:
    days, known = _days(1, 100, 200, 300), np.full(4, True)
    finer = days.astype(f"datetime64[{unit}]")

    cut = choose_cut(finer, known)
    split = split_loans(finer, known, ~known, date(2021, 1, 1), cut, 30)

    assert cut == days[-1]
    assert cut.dtype == np.dtype("datetime64[D]")
    assert split.training.tolist() == [True, True, True, False]


def test_without_a_known_outcome_nobody_trains_or_tests() -> None:
    days, nothing = _days(1, 2), np.full(2, False)

    cut = choose_cut(days, nothing)
    split = split_loans(days, ~nothing, nothing, date(2021, 1, 1), cut, 0)

    assert np.isnat(cut)
    assert not _any(split)


def _any(split: Split) -> bool:
    return bool(split.training.any() or split.unseen.any() or split.seen.any())
