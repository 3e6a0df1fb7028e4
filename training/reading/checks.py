"""The checks that the contract applies to a column's values."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from training.reading.violations import Rule, Severity

_CONTROL = r"[\x00-\x08\x0a-\x1f\x7f\x{80}-\x{9f}]"

type Check = Callable[[str], Rule]
"""Makes the rule for the column with the given name."""


def between(low: object, high: object, severity: Severity = Severity.ERROR) -> Check:
    """Require values within a range, both ends included.

    Parameters
    ----------
    low, high : object
        Of the column's type.
    severity : Severity, default error
        Whether a value outside rejects the file.
    """

    def check(name: str) -> Rule:
        def breaks(loans: pa.Table) -> pa.ChunkedArray | None:
            values = loans[name]
            lowest, highest = pa.scalar(low, values.type), pa.scalar(high, values.type)
            if lie_within(values, lowest, highest):
                return None
            return pc.or_(pc.less(values, lowest), pc.greater(values, highest))

        requirement = f"must be between {_format_value(low)} and {_format_value(high)}"
        return Rule(name, requirement, "Check the value at its source.", breaks, severity)

    return check


def at_least(low: int) -> Check:
    """Require values no lower than a bound."""

    def check(name: str) -> Rule:
        return Rule(
            name,
            f"must be at least {low}",
            "Check the value at its source.",
            lambda loans: pc.less(loans[name], low),
        )

    return check


def at_most(high: float) -> Check:
    """Require values no higher than a bound."""

    def check(name: str) -> Rule:
        return Rule(
            name,
            f"must be at most {high:g}",
            "Check the value at its source.",
            lambda loans: pc.greater(loans[name], high),
        )

    return check


def one_of(*values: object, severity: Severity = Severity.ERROR) -> Check:
    """Require one of a few values; blanks are left to another rule."""

    def check(name: str) -> Rule:
        def breaks(loans: pa.Table) -> pa.ChunkedArray | None:
            given = loans[name].combine_chunks()
            if _are_among(given, values):
                return None
            return pc.and_(pc.invert(_is_in(given, pa.array(values))), pc.is_valid(given))

        *most, last = map(_format_value, values)
        requirement = f"must be {', '.join(most)} or {last}"
        return Rule(name, requirement, "Use one of these values.", breaks, severity)

    return check


def finite(name: str) -> Rule:
    """Require numbers that are neither infinite nor NaN."""
    return Rule(
        name,
        "must be a finite number",
        "Write the number itself.",
        lambda loans: pc.invert(pc.is_finite(loans[name])),
    )


def without_control_characters(name: str) -> Rule:
    """Require texts that act on no terminal, log or spreadsheet."""

    def breaks(loans: pa.Table) -> pa.Array | None:
        values = loans[name].combine_chunks()
        if "".join(values.dictionary.to_pylist()).isprintable():
            return None
        return pc.match_substring_regex(values.dictionary, _CONTROL).take(values.indices)

    return Rule(name, "must hold no control characters", "Remove them.", breaks)


def above_zero(name: str) -> Rule:
    """Require positive numbers."""
    return Rule(
        name,
        "must be above 0",
        "Check the value at its source.",
        lambda loans: pc.less_equal(loans[name], 0),
    )


def present(name: str) -> Rule:
    """Require a value in every row."""

    def breaks(loans: pa.Table) -> pa.ChunkedArray | None:
        values = loans[name]
        return pc.is_null(values) if values.null_count else None

    return Rule(name, "must not be blank", "Fill in the value, or remove the row.", breaks)


def lie_within(values: pa.Array | pa.ChunkedArray, low: pa.Scalar, high: pa.Scalar) -> bool:
    """Check whether the lowest and the highest value lie within a range; blanks and NaN do."""
    extremes = pc.min_max(values)
    above, below = pc.greater_equal(extremes["min"], low), pc.less_equal(extremes["max"], high)
    return bool(pc.and_(above, below).as_py())


def _are_among(values: pa.Array, known: Sequence[object]) -> bool:
    """Check all values at once, where they are texts or whole numbers; False where they are not."""
    if pa.types.is_dictionary(values.type):
        return set(values.dictionary.to_pylist()) <= set(known)
    if pa.types.is_integer(values.type):
        extremes = pc.min_max(values)
        lowest, highest = extremes["min"].as_py(), extremes["max"].as_py()
        # Of as many adjacent numbers as there are known ones, each is looked at.
        return lowest is None or (
            highest - lowest < len(known) and set(range(lowest, highest + 1)) <= set(known)
        )
    return False


def _is_in(values: pa.Array, known: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(values.type):
        return pc.is_in(values, value_set=known)
    # Each distinct text is looked up once.
    return pc.is_in(values.dictionary, value_set=known).take(values.indices)


def _format_value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
