"""What predictions were worth on the test loans, as the manifest tells it."""

from msgspec import Struct


class Measured(Struct, frozen=True):
    """A metric and its 95 % interval; None where it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Band(Struct, frozen=True):
    """Loans of similar prediction; `low` and `high` bound the observed rate, 95 %."""

    n: int
    mean_predicted: float
    observed: float
    low: float
    high: float


class RocCurve(Struct, frozen=True):
    """Points from (0, 0) to (1, 1), from the highest score down; empty for a single class."""

    false_positive_rate: list[float]
    true_positive_rate: list[float]


class PrecisionRecallCurve(Struct, frozen=True):
    """Points by growing recall, from the highest score down; empty for a single class."""

    recall: list[float]
    precision: list[float]


class Slice(Struct, frozen=True):
    """What predictions were worth on some of the loans."""

    n_loans: int
    n_defaults: int
    n_persons: int
    metrics: dict[str, Measured]
    reliability: list[Band]
    roc: RocCurve
    precision_recall: PrecisionRecallCurve


class Group(Struct, frozen=True):
    """A group's loans: the shares approved and defaulted, and the mean prediction."""

    group: str
    n_loans: int
    n_defaults: int
    approval_rate: float
    default_rate: float
    mean_predicted: float


class SplitFacts(Struct, frozen=True):
    """How training and test loans were parted."""

    cut: str
    outcome_lag_days: int
    n_training_loans: int


class Slices(Struct, frozen=True):
    """The test loans: of persons held out from every model, and of the others."""

    unseen_persons: Slice
    seen_persons: Slice


class EvaluationFacts(Struct, frozen=True):
    """How good the model is, beside the baselines, and for whom."""

    split: SplitFacts
    slices: Slices
    baselines: dict[str, Slice]
    fairness: dict[str, list[Group]]


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
