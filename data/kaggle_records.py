"""Read Kaggle's application and credit records."""

from pathlib import Path

import pandas as pd

from data.terminal import print_status
from shared.errors import RejectedFileError

_APPLICATION_TYPES = {
    "ID": "int64",
    "CODE_GENDER": "str",
    "FLAG_OWN_CAR": "str",
    "FLAG_OWN_REALTY": "str",
    "CNT_CHILDREN": "int64",
    "AMT_INCOME_TOTAL": "float64",
    "NAME_INCOME_TYPE": "str",
    "NAME_EDUCATION_TYPE": "str",
    "NAME_FAMILY_STATUS": "str",
    "NAME_HOUSING_TYPE": "str",
    "DAYS_BIRTH": "int64",
    "DAYS_EMPLOYED": "int64",
    "FLAG_MOBIL": "int64",
    "FLAG_WORK_PHONE": "int64",
    "FLAG_PHONE": "int64",
    "FLAG_EMAIL": "int64",
    "OCCUPATION_TYPE": "str",
    "CNT_FAM_MEMBERS": "float64",
}
_CREDIT_TYPES = {"ID": "int64", "STATUS": "str"}

# 1 to 5: at least 30 days overdue; 0: fewer days; C: paid off; X: no loan that month.
_UNPAID = ("1", "2", "3", "4", "5")
_PAID = ("0", "C", "X")


def read_applicants(path: Path) -> pd.DataFrame:
    """Read application_record.csv, with a row per applicant.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    pandas.DataFrame of shape (n_applicants, 18)
        Columns named as in the raw file.

    Raises
    ------
    RejectedFileError
        When the file is malformed.

    Notes
    -----
    Ids with conflicting records are dropped, as their loans cannot be attributed.
    """
    records = _read(path, _APPLICATION_TYPES).drop_duplicates()
    ambiguous = records["ID"].duplicated(keep=False)
    if ambiguous.any():
        n_ids = records.loc[ambiguous, "ID"].nunique()
        print_status(f"Dropped ids with conflicting records in {path}: {n_ids:,}")
    return records[~ambiguous].rename(columns=str.lower)


def read_repayments(path: Path) -> pd.DataFrame:
    """Read credit_record.csv, with a row per month of a credit.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    pandas.DataFrame of shape (n_records, 2)
        `id` and `status`, 1 for at least 30 days overdue.

    Raises
    ------
    RejectedFileError
        When the file is malformed.
    """
    records = _read(path, _CREDIT_TYPES)
    unknown = records.loc[~records["STATUS"].isin([*_UNPAID, *_PAID]), "STATUS"]
    if not unknown.empty:
        first = unknown.iloc[0]
        found = "a blank" if pd.isna(first) else repr(first)
        raise RejectedFileError([f"{path}: STATUS must be 0 to 5, C or X, got {found}."])
    unpaid = records["STATUS"].isin(_UNPAID).astype("int8")
    return pd.DataFrame({"id": records["ID"], "status": unpaid})


def _read(path: Path, types: dict[str, str]) -> pd.DataFrame:
    try:
        header = pd.read_csv(path, nrows=0).columns
        missing = [name for name in types if name not in header]
        if missing:
            raise RejectedFileError([f"{path} lacks the columns {', '.join(missing)}."])
        return pd.read_csv(
            path, usecols=list(types), dtype=types, keep_default_na=False, na_values=[""]
        )
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise RejectedFileError([f"{path} does not have Kaggle's format: {reason}"]) from error
