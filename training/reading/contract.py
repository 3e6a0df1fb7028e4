"""The data contract: the columns of the raw file and the rules on their values."""

from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from shared.release.features import LOAN, LOAN_DATE, STATUS, USER
from training.reading.checks import (
    Check,
    above_zero,
    at_least,
    at_most,
    between,
    finite,
    one_of,
    without_control_characters,
)
from training.reading.digits import match_up_to
from training.reading.violations import Rule, Severity


@dataclass(frozen=True, slots=True)
class Column:
    """The requirements on one raw column.

    Attributes
    ----------
    expected : str
        Describes a valid value to the person who corrects the file.
    arrow_type : pyarrow.DataType
        The type of the column after reading.
    checks : tuple of callable
        Each makes a rule on the values from the column's name.
    nullable : bool
        Whether a value may be blank.
    pattern : str
        Matches the readable values and no others: a value that matches and cannot be cast takes
        its column's block apart, which a file made for it would turn into hours.
    is_letter : bool
        Whether a usual text is a single letter.
    """

    expected: str
    arrow_type: pa.DataType
    checks: tuple[Check, ...] = ()
    nullable: bool = False
    pattern: str = ""
    is_letter: bool = False

    def type_rule(self, name: str) -> Rule:
        """Make the rule that an unreadable value breaks."""
        return Rule(name, f"must be {self.expected}", "Correct the value.")


CATEGORY = pa.dictionary(pa.int32(), pa.string())
"""The type of text columns: each distinct text is stored once."""

_WHOLE = rf"^(-?0*({match_up_to(2**63 - 1)})|-0*{2**63}|0[xX][0-9a-fA-F]{{1,16}})$"
_NUMBER = r"(?i)^[-+]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?|inf(inity)?|nan(\([a-z0-9_]*\))?)$"
_DAY = (
    r"^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))"
    r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)$"
)

_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(9999, 12, 31)
_LARGEST_AMOUNT = 1e12
_DAYS_OF_120_YEARS = 43_830
_PENSIONER_DAYS = 365_243
_MOST_RELATIVES = 50


def _whole(*checks: Check) -> Column:
    return Column("a whole number", pa.int64(), checks, pattern=_WHOLE)


def _number(*checks: Check, nullable: bool = False) -> Column:
    expected = "a number with a decimal point"
    return Column(expected, pa.float64(), (finite, *checks), nullable, _NUMBER)


def _text(*checks: Check, nullable: bool = False) -> Column:
    return Column("text in UTF-8", CATEGORY, (without_control_characters, *checks), nullable)


def _letter(check: Check) -> Column:
    return replace(_text(check), is_letter=True)


def _day(nullable: bool = False) -> Column:
    checks = (between(_FIRST_DAY, _LAST_DAY),)
    return Column("a date as YYYY-MM-DD", pa.date32(), checks, nullable, _DAY)


# An unusual value that no feature uses is a warning, not an error.
def _unusual(low: float, high: float) -> Check:
    return between(low, high, Severity.WARNING)


def _usually(*values: str) -> Check:
    return one_of(*values, severity=Severity.WARNING)


CONTRACT = {
    LOAN: _whole(at_least(0)),
    USER: _whole(at_least(0)),
    "code_gender": _letter(_usually("F", "M")),
    "flag_own_car": _letter(one_of("Y", "N")),
    "flag_own_realty": _letter(one_of("Y", "N")),
    "cnt_children": _whole(_unusual(0, _MOST_RELATIVES)),
    "amt_income_total": _number(_unusual(0.0, _LARGEST_AMOUNT)),
    "name_income_type": _text(
        _usually("Working", "Commercial associate", "Pensioner", "State servant", "Student")
    ),
    "name_education_type": _text(
        _usually(
            "Secondary / secondary special",
            "Higher education",
            "Incomplete higher",
            "Lower secondary",
            "Academic degree",
        )
    ),
    "name_family_status": _text(
        _usually("Married", "Single / not married", "Civil marriage", "Separated", "Widow")
    ),
    "name_housing_type": _text(
        _usually(
            "House / apartment",
            "With parents",
            "Municipal apartment",
            "Rented apartment",
            "Office apartment",
            "Co-op apartment",
        )
    ),
    "days_birth": _whole(_unusual(-_DAYS_OF_120_YEARS, 0)),
    "days_employed": _whole(_unusual(-_DAYS_OF_120_YEARS, _PENSIONER_DAYS)),
    "flag_mobil": _whole(one_of(0, 1)),
    "flag_work_phone": _whole(one_of(0, 1)),
    "flag_phone": _whole(one_of(0, 1)),
    "flag_email": _whole(one_of(0, 1)),
    "occupation_type": _text(nullable=True),
    "cnt_fam_members": _number(_unusual(1.0, float(_MOST_RELATIVES))),
    # Not a whole number: pandas writes 1 as 1.0 as soon as one status is blank.
    STATUS: Column(
        "0, 1 or blank", pa.float64(), (one_of(0.0, 1.0),), nullable=True, pattern=_NUMBER
    ),
    "birthday": _day(),
    "job_start_date": _day(nullable=True),
    LOAN_DATE: _day(),
    "loan_amount": _number(above_zero, at_most(_LARGEST_AMOUNT)),
}
"""The columns of the raw file, in their original order."""

RAW_COLUMNS = tuple(CONTRACT)
