"""The answers about users, byte for byte."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from serving.api.users import (
    Applicant,
    BatchPrediction,
    DetailedPrediction,
    DetailedRiskFeatures,
    RiskFeatures,
)
from serving.current_release import CurrentRelease, ReleaseStatus
from serving.dispatch import Answer, Request
from serving.errors import (
    InvalidRequestError,
    MalformedRequestError,
    MalformedUserIdError,
    UnknownUserError,
)
from serving.loaded_release import LoadedRelease
from serving.user_handlers import UserHandlers
from shared.release.facts import DecisionFacts
from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES
from shared.release.serving_table import write_serving_table
from tests.support.release_facts import make_manifest

ROWS = [
    (
        7,
        29.0,
        136.44686401351728,
        59.0,
        3.0,
        1.0,
        2.0,
        0.25,
        0.0136,
        0,
        "2020-12-22",
        "[[2,-0.9],[5,0.4]]",
    ),
    (8, 0.0, None, 40.0, None, 0.0, 0.0, None, 0.31, 1, "2020-01-01", "[[6,0.2]]"),
]
SCORER = {
    "features": list(MODEL_FEATURES),
    "baseline": -1.0,
    "calibration": {"slope": 1.0, "intercept": 0.0},
    "trees": [
        {
            "feature": [2, -1, -1],
            "threshold": [40.0, 0.0, 0.0],
            "missing_left": [False, False, False],
            "left": [1, 0, 0],
            "right": [2, 0, 0],
            "value": [0.0, 1.0, -1.0],
        }
    ],
}


class FixedRelease(CurrentRelease):
    """Serve one release from disk."""

    def __init__(self, loaded: LoadedRelease) -> None:
        self._release = loaded

    def status(self) -> ReleaseStatus:
        checked = datetime(2026, 1, 2, tzinfo=UTC)
        return ReleaseStatus("v1", "2022-03-08", checked, checked, 30.0, None)


@pytest.fixture
def current(tmp_path: Path) -> FixedRelease:
    folder = tmp_path / "release"
    folder.mkdir()
    write_serving_table(folder / "serving.sqlite", ROWS)
    (folder / "scorer.json").write_text(json.dumps(SCORER))
    manifest = make_manifest(version="v1", decision=DecisionFacts(0.25, 3.0, "its cost"))
    return FixedRelease(LoadedRelease(manifest, lambda name: nullcontext(folder / name)))


@pytest.fixture
def users(current: FixedRelease) -> UserHandlers:
    return UserHandlers(current)


def about(user: str, **query: str) -> Request:
    return Request("GET", "prediccion", "r1", {"user_id": user}, query)


def posting(document: object) -> Request:
    headers = {"Content-Type": "application/json"}
    return Request("POST", "x", "r1", headers=headers, body=json.dumps(document).encode())


def applicant(**changed: object) -> dict[str, object]:
    plain = {
        "nb_previous_loans": 2,
        "avg_amount_loans_previous": 120.5,
        "age": 41,
        "years_on_the_job": 7,
        "flag_own_car": 1,
        "nb_previous_unpaid": 0,
        "share_previous_unpaid": None,
    }
    return plain | changed


def test_the_features_equal_the_reference_body_byte_for_byte(users: UserHandlers) -> None:
    answer = users.features(about("7"))

    assert answer.body == (
        b'{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,'
        b'"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
    )
    assert (answer.status, answer.media_type) == (200, "application/json")


def test_a_missing_feature_is_null(users: UserHandlers) -> None:
    assert users.features(about("8")).body == (
        b'{"nb_previous_loans":0.0,"avg_amount_loans_previous":null,'
        b'"age":40.0,"years_on_the_job":null,"flag_own_car":0.0}'
    )


def test_the_prediction_is_a_list_of_one_class(users: UserHandlers) -> None:
    assert users.prediction(about("7")).body == b'{"resultado":[0]}'
    assert users.prediction(about("8", detalle="false")).body == b'{"resultado":[1]}'


def test_details_follow_the_reference_keys(users: UserHandlers) -> None:
    features = users.features(about("8", detalle="true"))
    prediction = users.prediction(about("8", detalle="true"))

    assert json.loads(features.body) == {
        **json.loads(users.features(about("8")).body),
        "nb_previous_unpaid": 0.0,
        "share_previous_unpaid": None,
        "loan_date": "2020-01-01",
        "version": "v1",
        "as_of": "2022-03-08",
    }
    assert prediction.body == (
        b'{"resultado":[1],"probabilidad":0.31,"umbral":0.25,"version":"v1",'
        b'"fecha_corte":"2022-03-08",'
        b'"razones":[{"caracteristica":"share_previous_unpaid","valor":null,"efecto":0.2,'
        b'"texto":"no earlier loan with a known outcome: raises the risk"}]}'
    )


def test_reasons_are_in_words_strongest_first(users: UserHandlers) -> None:
    reasons = json.loads(users.prediction(about("7", detalle="true")).body)["razones"]

    assert [reason["texto"] for reason in reasons] == [
        "59 years old: lowers the risk",
        "2 earlier loans not paid on time: raises the risk",
    ]
    assert reasons[0] == {
        "caracteristica": "age",
        "valor": 59.0,
        "efecto": -0.9,
        "texto": "59 years old: lowers the risk",
    }


def test_answers_match_their_documents(users: UserHandlers) -> None:
    def read[T](answer: Answer, kind: type[T]) -> T:
        return msgspec.json.decode(answer.body, type=kind)

    read(users.features(about("8")), RiskFeatures)
    read(users.features(about("8", detalle="true")), DetailedRiskFeatures)
    read(users.prediction(about("8", detalle="true")), DetailedPrediction)
    read(users.batch(posting({"ids": [7, 9, "x"]})), BatchPrediction)
    assert RiskFeatures.__struct_fields__ == REFERENCE_FEATURES
    assert Applicant.__struct_fields__ == MODEL_FEATURES


def test_headers_name_the_release_and_keep_personal_data_private(users: UserHandlers) -> None:
    for answer in (users.features(about("7")), users.prediction(about("7"))):
        assert answer.headers == {
            "X-Release-Version": "v1",
            "X-Release-As-Of": "2022-03-08",
            "Cache-Control": "private, no-cache",
            "ETag": '"v1.7"',
        }


def test_a_user_without_a_loan_is_unknown(users: UserHandlers) -> None:
    with pytest.raises(UnknownUserError, match="release v1; 9 has none"):
        users.features(about("9"))


def test_a_malformed_id_is_reported_even_before_the_first_release() -> None:
    with pytest.raises(MalformedUserIdError):
        UserHandlers(CurrentRelease()).prediction(about("seven"))


def test_detalle_is_true_or_false(users: UserHandlers) -> None:
    with pytest.raises(MalformedRequestError, match="detalle=true or detalle=false, got 'si'"):
        users.features(about("7", detalle="si"))


def test_what_if_scores_with_the_releases_scorer(users: UserHandlers) -> None:
    young = json.loads(users.what_if(posting(applicant(age=40))).body)
    old = json.loads(users.what_if(posting(applicant(age=41))).body)
    unknown = json.loads(users.what_if(posting(applicant(age=None))).body)

    assert "razones" not in young
    assert (young["resultado"], young["probabilidad"]) == ([1], 0.5)
    assert old["resultado"] == [0]
    assert old["probabilidad"] == pytest.approx(0.1192029220)
    assert unknown["probabilidad"] == old["probabilidad"]


def test_every_contradiction_is_reported(users: UserHandlers) -> None:
    contradicting = applicant(
        nb_previous_loans=0,
        age=30,
        years_on_the_job=31,
        nb_previous_unpaid=1,
    )
    share_alone = applicant(nb_previous_unpaid=0, share_previous_unpaid=0.5)

    with pytest.raises(InvalidRequestError) as raised:
        users.what_if(posting(contradicting))

    assert [error.field for error in raised.value.errors] == [
        "/avg_amount_loans_previous",
        "/nb_previous_unpaid",
        "/years_on_the_job",
    ]
    with pytest.raises(InvalidRequestError) as raised:
        users.what_if(posting(share_alone))
    assert [error.field for error in raised.value.errors] == ["/share_previous_unpaid"]


def test_a_batch_has_its_results_in_the_order_of_the_request(users: UserHandlers) -> None:
    ids = [8, "7", 9, "x", None, 7.0, True, -1, 2**63, 10**30, {"id": 7}]

    document = json.loads(users.batch(posting({"ids": ids})).body)

    results = document["resultados"]
    assert (document["version"], document["umbral"]) == ("v1", 0.25)
    assert [one["estado"] for one in results] == [200, 200, 404, *[400] * 8]
    assert [one["id"] for one in results[:4]] == ids[:4]
    assert results[0] == {"id": 8, "estado": 200, "resultado": [1], "probabilidad": 0.31}
    assert "whole number" in results[3]["detalle"]
