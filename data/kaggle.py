"""Convert Kaggle's two credit card files to a raw file."""

import argparse
import sys
from pathlib import Path

import numpy as np

from data.kaggle_records import read_applicants, read_repayments
from data.loans import draw_loans, shuffle_loans
from data.people import date_persons
from data.raw_file import write_raw_file
from data.terminal import print_status, run_command, whole_number
from shared.errors import RejectedFileError


def main(arguments: list[str] | None = None) -> int:
    """Convert one pair of files.

    Returns
    -------
    int
        0 when the file was written, 2 on failure.
    """
    options = _parse(arguments)
    return run_command(
        lambda: convert(
            options.application_record, options.credit_record, options.seed, options.out
        )
    )


def convert(application_record: Path, credit_record: Path, seed: int, path: Path) -> None:
    """Write a raw file with one loan per credit record of a known applicant.

    Parameters
    ----------
    application_record, credit_record : Path
        Kaggle's files.
    seed : int
        Determines the loan dates and amounts, which the files lack, and the order of the loans.
    path : Path
        Overwritten when it exists.

    Raises
    ------
    RejectedFileError
        When a file is malformed, or the two have no id in common.
    """
    rng = np.random.default_rng(seed)
    applicants = read_applicants(application_record)
    repayments = read_repayments(credit_record)
    known = repayments[repayments["id"].isin(applicants["id"])].sort_values("id", kind="stable")
    print_status(f"{len(known):,} of {len(repayments):,} credit records have a known applicant")
    if known.empty:
        raise RejectedFileError(
            [f"{application_record} and {credit_record} must have ids in common, but have none."]
        )
    print_status(f"loan_date and loan_amount are in neither file: simulated with seed {seed}")
    loans = draw_loans(rng, known["id"].to_numpy()).assign(status=known["status"].to_numpy())
    write_raw_file(path, date_persons(applicants), shuffle_loans(rng, loans))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m data.kaggle",
        description="Convert Kaggle's application_record.csv and credit_record.csv to a raw file.",
    )
    parser.add_argument("application_record", type=Path, metavar="APPLICATION_RECORD")
    parser.add_argument("credit_record", type=Path, metavar="CREDIT_RECORD")
    parser.add_argument("--seed", type=whole_number(0), default=0, metavar="S", help="default: 0")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
