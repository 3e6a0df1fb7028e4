"""The JSON documents that are asked and answered, typed: schema, check and encoding in one."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.errors import FieldError
from shared.release.reasons import MAX_REASONS, Reason

_UserId = Annotated[int, Meta(ge=0, le=2**63 - 1, examples=[5008806])]
_Probability = Annotated[float, Meta(ge=0, le=1, description="Probability of default.")]
_Classes = Annotated[
    list[Annotated[int, Meta(ge=0, le=1)]],
    Meta(
        min_length=1,
        max_length=1,
        description="One class: 0 paid on time, 1 not paid on time.",
        examples=[[0]],
    ),
]
Version = Annotated[
    str, Meta(description="The release.", examples=["20261123T060201Z-0a1b2c3d4e5f"])
]
_Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2022-03-08"])]
AsOf = Annotated[_Day, Meta(description="The day on which age and years on the job are counted.")]
_Reasons = Annotated[
    list[Reason],
    Meta(
        max_length=MAX_REASONS,
        description="What moved this user's risk most from the population's, the strongest"
        " first; absent in the answer for an applicant who was described.",
    ),
]

_ANY_ID = {
    "description": "A user id, as a number or in digits; what is none is marked in its result.",
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"description": "Anything else: no user id."},
    ],
}

encode = msgspec.json.Encoder().encode


class RiskFeatures(Struct):
    """A user's five risk features as at the most recent loan; null where unknown."""

    nb_previous_loans: Annotated[
        float | None, Meta(description="Loans before the current one.", examples=[29.0])
    ]
    avg_amount_loans_previous: Annotated[
        float | None, Meta(description="Mean amount of exactly those.", examples=[136.4468640135])
    ]
    age: Annotated[float | None, Meta(description="Completed years.", examples=[59.0])]
    years_on_the_job: Annotated[float | None, Meta(description="Completed years.", examples=[3.0])]
    flag_own_car: Annotated[float | None, Meta(description="1 owns a car, 0 does not.")]


class DetailedRiskFeatures(RiskFeatures):
    """All features that the model uses, with where they come from."""

    nb_previous_unpaid: Annotated[
        float | None,
        Meta(description="Loans before the current one, known to be not paid on time by then."),
    ]
    share_previous_unpaid: Annotated[
        float | None, Meta(description="Their share among those whose outcome was known by then.")
    ]
    loan_date: Annotated[_Day, Meta(description="Day of the user's most recent loan.")]
    version: Version
    as_of: AsOf


class Prediction(Struct):
    """A user's predicted class."""

    resultado: _Classes


class DetailedPrediction(Prediction):
    """The class, with the probability that it was decided from."""

    probabilidad: _Probability
    umbral: Annotated[float, Meta(description="A default is predicted from this one on.")]
    version: Version
    as_of: AsOf
    razones: _Reasons | UnsetType = UNSET


class Applicant(Struct, forbid_unknown_fields=True):
    """An applicant as the model sees one: somebody not in the table, or in another situation."""

    nb_previous_loans: Annotated[float, Meta(ge=0, le=10_000, multiple_of=1, examples=[2])] | None
    avg_amount_loans_previous: Annotated[float, Meta(gt=0, le=1e12, examples=[120.5])] | None
    age: Annotated[float, Meta(ge=18, le=120, multiple_of=1, examples=[41])] | None
    years_on_the_job: Annotated[float, Meta(ge=0, le=100, multiple_of=1, examples=[7])] | None
    flag_own_car: Annotated[float, Meta(ge=0, le=1, multiple_of=1, examples=[1])] | None
    nb_previous_unpaid: Annotated[float, Meta(ge=0, le=10_000, multiple_of=1, examples=[0])] | None
    share_previous_unpaid: Annotated[float, Meta(ge=0, le=1, examples=[0.0])] | None


class Batch(Struct, forbid_unknown_fields=True):
    """Ids to predict for; each is answered by itself."""

    ids: Annotated[
        list[Annotated[Any, Meta(extra_json_schema=_ANY_ID)]],
        Meta(min_length=1, max_length=1000, examples=[[5008806, 5008804]]),
    ]


class BatchResult(Struct, omit_defaults=True):
    """The answer for one id: a class, or why there is none."""

    id: Annotated[Any, Meta(description="As it was asked.", examples=[5008806])]
    status: Annotated[
        int, Meta(description="200 predicted, 400 no user id, 404 no such user.", examples=[200])
    ]
    resultado: _Classes | UnsetType = UNSET
    probabilidad: _Probability | UnsetType = UNSET
    detail: str | UnsetType = UNSET


class BatchPrediction(Struct):
    """One result per id, in the order asked."""

    umbral: float
    version: Version
    as_of: AsOf
    resultados: list[BatchResult]


class JudgedGate(Struct):
    """What one gate of a release measured, held against, and found."""

    name: Annotated[str, Meta(examples=["calibration_slope"])]
    measured: float | None
    limit: str
    verdict: Annotated[str, Meta(description="passed, warned or stopped.", examples=["passed"])]
    detail: str


class ServedModel(Struct):
    """The served release."""

    version: Version
    created: str
    as_of: AsOf
    source: dict[str, Any]
    counts: dict[str, int]
    features: list[str]
    model: dict[str, Any]
    decision: dict[str, Any]
    metrics: dict[str, float | int | None]
    population: dict[str, Any]
    evaluated_on: str
    verdict: Annotated[
        str, Meta(description="The worst of the gates' verdicts.", examples=["passed"])
    ]
    gates: list[JudgedGate]
    code_version: str


class Health(Struct):
    """How the app is, and what it serves."""

    status: Annotated[str, Meta(examples=["ok"])]
    build: str
    release: Version | None
    as_of: AsOf | None
    last_checked: Annotated[str | None, Meta(description="When storage was last asked, and told.")]
    last_refresh: Annotated[
        str | None, Meta(description="When what storage says is current was last served.")
    ]
    stale: Annotated[bool, Meta(description="Whether two looks at it in a row brought nothing.")]
    problem: Annotated[str | None, Meta(description="What kept the last look from succeeding.")]


class Problem(Struct, omit_defaults=True):
    """What went wrong, for a client to act on (RFC 9457)."""

    title: str
    status: int
    detail: str
    request_id: str
    errors: Annotated[list[FieldError], Meta(description="Every broken rule.")] = []
    type: str = "about:blank"
    health: Annotated[
        Health | None, Meta(description="What is known, where the app is not ready.")
    ] = None
