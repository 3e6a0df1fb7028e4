"""The routes of the reports."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from shared.registry.storing import store_release
from shared.release.files import MANIFEST, REPORT
from shared.release.stamp import UNSTAMPED
from tests.support.invoked_app import App
from tests.support.report_releases import FIRST, REPORT_LIKE, SECOND, publish_with_report
from tests.support.stored_releases import change_manifest, read_manifest, variant


def test_the_current_report_is_a_page_that_may_run_no_script(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)

    answer = app.get("/informe")

    assert (answer.status, answer.body) == (200, REPORT_LIKE + FIRST.encode())
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'none';")
    assert "script-src" not in policy
    again = app.ask("GET", "/informe", headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_the_report_of_any_stored_release_is_served_by_version(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)
    publish_with_report(app, release, tmp_path, SECOND, current=False)

    answers = {version: app.get(f"/informe/{version}") for version in (FIRST, SECOND)}

    for version, answer in answers.items():
        assert (answer.status, answer.body) == (200, REPORT_LIKE + version.encode())
        assert answer.headers["X-Release-Version"] == version
    assert answers[FIRST].headers["ETag"] != answers[SECOND].headers["ETag"]


def test_a_served_report_names_its_version_its_state_and_its_verdict(served: App) -> None:
    version = served.runs()[0]["version"]
    stored = served.releases.download_blob(f"{version}/{REPORT}").readall()
    assert UNSTAMPED.encode() in stored

    for path in ("/informe", f"/informe/{version}"):
        report = served.get(path).body

        assert UNSTAMPED.encode() not in report
        assert f"Version {version}".encode() in report
        assert b"State: current" in report
        assert b"Verdict: " in report


def test_there_is_no_current_report_before_the_first_release(app: App) -> None:
    assert app.get("/informe").status == 503
    assert app.get(f"/informe/{FIRST}").status == 404


def test_the_report_of_a_pending_release_is_served_before_any_is_current(
    app: App, release: Path, tmp_path: Path
) -> None:
    publish_with_report(app, release, tmp_path, FIRST, current=False)

    assert app.get(f"/informe/{FIRST}").status == 200


@pytest.mark.parametrize(
    "version", ["..%2Fruns", "../current", FIRST + "%0A", FIRST + "\n", "a" * 81, ""]
)
def test_a_malformed_version_is_a_bad_request(app: App, version: str) -> None:
    answer = app.get(f"/informe/{version}")

    assert answer.status == 400
    assert "a version of up to 80 letters" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize("version", ["runs", FIRST.lower(), FIRST + "0"])
def test_a_version_that_is_not_stored_is_not_found(app: App, version: str) -> None:
    assert app.get(f"/informe/{version}").status == 404


def test_a_release_without_a_report_is_not_found(app: App, release: Path, tmp_path: Path) -> None:
    copy = variant(release, tmp_path, SECOND, "2026-11-24T06:02:01+00:00")
    files = {name: file for name, file in read_manifest(copy).files.items() if name != REPORT}
    store_release(app.releases, copy, change_manifest(copy, files=files))

    answer = app.get(f"/informe/{SECOND}")

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "without a report" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize("path", ["/informe", f"/informe/{FIRST}"])
def test_a_tampered_report_is_not_served(
    app: App, release: Path, tmp_path: Path, path: str
) -> None:
    publish_with_report(app, release, tmp_path, FIRST)
    app.releases.upload_blob(f"{FIRST}/{REPORT}", b"<script>", overwrite=True)

    answer = app.get(path)

    assert answer.status == 500
    assert b"<script>" not in answer.body
    assert "must have the SHA-256" in json.loads(answer.body)["detail"]


def test_a_tampered_manifest_of_a_stored_release_is_refused(served: App) -> None:
    version = served.runs()[0]["version"]
    name = f"{version}/{MANIFEST}"
    manifest = json.loads(served.releases.download_blob(name).readall())
    manifest["files"][REPORT] = {"sha256": sha256(b"<script>").hexdigest(), "bytes": 8}
    served.releases.upload_blob(f"{version}/{REPORT}", b"<script>", overwrite=True)
    served.releases.upload_blob(name, json.dumps(manifest), overwrite=True)

    answer = served.get(f"/informe/{version}")

    assert answer.status == 500
    assert f"The manifest of {version} must have the SHA-256" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"version": "another"}'])
def test_a_manifest_that_does_not_name_its_own_version_is_refused(app: App, content: bytes) -> None:
    app.releases.upload_blob(f"{FIRST}/{MANIFEST}", content)

    assert app.get(f"/informe/{FIRST}").status == 500
