"""The routes about users: features, predictions, what-if and batches.

Keys are Spanish in every document that holds a prediction, as `resultado` of the contract is.
The features' document has the names of the data's columns, and so English keys.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from serving.api.fields import (
    AsOf,
    Day,
    Probability,
    Version,
    bounded_feature_field,
    feature_field,
)
from serving.api.operations import READ_PROBLEMS, WRITE_PROBLEMS, Body, Json, Operation
from shared.release.features import (
    ADDED_FEATURES,
    FEATURES,
    RECORD_AS_OF,
    REFERENCE_FEATURES,
)
from shared.release.reasons import MAX_REASONS, Reason
from shared.release.user_index import MAX_USER_ID

_EXAMPLE_USER = 5008806

_Classes = Annotated[
    list[Annotated[int, Meta(ge=0, le=1)]],
    Meta(
        min_length=1,
        max_length=1,
        description="One class: 0 paid on time, 1 not paid on time.",
        examples=[[0]],
    ),
]
_Reasons = Annotated[
    list[Reason],
    Meta(
        max_length=MAX_REASONS,
        description="The reasons for the class, strongest first: what raised the risk of a user who"
        " is predicted not to pay on time, else what moved it most either way. They are exact"
        " Shapley values of the model, on the log odds of default; the record of earlier loans is"
        " one reason.",
    ),
]
_ANY_ID: Json = {
    "description": "A user id, as a number or in digits; a malformed one is marked in its result.",
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"description": "Anything else: a malformed id."},
    ],
}

RiskFeatures = defstruct(
    "RiskFeatures",
    [feature_field(FEATURES[name]) for name in REFERENCE_FEATURES],
    module=__name__,
    namespace={
        "__doc__": "A user's five risk features as at the most recent loan; null where unknown."
    },
)

DetailedRiskFeatures = defstruct(
    "DetailedRiskFeatures",
    [
        *(feature_field(FEATURES[name]) for name in ADDED_FEATURES),
        ("loan_date", Annotated[Day, Meta(description="Day of the user's most recent loan.")]),
        ("version", Version),
        ("as_of", AsOf),
    ],
    bases=(RiskFeatures,),
    module=__name__,
    namespace={
        "__doc__": "All features that the model uses, and the release they come from."
        f" {RECORD_AS_OF}"
    },
)

_ASKED = [feature for feature in FEATURES.values() if not feature.derived]

Applicant = defstruct(
    "Applicant",
    [bounded_feature_field(feature) for feature in _ASKED],
    forbid_unknown_fields=True,
    module=__name__,
    namespace={
        "__doc__": "An applicant as the model sees one: a new person, or a user in another"
        " situation. The record may count one loan more than the previous ones: a user's latest."
    },
)


class Prediction(Struct):
    """A user's predicted class."""

    resultado: _Classes


class DetailedPrediction(Prediction):
    """The class, with the probability that it was decided from."""

    probabilidad: Probability
    umbral: Annotated[float, Meta(description="Default is predicted from this probability on.")]
    version: Version
    fecha_corte: AsOf
    razones: _Reasons


class Batch(Struct, forbid_unknown_fields=True):
    """The ids to predict for; each gets a result of its own."""

    ids: Annotated[
        list[Annotated[Any, Meta(extra_json_schema=_ANY_ID)]],
        Meta(min_length=1, max_length=1000, examples=[[_EXAMPLE_USER, 5008804]]),
    ]


class BatchResult(Struct, omit_defaults=True):
    """The result for one id: a class, or why there is none."""

    id: Annotated[Any, Meta(description="As it was sent.", examples=[_EXAMPLE_USER])]
    estado: Annotated[
        int, Meta(description="200 predicted, 400 malformed id, 404 no such user.", examples=[200])
    ]
    resultado: _Classes | UnsetType = UNSET
    probabilidad: Probability | UnsetType = UNSET
    detalle: str | UnsetType = UNSET


class BatchPrediction(Struct):
    """One result per id, in the order of the request."""

    umbral: float
    version: Version
    fecha_corte: AsOf
    resultados: list[BatchResult]


_USER = {
    "name": "user_id",
    "in": "path",
    "required": True,
    "description": "The user.",
    "schema": {"type": "integer", "minimum": 0, "maximum": MAX_USER_ID},
    "example": _EXAMPLE_USER,
}
_DETAIL = {
    "name": "detalle",
    "in": "query",
    "description": "Whether to add the details that the answer is based on.",
    "schema": {"type": "boolean", "default": False},
}

OPERATIONS = (
    Operation(
        path="/user/{user_id}/caracteristicasriesgo",
        name="features",
        summary="A user's five risk features",
        answer=(DetailedRiskFeatures, RiskFeatures),
        problems=READ_PROBLEMS,
        parameters=(_USER, _DETAIL),
        cached=True,
    ),
    Operation(
        path="/user/{user_id}/prediccion",
        name="prediction",
        summary="A user's predicted class",
        answer=(DetailedPrediction, Prediction),
        problems=READ_PROBLEMS,
        parameters=(_USER, _DETAIL),
        cached=True,
    ),
    Operation(
        method="post",
        path="/prediccion",
        name="whatIf",
        summary="The class of an applicant described here, and the reasons for it",
        answer=(DetailedPrediction,),
        problems=WRITE_PROBLEMS,
        body=Body(Applicant, {feature.name: feature.example for feature in _ASKED}),
    ),
    Operation(
        method="post",
        path="/predicciones",
        name="batch",
        summary="The classes of up to 1,000 users",
        answer=(BatchPrediction,),
        problems=WRITE_PROBLEMS,
        body=Body(Batch, {"ids": [_EXAMPLE_USER, 5008804]}),
    ),
)
