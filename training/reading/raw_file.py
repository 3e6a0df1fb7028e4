"""Read the raw file, or report every violation that makes it unusable."""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from shared.errors import RejectedFileError
from shared.release.features import USER
from training.reading.block_reader import Block, read_block
from training.reading.blocks import split_blocks
from training.reading.columns import ColumnBuilder
from training.reading.contract import RAW_COLUMNS
from training.reading.header import Header, read_header
from training.reading.line_numbers import LineNumbers
from training.reading.parsing import SCHEMA
from training.reading.row_rules import check_rows, make_row_rules
from training.reading.user_rules import USER_RULE_COLUMNS, check_users, count_distinct
from training.reading.violations import Rule, Severity, Violation, ViolationCollector

_NO_LOANS = "The file has no loans: expected a row per loan below the header."
_PARALLEL_BLOCKS = 2
"""On two cores a third one takes more processor time and memory, and saves no time."""

_USUAL_BYTES_PER_LOAN = 150

MOST_WITHOUT_LOAN = 1_000_000
"""Lines without a loan, beyond those with one, after which reading ends."""


@dataclass(slots=True)
class LoanFile:
    """A raw file that meets the data contract.

    Attributes
    ----------
    loans : pyarrow.Table of shape (n_loans, n_columns)
        Typed by the contract, in file order.
    n_loans, n_users : int
        The numbers of loans and of users.
    warnings : list of Violation
        Unusual values that do not reject the file.
    """

    loans: pa.Table
    n_loans: int
    n_users: int
    warnings: list[Violation]

    def hand_over(self) -> pa.Table:
        """Give the loans away, so that whoever takes them can release them."""
        loans, self.loans = self.loans, self.loans.schema.empty_table()
        return loans

    def describe_quality(self) -> dict[str, object]:
        """Summarise the warnings for the manifest."""
        return {
            "rows": self.n_loans,
            "warnings": [warning.to_dict() for warning in self.warnings],
        }


def read_loans(path: Path, as_of: date, columns: Sequence[str] = RAW_COLUMNS) -> LoanFile:
    """Read a raw file and check it against the data contract.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8 with a header; columns in any order, unknown ones are ignored.
    as_of : datetime.date
        The date of the run: no loan may be dated later.
    columns : sequence of str, default all
        The columns to return. The others are checked too, but not kept in memory.

    Raises
    ------
    RejectedFileError
        With every violation in the file.
    """
    header = read_header(path)
    kept = tuple(dict.fromkeys((*columns, *USER_RULE_COLUMNS)))
    builder = _LoanFileBuilder(header.line, kept, path.stat().st_size // _USUAL_BYTES_PER_LOAN)
    with closing(_read_blocks(path, header, make_row_rules(as_of), kept)) as blocks:
        for block, found in blocks:
            builder.add(block, found)
            if builder.n_without_loan > builder.n_loans + MOST_WITHOUT_LOAN:
                raise RejectedFileError(builder.list_problems_so_far())
    loans = builder.join_loans()
    violations = builder.list_violations(loans)
    n_users = count_distinct(loans[USER])
    errors = [violation for violation in violations if violation.severity is Severity.ERROR]
    if errors:
        raise RejectedFileError([str(violation) for violation in errors])
    if not loans.num_rows:
        raise RejectedFileError([_NO_LOANS])
    return LoanFile(loans.select(columns), loans.num_rows, n_users, violations)


class _LoanFileBuilder:
    """Joins the blocks of a file and their violations, in file order."""

    def __init__(self, header_line: int, columns: Sequence[str], expected_loans: int) -> None:
        self._columns = {
            name: ColumnBuilder(SCHEMA.field(name).type, expected_loans) for name in columns
        }
        self._collector = ViolationCollector()
        self._first_line = header_line + 1
        self._line_numbers = LineNumbers(self._first_line)
        self._n_rows = 0

    def add(self, block: Block, found: ViolationCollector) -> None:
        first_row = self._line_numbers.n_loans
        first_line = self._line_numbers.n_lines
        self._line_numbers.add(block.loans.num_rows, block.n_lines, block.lines)
        self._collector.include(block.collector, lambda line: first_line + line)
        self._collector.include(found, lambda row: self._line_numbers.find_line(first_row + row))
        for name, column in self._columns.items():
            for part in block.loans[name].chunks:
                column.append(part)
        self._n_rows += block.n_rows

    @property
    def n_loans(self) -> int:
        return self._line_numbers.n_loans

    @property
    def n_without_loan(self) -> int:
        return self._line_numbers.n_lines - self._first_line - self.n_loans

    def list_problems_so_far(self) -> list[str]:
        problems = map(str, self._collector.to_violations(max(self._n_rows, 1), RAW_COLUMNS))
        return [
            f"Reading ended at line {self._line_numbers.n_lines:,}: {self.n_without_loan:,} lines"
            f" above it hold no loan, {self.n_loans:,} hold one. What follows was found so far.",
            *problems,
        ]

    def join_loans(self) -> pa.Table:
        # Arrow keeps the memory of the blocks, unless it is asked.
        pa.default_memory_pool().release_unused()
        return pa.table({name: builder.finish() for name, builder in self._columns.items()})

    def list_violations(self, loans: pa.Table) -> list[Violation]:
        self._collector.include(check_users(loans), self._line_numbers.find_line)
        return self._collector.to_violations(self._n_rows, RAW_COLUMNS)


def _read_blocks(
    path: Path, header: Header, rules: tuple[Rule, ...], columns: Sequence[str]
) -> Generator[tuple[Block, ViolationCollector]]:
    def read(span: tuple[int, int]) -> tuple[Block, ViolationCollector]:
        start, end = span
        with path.open("rb") as file:
            file.seek(start)
            block = read_block(file.read(end - start), header)
        found = check_rows(block.loans, rules, block.unreadable)
        return replace(block, loans=block.loans.select(columns)), found

    with ThreadPoolExecutor(_PARALLEL_BLOCKS) as workers:
        yield from workers.map(read, split_blocks(path, header.end))
