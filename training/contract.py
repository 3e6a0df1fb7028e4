"""The data contract: the raw file's columns, and what their values must be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from shared.feature_names import LOAN, LOAN_DATE, STATUS, USER


@dataclass(frozen=True, slots=True)
class Column:
    """What one raw column must hold.

    Attributes
    ----------
    expected : str
        A value's description, for the person who mends the file.
    arrow_type : pyarrow.DataType
        How the column is held after reading.
    parse : callable
        Raises ValueError on text that is not such a value.
    nullable : bool
        Whether a value may be blank.
    """

    expected: str
    arrow_type: pa.DataType
    parse: Callable[[str], object]
    nullable: bool = False


_CATEGORY = pa.dictionary(pa.int32(), pa.string())


def _whole(nullable: bool = False) -> Column:
    return Column("a whole number", pa.int64(), int, nullable)


def _number(nullable: bool = False) -> Column:
    return Column("a number", pa.float64(), float, nullable)


def _text(nullable: bool = False) -> Column:
    return Column("text in UTF-8", _CATEGORY, str, nullable)


def _day(nullable: bool = False) -> Column:
    return Column("a day as YYYY-MM-DD", pa.date32(), date.fromisoformat, nullable)


CONTRACT = {
    LOAN: _whole(),
    USER: _whole(),
    "code_gender": _text(),
    "flag_own_car": _text(),
    "flag_own_realty": _text(),
    "cnt_children": _whole(),
    "amt_income_total": _number(),
    "name_income_type": _text(),
    "name_education_type": _text(),
    "name_family_status": _text(),
    "name_housing_type": _text(),
    "days_birth": _whole(),
    "days_employed": _whole(),
    "flag_mobil": _whole(),
    "flag_work_phone": _whole(),
    "flag_phone": _whole(),
    "flag_email": _whole(),
    "occupation_type": _text(nullable=True),
    "cnt_fam_members": _number(),
    # A number, not a whole one: pandas writes 1 as 1.0 as soon as one status is blank.
    STATUS: _number(nullable=True),
    "birthday": _day(),
    "job_start_date": _day(nullable=True),
    LOAN_DATE: _day(),
    "loan_amount": _number(),
}
"""The columns of the raw file, in the order of the original."""

RAW_COLUMNS = tuple(CONTRACT)

NO_LOANS = "The file has no loans: expected a row per loan below the header."


def check_loans(loans: pa.Table, as_of: date) -> list[str]:
    """Hold loans that could be read against the rules on their values.

    Parameters
    ----------
    loans : pyarrow.Table of shape (n_loans, 24)
        As `training.reading` reads them.
    as_of : datetime.date
        The day of the run: nothing in the file may be later.

    Returns
    -------
    list of str
        A line per broken rule, with the count and the first line it is broken on; empty when
        the file keeps the contract.
    """
    if not loans.num_rows:
        return [NO_LOANS]
    problems = []
    for name, requirement, broken in _broken_rules(loans, as_of):
        count = pc.sum(broken).as_py() or 0
        if count:
            first = pc.index(broken, True).as_py()
            value = loans[name][first].as_py()
            problems.append(_describe(name, requirement, (count, first + 2), value))
    return problems


def _describe(name: str, requirement: str, place: tuple[int, int], value: object) -> str:
    count, line = place
    came = "nothing" if value is None else repr(str(value))
    rows = "1 row breaks" if count == 1 else f"{count:,} rows break"
    return f"{name}: {requirement}; {rows} this, first line {line} with {came}."


def _broken_rules(loans: pa.Table, as_of: date) -> Iterator[tuple[str, str, pa.ChunkedArray]]:
    """Yield column, requirement and a mask of the rows that break it."""
    for name, column in CONTRACT.items():
        if not column.nullable and loans[name].null_count:
            yield name, "must not be blank", pc.is_null(loans[name])
    yield USER, "must not be negative", pc.less(loans[USER], 0)
    if pc.count_distinct(loans[LOAN]).as_py() < loans.num_rows:
        yield LOAN, "must be unique", _repeated(loans[LOAN])
    yield "flag_own_car", "must be Y or N", _outside(loans["flag_own_car"], ["Y", "N"])
    yield STATUS, "must be 0, 1 or blank", _outside(loans[STATUS], [0.0, 1.0])
    amount = loans["loan_amount"]
    yield "loan_amount", "must be a finite amount", pc.invert(pc.is_finite(amount))
    yield (
        "loan_amount",
        "must be above 0 and at most 1e12",
        pc.or_(pc.less_equal(amount, 0), pc.greater(amount, 1e12)),
    )
    late = pc.greater(loans[LOAN_DATE], pa.scalar(as_of))
    yield LOAN_DATE, f"must not be later than the as-of date {as_of}", late
    unborn = pc.greater(loans["birthday"], loans[LOAN_DATE])
    yield "birthday", "must not be later than the loan's own day", unborn


def _outside(values: pa.ChunkedArray, allowed: list[object]) -> pa.ChunkedArray:
    known = pc.is_in(values, value_set=pa.array(allowed))
    return pc.and_(pc.invert(known), pc.is_valid(values))


def _repeated(values: pa.ChunkedArray) -> pa.ChunkedArray:
    counts = pc.value_counts(values.combine_chunks())
    repeated = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return pc.is_in(values, value_set=repeated)
