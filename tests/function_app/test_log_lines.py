"""The lines that an operator needs reach the log of a host that drops lines without invocation."""

import json
import re
from pathlib import Path

import httpx

from shared.registry.publishing import publish_release
from tests.support.running_app import empty_releases, run_app
from tests.support.stored_releases import read_manifest
from tests.support.waiting import wait_until

PREDICTION = "/api/user/5000042/prediccion"
WARNED = re.compile(r"\[(\w{8})\] WARNING: (The current release cannot be loaded: .*)")


def test_the_lines_of_the_first_load_are_told_by_a_request(storage: str, release: Path) -> None:
    manifest = read_manifest(release)
    publish_release(empty_releases(storage), release, manifest)

    with run_app(storage, RELEASE_REFRESH_SECONDS="600") as host:
        answer = httpx.get(host.url + PREDICTION, timeout=60)
        # What follows the first brief answer is told by a later one.
        detailed = httpx.get(host.url + PREDICTION, params={"detalle": "true"}, timeout=60)
        output = host.read_output()

    assert answer.status_code == detailed.status_code == 200
    told = re.findall(r"\[\w{8}\] Now serving release (\S+)\.\n", output)
    assert told == [manifest.version]
    event = re.search(r'\[\w{8}\] (\{"event":"release_served".*\})\n', output)
    assert event
    served = json.loads(event[1])
    assert (served["version"], served["users"]) == (manifest.version, 120)
    assert served["age_days"] >= 0


def test_what_keeps_a_release_from_being_loaded_is_told_by_the_request_that_waits(
    storage: str,
) -> None:
    empty_releases(storage).upload_blob("current.json", b"not a pointer")

    with run_app(storage, RELEASE_REFRESH_SECONDS="600") as host:
        answer = httpx.get(host.url + PREDICTION, timeout=60)
        health = httpx.get(f"{host.url}/api/health", timeout=60)
        output = host.read_output()
        told = WARNED.findall(output)

    assert answer.status_code == 503
    invocation, line = told[0]
    assert answer.headers["X-Request-Id"].startswith(invocation)
    assert health.json()["problem"] in line
    assert f'[{invocation}] WARNING: {{"event":"stale_refresh","served":null' in output


def test_a_failure_while_serving_is_told_by_later_requests(storage: str, release: Path) -> None:
    releases = empty_releases(storage)
    publish_release(releases, release, read_manifest(release))

    with run_app(storage) as host:
        httpx.get(host.url + PREDICTION, timeout=60)
        # With its history gone as well, the pointer is not rebuilt.
        for name in ("current.json", *releases.list_blob_names(name_starts_with="history/")):
            releases.upload_blob(name, b"not a pointer", overwrite=True)

        def is_told() -> bool:
            assert httpx.get(host.url + PREDICTION, timeout=60).status_code == 200
            return bool(WARNED.findall(host.read_output()))

        wait_until(is_told, "a request tells of the failure", 20)


def test_the_lines_of_requests_in_threads_have_their_invocation(
    storage: str, release: Path
) -> None:
    publish_release(empty_releases(storage), release, read_manifest(release))

    with run_app(storage) as host:
        answers = [
            httpx.get(f"{host.url}/api/versiones", timeout=60),
            httpx.post(f"{host.url}/api/predicciones", json={"ids": [5000042]}, timeout=60),
            httpx.get(host.url + PREDICTION, timeout=60),
        ]
        output = host.read_output()

    listed, *decided = (answer.headers["X-Request-Id"] for answer in answers)
    assert f"[{listed[:8]}] GET versiones 200 request={listed} release=" in output
    for request in decided:
        assert f'[{request[:8]}] decision {{"request":"{request}",' in output
