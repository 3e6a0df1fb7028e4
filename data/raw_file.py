"""Write loans and their applicants as the raw file that training reads."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from data.terminal import say
from training.reading.contract import RAW_COLUMNS

_LOAN_COLUMNS = ("loan_id", "id", "status", "loan_date", "loan_amount")
_ROWS_AT_A_TIME = 200_000
_CSV = pa.csv.WriteOptions(include_header=False, quoting_style="none")


def write_raw_file(path: Path, applicants: pd.DataFrame, loans: pd.DataFrame) -> None:
    """Write one row per loan with all that is known of its applicant.

    Parameters
    ----------
    path : Path
        Overwritten when it exists.
    applicants : pandas.DataFrame of shape (n_users, 20)
        A row per `id`.
    loans : pandas.DataFrame of shape (n_loans, 5)
        In the order in which they are to be written.

    Notes
    -----
    Joined and written a slice of the loans at a time, as the joined table is several times
    larger than both.
    """
    positions = pd.Index(applicants["id"]).get_indexer(loans["id"])
    about_users = _to_arrow(applicants.drop(columns="id"))
    with path.open("wb") as file:
        file.write((",".join(RAW_COLUMNS) + "\n").encode())
        for start in range(0, len(loans), _ROWS_AT_A_TIME):
            end = min(start + _ROWS_AT_A_TIME, len(loans))
            table = about_users.take(positions[start:end])
            about_loans = _to_arrow(loans[list(_LOAN_COLUMNS)].iloc[start:end])
            for name in about_loans.column_names:
                table = table.append_column(name, about_loans[name])
            pa.csv.write_csv(table.select(RAW_COLUMNS), file, _CSV)
            say(f"{end:,} of {len(loans):,} loans written to {path}")


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.table({name: _to_arrow_column(frame[name]) for name in frame})


def _to_arrow_column(values: pd.Series) -> pa.Array:
    if pd.api.types.is_datetime64_any_dtype(values):
        return pa.array(values.to_numpy().astype("datetime64[D]"))
    if values.dtype == np.float64 and (values % 1 == 0).any():
        # Arrow writes 2.0 as 2; the raw file keeps the point.
        return pa.array(values.map(repr, na_action="ignore"))
    return pa.array(values)
