"""The features, against a slow and obvious reading of their definition, on three engines."""

from datetime import date, timedelta
from math import fsum
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF, PENSIONER, make_loans
from training.features.definitions import loan_features, loan_histories, user_features
from training.reading.raw_file import read_loans

LAG_DAYS = 90

days = st.dates(date(2019, 1, 1), date(2020, 12, 31))
birthdays = st.one_of(
    st.dates(date(1940, 1, 1), date(2001, 1, 1)), st.just(date(1988, 2, 29)), days
)
job_starts = st.one_of(
    st.none(), st.just(PENSIONER), st.dates(date(1990, 1, 1), date(2022, 12, 31))
)
loans_of_users = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 4),
            "loan_date": st.one_of(days, st.just(date(2020, 2, 29))),
            "loan_amount": st.floats(100, 900, allow_nan=False),
            "flag_own_car": st.sampled_from("YN"),
            "birthday": birthdays,
            "job_start_date": job_starts,
            "status": st.sampled_from([0.0, 1.0, None]),
        }
    ),
    min_size=1,
    max_size=25,
)


def completed_years(start: Any, end: date) -> float | None:
    if start is None or start > end:
        return None
    years = end.year - start.year
    return float(years - ((start.month, start.day) > (end.month, end.day)))


def describe_slowly(loans: list[dict[str, Any]], loan: dict[str, Any], day: date) -> list[Any]:
    order = (loan["loan_date"], loan["loan_id"])
    previous = [
        other["loan_amount"]
        for other in loans
        if other["id"] == loan["id"] and (other["loan_date"], other["loan_id"]) < order
    ]
    known_by = loan["loan_date"] - timedelta(days=LAG_DAYS)
    outcomes = [
        other["status"]
        for other in loans
        if other["id"] == loan["id"]
        and other["loan_date"] <= known_by
        and other["status"] is not None
    ]
    born = loan["birthday"]
    age = day.year - born.year - ((born.month, born.day) > (day.month, day.day))
    return [
        float(len(previous)),
        fsum(previous) / len(previous) if previous else None,
        float(age),
        completed_years(loan["job_start_date"], day),
        float(loan["flag_own_car"] == "Y"),
        sum(outcomes),
        sum(outcomes) / len(outcomes) if outcomes else None,
    ]


def number_loans(loans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give ids that follow neither the file's order nor the days'."""
    return [loan | {"loan_id": (7 * place) % 101} for place, loan in enumerate(loans)]


def features_of(frame: pd.DataFrame) -> list[list[Any]]:
    table = frame[list(MODEL_FEATURES)].astype(object)
    rows: list[list[Any]] = table.where(table.notna(), None).to_numpy().tolist()
    return rows


def assert_close(found: list[Any], wanted: list[Any]) -> None:
    missing = [value is None for value in wanted]
    assert [value is None for value in found] == missing
    assert [value or 0.0 for value in found] == pytest.approx(
        [value or 0.0 for value in wanted], rel=1e-14
    )


def to_arrow(frame: Any) -> pa.Table:
    if isinstance(frame, pd.DataFrame):
        table = pa.Table.from_pandas(frame, preserve_index=False)
    elif isinstance(frame, pl.DataFrame):
        table = frame.to_arrow()
    elif isinstance(frame, pl.LazyFrame):
        table = frame.collect().to_arrow()
    else:
        table = frame.to_arrow_table()
    dated = table.schema.get_field_index("loan_date")
    days = table["loan_date"].cast(pa.date32())
    return table.set_column(dated, "loan_date", days).combine_chunks()


@settings(max_examples=60)
@given(loans_of_users)
def test_every_loan_is_described_as_by_hand(drawn: list[dict[str, Any]]) -> None:
    loans = number_loans(drawn)

    described = loan_features(loan_histories(make_loans(*loans), LAG_DAYS))

    ordered = sorted(loans, key=lambda loan: (loan["id"], loan["loan_date"], loan["loan_id"]))
    expected = [describe_slowly(loans, loan, loan["loan_date"]) for loan in ordered]
    assert described["loan_id"].tolist() == [loan["loan_id"] for loan in ordered]
    for found, wanted in zip(features_of(described), expected, strict=True):
        assert_close(found, wanted)


@settings(max_examples=60)
@given(loans_of_users)
def test_every_user_is_described_as_at_their_latest_loan_and_aged_to_the_as_of_date(
    drawn: list[dict[str, Any]],
) -> None:
    loans = number_loans(drawn)

    users = user_features(loan_histories(make_loans(*loans), LAG_DAYS), AS_OF)

    latest = {
        loan["id"]: loan for loan in sorted(loans, key=lambda x: (x["loan_date"], x["loan_id"]))
    }
    assert users["id"].tolist() == sorted(latest)
    for user, found in zip(users["id"], features_of(users), strict=True):
        assert_close(found, describe_slowly(loans, latest[user], AS_OF))


@settings(max_examples=25)
@given(loans_of_users)
def test_all_engines_give_the_same_bits(drawn: list[dict[str, Any]]) -> None:
    raw = make_loans(*number_loans(drawn))

    assert_same_on_all_engines(pa.Table.from_pandas(raw, preserve_index=False))


def test_all_engines_give_the_same_bits_on_the_sample() -> None:
    assert_same_on_all_engines(read_loans(SAMPLE, AS_OF).loans)


def assert_same_on_all_engines(raw: pa.Table) -> None:
    # Car flags as text: a category is pandas' and Arrow's, DuckDB has its own.
    car = raw.schema.get_field_index("flag_own_car")
    raw = raw.set_column(car, "flag_own_car", raw["flag_own_car"].cast(pa.string()))
    for name in ("birthday", "job_start_date", "loan_date"):
        raw = raw.set_column(raw.schema.get_field_index(name), name, raw[name].cast(pa.date32()))
    expected: list[pa.Table] = []
    with duckdb.connect() as connection:
        engines = {
            "pandas": raw.to_pandas(date_as_object=False),
            "polars": pl.from_arrow(raw),
            "polars lazy": pl.from_arrow(raw).lazy(),  # type: ignore[union-attr]
            "duckdb": connection.from_arrow(raw),
        }
        for engine, frame in engines.items():
            histories = loan_histories(frame, LAG_DAYS)
            found = [
                to_arrow(loan_features(histories)),
                to_arrow(user_features(histories, AS_OF)),
            ]
            expected = expected or found
            for table, wanted in zip(found, expected, strict=True):
                assert table.cast(wanted.schema).equals(wanted), engine


def test_the_input_is_not_modified() -> None:
    loans = make_loans({"loan_id": 2}, {"loan_id": 1, "loan_amount": 150.0})
    before = loans.copy(deep=True)

    histories = loan_histories(loans, LAG_DAYS)
    kept = histories.copy(deep=True)
    loan_features(histories)
    user_features(histories, AS_OF)

    pd.testing.assert_frame_equal(loans, before)
    pd.testing.assert_frame_equal(histories, kept)


def test_loans_of_one_day_follow_each_other_by_loan_id() -> None:
    loans = make_loans(
        {"loan_id": 30, "loan_amount": 300.0},
        {"loan_id": 10, "loan_amount": 100.0},
        {"loan_id": 20, "loan_amount": 200.0},
    )

    described = loan_features(loan_histories(loans, LAG_DAYS))

    assert described["loan_id"].tolist() == [10, 20, 30]
    assert described["nb_previous_loans"].tolist() == [0.0, 1.0, 2.0]
    assert described["avg_amount_loans_previous"].tolist()[1:] == [100.0, 150.0]


def test_a_single_loan_has_no_average() -> None:
    described = loan_features(loan_histories(make_loans({}), LAG_DAYS))

    assert described["nb_previous_loans"].tolist() == [0.0]
    assert described["avg_amount_loans_previous"].isna().all()


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2019, 2, 28), 30.0),
        (date(2019, 3, 1), 31.0),
        (date(2020, 2, 28), 31.0),
        (date(2020, 2, 29), 32.0),
    ],
)
def test_who_was_born_on_a_leap_day_turns_a_year_older_on_the_next_day_there_is(
    day: date, age: float
) -> None:
    loans = make_loans({"birthday": date(1988, 2, 29), "loan_date": day})

    assert loan_features(loan_histories(loans, LAG_DAYS))["age"].tolist() == [age]


@pytest.mark.parametrize("start", [PENSIONER, date(2022, 3, 9), None])
def test_a_job_that_has_not_started_has_no_years(start: date | None) -> None:
    histories = loan_histories(make_loans({"job_start_date": start}), LAG_DAYS)

    assert loan_features(histories)["years_on_the_job"].isna().all()
    assert user_features(histories, AS_OF)["years_on_the_job"].isna().all()


def test_a_job_that_starts_after_the_loan_counts_from_the_as_of_date_only() -> None:
    histories = loan_histories(make_loans({"job_start_date": date(2020, 1, 2)}), LAG_DAYS)

    assert loan_features(histories)["years_on_the_job"].isna().all()
    assert user_features(histories, AS_OF)["years_on_the_job"].tolist() == [2.0]


def test_a_loan_with_an_unknown_outcome_counts_as_a_loan() -> None:
    loans = make_loans(
        {"loan_id": 1, "status": None, "loan_amount": 110.0},
        {"loan_id": 2, "loan_date": date(2020, 5, 1)},
    )

    users = user_features(loan_histories(loans, LAG_DAYS), AS_OF)

    assert users["nb_previous_loans"].tolist() == [1.0]
    assert users["avg_amount_loans_previous"].tolist() == [110.0]


@pytest.mark.parametrize(("day", "unpaid"), [(date(2020, 3, 30), 0.0), (date(2020, 3, 31), 1.0)])
def test_an_outcome_counts_from_the_day_on_which_it_is_known(day: date, unpaid: float) -> None:
    loans = make_loans(
        {"loan_id": 1, "status": 1.0, "loan_date": date(2020, 1, 1)},
        {"loan_id": 2, "status": 0.0, "loan_date": day},
    )

    described = loan_features(loan_histories(loans, LAG_DAYS))

    assert described["nb_previous_unpaid"].tolist() == [0.0, unpaid]


@settings(max_examples=30)
@given(loans_of_users, st.integers(0, 24))
def test_no_feature_changes_when_its_own_outcome_or_a_later_loan_does(
    drawn: list[dict[str, Any]], place: int
) -> None:
    loans = number_loans(drawn)
    chosen = loans[place % len(loans)]
    cut = (chosen["loan_date"], chosen["loan_id"])
    changed = [
        loan | {"status": 1.0, "loan_amount": 555.0}
        if (loan["loan_date"], loan["loan_id"]) >= cut
        else loan
        for loan in loans
    ]

    before = loan_features(loan_histories(make_loans(*loans), LAG_DAYS))
    after = loan_features(loan_histories(make_loans(*changed), LAG_DAYS))

    of_chosen = before["loan_id"] == chosen["loan_id"]
    pd.testing.assert_frame_equal(
        before.loc[of_chosen, list(MODEL_FEATURES)],
        after.loc[of_chosen, list(MODEL_FEATURES)],
    )


def test_the_documented_user_gets_the_documented_answer_from_the_sample() -> None:
    raw = read_loans(SAMPLE, AS_OF).loans.to_pandas(date_as_object=False)

    users = user_features(loan_histories(raw, LAG_DAYS), AS_OF).set_index("id")

    features = [round(value, 10) for value in users.loc[5008806, list(REFERENCE_FEATURES)]]
    assert features == [29.0, 136.4468640135, 59.0, 3.0, 1.0]
    assert (raw["id"] == 5008806).sum() == 30
