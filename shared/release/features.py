"""The features: one ordered list, and all that is said about each, from CSV column to JSON key."""

from collections.abc import Mapping
from typing import Any

from shared.release.feature import Feature

USER = "id"
LOAN = "loan_id"
LOAN_DATE = "loan_date"
STATUS = "status"

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
        unknown="no job start on file",
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
_PRIOR_LOANS = 2.0
# 1.5 % of the prior loans, about the usual rate of loans not paid on time.
_PRIOR_UNPAID = 0.03

_RECORD = (
    Feature(
        name="nb_previous_unpaid",
        label="Earlier loans not paid on time",
        description="Loans known to be not paid on time.",
        phrase="{:.0f} earlier loans not paid on time",
        singular="1 earlier loan not paid on time",
        unknown="number of earlier loans not paid on time unknown",
        lowest=0,
        highest=10_000,
        whole=True,
        example=0.0,
        sign=1,
    ),
    Feature(
        name="nb_known_outcomes",
        label="Earlier loans with a known outcome",
        description="Loans whose outcome is known, paid on time or not.",
        phrase="{:.0f} earlier loans with a known outcome",
        singular="1 earlier loan with a known outcome",
        unknown="number of known outcomes unknown",
        lowest=0,
        highest=10_000,
        whole=True,
        example=29.0,
    ),
    Feature(
        name="unpaid_rate",
        label="Rate of earlier loans not paid on time, smoothed",
        description="Share of known outcomes that are not paid on time, smoothed:"
        f" (nb_previous_unpaid + {_PRIOR_UNPAID:g}) / (nb_known_outcomes + {_PRIOR_LOANS:g}).",
        phrase="smoothed rate of loans not paid on time {:.3f}",
        unknown="smoothed rate of loans not paid on time unknown",
        lowest=0,
        highest=1,
        whole=False,
        example=0.0009677419,
        sign=1,
        derived=True,
    ),
)

_OTHERS: tuple[Feature, ...] = ()
"""Features of neither group: new ones start here."""

FEATURES = {feature.name: feature for feature in (*_REFERENCE, *_RECORD, *_OTHERS)}
"""Every feature of the model, in the order of its columns."""

REFERENCE_FEATURES = tuple(feature.name for feature in _REFERENCE)
"""The features that the public answer shows, in its order."""

RECORD_FEATURES = tuple(feature.name for feature in _RECORD)
"""The applicant's own record: of the loans whose outcome is known, how many were not paid on time,
how many there are, and the smoothed rate."""

RATE_PARTS = ("nb_previous_unpaid", "nb_known_outcomes")
"""What `unpaid_rate` is made of. Both grow as a portfolio ages, so a line through them, fitted on
short records, does not hold for long ones; the rate says the same of either."""

MODEL_FEATURES = tuple(FEATURES)
"""The features that the model is fitted on, in the order of its columns."""

ADDED_FEATURES = MODEL_FEATURES[len(REFERENCE_FEATURES) :]
"""What the model uses beyond the reference features."""

RECORD_AS_OF = (
    "A served user's record counts every loan whose outcome is known by the as-of date, the latest"
    " included; in training, a loan's record counts the earlier loans whose outcome was known on"
    " its own day."
)
"""What the record features count, for documentation and report."""


def smooth_unpaid_rate(unpaid: Any, known: Any) -> Any:
    """Smooth the rate of loans not paid on time: two loans of the usual risk are added.

    Without them, one loan not paid on time out of one would be as bad as thirty out of thirty, and
    a user without known outcomes would have no rate.

    Parameters
    ----------
    unpaid, known : float, or an expression for a column of floats
        Loans not paid on time, and loans with a known outcome.

    Returns
    -------
    as the arguments
        Between 0 and 1. One definition for numbers and columns, so that they agree bit for bit.
    """
    return (unpaid + _PRIOR_UNPAID) / (known + _PRIOR_LOANS)


def complete_features(given: Mapping[str, float | None]) -> dict[str, float | None]:
    """Add the derived features to those that an applicant is described with.

    Parameters
    ----------
    given : mapping of str to float or None
        All but the derived features, by name.

    Returns
    -------
    dict of str to float or None
        In the order of `MODEL_FEATURES`.
    """
    unpaid, known = given["nb_previous_unpaid"], given["nb_known_outcomes"]
    rate = None if unpaid is None or known is None else smooth_unpaid_rate(unpaid, known)
    return {name: rate if name == "unpaid_rate" else given[name] for name in MODEL_FEATURES}
