"""The OpenAPI document, made of the types that check the requests and write the answers."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from serving.bodies import MAX_BODY_BYTES
from serving.dispatch import HTML, JSON, PROBLEM_JSON
from serving.errors import (
    ApprovalDeniedError,
    BodyTooLargeError,
    InvalidRequestError,
    MalformedUserIdError,
    MediaTypeError,
    MethodNotAllowedError,
    UnknownUserError,
)
from serving.release_api import APPROVAL_KEY, RELEASE_TYPES, describe_release_paths
from serving.schemas import (
    Applicant,
    Batch,
    BatchPrediction,
    DetailedPrediction,
    DetailedRiskFeatures,
    Health,
    Prediction,
    Problem,
    RiskFeatures,
    ServedModel,
)
from shared.errors import NoReleaseError
from shared.registry.releases import VERSION_PATTERN
from shared.release.decisions import DecisionRefusedError
from shared.release.serving_table import MAX_USER_ID

Json = dict[str, Any]

_TYPES = (
    RiskFeatures,
    DetailedRiskFeatures,
    Prediction,
    DetailedPrediction,
    Applicant,
    Batch,
    BatchPrediction,
    ServedModel,
    Health,
    Problem,
    *RELEASE_TYPES,
)
_PROBLEMS = {
    400: "The id, the version, the query or the body cannot be read; `errors` names the field.",
    401: "The function key is missing or wrong; the platform's own answer, without a body.",
    404: "No loan of the user is in the current release; or no such release, or report, is kept.",
    403: "The approval key is missing or wrong, or the setting `APPROVAL_KEY` is not set.",
    405: "The route is not for this method; `Allow` tells which it is for.",
    409: "What was decided before stands against it; `errors` names the reasons.",
    413: f"The body is larger than {MAX_BODY_BYTES:,} bytes.",
    415: "The body is not `application/json`.",
    422: "The body breaks rules; `errors` names every one.",
    503: "No release is loaded; `Retry-After` tells when to ask again.",
}
_KEY: list[Json] = [{"functionKey": []}]
_OPEN: list[Json] = []


def describe_api() -> Json:
    """Write the OpenAPI 3.1 document of every route."""
    references, schemas = msgspec.json.schema_components(
        _TYPES, ref_template="#/components/schemas/{name}"
    )
    by_type = dict(zip(_TYPES, references, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Credit risk",
            "version": "1.0.0",
            "summary": "Risk features and predicted default of every user of the current release.",
            "description": "Every answer names its release (`X-Release-Version`) and itself"
            " (`X-Request-Id`). Errors are problem documents (RFC 9457).",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "paths": _add_heads(_describe_paths(by_type)),
        "components": {
            "schemas": schemas,
            "headers": _HEADERS,
            "securitySchemes": {
                "functionKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-functions-key",
                    "description": "A function key of the app. Locally none is asked for.",
                },
                "approvalKey": APPROVAL_KEY,
            },
        },
    }


def _describe_paths(types: Mapping[Any, Json]) -> Json:
    user = [_USER, _DETAIL]
    features = {"anyOf": [types[DetailedRiskFeatures], types[RiskFeatures]]}
    prediction = {"anyOf": [types[DetailedPrediction], types[Prediction]]}
    problem = types[Problem]
    read = [400, 401, 404, 405, 503]
    write = [400, 401, 405, 413, 415, 422, 503]

    def get(name: str, summary: str, answer: Json, problems: Iterable[int]) -> Json:
        return {
            "operationId": name,
            "summary": summary,
            "security": _KEY if 401 in problems else _OPEN,
            "responses": _responses(answer, problem, problems),
        }

    def page(name: str, summary: str) -> Json:
        operation = _cached(get(name, summary, {}, [405]))
        operation["responses"]["200"]["content"] = {HTML: {"schema": {"type": "string"}}}
        return operation

    def post(name: str, summary: str, body: type, answer: type) -> Json:
        operation = get(name, summary, types[answer], write)
        content = {JSON: {"schema": types[body], "example": _EXAMPLES[body]}}
        return operation | {"requestBody": {"required": True, "content": content}}

    return {
        "/user/{user_id}/caracteristicasriesgo": {
            "parameters": user,
            "get": _cached(get("features", "A user's five risk features", features, read)),
        },
        "/user/{user_id}/prediccion": {
            "parameters": user,
            "get": _cached(get("prediction", "A user's predicted class", prediction, read)),
        },
        "/prediccion": {
            "post": post(
                "whatIf", "The class of an applicant described here", Applicant, DetailedPrediction
            )
        },
        "/predicciones": {
            "post": post("batch", "The classes of up to 1,000 users", Batch, BatchPrediction)
        },
        "/modelo": {
            "get": _cached(get("model", "The served release", types[ServedModel], [401, 405, 503]))
        },
        "/health": {"get": get("health", "Whether the app lives", types[Health], [405])},
        "/health/ready": {
            "get": get("ready", "Whether a release is loaded", types[Health], [405, 503])
        },
        "/openapi.json": {
            "get": _cached(get("openapi", "This document", {"type": "object"}, [405]))
        },
        "/docs": {"get": page("docs", "This document, for a person")},
        "/": {"get": page("page", "A page on which a person looks a user up")},
        "/informe": {
            "get": _as_page(get("report", "The served release's report", {}, [401, 404, 405, 503]))
        },
        "/informe/{version}": {
            "get": _as_page(get("reportOf", "A release's report", {}, read), _VERSION)
        },
    } | describe_release_paths(types, get)


def _responses(answer: Json, problem: Json, problems: Iterable[int]) -> Json:
    named = {
        name: {"$ref": f"#/components/headers/{name}"}
        for name in ("X-Request-Id", "X-Release-Version", "X-Release-As-Of")
    }
    responses: Json = {
        "200": {"description": "Found.", "headers": named, "content": {JSON: {"schema": answer}}}
    }
    for status in problems:
        responses[str(status)] = {"description": _PROBLEMS[status], "headers": named}
        if status != 401:
            content = {"schema": problem, "example": _EXAMPLE_PROBLEMS[status]}
            responses[str(status)]["content"] = {PROBLEM_JSON: content}
        for header in _PROBLEM_HEADERS.get(status, ()):
            reference = {header: {"$ref": f"#/components/headers/{header}"}}
            responses[str(status)]["headers"] = named | reference
    return responses


def _add_heads(paths: Json) -> Json:
    """Describe HEAD beside every GET: the same statuses and headers, and no body."""
    for item in paths.values():
        if "get" in item:
            operation = item["get"]
            bare = {
                status: {name: part for name, part in answer.items() if name != "content"}
                for status, answer in operation["responses"].items()
            }
            item["head"] = operation | {
                "operationId": f"{operation['operationId']}Head",
                "summary": f"{operation['summary']}: the headers alone",
                "responses": bare,
            }
    return paths


def _cached(operation: Json) -> Json:
    """Add what a conditional request may be answered."""
    operation["parameters"] = [_IF_NONE_MATCH]
    operation["responses"]["200"]["headers"]["ETag"] = {"$ref": "#/components/headers/ETag"}
    operation["responses"]["304"] = {
        "description": "What the client has is current.",
        "headers": operation["responses"]["200"]["headers"],
    }
    return operation


def _as_page(operation: Json, *parameters: Json) -> Json:
    """Describe an answer that is HTML."""
    _cached(operation)["parameters"].extend(parameters)
    operation["responses"]["200"]["content"] = {
        HTML: {"schema": {"type": "string"}, "example": '<!doctype html>\n<html lang="en">...'}
    }
    return operation


_HEADERS = {
    "X-Request-Id": {
        "description": "Names this request, here and in the logs.",
        "schema": {"type": "string"},
    },
    "X-Release-Version": {
        "description": "The release that the answer comes from; absent before the first.",
        "schema": {"type": "string"},
    },
    "X-Release-As-Of": {
        "description": "The release's as-of date, in answers made from the release.",
        "schema": {"type": "string", "format": "date"},
    },
    "ETag": {"description": "Changes with the release.", "schema": {"type": "string"}},
    "Allow": {"description": "The methods that the route is for.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}},
}
_PROBLEM_HEADERS = {405: ["Allow"], 503: ["Retry-After"]}
_EXAMPLES: dict[Any, Json] = {
    Applicant: {
        "nb_previous_loans": 2,
        "avg_amount_loans_previous": 120.5,
        "age": 41,
        "years_on_the_job": None,
        "flag_own_car": 1,
        "nb_previous_unpaid": 0,
        "share_previous_unpaid": 0.0,
    },
    Batch: {"ids": [5008806, 5008804]},
}
_EXAMPLE_PROBLEMS: dict[int, Json] = {
    error.status: {
        "title": error.title,
        "status": error.status,
        "detail": detail,
        "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    for error, detail in (
        (MalformedUserIdError, "A user id is a whole number ...; got 'x7'."),
        (UnknownUserError, "Expected the id of a user with a loan in release ...; 7 has none."),
        (
            ApprovalDeniedError,
            "Expected the approval key in the header x-approval-key, got none.",
        ),
        (DecisionRefusedError, "The release cannot be approved: see errors."),
        (MethodNotAllowedError, "Expected GET or HEAD, got DELETE."),
        (BodyTooLargeError, f"Expected at most {MAX_BODY_BYTES:,} bytes, got 70,000."),
        (MediaTypeError, "Expected Content-Type: application/json, got text/plain."),
        (InvalidRequestError, "1 rule is broken: see errors."),
        (NoReleaseError, "Nothing was published yet: drop a CSV into the input container ..."),
    )
}
_EXAMPLE_PROBLEMS[422]["errors"] = [
    {"field": "/age", "detail": "Expected a whole number from 18 to 120 or null, got 17"}
]
_USER = {
    "name": "user_id",
    "in": "path",
    "required": True,
    "description": "The user.",
    "schema": {"type": "integer", "minimum": 0, "maximum": MAX_USER_ID},
    "example": 5008806,
}
_DETAIL = {
    "name": "detalle",
    "in": "query",
    "description": "Tell where the answer comes from too.",
    "schema": {"type": "boolean", "default": False},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an earlier answer.",
    "schema": {"type": "string"},
}
_VERSION = {
    "name": "version",
    "in": "path",
    "required": True,
    "description": "The release.",
    "schema": {"type": "string", "pattern": f"^{VERSION_PATTERN}$"},
    "example": "20261123T060201Z-0a1b2c3d4e5f",
}
