"""The routes about the service itself."""

import json
from pathlib import Path

import pytest

from tests.support.invoked_app import App
from tests.support.waiting import wait_until


def test_health_is_ok_before_and_after_the_first_release(app: App, raw_file: Path) -> None:
    before = json.loads(app.get("/health").body)
    app.drop(raw_file.read_bytes())
    app.get("/user/5000042/prediccion")

    after = json.loads(app.get("/health").body)

    assert (before["status"], before["build"], before["release"]) == ("ok", "b42", None)
    assert after["last_checked"]
    assert after["release"] == app.runs()[0]["version"]
    assert after["last_refresh"]
    assert after["stale"] is False


def test_a_not_ready_answer_includes_the_health(app: App) -> None:
    answer = app.get("/health/ready")

    document = json.loads(answer.body)
    assert answer.status == 503
    assert document["health"]["build"] == "b42"
    assert document["health"]["release"] is None
    assert document["health"]["stale"] is False


def test_a_readiness_check_starts_loading(app: App, raw_file: Path) -> None:
    assert app.get("/health/ready").status == 503
    app.drop(raw_file.read_bytes())

    wait_until(lambda: app.get("/health/ready").status == 200)

    assert json.loads(app.get("/health/ready").body)["release"] == app.runs()[0]["version"]


def test_the_model_route_describes_the_served_release(served: App) -> None:
    model = json.loads(served.get("/modelo").body)

    assert model["version"] == served.runs()[0]["version"]
    assert model["counts"]["users"] == 120
    assert model["verdict"] == "warned"
    gates = {gate["name"]: gate["verdict"] for gate in model["gates"]}
    assert gates["age_rule"] == gates["score_parity"] == "passed"
    assert model["decision"]["threshold"] == pytest.approx(1 / 21)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/"])
def test_the_description_of_the_service_needs_no_release(app: App, path: str) -> None:
    answer = app.get(path)

    assert answer.status == 200
    assert answer.body


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/user/7/prediccion", "GET, HEAD"),
        ("POST", "/user/7/caracteristicasriesgo", "GET, HEAD"),
        ("GET", "/prediccion", "POST"),
        ("HEAD", "/predicciones", "POST"),
        ("PUT", "/modelo", "GET, HEAD"),
        ("PATCH", "/health", "GET, HEAD"),
        ("OPTIONS", "/docs", "GET, HEAD"),
        ("POST", "/informe", "GET, HEAD"),
        ("DELETE", "/informe/20261123T060201Z-0a1b2c3d4e5f", "GET, HEAD"),
    ],
)
def test_a_wrong_method_gets_the_allowed_methods(
    app: App, method: str, path: str, allowed: str
) -> None:
    answer = app.ask(method, path)

    assert answer.status == 405
    assert answer.headers["Allow"] == allowed
