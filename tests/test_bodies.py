"""Request bodies, and every rule that one breaks."""

import json

import pytest

from serving.bodies import MAX_BODY_BYTES, read_body
from serving.documents import Applicant, Batch
from serving.exchange import Request
from shared.errors import (
    BodyTooLargeError,
    CreditRiskError,
    InvalidRequestError,
    MalformedRequestError,
    MediaTypeError,
)

APPLICANT = {
    "nb_previous_loans": 2,
    "avg_amount_loans_previous": None,
    "age": 41,
    "years_on_the_job": 7,
    "flag_own_car": 1,
}


def posting(body: bytes, media_type: str = "application/json") -> Request:
    return Request("POST", "x", "r1", headers={"Content-Type": media_type}, body=body)


def broken_rules(document: object) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as told:
        read_body(posting(json.dumps(document).encode()), Applicant)
    return {error.field: error.detail for error in told.value.errors}


def test_a_sound_body_is_read() -> None:
    body = json.dumps(APPLICANT).encode()

    applicant = read_body(posting(body, "application/json; charset=utf-8"), Applicant)

    assert applicant == Applicant(2.0, None, 41.0, 7.0, 1.0)


def test_every_broken_rule_is_told_at_once_with_its_field() -> None:
    told = broken_rules(
        {
            "nb_previous_loans": -1,
            "avg_amount_loans_previous": "much",
            "age": 17,
            "flag_own_car": 0.5,
            "gender/F": 1,
        }
    )

    assert told == {
        "/nb_previous_loans": "Expected `float` >= 0.0, got -1",
        "/avg_amount_loans_previous": "Expected `float | null`, got `str`",
        "/age": "Expected `float` >= 18.0, got 17",
        "/years_on_the_job": "Expected a value, null where unknown; it is not there",
        "/flag_own_car": "Expected `float` that's a multiple of 1.0, got 0.5",
        "/gender~1F": "Expected none but nb_previous_loans, avg_amount_loans_previous, age,"
        " years_on_the_job, flag_own_car",
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
        (b'{"age": 1e999}', MalformedRequestError),
        (b"[" * 50_000, MalformedRequestError),
        (b'{"a":' * 10_000, MalformedRequestError),
        (b"[]", InvalidRequestError),
        (b"null", InvalidRequestError),
        (b"7", InvalidRequestError),
        (b" " * (MAX_BODY_BYTES + 1), BodyTooLargeError),
    ],
)
def test_what_is_no_object_of_json_is_refused(body: bytes, error: type[CreditRiskError]) -> None:
    with pytest.raises(error):
        read_body(posting(body), Applicant)


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
