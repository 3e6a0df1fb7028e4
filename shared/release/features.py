"""The features: one ordered list, and all that is said about each, from CSV column to JSON key."""

from typing import Literal, NamedTuple

USER = "id"
LOAN = "loan_id"
LOAN_DATE = "loan_date"
STATUS = "status"


class Feature(NamedTuple):
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

    def say(self, value: float | None) -> str:
        """Put a value into words."""
        if value is None:
            return self.unknown
        return self.singular if value == 1 and self.singular else self.phrase.format(value)


_REFERENCE = (
    Feature(
        name="nb_previous_loans",
        label="Previous loans",
        description="Loans before the current one.",
        phrase="{:.0f} earlier loans",
        singular="1 earlier loan",
        unknown="nb_previous_loans unknown",
        lowest=0,
        highest=10_000,
        whole=True,
        example=29.0,
    ),
    Feature(
        name="avg_amount_loans_previous",
        label="Mean amount of previous loans",
        description="Mean amount of exactly those.",
        phrase="earlier loans of {:,.0f} on average",
        unknown="no earlier loan to average",
        lowest=0,
        lowest_excluded=True,
        highest=1e12,
        whole=False,
        example=136.4468640135,
    ),
    Feature(
        name="age",
        label="Age, years",
        description="Completed years.",
        phrase="{:.0f} years old",
        singular="1 year old",
        unknown="age unknown",
        lowest=18,
        highest=120,
        whole=True,
        example=59.0,
        sign=-1,
    ),
    Feature(
        name="years_on_the_job",
        label="Years on the job",
        description="Completed years.",
        phrase="{:.0f} years on the job",
        singular="1 year on the job",
        unknown="no job start known",
        lowest=0,
        highest=100,
        whole=True,
        example=3.0,
    ),
    Feature(
        name="flag_own_car",
        label="Owns a car",
        description="1 owns a car, 0 does not.",
        phrase="owns no car",
        singular="owns a car",
        unknown="flag_own_car unknown",
        lowest=0,
        highest=1,
        whole=True,
        example=1.0,
    ),
)
_RECORD = (
    Feature(
        name="nb_previous_unpaid",
        label="Previous loans not paid on time",
        description="Loans before the current one, known to be not paid on time by then.",
        phrase="{:.0f} earlier loans not paid on time",
        singular="1 earlier loan not paid on time",
        unknown="nb_previous_unpaid unknown",
        lowest=0,
        highest=10_000,
        whole=True,
        example=0.0,
        sign=1,
    ),
    Feature(
        name="share_previous_unpaid",
        label="Share of previous loans not paid on time",
        description="Their share among those whose outcome was known by then.",
        phrase="{:.0%} of known earlier outcomes not paid on time",
        unknown="no earlier loan with a known outcome",
        lowest=0,
        highest=1,
        whole=False,
        example=0.0,
        sign=1,
    ),
)

_OTHERS: tuple[Feature, ...] = ()
"""Features of neither group: new ones start here."""

FEATURES = {feature.name: feature for feature in (*_REFERENCE, *_RECORD, *_OTHERS)}
"""Every feature of the model, in the order of its columns."""

REFERENCE_FEATURES = tuple(feature.name for feature in _REFERENCE)
"""The features that the public answer shows, in its order."""

RECORD_FEATURES = tuple(feature.name for feature in _RECORD)
"""The applicant's own record: of the previous loans whose outcome was known by then, how many
were not paid on time, and which share."""

MODEL_FEATURES = tuple(FEATURES)
"""The features that the model is fitted on, in the order of its columns."""

ADDED_FEATURES = MODEL_FEATURES[len(REFERENCE_FEATURES) :]
"""What the model uses beyond the reference features."""
