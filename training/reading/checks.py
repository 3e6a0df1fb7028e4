"""The kinds of checks that a column's values can have."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from training.reading.violations import Rule, Severity

type Check = Callable[[str], Rule]
"""Makes a rule from the name of the column that it is for."""


def between(low: object, high: object, severity: Severity = Severity.ERROR) -> Check:
    """Ask for values from the lowest to the highest, both included.

    Parameters
    ----------
    low, high : object
        Of the column's type.
    severity : Severity, default error
        What a value outside means for the file.
    """

    def check(name: str) -> Rule:
        def breaks(loans: pa.Table) -> pa.ChunkedArray:
            values = loans[name]
            too_low = pc.less(values, pa.scalar(low, values.type))
            return pc.or_(too_low, pc.greater(values, pa.scalar(high, values.type)))

        requirement = f"must be between {_tell(low)} and {_tell(high)}"
        return Rule(name, requirement, "Look the value up at its source.", breaks, severity)

    return check


def at_least(low: int) -> Check:
    """Ask for values from the lowest, without an end."""

    def check(name: str) -> Rule:
        return Rule(
            name,
            f"must be at least {low}",
            "Look the value up at its source.",
            lambda loans: pc.less(loans[name], low),
        )

    return check


def at_most(high: float) -> Check:
    """Ask for values up to the highest."""

    def check(name: str) -> Rule:
        return Rule(
            name,
            f"must be at most {high:g}",
            "Look the value up at its source.",
            lambda loans: pc.greater(loans[name], high),
        )

    return check


def one_of(*values: object, severity: Severity = Severity.ERROR) -> Check:
    """Ask for one of a few values; a blank is another rule's concern."""

    def check(name: str) -> Rule:
        def breaks(loans: pa.Table) -> pa.ChunkedArray:
            known = _is_in(loans[name].combine_chunks(), pa.array(values))
            return pc.and_(pc.invert(known), pc.is_valid(loans[name]))

        *most, last = map(_tell, values)
        requirement = f"must be {', '.join(most)} or {last}"
        return Rule(name, requirement, "Write one of these.", breaks, severity)

    return check


def finite(name: str) -> Rule:
    """Ask for a number that can be computed with."""
    return Rule(
        name,
        "must be a finite number",
        "Write the number itself.",
        lambda loans: pc.invert(pc.is_finite(loans[name])),
    )


def above_zero(name: str) -> Rule:
    """Ask for more than nothing."""
    return Rule(
        name,
        "must be above 0",
        "Look the value up at its source.",
        lambda loans: pc.less_equal(loans[name], 0),
    )


def present(name: str) -> Rule:
    """Ask for a value in every row."""
    return Rule(
        name,
        "must not be blank",
        "Fill the value in, or leave the row out.",
        lambda loans: pc.is_null(loans[name]),
    )


def _is_in(values: pa.Array, known: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(values.type):
        return pc.is_in(values, value_set=known)
    # Every distinct text is looked up once.
    return pc.is_in(values.dictionary, value_set=known).take(values.indices)


def _tell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
