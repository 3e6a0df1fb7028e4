"""The problem document of every error, and what each status means."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from serving.api.health import Health
from serving.errors import (
    ApprovalDeniedError,
    BodyTooLargeError,
    InvalidRequestError,
    MalformedUserIdError,
    MediaTypeError,
    MethodNotAllowedError,
    UnknownUserError,
)
from shared.errors import FieldError, NoReleaseError
from shared.release.decisions import DecisionRefusedError

MAX_BODY_BYTES = 64 * 1024


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


PROBLEM_DESCRIPTIONS = {
    400: "The id, the version, the query or the body is malformed; `errors` names the field.",
    401: "The function key is missing or wrong; sent by the platform, without a body.",
    403: "The approval key is missing or wrong, or the setting `APPROVAL_KEY` is not set.",
    404: "The user has no loan in the current release, or no such release or report is stored.",
    405: "The route does not accept the method; `Allow` lists those that it does.",
    409: "An earlier decision forbids it; `errors` gives the reasons.",
    413: f"The body is larger than {MAX_BODY_BYTES:,} bytes.",
    415: "The body is not `application/json`.",
    422: "The body breaks rules; `errors` names every one.",
    503: "No release is loaded, or storage is silent or asked by too many;"
    " `Retry-After` says when to retry.",
}
PROBLEM_HEADERS = {405: "Allow", 503: "Retry-After"}
PROBLEM_EXAMPLES: dict[int, dict[str, Any]] = {
    error.status: {
        "title": error.title,
        "status": error.status,
        "detail": detail,
        "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    for error, detail in (
        (MalformedUserIdError, "A user id is a whole number ...; got 'x7'."),
        (UnknownUserError, "Expected the id of a user with a loan in release ...; 7 has none."),
        (ApprovalDeniedError, "Expected the approval key in the header x-approval-key, got none."),
        (DecisionRefusedError, "The release cannot be approved: see errors."),
        (MethodNotAllowedError, "Expected GET or HEAD, got DELETE."),
        (BodyTooLargeError, f"Expected at most {MAX_BODY_BYTES:,} bytes, got 70,000."),
        (MediaTypeError, "Expected Content-Type: application/json, got text/plain."),
        (InvalidRequestError, "1 rule is broken: see errors."),
        (NoReleaseError, "Nothing has been published yet: drop a CSV into the input container ..."),
    )
}
PROBLEM_EXAMPLES[422]["errors"] = [
    {"field": "/age", "detail": "Expected a whole number from 18 to 120 or null, got 17"}
]
