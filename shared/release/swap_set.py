"""Where the decision changes when a candidate takes the champion's place."""

from msgspec import Struct

from shared.release.evaluation import Measured


class SwapGroup(Struct, frozen=True):
    """Where champion and candidate decide in one way: users now, and later loans on their day.

    Attributes
    ----------
    n_users : int
        The users.
    champion_risk, candidate_risk : float or None
        The users' mean predicted probability of default by each model; None without users.
    n_loans, n_defaults : int
        The loans granted after the champion's as-of date, on none of which either was trained.
    champion_risk_of_loans, candidate_risk_of_loans : float or None
        The mean predicted probability of default of these loans; None without loans.
    default_rate : Measured
        Of these loans, with its 95 % interval; None without loans.
    """

    n_users: int
    champion_risk: float | None
    candidate_risk: float | None
    n_loans: int
    n_defaults: int
    champion_risk_of_loans: float | None
    candidate_risk_of_loans: float | None
    default_rate: Measured


class SwapSet(Struct, frozen=True):
    """What changes when the candidate takes the champion's place.

    Attributes
    ----------
    observed_after : str
        The champion's as-of date: the loans are later ones.
    newly_refused, newly_approved : SwapGroup
        Where the decision changes.
    approved_by_both, refused_by_both : SwapGroup
        Where it does not, to compare with.
    """

    observed_after: str
    newly_refused: SwapGroup
    newly_approved: SwapGroup
    approved_by_both: SwapGroup
    refused_by_both: SwapGroup
