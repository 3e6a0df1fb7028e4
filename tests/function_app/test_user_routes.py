"""The routes about users."""

import json
from pathlib import Path

import pytest

from serving.api.users import Applicant
from tests.support.invoked_app import App
from tests.support.waiting import wait_until


def test_before_the_first_release_the_caller_is_asked_to_retry(app: App) -> None:
    answer = app.get("/user/5008806/prediccion")

    problem = json.loads(answer.body)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "drop a CSV" in problem["detail"]


def test_an_unknown_user_is_not_found(served: App) -> None:
    answer = served.get("/user/1/caracteristicasriesgo")

    assert answer.status == 404
    assert json.loads(answer.body)["status"] == 404


@pytest.mark.parametrize("user", ["seven", "-1", "1.0", "99999999999999999999", "%31"])
def test_a_malformed_id_is_a_bad_request(app: App, user: str) -> None:
    answer = app.get(f"/user/{user}/prediccion")

    assert answer.status == 400
    assert "whole number" in json.loads(answer.body)["detail"]


def test_a_first_answer_that_is_a_problem_names_its_release(served: App) -> None:
    answer = served.get("/user/7/prediccion")

    assert answer.status == 404
    assert answer.headers["X-Release-Version"] == served.runs()[0]["version"]


def test_details_include_the_release_and_the_reasons(served: App) -> None:
    version = served.runs()[0]["version"]

    features = json.loads(served.get("/user/5000042/caracteristicasriesgo?detalle=true").body)
    prediction = json.loads(served.get("/user/5000042/prediccion?detalle=true").body)

    plain = json.loads(served.get("/user/5000042/caracteristicasriesgo").body)
    assert features.items() > plain.items()
    assert (features["version"], features["as_of"]) == (version, "2022-03-08")
    assert list(prediction) == [
        "resultado",
        "probabilidad",
        "umbral",
        "version",
        "fecha_corte",
        "razones",
    ]
    assert 0 < len(prediction["razones"]) <= 4
    assert prediction["resultado"] == [int(prediction["probabilidad"] >= prediction["umbral"])]


def test_what_if_agrees_with_the_published_prediction(served: App) -> None:
    published = json.loads(served.get("/user/5000042/prediccion?detalle=true").body)
    detailed = json.loads(served.get("/user/5000042/caracteristicasriesgo?detalle=true").body)
    applicant = json.dumps({name: detailed[name] for name in Applicant.__struct_fields__}).encode()

    answer = served.ask("POST", "/prediccion", applicant, {"content-type": "application/json"})

    what_if = json.loads(answer.body)
    assert answer.status == 200
    assert what_if["resultado"] == published["resultado"]
    assert what_if["probabilidad"] == pytest.approx(published["probabilidad"], rel=1e-9)
    assert [reason["texto"] for reason in what_if["razones"]] == [
        reason["texto"] for reason in published["razones"]
    ]


def test_a_batch_has_a_result_per_id(served: App) -> None:
    body = json.dumps({"ids": [5000042, 1, "x"]}).encode()

    answer = served.ask("POST", "/predicciones", body, {"content-type": "application/json"})

    results = json.loads(answer.body)["resultados"]
    assert [(one["id"], one["estado"]) for one in results] == [(5000042, 200), (1, 404), ("x", 400)]


def test_head_answers_like_get_without_a_body(served: App) -> None:
    got = served.get("/user/5000042/prediccion")

    head = served.ask("HEAD", "/user/5000042/prediccion")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]


def test_a_conditional_request_gets_304_until_the_release_changes(
    served: App, raw_file: Path
) -> None:
    first = served.get("/user/5000042/prediccion")
    condition = {"if-none-match": first.headers["ETag"]}

    again = served.ask("GET", "/user/5000042/prediccion", headers=condition)
    served.drop(raw_file.read_bytes(), "again.csv")
    wait_until(
        lambda: served.ask("GET", "/user/5000042/prediccion", headers=condition).status == 200
    )

    assert (again.status, again.body) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
