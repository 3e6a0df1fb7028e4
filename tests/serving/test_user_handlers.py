"""The answers about users, byte for byte."""

import json

import msgspec
import pytest

from serving.api.users import (
    Applicant,
    BatchPrediction,
    DetailedPrediction,
    DetailedRiskFeatures,
    RiskFeatures,
)
from serving.current_release import CurrentRelease
from serving.dispatch import Answer, respond
from serving.errors import (
    MalformedRequestError,
    MalformedUserIdError,
    UnknownUserError,
)
from serving.function_response import FunctionResponse
from serving.user_handlers import UserHandlers
from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES
from tests.support.requests import about, posting


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
        "nb_known_outcomes": 0.0,
        "unpaid_rate": 0.015,
        "loan_date": "2020-01-01",
        "version": "v1",
        "as_of": "2022-03-08",
    }
    assert prediction.body == (
        b'{"resultado":[1],"probabilidad":0.31,"umbral":0.25,"version":"v1",'
        b'"fecha_corte":"2022-03-08",'
        b'"razones":[{"caracteristica":"nb_known_outcomes","valor":0.0,"efecto":0.2,'
        b'"texto":"no earlier loan with a known outcome: raises the risk"}]}'
    )


def test_reasons_are_in_words_strongest_first(users: UserHandlers) -> None:
    reasons = json.loads(users.prediction(about("7", detalle="true")).body)["razones"]

    assert [reason["texto"] for reason in reasons] == [
        "59 years old: lowers the risk",
        "2 of 8 known earlier loans not paid on time: raises the risk",
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
    assert Applicant.__struct_fields__ == MODEL_FEATURES[:-1]


def test_headers_name_the_release_and_keep_personal_data_private(users: UserHandlers) -> None:
    request = about("7")
    for handler in (users.features, users.prediction):
        answer = respond(request, {"GET": handler}, dict)
        assert FunctionResponse(answer).headers == {
            "X-Release-Version": "v1",
            "X-Release-As-Of": "2022-03-08",
            "Cache-Control": "private, no-cache",
            "ETag": '"v1.7"',
            "X-Request-Id": request.id,
            "content-type": "application/json",
        }


def test_the_headers_of_one_user_never_reach_another(users: UserHandlers) -> None:
    handlers = {"GET": users.prediction}
    asked = [about(user) for user in "787"]

    headers = [respond(request, handlers, dict).headers for request in asked]

    assert [each["ETag"] for each in headers] == ['"v1.7"', '"v1.8"', '"v1.7"']
    assert [each["X-Request-Id"] for each in headers] == [request.id for request in asked]


def test_a_user_without_a_loan_is_unknown(users: UserHandlers) -> None:
    with pytest.raises(UnknownUserError, match="release v1; 9 has none"):
        users.features(about("9"))


def test_a_malformed_id_is_reported_even_before_the_first_release() -> None:
    with pytest.raises(MalformedUserIdError):
        UserHandlers(CurrentRelease()).prediction(about("seven"))


def test_detalle_is_true_or_false(users: UserHandlers) -> None:
    with pytest.raises(MalformedRequestError, match="detalle=true or detalle=false, got 'si'"):
        users.features(about("7", detalle="si"))
