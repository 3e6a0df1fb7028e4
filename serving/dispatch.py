"""HTTP requests and answers, independent of the platform that carries them."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

import msgspec
from msgspec import Struct

from serving.answer_lines import AnswerLines
from serving.errors import MethodNotAllowedError
from shared.errors import CreditRiskError

HTML = "text/html; charset=utf-8"
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

encode = msgspec.json.Encoder().encode
"""Encode a document as JSON."""

logger = logging.getLogger(__name__)
_LINES = AnswerLines(logger)


class Request(Struct, frozen=True, gc=False):
    """An HTTP request.

    Attributes
    ----------
    method : str
        In upper case.
    name : str
        Name of the function, for the logs.
    id : str
        Identifies the request in the answer and in the logs.
    route, query : mapping of str to str
        The parameters of the path and of the query string.
    headers : mapping of str to str
        Case-insensitive.
    body : bytes
        Empty when the request has none.
    """

    method: str
    name: str
    id: str
    route: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: bytes = b""


def log_answer(request: Request, answer: "Answer") -> None:
    """Write the line of an answer that has no line of its own."""
    release = answer.headers.get("X-Release-Version")
    _LINES.write(
        f"{request.method} {request.name} {answer.status:d} request={request.id} release={release}"
    )


class Answer(Struct, gc=False):
    """An HTTP answer.

    Attributes
    ----------
    log : callable
        Called once the answer is complete, to write its line.
    shared : mapping of str to str, optional
        Headers that many answers share, such as those of their release; `headers` come on top.
    """

    body: bytes
    status: int = 200
    media_type: str = JSON
    headers: dict[str, str] = {}  # Each has its own: msgspec copies an empty default.
    log: "Log" = log_answer
    shared: dict[str, str] | None = None


type Handler = Callable[[Request], Answer]
type Log = Callable[[Request, Answer], None]


def respond(
    request: Request, handlers: Mapping[str, Handler], release: Callable[[], dict[str, str]]
) -> Answer:
    """Answer a request; the only place where errors become answers.

    Parameters
    ----------
    request : Request
        The request.
    handlers : mapping of str to callable
        By method; the handler of GET also handles HEAD.
    release : callable
        Returns the headers that name the served release, for answers that do not name theirs.

    Returns
    -------
    Answer
        With an `X-Request-Id`, and no body where the method or the status forbids one.
    """
    try:
        handler = handlers.get(request.method) or _find_handler(request, handlers)
        answer = handler(request)
    except CreditRiskError as error:
        answer = _answer_problem(request, error)
    headers = (answer.shared or release()) | answer.headers
    headers["X-Request-Id"] = request.id
    answer.headers = headers
    _finish(request, answer)
    return answer


def refuse(error: CreditRiskError) -> Handler:
    """Return a handler that answers every request with an error."""

    def raise_error(_: Request) -> Answer:
        raise error

    return raise_error


def _find_handler(request: Request, handlers: Mapping[str, Handler]) -> Handler:
    method = "GET" if request.method == "HEAD" else request.method
    handler = handlers.get(method)
    if handler is None:
        allowed = [*handlers, *(["HEAD"] if "GET" in handlers else [])]
        raise MethodNotAllowedError(request.method, allowed)
    return handler


def _answer_problem(request: Request, error: CreditRiskError) -> Answer:
    from serving.api.problems import Problem  # noqa: PLC0415 -- keyed reads go first

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
    etag = headers.get("ETag")
    if etag and "If-None-Match" in request.headers and _matches(request, etag):
        answer.status = HTTPStatus.NOT_MODIFIED
        answer.body = b""
    elif request.method == "HEAD":
        headers["Content-Length"] = str(len(answer.body))
        answer.body = b""
    answer.log(request, answer)
    if "X-Release-Fallback" in headers:
        _log_fallback(request, answer)


def _log_fallback(request: Request, answer: Answer) -> None:
    """Log an answer from a release that stands in for another, for a metric and its alert."""
    fields = {
        "event": "fallback_answer",
        "function": request.name,
        "request": request.id,
        "served": answer.headers.get("X-Release-Version"),
        "current": answer.headers["X-Release-Fallback"],
    }
    logger.warning(encode(fields).decode())


def _matches(request: Request, etag: str) -> bool:
    """Compare weakly, as If-None-Match requires (RFC 9110, 13.1.2)."""
    condition = request.headers["If-None-Match"]
    if condition.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == etag for one in condition.split(","))
