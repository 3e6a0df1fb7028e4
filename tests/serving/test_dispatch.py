"""Dispatch of a request to its handler, and its answer."""

import json
import logging

import pytest

from serving.dispatch import Answer, Request, respond
from serving.errors import InvalidRequestError, UnknownUserError
from shared.errors import FieldError, NoReleaseError


def ask(method: str = "GET", **headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, "prediccion", "r1", headers=names)


def found(_: Request) -> Answer:
    return Answer(b"{}", headers={"ETag": '"v1.7"', "X-Release-Version": "v1"})


def unknown(_: Request) -> Answer:
    raise UnknownUserError("Expected this; got that.")


def test_an_answer_names_its_request() -> None:
    answer = respond(ask(), {"GET": found}, lambda: {"X-Release-Version": "v2"})

    assert answer.headers["X-Request-Id"] == "r1"
    assert answer.headers["X-Release-Version"] == "v1"
    assert (answer.status, answer.body) == (200, b"{}")


def test_an_error_is_a_problem_document_that_names_release_and_request() -> None:
    answer = respond(ask(), {"GET": unknown}, lambda: {"X-Release-Version": "v2"})

    assert (answer.status, answer.media_type) == (404, "application/problem+json")
    assert json.loads(answer.body) == {
        "title": "The user is not in the current release",
        "status": 404,
        "detail": "Expected this; got that.",
        "request_id": "r1",
    }
    assert answer.headers["X-Release-Version"] == "v2"
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_broken_rule_is_in_the_problem_document() -> None:
    def invalid(_: Request) -> Answer:
        raise InvalidRequestError([FieldError("/age", "Expected more"), FieldError("/id", "Less")])

    document = json.loads(respond(ask(), {"GET": invalid}, dict).body)

    assert document["detail"] == "2 rules are broken: see errors."
    assert document["errors"] == [
        {"field": "/age", "detail": "Expected more"},
        {"field": "/id", "detail": "Less"},
    ]


def test_a_request_before_the_first_release_is_told_when_to_retry() -> None:
    def early(_: Request) -> Answer:
        raise NoReleaseError("Nothing yet.")

    answer = respond(ask(), {"GET": early}, dict)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "X-Release-Version" not in answer.headers


def test_an_unexpected_error_is_not_hidden() -> None:
    def failing(_: Request) -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        respond(ask(), {"GET": failing}, dict)


def test_the_handler_of_get_handles_head_without_a_body() -> None:
    answer = respond(ask("HEAD"), {"GET": found}, dict)

    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, b"", '"v1.7"')
    assert answer.headers["Content-Length"] == str(len(found(ask()).body))


@pytest.mark.parametrize(("handled", "allowed"), [("GET", "GET, HEAD"), ("POST", "POST")])
def test_another_method_gets_the_allowed_methods(handled: str, allowed: str) -> None:
    answer = respond(ask("PUT"), {handled: found}, dict)

    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"v1.7"', 304),
        ('W/"v1.7"', 304),
        ('"v0.7", "v1.7"', 304),
        ("*", 304),
        ('"v0.7"', 200),
        ("v1.7", 200),
    ],
)
def test_a_current_copy_is_not_sent_again(condition: str, status: int) -> None:
    answer = respond(ask(If_None_Match=condition), {"GET": found}, dict)

    assert answer.status == status
    assert answer.body == (b"" if status == 304 else b"{}")


def test_the_log_names_request_and_release_but_no_body(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    request = Request("GET", "prediccion", "r1", {"user_id": "5008806"}, body=b"1962-12-02")

    respond(request, {"GET": found}, dict)

    assert caplog.messages == ["GET prediccion 200 request=r1 release=v1"]


def test_each_answer_of_a_release_that_stands_in_is_logged_for_a_metric(
    caplog: pytest.LogCaptureFixture,
) -> None:
    named = {"X-Release-Version": "v1", "X-Release-Fallback": "v2"}

    answers = [respond(ask(), {"GET": handler}, lambda: named) for handler in (found, unknown)]

    assert [answer.headers["X-Release-Fallback"] for answer in answers] == ["v2", "v2"]
    lines = [json.loads(one) for one in caplog.messages if one.startswith("{")]
    assert lines == 2 * [
        {
            "event": "fallback_answer",
            "function": "prediccion",
            "request": "r1",
            "served": "v1",
            "current": "v2",
        }
    ]
