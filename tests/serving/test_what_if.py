"""What-if and batches: bodies in, predictions out."""

import json

import pytest

from serving.errors import (
    InvalidRequestError,
)
from serving.user_handlers import UserHandlers
from tests.support.requests import applicant, posting


def test_what_if_scores_with_the_releases_scorer(users: UserHandlers) -> None:
    young = json.loads(users.what_if(posting(applicant(age=40))).body)
    old = json.loads(users.what_if(posting(applicant(age=41))).body)
    unknown = json.loads(users.what_if(posting(applicant(age=None))).body)

    assert (young["resultado"], young["probabilidad"]) == ([1], 0.5)
    assert old["resultado"] == [0]
    assert old["probabilidad"] == pytest.approx(0.1192029220)
    assert unknown["probabilidad"] == old["probabilidad"]


def test_what_if_gives_reasons_as_a_lookup_does(users: UserHandlers) -> None:
    young = json.loads(users.what_if(posting(applicant(age=40))).body)
    old = json.loads(users.what_if(posting(applicant(age=41))).body)

    # A quarter of the loans went left, to 1, the others to -1: the mean is -0.5.
    assert young["razones"] == [
        {
            "caracteristica": "age",
            "valor": 40.0,
            "efecto": 1.5,
            "texto": "40 years old: raises the risk",
        }
    ]
    assert [reason["texto"] for reason in old["razones"]] == ["41 years old: lowers the risk"]
    assert old["razones"][0]["efecto"] == -0.5


def test_every_contradiction_is_reported(users: UserHandlers) -> None:
    contradicting = applicant(
        nb_previous_loans=0,
        age=30,
        years_on_the_job=31,
        nb_known_outcomes=2,
        nb_previous_unpaid=3,
    )

    with pytest.raises(InvalidRequestError) as raised:
        users.what_if(posting(contradicting))

    assert [error.field for error in raised.value.errors] == [
        "/avg_amount_loans_previous",
        "/nb_known_outcomes",
        "/nb_previous_unpaid",
        "/years_on_the_job",
    ]


@pytest.mark.parametrize(
    ("known", "unpaid", "broken"),
    [
        (3, 3, []),
        (4, 3, ["/nb_known_outcomes"]),
        (2, 3, ["/nb_previous_unpaid"]),
        (None, 3, []),
        (None, 4, ["/nb_previous_unpaid"]),
        (0, None, []),
    ],
)
def test_a_record_counts_at_most_the_previous_loans_and_the_latest(
    users: UserHandlers, known: int | None, unpaid: int | None, broken: list[str]
) -> None:
    document = applicant(nb_previous_loans=2, nb_known_outcomes=known, nb_previous_unpaid=unpaid)

    if not broken:
        assert users.what_if(posting(document)).status == 200
    else:
        with pytest.raises(InvalidRequestError) as raised:
            users.what_if(posting(document))
        assert [error.field for error in raised.value.errors] == broken


def test_a_batch_has_its_results_in_the_order_of_the_request(users: UserHandlers) -> None:
    ids = [8, "7", 9, "x", None, 7.0, True, -1, 2**63, 10**30, {"id": 7}]

    document = json.loads(users.batch(posting({"ids": ids})).body)

    results = document["resultados"]
    assert (document["version"], document["umbral"]) == ("v1", 0.25)
    assert [one["estado"] for one in results] == [200, 200, 404, *[400] * 8]
    assert [one["id"] for one in results[:4]] == ids[:4]
    assert results[0] == {"id": 8, "estado": 200, "resultado": [1], "probabilidad": 0.31}
    assert "whole number" in results[3]["detalle"]
