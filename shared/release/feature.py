"""What is said about one feature."""

from typing import Literal

from msgspec import Struct


class Feature(Struct, frozen=True):
    """What one feature is called, may be, and does to the risk.

    Attributes
    ----------
    name : str
        Column of the tables and key of the JSON documents.
    label : str
        Its heading in the report.
    description : str
        Its meaning, for the API's documentation.
    phrase : str
        A value in words, to be formatted.
    unknown : str
        A missing value in words.
    lowest, highest : float
        The least and the greatest value that an applicant may be described with.
    whole : bool
        Whether values are whole numbers.
    example : float or None
        A value for the API's documentation.
    sign : {-1, 0, 1}
        The direction in which the risk moves as the value grows, where the model holds one.
    singular : str
        The phrase for a value of 1, where it differs.
    lowest_excluded : bool
        Whether values must be above the lowest, not equal to it.
    derived : bool
        Whether it follows from other features, so that nobody is asked for it.
    """

    name: str
    label: str
    description: str
    phrase: str
    unknown: str
    lowest: float
    highest: float
    whole: bool
    example: float | None
    sign: Literal[-1, 0, 1] = 0
    singular: str = ""
    lowest_excluded: bool = False
    derived: bool = False

    def say(self, value: float | None) -> str:
        """Put a value into words."""
        if value is None:
            return self.unknown
        return self.singular if value == 1 and self.singular else self.phrase.format(value)
