"""What was decided about one user, or about an applicant."""

from msgspec import Struct


class UserDecision(Struct, frozen=True, gc=False):
    """One decision.

    Attributes
    ----------
    user : int or None
        The user's id; None for an applicant who was only described.
    probability : float
        Probability of default.
    decision : int
        The predicted class.
    """

    user: int | None
    probability: float
    decision: int
