from pathlib import Path

import pytest

from tests.support.portfolios import PENSIONER, make_loans, write_csv


@pytest.fixture
def loan_file(tmp_path: Path) -> Path:
    """Write a valid file of three loans."""
    loans = make_loans(
        {"loan_id": 1, "job_start_date": PENSIONER, "status": None},
        {"loan_id": 2, "status": 1.0},
        {"loan_id": 3},
    )
    return write_csv(tmp_path / "loans.csv", loans)


@pytest.fixture(scope="package")
def long_lines() -> list[str]:
    """Make the lines of a file of several blocks."""
    loans = make_loans({"loan_id": 1})
    header, row = loans.to_csv(index=False).splitlines()
    return [header, *(f"{loan},{loan // 50}{row.removeprefix('1,7')}" for loan in range(1, 60_001))]
