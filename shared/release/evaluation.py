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
    """A group's loans: the shares approved and defaulted, and the mean prediction.

    Attributes
    ----------
    measures : dict of str to Measured
        With 95 % intervals over persons: `approval_rate`, `default_rate`, `true_positive_rate`
        (the share of the group's defaults that is refused), `observed_to_predicted`;
        `impact_ratio` and `true_positive_difference` against the group that is approved most.
    """

    group: str
    n_loans: int
    n_defaults: int
    approval_rate: float
    default_rate: float
    mean_predicted: float
    measures: dict[str, Measured] = {}


class Cutoff(Struct, frozen=True):
    """What deciding at one threshold means on the test loans.

    Attributes
    ----------
    threshold : float
        The probability of default from which on a loan is refused.
    cost_ratio : float
        The cost of a missed default that `expected_cost` reckons with.
    approval_rate, bad_rate, precision, recall, expected_cost : Measured
        The share approved; the share of defaults among the approved; the share of defaults among
        the refused; the share of the defaults that is refused; the cost per loan in units of a
        refused good payer.
    """

    threshold: float
    cost_ratio: float
    approval_rate: Measured
    bad_rate: Measured
    precision: Measured
    recall: Measured
    expected_cost: Measured


class Confusion(Struct, frozen=True):
    """Test loans by decision and outcome."""

    approved_paid: int
    approved_defaulted: int
    refused_paid: int
    refused_defaulted: int


class Tenth(Struct, frozen=True):
    """A tenth of the test loans, the riskiest first.

    Attributes
    ----------
    n_loans, n_defaults : int
        Of this tenth.
    lift : float
        Its default rate over that of all test loans.
    gain : float
        The share of all defaults in it and the riskier ones.
    """

    n_loans: int
    n_defaults: int
    lift: float
    gain: float


class CutoffFacts(Struct, frozen=True):
    """What the threshold does, what others would do, and how well the score concentrates risk.

    `thresholds` ascend and hold the chosen one; `cost_ratios` are the thresholds that other
    costs of a missed default would choose.
    """

    thresholds: list[Cutoff]
    cost_ratios: list[Cutoff]
    confusion: Confusion
    tenths: list[Tenth]


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
    segments: dict[str, list[Group]] = {}
    cutoffs: CutoffFacts | None = None
