"""The training table, against one that Arrow writes value by value."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.release.features import FEATURES, smooth_unpaid_rate
from tests.support.datasets import LAG_DAYS
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF
from training.features.engineering import engineer_features
from training.reading.raw_file import read_loans
from training.release import training_table
from training.release.training_table import TRAINING_COLUMNS, write_training_table

_WHOLE = [name for name, feature in FEATURES.items() if feature.whole]
_IDS = st.integers(0, 9) | st.integers(0, 2**63 - 1)
_AMOUNTS = st.floats(1e-3, 1e12) | st.sampled_from([100.0, 1e6, 123456789.125, 1e-5])
_LOANS = st.lists(
    st.fixed_dictionaries(
        {
            "id": _IDS,
            "nb_previous_loans": st.integers(0, 9_000),
            "avg_amount_loans_previous": st.none() | _AMOUNTS,
            "age": st.integers(-1, 130),
            "years_on_the_job": st.none() | st.integers(0, 90),
            "flag_own_car": st.integers(0, 1),
            "status": st.none() | st.integers(0, 1),
            "loan_id": _IDS,
            "loan_date": st.datetimes(pd.Timestamp(1900, 1, 1), pd.Timestamp(9999, 12, 31)).map(
                lambda at: at.date()
            ),
            "nb_previous_unpaid": st.integers(0, 9_000),
            "nb_known_outcomes": st.integers(0, 9_000),
        }
    ),
    min_size=1,
    max_size=12,
)


def write_slowly(path: Path, described: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(described[list(TRAINING_COLUMNS)], preserve_index=False)
    types = dict.fromkeys(_WHOLE, pa.int32()) | {"status": pa.int8(), "loan_date": pa.date32()}
    for name, kind in types.items():
        table = table.set_column(TRAINING_COLUMNS.index(name), name, table[name].cast(kind))
    with path.open("wb") as file:
        file.write(",".join(TRAINING_COLUMNS).encode() + b"\n")
        pa_csv.write_csv(table, file, pa_csv.WriteOptions(include_header=False))


def assert_same_bytes(described: pd.DataFrame, folder: Path) -> None:
    write_slowly(folder / "slowly.csv", described)

    write_training_table(folder / "table.csv", described)

    assert (folder / "table.csv").read_bytes() == (folder / "slowly.csv").read_bytes()


@settings(max_examples=200)
@given(_LOANS, st.integers(1, 5), st.sampled_from([1, 30, 400_000]))
def test_the_table_has_the_bytes_that_arrow_writes(
    loans: list[dict[str, Any]], rows_per_part: int, most_codes: int
) -> None:
    described = pd.DataFrame(loans)
    floats = [*_WHOLE, "avg_amount_loans_previous", "status"]
    described = described.astype(dict.fromkeys(floats, float) | {"loan_date": "datetime64[ms]"})
    described["unpaid_rate"] = smooth_unpaid_rate(
        described["nb_previous_unpaid"], described["nb_known_outcomes"]
    )

    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(training_table, "_ROWS_PER_PART", rows_per_part),
        patch.object(training_table, "_MOST_CODES", most_codes),
        patch.object(training_table, "_MOST_CODES_ALONE", most_codes),
    ):
        assert_same_bytes(described, Path(folder))


def test_the_table_of_the_sample_has_the_bytes_that_arrow_writes(tmp_path: Path) -> None:
    loans = read_loans(SAMPLE, AS_OF).loans

    assert_same_bytes(engineer_features(loans, AS_OF, LAG_DAYS).loans, tmp_path)
