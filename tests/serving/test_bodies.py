"""Request bodies, and the rules that they break."""

import json
import time

import pytest

from serving.api.problems import MAX_BODY_BYTES
from serving.api.users import Applicant, Batch
from serving.bodies import read_body
from serving.dispatch import Request
from serving.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    MalformedRequestError,
    MediaTypeError,
)
from shared.errors import CreditRiskError

APPLICANT = {
    "nb_previous_loans": 2,
    "avg_amount_loans_previous": None,
    "age": 41,
    "years_on_the_job": 7,
    "flag_own_car": 1,
    "nb_previous_unpaid": 0,
    "nb_known_outcomes": 2,
}


def posting(body: bytes, media_type: str = "application/json") -> Request:
    return Request("POST", "x", "r1", headers={"Content-Type": media_type}, body=body)


def broken_rules(document: object) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as raised:
        read_body(posting(json.dumps(document).encode()), Applicant)
    return {error.field: error.detail for error in raised.value.errors}


def test_a_valid_body_is_read() -> None:
    body = json.dumps(APPLICANT).encode()

    applicant = read_body(posting(body, "application/json; charset=utf-8"), Applicant)

    assert applicant == Applicant(2.0, None, 41.0, 7.0, 1.0, 0.0, 2.0)


def test_every_broken_rule_is_reported_with_its_field() -> None:
    errors = broken_rules(
        {
            "nb_previous_loans": -1,
            "avg_amount_loans_previous": "much",
            "age": 17,
            "flag_own_car": 0.5,
            "nb_previous_unpaid": -1,
            "unpaid_rate": 0.5,
            "nb_known_outcomes": 1.5,
            "gender/F": 1,
        }
    )

    assert errors == {
        "/nb_previous_loans": "Expected a whole number from 0 to 10,000 or null, got -1",
        "/avg_amount_loans_previous": 'Expected a number above 0 to 1e+12 or null, got "much"',
        "/age": "Expected a whole number from 18 to 120 or null, got 17",
        "/years_on_the_job": "Expected a whole number from 0 to 100 or null; it is missing",
        "/flag_own_car": "Expected a whole number from 0 to 1 or null, got 0.5",
        "/nb_previous_unpaid": "Expected a whole number from 0 to 10,000 or null, got -1",
        "/nb_known_outcomes": "Expected a whole number from 0 to 10,000 or null, got 1.5",
        **dict.fromkeys(
            ("/unpaid_rate", "/gender~1F"),
            "Expected only nb_previous_loans, avg_amount_loans_previous, age, years_on_the_job,"
            " flag_own_car, nb_previous_unpaid, nb_known_outcomes",
        ),
    }


@pytest.mark.parametrize(
    ("value", "fits"),
    [(18, True), (120, True), (17, False), (121, False), (40.5, False), (True, False), ([], False)],
)
def test_an_age_has_bounds(value: object, fits: bool) -> None:
    document = APPLICANT | {"age": value}

    if fits:
        read_body(posting(json.dumps(document).encode()), Applicant)
    else:
        assert list(broken_rules(document)) == ["/age"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", MalformedRequestError),
        (b"{", MalformedRequestError),
        (b"\xff", MalformedRequestError),
        (b'{"age": NaN}', MalformedRequestError),
        (b'{"age": Infinity}', MalformedRequestError),
        (b'{"age": 1e999}', InvalidRequestError),
        (b"[" * 50_000, InvalidRequestError),
        (b'{"a":' * 10_000, MalformedRequestError),
        (b"[]", InvalidRequestError),
        (b"null", InvalidRequestError),
        (b"7", InvalidRequestError),
        (b" " * (MAX_BODY_BYTES + 1), BodyTooLargeError),
    ],
)
def test_a_body_that_is_not_a_json_object_is_refused(
    body: bytes, error: type[CreditRiskError]
) -> None:
    with pytest.raises(error):
        read_body(posting(body), Applicant)


@pytest.mark.parametrize(
    "body",
    [b'{"flag_own_car": 1, "age": NaN}', b'{"age": -Infinity}', b'{"age":' + b"[" * 5000],
)
def test_a_value_that_is_not_json_is_reported_with_its_field(body: bytes) -> None:
    with pytest.raises(MalformedRequestError, match="at /age: ") as raised:
        read_body(posting(body), Applicant)

    assert [error.field for error in raised.value.errors] == ["/age"]


@pytest.mark.parametrize("value", ["1e999", "-1e999", "123456789012345678901234567890"])
def test_a_number_out_of_range_is_reported_with_its_field(value: str) -> None:
    body = json.dumps(APPLICANT).replace("41", value).encode()

    with pytest.raises(InvalidRequestError) as raised:
        read_body(posting(body), Applicant)

    (error,) = raised.value.errors
    assert error.field == "/age"
    assert error.detail == f"Expected a whole number from 18 to 120 or null, got {value}"


@pytest.mark.parametrize("ids", [["aé" * 20] * 1001, "é" * 100, 7, {"é" * 50: 1}])
def test_a_malformed_batch_is_reported_even_with_non_ascii_text(ids: object) -> None:
    body = json.dumps({"ids": ids}, ensure_ascii=False).encode()

    with pytest.raises(InvalidRequestError) as raised:
        read_body(posting(body), Batch)

    (error,) = raised.value.errors
    assert error.field == "/ids"
    assert error.detail.startswith("Expected an array of 1 to 1,000 user ids, got ")


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(MediaTypeError, match="Expected Content-Type: application/json"):
        read_body(posting(b"{}", media_type), Batch)


@pytest.mark.parametrize(("count", "fits"), [(1, True), (1000, True), (0, False), (1001, False)])
def test_a_batch_has_at_least_one_and_at_most_a_thousand_ids(count: int, fits: bool) -> None:
    body = json.dumps({"ids": [7] * count}).encode()

    if fits:
        assert len(read_body(posting(body), Batch).ids) == count
    else:
        with pytest.raises(InvalidRequestError):
            read_body(posting(body), Batch)


@pytest.mark.parametrize(
    "body",
    [
        b'{"' + b'\\"' * 32_000,
        b'{"age": 1, "' + b'\\"' * 32_000,
        b"{" + b'" ' * 32_000,
        b'{"a"' + b" " * 65_000,
        b'{"' + b"\\\\" * 32_000,
    ],
)
def test_the_largest_malformed_body_is_explained_in_linear_time(body: bytes) -> None:
    begun = time.process_time()

    with pytest.raises(MalformedRequestError):
        read_body(posting(body), Applicant)

    # Reading from every quote to the end took a minute.
    assert time.process_time() - begun < 5


def test_an_answer_lists_a_hundred_broken_rules_at_most() -> None:
    body = json.dumps({f"field{number}": 1 for number in range(4000)}).encode()

    with pytest.raises(InvalidRequestError, match="the first 100 in errors") as raised:
        read_body(posting(body), Applicant)

    assert len(raised.value.errors) == 100
