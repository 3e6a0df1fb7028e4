"""A request and its answer over HTTP, whatever platform carries them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec
from msgspec import Struct

from serving.api.media_types import JSON, PROBLEM_JSON
from serving.api.problems import Problem
from serving.errors import MethodNotAllowedError
from shared.errors import CreditRiskError

encode = msgspec.json.Encoder().encode
"""Encode a document as JSON."""

logger = logging.getLogger(__name__)


class Request(Struct, frozen=True):
    """An HTTP request.

    Attributes
    ----------
    method : str
        In capitals.
    name : str
        Of the function that was asked, for the logs.
    id : str
        Names this one request, in the answer and in the logs.
    route, query : mapping of str to str
        The values in the path, and those behind the question mark.
    headers : mapping of str to str
        Looked up without regard to case.
    body : bytes
        Empty when there is none.
    """

    method: str
    name: str
    id: str
    route: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: bytes = b""


@dataclass(slots=True)
class Answer:
    """An HTTP answer."""

    body: bytes
    status: int = 200
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


type Handler = Callable[[Request], Answer]


def respond(
    request: Request, handlers: Mapping[str, Handler], release: Callable[[], str | None]
) -> Answer:
    """Answer a request: the one place where our errors become answers.

    Parameters
    ----------
    request : Request
        What was asked.
    handlers : mapping of str to callable
        By method; who handles GET handles HEAD.
    release : callable
        Tells the release that is served, named in answers that do not name theirs.

    Returns
    -------
    Answer
        With an `X-Request-Id`; without a body where the method or the status has none.
    """
    try:
        answer = _find_handler(request, handlers)(request)
    except CreditRiskError as error:
        answer = _answer_problem(request, error)
    if "X-Release-Version" not in answer.headers and (served := release()):
        answer.headers["X-Release-Version"] = served
    _finish(request, answer)
    return answer


def _find_handler(request: Request, handlers: Mapping[str, Handler]) -> Handler:
    method = "GET" if request.method == "HEAD" else request.method
    handler = handlers.get(method)
    if handler is None:
        allowed = [*handlers, *(["HEAD"] if "GET" in handlers else [])]
        raise MethodNotAllowedError(request.method, allowed)
    return handler


def _answer_problem(request: Request, error: CreditRiskError) -> Answer:
    problem = Problem(
        title=error.title,
        status=error.status,
        detail=str(error),
        request_id=request.id,
        errors=error.errors,
    )
    headers = {"Cache-Control": "no-store", **error.headers}
    return Answer(encode(problem), error.status, PROBLEM_JSON, headers)


def _finish(request: Request, answer: Answer) -> None:
    headers = answer.headers
    headers["X-Request-Id"] = request.id
    etag = headers.get("ETag")
    if etag and _matches(request.headers.get("If-None-Match"), etag):
        answer.status = HTTPStatus.NOT_MODIFIED
        answer.body = b""
    elif request.method == "HEAD":
        headers["Content-Length"] = str(len(answer.body))
        answer.body = b""
    logger.info(
        "%s %s %d request=%s release=%s",
        request.method,
        request.name,
        answer.status,
        request.id,
        headers.get("X-Release-Version"),
    )


def _matches(asked: str | None, etag: str) -> bool:
    """Compare weakly, as If-None-Match is to be (RFC 9110, 13.1.2)."""
    if asked is None:
        return False
    if asked.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == etag for one in asked.split(","))
