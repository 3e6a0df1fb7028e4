"""The OpenAPI document, built from the types that check requests and write responses."""

from collections.abc import Mapping
from typing import Any

import msgspec

from serving.api import executions, releases, reports, service, users
from serving.api.operations import PAGE, Json, Operation
from serving.api.problems import (
    PROBLEM_DESCRIPTIONS,
    PROBLEM_EXAMPLES,
    PROBLEM_HEADERS,
    Problem,
)
from serving.approvers import APPROVAL_HEADER
from serving.dispatch import HTML, JSON, PROBLEM_JSON

OPERATIONS = (
    *users.OPERATIONS,
    *service.OPERATIONS,
    *reports.OPERATIONS,
    *releases.OPERATIONS,
    *executions.OPERATIONS,
)
"""Every operation of the API, in the order of the docs."""

type References = Mapping[Any, Json]
"""The reference to the schema of each document."""


def describe_api() -> Json:
    """Build the OpenAPI 3.1 document of every route."""
    types = list(dict.fromkeys(_list_types()))
    references, schemas = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Credit risk",
            "version": "1.0.0",
            "summary": "Risk features and predicted default of every user of the current release.",
            "description": "Every response names its release (`X-Release-Version`) and its request"
            " (`X-Request-Id`). Errors are problem documents (RFC 9457).",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "paths": _describe_paths(dict(zip(types, references, strict=True))),
        "components": {
            "schemas": schemas,
            "headers": _HEADERS,
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _list_types() -> list[Any]:
    answered = [kind for one in OPERATIONS if one.answer != PAGE for kind in one.answer]
    return [*answered, *(one.body.document for one in OPERATIONS if one.body), Problem]


def _describe_paths(types: References) -> Json:
    paths: Json = {}
    for operation in OPERATIONS:
        described = _describe(operation, types)
        item = paths.setdefault(operation.path, {})
        item[operation.method] = described
        if operation.method == "get":
            item["head"] = _describe_head(described)
    return paths


def _describe(operation: Operation, types: References) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": _security(operation),
        "responses": _describe_responses(operation, types),
    }
    parameters = [*([_IF_NONE_MATCH] if operation.cached else []), *operation.parameters]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        content = {"schema": types[operation.body.document], "example": operation.body.example}
        described["requestBody"] = {
            "required": operation.body.required,
            "content": {JSON: content},
        }
    return described


def _describe_head(get: Json) -> Json:
    """Describe the HEAD of a GET: the same statuses and headers without a body."""
    bare = {
        status: {name: part for name, part in response.items() if name != "content"}
        for status, response in get["responses"].items()
    }
    return get | {
        "operationId": f"{get['operationId']}Head",
        "summary": f"{get['summary']}: headers only",
        "responses": bare,
    }


def _security(operation: Operation) -> list[Json]:
    if 403 in operation.problems:
        return [{"functionKey": [], "approvalKey": []}]
    return [{"functionKey": []}] if 401 in operation.problems else []


def _describe_responses(operation: Operation, types: References) -> Json:
    headers = [*_COMMON_HEADERS, *(["ETag"] if operation.cached else [])]
    responses: Json = {
        "200": {
            "description": "Found.",
            "headers": _refer(*headers),
            "content": _describe_content(operation, types),
        }
    }
    for status in sorted(operation.problems):
        responses[str(status)] = _describe_problem(operation, status, types)
    if operation.cached:
        responses["304"] = {
            "description": "The client's copy is current.",
            "headers": _refer(*headers),
        }
    return responses


def _describe_content(operation: Operation, types: References) -> Json:
    if operation.answer == PAGE:
        page = '<!doctype html>\n<html lang="en">...'
        return {HTML: {"schema": {"type": "string"}, "example": page}}
    schemas = [types[kind] for kind in operation.answer] or [{"type": "object"}]
    return {JSON: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}


def _describe_problem(operation: Operation, status: int, types: References) -> Json:
    further = [PROBLEM_HEADERS[status]] if status in PROBLEM_HEADERS else []
    response: Json = {
        "description": operation.descriptions.get(status, PROBLEM_DESCRIPTIONS[status]),
        "headers": _refer(*_COMMON_HEADERS, *further),
    }
    if status != 401:
        content = {"schema": types[Problem], "example": PROBLEM_EXAMPLES[status]}
        response["content"] = {PROBLEM_JSON: content}
    return response


def _refer(*headers: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


_COMMON_HEADERS = (
    "X-Request-Id",
    "X-Release-Version",
    "X-Release-As-Of",
    "X-Release-Fallback",
)
_HEADERS = {
    "X-Request-Id": {
        "description": "Names this request, here and in the logs.",
        "schema": {"type": "string"},
    },
    "X-Release-Version": {
        "description": "The release behind the response; absent before the first.",
        "schema": {"type": "string"},
    },
    "X-Release-As-Of": {
        "description": "The release's as-of date, where the response is made from the release.",
        "schema": {"type": "string", "format": "date"},
    },
    "X-Release-Fallback": {
        "description": "The release that this one stands in for: its stored files are damaged.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "Changes with the release.", "schema": {"type": "string"}},
    "Allow": {"description": "The methods that the route accepts.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}},
}
_SECURITY_SCHEMES = {
    "functionKey": {
        "type": "apiKey",
        "in": "header",
        "name": "x-functions-key",
        "description": "A function key of the app. Not needed locally.",
    },
    "approvalKey": {
        "type": "apiKey",
        "in": "header",
        "name": APPROVAL_HEADER,
        "description": "The app setting `APPROVAL_KEY`, for those who decide about releases.",
    },
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an earlier response.",
    "schema": {"type": "string"},
}
