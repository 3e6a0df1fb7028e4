"""The features, against those of other engines: pandas, Polars and DuckDB."""

from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import given, settings

from tests.support.datasets import LAG_DAYS, widen
from tests.support.drawn_loans import LOANS_OF_USERS, number_loans
from tests.support.paths import SAMPLE
from tests.support.portable_features.definitions import (
    loan_features,
    loan_histories,
    user_features,
)
from tests.support.portfolios import AS_OF, make_loans
from training.features.engineering import engineer_features
from training.reading.raw_file import read_loans


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


@settings(max_examples=25)
@given(LOANS_OF_USERS)
def test_all_engines_give_the_same_bits(drawn: list[dict[str, Any]]) -> None:
    raw = make_loans(*number_loans(drawn))

    assert_same_on_all_engines(pa.Table.from_pandas(raw, preserve_index=False))


def test_all_engines_give_the_same_bits_on_the_sample() -> None:
    assert_same_on_all_engines(read_loans(SAMPLE, AS_OF).loans)


def assert_same_on_all_engines(raw: pa.Table) -> None:
    # Car flags as text: DuckDB has no pandas or Arrow categories.
    car = raw.schema.get_field_index("flag_own_car")
    raw = raw.set_column(car, "flag_own_car", raw["flag_own_car"].cast(pa.string()))
    for name in ("birthday", "job_start_date", "loan_date"):
        raw = raw.set_column(raw.schema.get_field_index(name), name, raw[name].cast(pa.date32()))
    engineered = engineer_features(raw, AS_OF, LAG_DAYS)
    expected = [to_arrow(widen(engineered.loans)), to_arrow(engineered.users)]
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
                to_arrow(user_features(histories, AS_OF, LAG_DAYS)),
            ]
            for table, wanted in zip(found, expected, strict=True):
                assert table.cast(wanted.schema).equals(wanted), engine
