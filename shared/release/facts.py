"""The facts of a release, typed: stated by training, kept in the manifest."""

from typing import Any, Literal

from msgspec import Struct

from shared.release.backtest import Backtest
from shared.release.drift import Anchor, Distribution, Drift
from shared.release.evaluation import EvaluationFacts
from shared.release.source import Source
from shared.release.swap_set import SwapSet

type Verdict = Literal["passed", "warned", "stopped"]


class Counts(Struct, frozen=True):
    """How many loans and users there are, and what the loans are for."""

    loans: int
    users: int
    loans_with_unknown_outcome: int
    training_loans: int
    calibration_loans: int
    test_loans: int
    test_loans_of_persons_seen: int
    persons: int = 0


class Month(Struct, frozen=True):
    """A month's loans.

    Attributes
    ----------
    month : str
        YYYY-MM.
    loans, settled, known, defaults : int
        All; those whose outcome was due by the as-of date; of these, those whose outcome the file
        has; of these, those not paid on time.
    """

    month: str
    loans: int
    settled: int
    known: int
    defaults: int


class ContractWarning(Struct, frozen=True):
    """A rule of the data contract that is broken without rejecting the file."""

    rule: str
    column: str
    count: int
    share: float
    rows: list[int]
    values: list[str | None]
    advice: str


class DataQuality(Struct, frozen=True):
    """What the data contract found."""

    rows: int
    warnings: list[ContractWarning]


class CalibrationLine(Struct, frozen=True):
    """The line through the log odds that calibrates the probabilities."""

    slope: float
    intercept: float


class ModelFacts(Struct, frozen=True):
    """The model's kind and parameters, the features that say nothing in training, and the choice.

    `losses_on_persons_left_out` are the mean log losses of the models that were tried, in
    cross-validation over the persons of the training loans.
    """

    kind: str
    parameters: dict[str, Any]
    calibration: CalibrationLine
    unused_features: list[str] = []
    losses_on_persons_left_out: dict[str, float] = {}


class DecisionFacts(Struct, frozen=True):
    """The threshold, and how it was chosen."""

    threshold: float
    cost_ratio: float
    chosen_by: str


class Histogram(Struct, frozen=True):
    """Counts between edges, of which there is one more."""

    edges: list[float]
    counts: list[int]


class Effect(Struct, frozen=True):
    """One feature's values, the mean risk if all users had each, and how many have which.

    None in the grid is unknown.
    """

    grid: list[float | None]
    probability: list[float]
    population: Histogram | None = None


class Population(Struct, frozen=True):
    """How the users' scores spread; percentiles from 0 to 100."""

    histogram: Histogram
    predicted_default_share: float
    probability_percentiles: list[float]


class Gate(Struct, frozen=True):
    """What one gate found.

    Attributes
    ----------
    name : str
        Of the gate.
    measured : float or None
        The figure that is judged; None where there is none.
    limit : str
        What it is compared with, in words.
    verdict : {"passed", "warned", "stopped"}
        Only "stopped" keeps a candidate from being promoted.
    detail : str
        The finding in a sentence.
    """

    name: str
    measured: float | None
    limit: str
    verdict: Verdict
    detail: str


class AuditHead(Struct, frozen=True):
    """The last record of the audit chain, by number and digest."""

    number: int
    sha256: str


class ReleaseFacts(Struct, frozen=True, kw_only=True):
    """All that a run knows of the release that it makes, for the manifest and the report."""

    as_of: str
    source: Source
    counts: Counts
    data_quality: DataQuality
    features: list[str]
    model: ModelFacts
    decision: DecisionFacts
    metrics: dict[str, float | int | None]
    evaluated_on: str
    evaluation: EvaluationFacts
    effects: dict[str, Effect]
    population: Population
    distributions: dict[str, Distribution]
    gates: list[Gate]
    verdict: Verdict
    drift: Drift
    code_version: str
    libraries: dict[str, str]
    swap_set: SwapSet | None = None
    months: list[Month] = []
    backtest: Backtest | None = None
    anchor: Anchor | None = None
    audit_head: AuditHead | None = None
