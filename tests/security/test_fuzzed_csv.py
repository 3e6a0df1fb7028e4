"""The reader of raw files on mutated files: a table, or a rejection with its reasons."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.errors import RejectedFileError
from tests.support.mutations import mutated
from tests.support.portfolios import AS_OF, PENSIONER, make_loans
from training.reading.contract import RAW_COLUMNS
from training.reading.parsing import SCHEMA
from training.reading.raw_file import read_loans

_VALID = (
    make_loans(
        {"loan_id": 1, "job_start_date": PENSIONER, "status": None},
        {"loan_id": 2, "status": 1.0, "name_income_type": 'a "quoted", text'},
        {"loan_id": 3, "occupation_type": "préstamo"},
    )
    .to_csv(index=False)
    .encode()
)
_HEADER = (",".join(RAW_COLUMNS)).encode()
_PIECES = [
    *(b",", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b";", b"\t", b"|"),
    *(b"9223372036854775808", b"-0x1", b"1e999", b"nan", b"2021-02-29", b"0000-00-00", b"=1+1"),
    *(b"\xe2\x80\xa8", b"\x85", b"\x1b", _HEADER, b"loan_id", b"Y", b"N", b"\x1a", b"#"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path that each mutated file is written to."""
    return tmp_path_factory.mktemp("mutated") / "loans.csv"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(mutated(_VALID, _PIECES))
@example(_VALID.replace(b"Working", b"\x1b[31m"))
@example(_VALID[:-30] + b'"')
@example(b"\xef\xbb\xbf" + _VALID.replace(b",", b";").replace(b"\n", b"\r"))
@example(_HEADER + b"\n" + b"," * 23)
@example(b'"' + _VALID)
@example(_HEADER + b"\x85\n")
def test_a_mutated_file_is_read_or_rejected_with_its_reasons(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    loans, problems = read_or_reject(path)

    assert all(problem.isprintable() and len(problem) < 1000 for problem in problems)
    if loans is None:
        assert problems
    else:
        assert 0 < loans.num_rows <= content.count(b"\n") + content.count(b"\r") + 1
        assert loans.schema == SCHEMA


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf\n\xef\xbb\xbf")
def test_any_bytes_are_rejected_with_reasons(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(RejectedFileError) as rejected:
        read_loans(path, AS_OF)

    assert all(problem.isprintable() for problem in rejected.value.problems)


def read_or_reject(path: Path) -> tuple[pa.Table | None, list[str]]:
    try:
        return read_loans(path, AS_OF).loans, []
    except RejectedFileError as error:
        return None, error.problems
