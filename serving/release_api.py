"""The part of the OpenAPI document that is about stored releases."""

from collections.abc import Mapping
from typing import Any, Protocol

from serving.approvers import APPROVAL_HEADER
from serving.dispatch import JSON
from serving.release_schemas import (
    Approval,
    Decided,
    Rejection,
    ReleaseComparison,
    Releases,
)
from shared.registry.releases import VERSION_PATTERN

Json = dict[str, Any]

RELEASE_TYPES = (Releases, Decided, Approval, Rejection, ReleaseComparison)

APPROVAL_KEY: Json = {
    "type": "apiKey",
    "in": "header",
    "name": APPROVAL_HEADER,
    "description": "The app setting `APPROVAL_KEY`, for those who decide about releases.",
}
_VERSION: Json = {
    "required": True,
    "schema": {"type": "string", "pattern": f"^{VERSION_PATTERN}$"},
    "example": "20261123T060201Z-0a1b2c3d4e5f",
}
_UNKNOWN = "No such release is in storage."
_STORAGE_AWAY = "Stored releases cannot be used now; `Retry-After` tells when to ask again."
_READ = (401, 405, 503)
_DECIDE = (400, 401, 403, 405, 409, 413, 415, 422, 503)


class Describe(Protocol):
    """Describes an operation: its id, its summary, the schema of its answer, its problems."""

    def __call__(self, name: str, summary: str, answer: Json, problems: Any) -> Json:
        """Describe one."""


def describe_release_paths(types: Mapping[Any, Json], describe: Describe) -> Json:
    """Describe the routes about stored releases.

    Parameters
    ----------
    types : mapping of type to dict
        The reference to the schema of each of `RELEASE_TYPES`.
    describe : callable
        Describes what all operations have.
    """

    def decide(name: str, summary: str, body: type, *problems: int) -> Json:
        operation = describe(name, summary, types[Decided], sorted({*_DECIDE, *problems}))
        operation["security"] = [{"functionKey": [], "approvalKey": []}]
        operation["requestBody"] = {
            "required": body is Rejection,
            "content": {
                JSON: {"schema": types[body], "example": {"motivo": "The report was reviewed."}}
            },
        }
        return operation

    listing = describe("releases", "The latest stored releases", types[Releases], _READ)
    comparison = describe(
        "compare",
        "What changes for users from release a to release b",
        types[ReleaseComparison],
        (400, 404, *_READ),
    )
    comparison["parameters"] = [_describe_version("a", "query"), _describe_version("b", "query")]
    approval = decide("approve", "Make a stored release the current one", Approval, 404)
    rejection = decide("reject", "Rule out that a candidate becomes current", Rejection, 404)
    for operation in (approval, rejection):
        operation["parameters"] = [_describe_version("version", "path")]
    rollback = decide("rollBack", "Go back to the release that was current before", Approval)
    for operation in (listing, comparison, approval, rejection, rollback):
        _explain(operation["responses"])
    return {
        "/versiones": {"get": listing},
        "/versiones/comparacion": {"get": comparison},
        "/versiones/regreso": {"post": rollback},
        "/versiones/{version}/aprobacion": {"post": approval},
        "/versiones/{version}/rechazo": {"post": rejection},
    }


def _describe_version(name: str, place: str) -> Json:
    return {"name": name, "in": place, "description": "Version of a stored release.", **_VERSION}


def _explain(responses: Json) -> None:
    for status, told in (("404", _UNKNOWN), ("503", _STORAGE_AWAY)):
        if status in responses:
            responses[status]["description"] = told
