"""The parsers of requests on arbitrary input: a value, or an error of the client."""

import json
import string
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serving.api.problems import MAX_BODY_BYTES
from serving.api.releases import Approval, Rejection, Return
from serving.api.users import Applicant, Batch
from serving.approvers import identify_actor, require_approval_key
from serving.bodies import read_body
from serving.dispatch import Answer, Request, respond
from serving.errors import BodyTooLargeError
from serving.user_ids import parse_user_id
from shared.errors import CreditRiskError
from shared.registry.releases import check_version
from shared.settings import Settings
from tests.support.mutations import mutated

_KINDS: list[type[msgspec.Struct]] = [Applicant, Batch, Approval, Rejection, Return]
_BODIES = [
    json.dumps(
        {
            "nb_previous_loans": 2,
            "avg_amount_loans_previous": None,
            "age": 41,
            "years_on_the_job": 7,
            "flag_own_car": 1,
            "nb_previous_unpaid": 0,
            "nb_known_outcomes": 2,
        }
    ).encode(),
    b'{"ids": [5008804, "5008805", -1, null, 1.5, "x", {"a": []}]}',
    b'{"motivo": "\\u0000 why", "anulacion": true}',
]
_PIECES = [
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b":", b",", b"\\ud800", b"\xff", b"NaN", b"1e999"),
    *(b"-0", b"null", b"true", b"[" * 2000, b'{"a":' * 2000, b'"' + b"a" * 5000 + b'"', b"9" * 400),
]

_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=20), inner, max_size=5)
    ),
)


def answer(body: bytes, kind: type[msgspec.Struct]) -> Answer:
    def read(request: Request) -> Answer:
        return Answer(msgspec.json.encode(read_body(request, kind)))

    request = Request("POST", "x", "r1", headers={"Content-Type": "application/json"}, body=body)
    return respond(request, {"POST": read}, dict)


@given(st.one_of([mutated(body, _PIECES) for body in _BODIES]), st.sampled_from(_KINDS))
@example(b'{"\\ud800": 1}', Applicant)
@example(b'{"age": "\\ud800"}', Applicant)
@example(b'{"motivo": "\\ud800"}', Rejection)
@example(b"[" * 60_000, Batch)
@example(b'{"ids": ' + b"[" * 60_000, Batch)
def test_a_mutated_body_is_read_or_a_problem_of_the_client(
    body: bytes, kind: type[msgspec.Struct]
) -> None:
    found = answer(body, kind)

    assert found.status in (200, 400, 413, 422)
    assert isinstance(json.loads(found.body), dict)
    assert len(found.body) < MAX_BODY_BYTES


@given(_JSON, st.sampled_from(_KINDS))
def test_any_document_is_read_or_a_problem_of_the_client(
    document: Any, kind: type[msgspec.Struct]
) -> None:
    body = json.dumps({"ids": document, "motivo": document, "age": document}).encode()

    assert answer(body, kind).status in (200, 400, 422)


@pytest.mark.parametrize("extra", [0, 1])
def test_a_body_is_at_most_64_kib_whatever_it_holds(extra: int) -> None:
    body = b'{"motivo": "why"' + b" " * (MAX_BODY_BYTES - 17 + extra) + b"}"

    assert answer(body, Rejection).status == (BodyTooLargeError.status if extra else 200)


@given(st.text(max_size=100))
@example("0" * 10_000 + "7")
@example("٣")
@example("7\n")
@example("9223372036854775808")
@example("\ud800")
def test_a_user_id_is_a_number_or_a_problem_that_can_be_written(text: str) -> None:
    def read(_: Request) -> Answer:
        return Answer(str(parse_user_id(text)).encode())

    found = respond(Request("GET", "x", "r1"), {"GET": read}, dict)

    assert found.status in (200, 400)
    is_number = text.isascii() and text.isdigit()
    fits = is_number and int(text.lstrip("0")[:20] or 0) < 2**63
    assert (found.status == 200) == fits
    assert len(found.body) < 1000


@given(st.text(max_size=100))
@example("../current")
@example("a/b")
@example("v1\n")
@example("a" * 10_000)
def test_a_version_names_one_folder_or_nothing(text: str) -> None:
    def read(_: Request) -> Answer:
        return Answer(check_version(text).encode())

    found = respond(Request("GET", "x", "r1"), {"GET": read}, dict)

    assert found.status in (200, 400)
    assert len(found.body) < 1000
    if found.status == 200:
        assert found.body.decode() == text
        assert set(text) <= {*string.ascii_letters, *string.digits, *"-_"}


_HEADERS = st.sampled_from(["x-approval-key", "x-ms-client-principal-name"])


@given(st.dictionaries(_HEADERS, st.text()))
@example({"x-approval-key": "\ud800"})
def test_no_header_but_the_key_lets_anybody_decide(headers: dict[str, str]) -> None:
    settings = Settings(approval_key="a long random text", platform_authenticates=True)
    request = Request("POST", "x", "r1", headers=headers)

    if headers.get("x-approval-key") != "a long random text":
        with pytest.raises(CreditRiskError, match="Expected the approval key"):
            require_approval_key(request, settings)
    assert len(identify_actor(request, settings).who) <= 403
