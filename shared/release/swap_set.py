"""Whose decision changes when a candidate takes the champion's place."""

from msgspec import Struct

from shared.release.evaluation import Measured


class SwapGroup(Struct, frozen=True):
    """Users on whom champion and candidate decide in one way.

    Attributes
    ----------
    n_users : int
        How many there are.
    champion_risk, candidate_risk : float or None
        Their mean predicted probability of default by each model; None without users.
    n_loans, n_defaults : int
        Their loans granted after the champion's as-of date whose outcome is known.
    default_rate : Measured
        Of these loans, with its 95 % interval; None without loans.
    """

    n_users: int
    champion_risk: float | None
    candidate_risk: float | None
    n_loans: int
    n_defaults: int
    default_rate: Measured


class SwapSet(Struct, frozen=True):
    """What becomes of the users when the candidate takes the champion's place."""

    champion: str
    observed_after: str
    newly_refused: SwapGroup
    newly_approved: SwapGroup
    approved_by_both: SwapGroup
    refused_by_both: SwapGroup
