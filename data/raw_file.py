"""Write loans and their applicants as a raw file for training."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from data.terminal import print_status
from training.reading.contract import RAW_COLUMNS

_LOAN_COLUMNS = ("loan_id", "id", "status", "loan_date", "loan_amount")
_BATCH_ROWS = 200_000
_CSV = pa.csv.WriteOptions(include_header=False, quoting_style="none")


def write_raw_file(path: Path, applicants: pd.DataFrame, loans: pd.DataFrame) -> None:
    """Write a row per loan, with its applicant's columns.

    Parameters
    ----------
    path : Path
        Overwritten when it exists.
    applicants : pandas.DataFrame of shape (n_users, 20)
        A row per `id`.
    loans : pandas.DataFrame of shape (n_loans, 5)
        In the order of the file.

    Notes
    -----
    Loans are joined and written in batches, as the joined table is several times larger than its
    inputs.
    """
    rows = pd.Index(applicants["id"]).get_indexer(loans["id"])
    applicant_columns = _to_arrow(applicants.drop(columns="id"))
    with path.open("wb") as file:
        file.write((",".join(RAW_COLUMNS) + "\n").encode())
        for start in range(0, len(loans), _BATCH_ROWS):
            end = min(start + _BATCH_ROWS, len(loans))
            table = applicant_columns.take(rows[start:end])
            loan_columns = _to_arrow(loans[list(_LOAN_COLUMNS)].iloc[start:end])
            for name in loan_columns.column_names:
                table = table.append_column(name, loan_columns[name])
            pa.csv.write_csv(table.select(RAW_COLUMNS), file, _CSV)
            print_status(f"{end:,} of {len(loans):,} loans written to {path}")


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.table({name: _to_arrow_column(frame[name]) for name in frame})


def _to_arrow_column(values: pd.Series) -> pa.Array:
    if pd.api.types.is_datetime64_any_dtype(values):
        return pa.array(values.to_numpy().astype("datetime64[D]"))
    if values.dtype == np.float64 and (values % 1 == 0).any():
        # Arrow writes 2.0 as 2; the raw file has the decimal point.
        return pa.array(values.map(repr, na_action="ignore"))
    return pa.array(values)
