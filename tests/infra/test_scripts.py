"""The scripts that ask a running app, against a real server on this machine."""

import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FEATURES = (
    '{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,'
    '"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
)
HEALTHY = {
    "/api/health": (200, '{"status":"ok","build":"20261126.1"}'),
    "/api/openapi.json": (200, "{}"),
    "/api/docs": (200, "<p>"),
    "/api/health/ready": (503, "{}"),
    "/api/user/5008806/prediccion": (401, ""),
}
SERVING = {
    "/api/modelo": (200, '{"source":{"name":"sample-7.csv"}}'),
    "/api/user/5008806/caracteristicasriesgo": (200, FEATURES),
    "/api/user/5008806/prediccion": (200, '{"resultado":[0]}'),
}

type Answers = Mapping[str, tuple[int, str]]


class App(ThreadingHTTPServer):
    """Answers by path, and remembers the keys that it was sent."""

    answers: Answers
    keys: list[str | None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: App

    def do_GET(self) -> None:
        self.server.keys.append(self.headers.get("x-functions-key"))
        status, body = self.server.answers.get(self.path, (404, ""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def app() -> Iterator[App]:
    with App(("127.0.0.1", 0), Handler) as server:
        server.answers, server.keys = dict(HEALTHY), []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(script: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "infra" / "scripts" / script), *arguments],
        env={"PATH": "/usr/bin:/bin", "POLL_SECONDS": "0.1", "FUNCTION_KEY": "k3y"} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_expected_build_ends_the_wait(app: App) -> None:
    waited = run("wait-for-build.sh", app.url, "20261126.1", "5")

    assert (waited.returncode, waited.stdout) == (0, f"{app.url} runs build 20261126.1.\n")


def test_another_build_is_no_success(app: App) -> None:
    waited = run("wait-for-build.sh", app.url, "20261126.2", "1")

    assert waited.returncode == 1
    assert "Expected build 20261126.2" in waited.stderr
    assert "found 20261126.1" in waited.stderr


def test_an_app_that_does_not_answer_is_no_success() -> None:
    waited = run("wait-for-build.sh", "http://127.0.0.1:9", "20261126.2", "1")

    assert waited.returncode == 1
    assert "found nothing" in waited.stderr


def test_a_healthy_app_passes_the_smoke_test_before_its_first_release(app: App) -> None:
    assert run("smoke.sh", app.url).returncode == 0


def test_an_app_that_answers_without_a_key_fails_the_smoke_test(app: App) -> None:
    app.answers = HEALTHY | {"/api/user/5008806/prediccion": (200, '{"resultado":[0]}')}

    smoked = run("smoke.sh", app.url)

    assert smoked.returncode == 1
    assert "Expected 401" in smoked.stderr


def test_an_app_without_a_description_fails_the_smoke_test(app: App) -> None:
    app.answers = HEALTHY | {"/api/openapi.json": (500, "")}

    assert "Expected 200" in run("smoke.sh", app.url).stderr


def test_both_answers_of_the_dropped_sample_are_compared(app: App) -> None:
    app.answers = SERVING

    answered = run("wait-for-answers.sh", app.url, "sample-7.csv", "5")

    assert answered.returncode == 0, answered.stderr
    assert set(app.keys) == {"k3y"}


@pytest.mark.parametrize(
    "changed",
    [
        {"/api/user/5008806/prediccion": (200, '{"resultado":[1]}')},
        {"/api/user/5008806/prediccion": (503, "")},
        {"/api/user/5008806/caracteristicasriesgo": (200, FEATURES.replace("59.0", "60.0"))},
    ],
)
def test_another_answer_than_the_contract_is_no_success(app: App, changed: Answers) -> None:
    app.answers = SERVING | dict(changed)

    answered = run("wait-for-answers.sh", app.url, "sample-7.csv", "5")

    assert answered.returncode == 1
    assert "Expected {" in answered.stderr


def test_a_release_made_from_another_file_is_no_success(app: App) -> None:
    app.answers = SERVING

    answered = run("wait-for-answers.sh", app.url, "sample-8.csv", "1")

    assert answered.returncode == 1
    assert "the app serves sample-7.csv" in answered.stderr


def test_the_name_of_a_missing_variable_never_becomes_the_approval_key() -> None:
    deployed = run("deploy-infrastructure.sh", "prod", APPROVAL_KEY="$(APPROVAL_KEY)")

    assert deployed.returncode == 1
    assert "The variable group has no APPROVAL_KEY" in deployed.stderr


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_a_pipeline_without_its_own_identity_stops_before_it_deploys_half(
    environment: str, az: Path
) -> None:
    calls = az / "calls"
    deployed = run(
        "deploy-infrastructure.sh",
        environment,
        PATH=f"{az}:/usr/bin:/bin",
        CALLS=str(calls),
        AZURE_LOCATION="westeurope",
    )

    assert deployed.returncode == 1
    assert "PIPELINE_PRINCIPAL_ID" in deployed.stderr
    assert not calls.exists()


AZ = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$1 $2" in
  "functionapp keys") echo k3y ;;
  "deployment group") test "$(grep -c "^deployment group" "$CALLS")" -gt "$FAILURES" ;;
esac
"""
NAMES = {
    "AZURE_RESOURCE_GROUP": "rg",
    "AZURE_TRAINING_APP_NAME": "func-training",
    "AZURE_DATA_ACCOUNT_NAME": "stdata",
    "AZURE_EVENT_TOPIC_NAME": "evgt",
    "AZURE_EVENTS_IDENTITY_NAME": "id-events",
}


@pytest.fixture
def az(tmp_path: Path) -> Path:
    program = tmp_path / "az"
    program.write_text(AZ, encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


def subscribe(az: Path, failures: int, **settings: str) -> tuple[int, list[str]]:
    calls = az / "calls"
    more = {"PATH": f"{az}:/usr/bin:/bin", "CALLS": str(calls), "FAILURES": str(failures)}
    done = run("deploy-events.sh", **NAMES, **more, **settings)
    return done.returncode, calls.read_text(encoding="utf-8").splitlines()


def test_a_handshake_that_a_cold_start_misses_is_tried_again(az: Path) -> None:
    status, calls = subscribe(az, failures=2)

    assert status == 0
    assert sum(call.startswith("deployment group create") for call in calls) == 3


def test_a_subscription_that_never_succeeds_fails_the_deployment(az: Path) -> None:
    status, _ = subscribe(az, failures=99)

    assert status != 0


def test_the_events_go_to_the_subscription_of_azd_whatever_the_azure_cli_has_chosen(
    az: Path,
) -> None:
    _, calls = subscribe(az, failures=0, AZURE_SUBSCRIPTION_ID="sub-of-azd")

    assert calls
    assert all("--subscription sub-of-azd" in call for call in calls)


def test_without_azd_the_events_go_to_the_subscription_of_the_login(az: Path) -> None:
    status, calls = subscribe(az, failures=0)

    assert status == 0
    assert not any("--subscription" in call for call in calls)
