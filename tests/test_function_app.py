"""The whole app, through Microsoft's worker library, with real bindings and real storage."""

import asyncio
import json
import shutil
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
from devhost.host.functions import Function
from devhost.host.http_messages import HttpRequest, HttpResponse
from devhost.host.worker import Worker
from devhost.storage.emulator import connection_string
from serving.current_release import CurrentRelease
from serving.release_handlers import ReleaseHandlers
from serving.report_handlers import ReportHandlers
from serving.service_handlers import ServiceHandlers
from serving.user_handlers import UserHandlers
from shared.registry.publishing import publish_release
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import MANIFEST, REPORT, file_sha256
from shared.settings import Settings
from tests.conftest import job_of
from tests.serving.test_current_release import wait_until
from tests.support.paths import ROOT, SAMPLE, SHARED_SAMPLE
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.running_app import empty_releases
from training.pipeline import build_release
from training.progress import Progress


class App:
    """The app as the platform sees it: functions to invoke, a storage account."""

    def __init__(self, worker: Worker, runner: asyncio.Runner, storage: str) -> None:
        self._worker = worker
        self._runner = runner
        self._storage = storage
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
        if place.startswith("/informe/"):
            return "informe_de_version", {"version": place.removeprefix("/informe/")}
        if place.endswith(("/aprobacion", "/rechazo")):
            _, _, version, function = place.split("/")
            return function, {"version": version}
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

    def save(self) -> dict[str, bytes]:
        """Give all that was published."""
        names = self.releases.list_blob_names()
        return {name: self.releases.download_blob(name).readall() for name in names}

    def restore(self, saved: dict[str, bytes]) -> None:
        """Publish in an empty store what was published before."""
        for name, content in saved.items():
            self.releases.upload_blob(name, content)

    def empty(self) -> None:
        """Begin with an empty store."""
        empty_releases(self._storage)


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
    monkeypatch.setattr(function_app, "USERS", UserHandlers(served))
    monkeypatch.setattr(function_app, "REPORTS", ReportHandlers(served))
    monkeypatch.setattr(function_app, "SERVICE", ServiceHandlers(served, lambda: "b42"))
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
        "versiones": "FUNCTION",
        "comparacion": "FUNCTION",
        "aprobacion": "FUNCTION",
        "rechazo": "FUNCTION",
        "regreso": "FUNCTION",
        "health": "ANONYMOUS",
        "ready": "ANONYMOUS",
        "openapi": "ANONYMOUS",
        "docs": "ANONYMOUS",
        "pagina": "ANONYMOUS",
        "informe": "FUNCTION",
        "informe_de_version": "FUNCTION",
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
    order = job_of(csv)
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
    assert list(prediction) == [
        "resultado",
        "probabilidad",
        "umbral",
        "version",
        "as_of",
        "razones",
    ]
    assert 0 < len(prediction["razones"]) <= 4
    assert prediction["resultado"] == [int(prediction["probabilidad"] >= prediction["umbral"])]


def test_what_if_answers_for_a_user_what_is_published_for_them(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())
    published = json.loads(app.get("/user/5000042/prediccion?detalle=true").body)
    detailed = json.loads(app.get("/user/5000042/caracteristicasriesgo?detalle=true").body)
    applicant = json.dumps({name: detailed[name] for name in MODEL_FEATURES}).encode()

    answer = app.ask("POST", "/prediccion", applicant, {"content-type": "application/json"})

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
    assert model["verdict"] == "warned"
    gates = {gate["name"]: gate["verdict"] for gate in model["gates"]}
    assert gates["age_rule"] == gates["score_parity"] == "passed"
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
        ("POST", "/informe", "GET, HEAD"),
        ("DELETE", "/informe/20261123T060201Z-0a1b2c3d4e5f", "GET, HEAD"),
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


REPORT_LIKE = b"<!doctype html><title>A report</title>"


def publish_with_report(
    app: App, release: Path, folder: Path, version: str, *, current: bool = True
) -> None:
    """Publish a copy of a release, with a report of its own."""
    copy = Path(shutil.copytree(release, folder / version))
    manifest = json.loads((copy / MANIFEST).read_text())
    manifest["version"] = version
    (copy / REPORT).write_bytes(REPORT_LIKE + version.encode())
    manifest["files"][REPORT] = {"sha256": file_sha256(copy / REPORT), "bytes": 1}
    (copy / MANIFEST).write_text(json.dumps(manifest))
    if current:
        publish_release(app.releases, copy, manifest)
        return
    for path in copy.iterdir():
        app.releases.upload_blob(f"{version}/{path.name}", path.read_bytes())


FIRST = "20261123T060201Z-0a1b2c3d4e5f"
SECOND = "20261124T060201Z-0a1b2c3d4e5f"


def test_the_current_report_is_a_page_that_may_run_nothing(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)

    answer = app.get("/informe")

    assert (answer.status, answer.body) == (200, REPORT_LIKE + FIRST.encode())
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "script-src" not in policy
    again = app.ask("GET", "/informe", headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_report_is_served_by_version_whether_the_release_is_current_or_not(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)
    publish_with_report(app, release, tmp_path, SECOND, current=False)

    answers = {version: app.get(f"/informe/{version}") for version in (FIRST, SECOND)}

    for version, answer in answers.items():
        assert (answer.status, answer.body) == (200, REPORT_LIKE + version.encode())
        assert answer.headers["X-Release-Version"] == version
        assert answer.headers["ETag"] == f'"{version}"'


def test_without_a_release_there_is_no_current_report_yet(app: App) -> None:
    assert app.get("/informe").status == 503
    assert app.get(f"/informe/{FIRST}").status == 404


def test_a_pending_release_can_be_read_about_before_any_is_current(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST, current=False)

    assert app.get(f"/informe/{FIRST}").status == 200


@pytest.mark.parametrize(
    "version",
    [
        "runs",
        "..%2Fruns",
        "../current",
        FIRST.lower(),
        FIRST + "0",
        FIRST + "%0A",
        FIRST + "\n",
        "",
    ],
)
def test_what_is_no_version_leads_to_no_blob(app: App, version: str) -> None:
    answer = app.get(f"/informe/{version}")

    assert answer.status == 400
    assert "Expected a version such as" in json.loads(answer.body)["detail"]


def test_an_unknown_version_and_a_release_without_a_report_are_not_found(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)
    manifest = json.loads((tmp_path / FIRST / MANIFEST).read_text())
    del manifest["files"][REPORT]
    old = json.dumps(manifest | {"version": SECOND})
    app.releases.upload_blob(f"{SECOND}/{MANIFEST}", old)

    unknown = app.get("/informe/20261125T060201Z-0a1b2c3d4e5f")
    without = app.get(f"/informe/{SECOND}")

    assert (unknown.status, without.status) == (404, 404)
    assert unknown.headers["content-type"] == "application/problem+json"
    assert "without a report" in json.loads(without.body)["detail"]


@pytest.mark.parametrize("path", ["/informe", f"/informe/{FIRST}"])
def test_a_report_that_was_changed_is_not_served(
    app: App, release: Path, tmp_path: Path, path: str
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)
    app.releases.upload_blob(f"{FIRST}/{REPORT}", b"<script>", overwrite=True)

    answer = app.get(path)

    assert answer.status == 500
    assert b"<script>" not in answer.body
    assert "must have the SHA-256" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"version": "another"}'])
def test_a_manifest_that_is_not_the_versions_own_is_not_believed(app: App, content: bytes) -> None:
    app.releases.upload_blob(f"{FIRST}/{MANIFEST}", content)

    assert app.get(f"/informe/{FIRST}").status == 500


@pytest.mark.parametrize("sample", [SAMPLE, SHARED_SAMPLE], ids=["own", "shared"])
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


APPROVAL = {"x-approval-key": "s3cret"}
JSON_BODY = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def store_with_candidate(worker: App, raw_file: Path) -> dict[str, bytes]:
    """Give the store's blobs once a release is served and another one waits for a person."""
    worker.empty()
    worker.drop(raw_file.read_bytes())
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("PROMOTION", "manual")
        worker.drop(raw_file.read_bytes(), "next.csv")
    return worker.save()


@pytest.fixture
def candidate(
    store_with_candidate: dict[str, bytes], app: App, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Give the version of a release that waits for a person, beside one that is served."""
    monkeypatch.setenv("APPROVAL_KEY", "s3cret")
    app.restore(store_with_candidate)
    (pending,) = [run for run in app.runs() if run["state"] == "pending"]
    return str(pending["version"])


def decide(app: App, path: str, reason: str | None = None, **headers: str) -> HttpResponse:
    body = b"" if reason is None else json.dumps({"motivo": reason}).encode()
    return app.ask("POST", path, body, APPROVAL | JSON_BODY | headers)


def listed(app: App) -> dict[str, Any]:
    answer = app.get("/versiones")
    assert answer.status == 200
    return {one["version"]: one for one in json.loads(answer.body)["releases"]}


def test_the_list_of_releases_tells_what_each_is(app: App, candidate: str) -> None:
    current = json.loads(app.get("/versiones").body)["current"]

    found = listed(app)

    assert {version: one["state"] for version, one in found.items()} == {
        candidate: "pending",
        current: "current",
    }
    assert found[candidate]["source"] == "next.csv"
    assert found[candidate]["verdict"] == "warned", "so few test defaults tell too little"
    assert [one["action"] for one in found[current]["decisions"]] == ["stored", "promoted"]


def test_an_approval_makes_the_candidate_served(app: App, candidate: str) -> None:
    answer = decide(app, f"/versiones/{candidate}/aprobacion", "The report was reviewed.")

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "version": candidate,
        "state": "current",
        "current": candidate,
    }
    wait_until(lambda: versions_of_both(app)[0] == candidate)
    decision = listed(app)[candidate]["decisions"][-1]
    assert decision["why"] == "The report was reviewed."
    assert (decision["who"], decision["verified"]) == ("unknown", False)


def test_a_rollback_serves_again_what_was_served_before(app: App, candidate: str) -> None:
    before = json.loads(app.get("/versiones").body)["current"]
    decide(app, f"/versiones/{candidate}/aprobacion")
    wait_until(lambda: versions_of_both(app)[0] == candidate)

    answer = decide(app, "/versiones/regreso")

    assert json.loads(answer.body) == {
        "version": candidate,
        "state": "rolled_back",
        "current": before,
    }
    wait_until(lambda: versions_of_both(app)[0] == before)
    assert decide(app, "/versiones/regreso").status == 409


def test_a_rejected_candidate_cannot_be_approved(app: App, candidate: str) -> None:
    rejected = decide(app, f"/versiones/{candidate}/rechazo", "the wrong month")

    approved = decide(app, f"/versiones/{candidate}/aprobacion")

    assert json.loads(rejected.body)["state"] == "rejected"
    assert approved.status == 409
    assert "the wrong month" in json.loads(approved.body)["errors"][0]["detail"]


def test_a_rejection_without_a_reason_is_told(app: App, candidate: str) -> None:
    without = app.ask("POST", f"/versiones/{candidate}/rechazo", b"{}", APPROVAL | JSON_BODY)
    blank = decide(app, f"/versiones/{candidate}/rechazo", "  ")

    assert (without.status, blank.status) == (422, 422)
    assert (
        json.loads(without.body)["errors"][0]["detail"]
        == "Expected a text of 1 to 1,000 characters; it is not there"
    )
    assert listed(app)[candidate]["state"] == "pending"


@pytest.mark.parametrize("path", ["/versiones/x/aprobacion", "/versiones/x/rechazo"])
def test_an_unknown_version_is_not_found(app: App, candidate: str, path: str) -> None:
    assert decide(app, path, "because").status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?a=x", 400), ("?a=x&b=..", 400), ("?a=x&b=y", 404)],
)
def test_a_comparison_needs_two_releases(app: App, query: str, status: int) -> None:
    assert app.get(f"/versiones/comparacion{query}").status == status


def test_two_releases_are_compared_over_the_whole_population(app: App, candidate: str) -> None:
    current = json.loads(app.get("/versiones").body)["current"]

    answer = app.get(f"/versiones/comparacion?a={current}&b={candidate}")

    told = json.loads(answer.body)
    assert (told["a"], told["b"]) == (current, candidate)
    assert told["changes"]["in_both"] == 120
    assert told["changes"]["refused_in_b"] == {"users": 0, "first": []}


@pytest.mark.parametrize(
    "sent", [{}, {"x-approval-key": "guess"}, {"x-approval-key": "s3cr\u00e9t"}]
)
def test_without_the_approval_key_nothing_is_decided(
    app: App, candidate: str, sent: dict[str, str]
) -> None:
    for path in (f"/versiones/{candidate}/aprobacion", "/versiones/regreso"):
        assert app.ask("POST", path, headers=sent).status == 403

    assert listed(app)[candidate]["state"] == "pending"


def test_while_no_approval_key_is_set_it_is_told_which_setting_to_set(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APPROVAL_KEY", raising=False)

    answer = app.ask("POST", "/versiones/regreso", headers={"x-approval-key": ""})

    assert answer.status == 403
    assert "APPROVAL_KEY" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize(
    ("enabled", "who", "verified"),
    [("True", "ana@bank.example (42)", True), ("false", "unknown", False)],
)
def test_a_name_is_believed_only_where_the_platform_authenticates(
    app: App,
    candidate: str,
    monkeypatch: pytest.MonkeyPatch,
    enabled: str,
    who: str,
    verified: bool,
) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", enabled)
    principal = {"x-ms-client-principal-name": "ana@bank.example", "x-ms-client-principal-id": "42"}

    decide(app, f"/versiones/{candidate}/aprobacion", **principal)

    decision = listed(app)[candidate]["decisions"][-1]
    assert (decision["who"], decision["verified"]) == (who, verified)


def test_a_storage_that_does_not_answer_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))
    monkeypatch.setattr(
        function_app_module(),
        "RELEASES",
        ReleaseHandlers(
            lambda: Settings(storage_connection=nowhere),
            lambda _: ContainerClient.from_connection_string(nowhere, "releases", retry_total=0),
        ),
    )

    answer = app.get("/versiones")

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"


def function_app_module() -> Any:
    import function_app  # noqa: PLC0415 -- the worker library imports it, once settings are there

    return function_app
