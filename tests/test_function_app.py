"""The whole app, through Microsoft's worker library, with real bindings and real storage."""

import asyncio
import json
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient

from devhost.errors import InvocationError
from devhost.functions import Function
from devhost.http_messages import HttpRequest, HttpResponse
from devhost.worker import Worker
from serving.current_release import CurrentRelease
from serving.service_answers import ServiceAnswers
from serving.user_answers import UserAnswers
from tests.conftest import order_of
from tests.portfolios import make_portfolio, write_csv
from tests.test_current_release import wait_until
from training.pipeline import build_release
from training.progress import Progress
from training.publishing import publish_release

ROOT = Path(__file__).parent.parent
SHARED_SAMPLE = ROOT.parent / "shared" / "data" / "sample_loans.csv"
OWN_SAMPLE = ROOT / "data" / "sample.csv"


class App:
    """The app as the platform sees it: functions to invoke, a storage account."""

    def __init__(self, worker: Worker, runner: asyncio.Runner, storage: str) -> None:
        self._worker = worker
        self._runner = runner
        self._service = BlobServiceClient.from_connection_string(storage)

    @property
    def functions(self) -> dict[str, Function]:
        return self._worker.functions

    @property
    def releases(self) -> ContainerClient:
        return self._service.get_container_client("releases")

    def get(self, path: str) -> HttpResponse:
        return self.ask("GET", path)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> HttpResponse:
        """Invoke the function behind a URL, as the host routes it."""
        place, _, query = path.partition("?")
        function, params = self._route(place)
        request = HttpRequest(
            method,
            f"http://localhost:7071/api{path}",
            params=params,
            query=dict(parse_qsl(query)),
            headers=headers,
            body=body,
        )
        return self._runner.run(self._worker.invoke_http(function, request))

    def _route(self, place: str) -> tuple[str, dict[str, str]]:
        if place.startswith("/user/"):
            _, _, user, function = place.split("/")
            return function, {"user_id": user}
        triggers = {name: found.trigger.get("route") for name, found in self.functions.items()}
        names = [name for name, route in triggers.items() if route == place.removeprefix("/")]
        return (names or ["pagina"])[0], {}

    def drop(self, content: bytes, name: str = "loans.csv") -> None:
        """Upload a file and deliver it."""
        inputs = self._service.get_container_client("input")
        inputs.upload_blob(name, content, overwrite=True)
        self.deliver(name)

    def deliver(self, name: str) -> None:
        self._runner.run(self._worker.invoke_blob("entrenamiento", "input", name))

    def runs(self) -> list[dict[str, Any]]:
        names = self.releases.list_blob_names(name_starts_with="runs/")
        return [json.loads(self.releases.download_blob(name).readall()) for name in names]

    def empty(self) -> None:
        """Begin with an empty store."""
        for name in ("input", "releases"):
            container = self._service.get_container_client(name)
            if not container.exists():
                container.create_container()
            for blob in list(container.list_blob_names()):
                container.delete_blob(blob)


@pytest.fixture(scope="module")
def worker(storage: str) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as settings, asyncio.Runner() as runner:
        settings.setenv("AzureWebJobsStorage", storage)
        settings.setenv("RELEASE_REFRESH_SECONDS", "0.05")
        settings.setenv("AS_OF", "2022-03-08")
        settings.setenv("BUILD_ID", "b42")
        settings.delenv("BLOB_TRIGGER_SOURCE", raising=False)
        worker = Worker(ROOT)
        runner.run(worker.index())
        yield App(worker, runner, storage)


@pytest.fixture
def app(worker: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    import function_app  # noqa: PLC0415 -- the worker library imports it, once settings are there

    worker.empty()
    served = CurrentRelease()
    monkeypatch.setattr(function_app, "RELEASE", served)
    monkeypatch.setattr(function_app, "USERS", UserAnswers(served))
    monkeypatch.setattr(function_app, "SERVICE", ServiceAnswers(served, lambda: "b42"))
    yield worker
    served.close()


def bodies(app: App, user: int) -> tuple[bytes, bytes]:
    features = app.get(f"/user/{user}/caracteristicasriesgo")
    prediction = app.get(f"/user/{user}/prediccion")
    assert (features.status, prediction.status) == (200, 200)
    return features.body, prediction.body


def test_the_functions_are_registered_as_the_platform_needs_them(app: App) -> None:
    bindings = {name: function.trigger for name, function in app.functions.items()}

    levels = {name: one["authLevel"].upper() for name, one in bindings.items() if "route" in one}
    assert levels == {
        "caracteristicasriesgo": "FUNCTION",
        "prediccion": "FUNCTION",
        "prediccion_hipotetica": "FUNCTION",
        "predicciones": "FUNCTION",
        "modelo": "FUNCTION",
        "health": "ANONYMOUS",
        "ready": "ANONYMOUS",
        "openapi": "ANONYMOUS",
        "docs": "ANONYMOUS",
        "pagina": "ANONYMOUS",
    }
    assert bindings["prediccion"]["route"] == "user/{user_id}/prediccion"
    assert bindings["pagina"]["route"] == "{ignored:maxlength(0)?}"
    upload = bindings["entrenamiento"]
    assert upload["path"] == "input/{name}.csv"
    assert upload["source"] == "EventGrid"
    assert app.functions["entrenamiento"].takes_client


def test_before_the_first_release_the_caller_is_asked_to_come_again(app: App) -> None:
    answer = app.get("/user/5008806/prediccion")

    problem = json.loads(answer.body)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "drop a CSV" in problem["detail"]


def test_a_dropped_csv_is_served_from_both_urls(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())

    features = app.get("/user/5000042/caracteristicasriesgo")
    prediction = app.get("/user/5000042/prediccion")

    assert list(json.loads(features.body)) == [
        "nb_previous_loans",
        "avg_amount_loans_previous",
        "age",
        "years_on_the_job",
        "flag_own_car",
    ]
    assert prediction.body in {b'{"resultado":[0]}', b'{"resultado":[1]}'}
    assert features.headers["X-Release-Version"] == app.runs()[0]["version"]
    assert features.headers["X-Release-As-Of"] == "2022-03-08"
    assert features.headers["content-type"] == "application/json"


def test_an_unknown_user_is_not_found(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())

    answer = app.get("/user/1/caracteristicasriesgo")

    assert answer.status == 404
    assert json.loads(answer.body)["status"] == 404


@pytest.mark.parametrize("user", ["seven", "-1", "1.0", "99999999999999999999", "%31"])
def test_a_malformed_id_is_a_bad_request(app: App, user: str) -> None:
    answer = app.get(f"/user/{user}/prediccion")

    assert answer.status == 400
    assert "whole number" in json.loads(answer.body)["detail"]


def test_a_broken_csv_changes_no_answer(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())
    before = bodies(app, 5000042)

    app.drop(b"loan_id;id\nx;y\n", "broken.csv")

    rejected = [run for run in app.runs() if run["state"] == "rejected"]
    assert [run["source"]["name"] for run in rejected] == ["broken.csv"]
    assert len(rejected[0]["problems"]) == 22
    assert bodies(app, 5000042) == before


def test_the_same_blob_delivered_again_makes_no_second_release(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())

    app.deliver("loans.csv")

    assert len([run for run in app.runs() if run["state"] == "published"]) == 1


def test_a_fault_is_raised_to_the_platform(app: App, raw_file: Path) -> None:
    app.releases.delete_container()
    app.releases.create_container()
    app.releases.upload_blob("current.json", b"not a pointer")

    with pytest.raises(InvocationError, match=r"current\.json must hold"):
        app.drop(raw_file.read_bytes())

    assert [run["state"] for run in app.runs()] == ["failed"]


def test_answers_change_to_a_new_release_as_one_while_requests_run(
    app: App, raw_file: Path, tmp_path: Path
) -> None:
    app.drop(raw_file.read_bytes())
    first = bodies(app, 5000042)
    other = write_csv(tmp_path / "other.csv", make_portfolio(seed=7))
    delivery = threading.Thread(target=publish_offline, args=(app, other, tmp_path / "release"))
    seen = [versions_of_both(app)]

    def has_changed() -> bool:
        seen.append(versions_of_both(app))
        return seen[-1] != seen[0]

    delivery.start()
    wait_until(has_changed)
    seen += [versions_of_both(app) for _ in range(200)]
    delivery.join()

    told = [version for both in seen for version in both]
    assert bodies(app, 5000042) != first
    assert len([None for before, after in pairwise(told) if before != after]) == 1, "one change"


def versions_of_both(app: App) -> list[str]:
    answers = [app.get(f"/user/5000042/{name}") for name in ("caracteristicasriesgo", "prediccion")]
    assert [answer.status for answer in answers] == [200, 200]
    return [answer.headers["X-Release-Version"] for answer in answers]


def publish_offline(app: App, csv: Path, out: Path) -> None:
    """Train and publish beside the app, as another instance does."""
    order = order_of(csv)
    order.source["last_modified"] = "2999-01-01T00:00:00+00:00"
    publish_release(app.releases, out, build_release(order, out, Progress()))


def test_health_is_well_before_and_after_the_first_release(app: App, raw_file: Path) -> None:
    before = json.loads(app.get("/health").body)
    app.drop(raw_file.read_bytes())
    app.get("/user/5000042/prediccion")

    after = json.loads(app.get("/health").body)

    assert (before["status"], before["build"], before["release"]) == ("ok", "b42", None)
    assert after["last_checked"]
    assert after["release"] == app.runs()[0]["version"]
    assert after["last_refresh"]
    assert after["stale"] is False


def test_not_ready_tells_what_is_known(app: App) -> None:
    answer = app.get("/health/ready")

    document = json.loads(answer.body)
    assert answer.status == 503
    assert document["health"]["build"] == "b42"
    assert document["health"]["release"] is None
    assert document["health"]["stale"] is False


def test_the_first_answer_names_its_release_even_if_it_is_a_problem(
    app: App, raw_file: Path
) -> None:
    app.drop(raw_file.read_bytes())

    answer = app.get("/user/7/prediccion")

    assert answer.status == 404
    assert answer.headers["X-Release-Version"] == app.runs()[0]["version"]


def test_asking_whether_it_is_ready_begins_to_load(app: App, raw_file: Path) -> None:
    assert app.get("/health/ready").status == 503
    app.drop(raw_file.read_bytes())

    wait_until(lambda: app.get("/health/ready").status == 200)

    assert json.loads(app.get("/health/ready").body)["release"] == app.runs()[0]["version"]


def test_details_tell_where_an_answer_comes_from(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())
    version = app.runs()[0]["version"]

    features = json.loads(app.get("/user/5000042/caracteristicasriesgo?detalle=true").body)
    prediction = json.loads(app.get("/user/5000042/prediccion?detalle=true").body)

    plain = json.loads(app.get("/user/5000042/caracteristicasriesgo").body)
    assert features.items() > plain.items()
    assert (features["version"], features["as_of"]) == (version, "2022-03-08")
    assert list(prediction) == ["resultado", "probabilidad", "umbral", "version", "as_of"]
    assert prediction["resultado"] == [int(prediction["probabilidad"] >= prediction["umbral"])]


def test_what_if_answers_for_a_user_what_is_published_for_them(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())
    published = json.loads(app.get("/user/5000042/prediccion?detalle=true").body)
    features = app.get("/user/5000042/caracteristicasriesgo").body

    answer = app.ask("POST", "/prediccion", features, {"content-type": "application/json"})

    asked = json.loads(answer.body)
    assert answer.status == 200
    assert asked["resultado"] == published["resultado"]
    assert asked["probabilidad"] == pytest.approx(published["probabilidad"], rel=1e-9)


def test_a_batch_is_answered_one_by_one(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())
    body = json.dumps({"ids": [5000042, 1, "x"]}).encode()

    answer = app.ask("POST", "/predicciones", body, {"content-type": "application/json"})

    results = json.loads(answer.body)["resultados"]
    assert [(one["id"], one["status"]) for one in results] == [(5000042, 200), (1, 404), ("x", 400)]


def test_the_model_tells_what_it_is(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())

    model = json.loads(app.get("/modelo").body)

    assert model["version"] == app.runs()[0]["version"]
    assert model["counts"]["users"] == 120
    assert model["decision"]["threshold"] == pytest.approx(1 / 21)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/"])
def test_what_describes_the_service_needs_no_release(app: App, path: str) -> None:
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
    ],
)
def test_a_wrong_method_is_told_which_are_right(
    app: App, method: str, path: str, allowed: str
) -> None:
    answer = app.ask(method, path)

    assert answer.status == 405
    assert answer.headers["Allow"] == allowed


def test_head_answers_as_get_does_without_a_body(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())
    got = app.get("/user/5000042/prediccion")

    head = app.ask("HEAD", "/user/5000042/prediccion")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]


def test_what_the_client_has_is_not_sent_again_until_the_release_changes(
    app: App, raw_file: Path
) -> None:
    app.drop(raw_file.read_bytes())
    first = app.get("/user/5000042/prediccion")
    condition = {"if-none-match": first.headers["ETag"]}

    again = app.ask("GET", "/user/5000042/prediccion", headers=condition)
    app.drop(raw_file.read_bytes(), "again.csv")
    wait_until(lambda: app.ask("GET", "/user/5000042/prediccion", headers=condition).status == 200)

    assert (again.status, again.body) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("sample", [OWN_SAMPLE, SHARED_SAMPLE], ids=["own", "shared"])
def test_the_documented_answer_comes_out_to_the_digit_and_every_user_is_answered(
    app: App, sample: Path
) -> None:
    if sample == SHARED_SAMPLE and not sample.exists():
        pytest.skip("the acceptance sample is not on this machine")
    app.drop(sample.read_bytes())

    features, prediction = bodies(app, 5008806)
    assert features == (
        b'{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,'
        b'"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
    )
    assert prediction in {b'{"resultado":[0]}', b'{"resultado":[1]}'}
    for user in users_of(sample):
        bodies(app, user)


def users_of(csv: Path) -> list[int]:
    return sorted(set(pd.read_csv(csv, usecols=["id"])["id"]))
