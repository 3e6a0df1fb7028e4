"""Read the raw file, or say everything that keeps it from being read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from shared.errors import RejectedFileError
from training.dataset.persons import FINGERPRINT_COLUMNS
from training.features.definitions import NEEDED_COLUMNS
from training.reading.block_reader import Block, read_block
from training.reading.blocks import cut_blocks
from training.reading.contract import RAW_COLUMNS
from training.reading.header import Header, read_header
from training.reading.line_numbers import LineNumbers
from training.reading.parsing import SCHEMA
from training.reading.row_rules import check_rows, make_row_rules
from training.reading.user_rules import check_users
from training.reading.violations import Rule, Severity, Violation, ViolationCollector

KEPT_COLUMNS = tuple(
    name for name in RAW_COLUMNS if name in {*NEEDED_COLUMNS, *FINGERPRINT_COLUMNS}
)
"""What is made use of; the other columns are checked, and not kept in memory."""

_NO_LOANS = "The file has no loans: expected a row per loan below the header."
_BLOCKS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class LoanFile:
    """A raw file that keeps the data contract.

    Attributes
    ----------
    loans : pyarrow.Table of shape (n_loans, 13)
        Typed as the contract says, in the file's order; `KEPT_COLUMNS` alone.
    warnings : list of Violation
        What is unusual in it, yet no ground to reject it.
    """

    loans: pa.Table
    warnings: list[Violation]

    def describe_quality(self) -> dict[str, object]:
        """Tell of the warnings, for the manifest."""
        return {
            "rows": self.loans.num_rows,
            "warnings": [warning.to_dict() for warning in self.warnings],
        }


def read_loans(path: Path, as_of: date) -> LoanFile:
    """Read a raw file that keeps the data contract.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8 with a header; columns in any order, further ones are ignored.
    as_of : datetime.date
        The day of the run: no loan in the file may be later.

    Raises
    ------
    RejectedFileError
        With all that is wrong with the file.
    """
    header = read_header(path)
    gathered = _Gathering(header.line)
    for block, found in _read_blocks(path, header, make_row_rules(as_of)):
        gathered.add(block, found)
    loans = gathered.join()
    violations = gathered.tell_violations(loans)
    errors = [violation for violation in violations if violation.severity is Severity.ERROR]
    if errors:
        raise RejectedFileError([str(violation) for violation in errors])
    if not loans.num_rows:
        raise RejectedFileError([_NO_LOANS])
    return LoanFile(loans, violations)


class _Gathering:
    """The blocks of a file, put together in its order."""

    def __init__(self, header_line: int) -> None:
        self._tables: list[pa.Table] = []
        self._collector = ViolationCollector()
        self._line_numbers = LineNumbers(header_line + 1)
        self._n_rows = 0

    def add(self, block: Block, found: ViolationCollector) -> None:
        first_row = self._line_numbers.n_loans
        first_line = self._line_numbers.n_lines
        self._line_numbers.add(block.loans.num_rows, block.n_lines, block.lines)
        self._collector.include(block.collector, lambda line: first_line + line)
        self._collector.include(found, lambda row: self._line_numbers.find_line(first_row + row))
        self._tables.append(block.loans)
        self._n_rows += block.n_rows

    def join(self) -> pa.Table:
        if not self._tables:
            return SCHEMA.empty_table().select(KEPT_COLUMNS)
        return pa.concat_tables(self._tables).unify_dictionaries()

    def tell_violations(self, loans: pa.Table) -> list[Violation]:
        self._collector.include(check_users(loans), self._line_numbers.find_line)
        return self._collector.to_violations(self._n_rows, RAW_COLUMNS)


def _read_blocks(
    path: Path, header: Header, rules: tuple[Rule, ...]
) -> Iterator[tuple[Block, ViolationCollector]]:
    def read(place: tuple[int, int]) -> tuple[Block, ViolationCollector]:
        start, end = place
        with path.open("rb") as file:
            file.seek(start)
            block = read_block(file.read(end - start), header)
        found = check_rows(block.loans, rules, block.misfits)
        return replace(block, loans=block.loans.select(KEPT_COLUMNS)), found

    with ThreadPoolExecutor(_BLOCKS_AT_ONCE) as workers:
        yield from workers.map(read, cut_blocks(path, header.end))
