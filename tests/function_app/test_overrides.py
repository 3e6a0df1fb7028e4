"""Overriding the gates that stopped a release over HTTP."""

import json
from pathlib import Path

import pytest

from shared.registry.storing import store_release
from shared.release.files import REPORT, FileFacts, file_sha256
from shared.release.stamp import UNSTAMPED
from tests.support.decisions import APPROVAL, JSON_BODY, decide, listed, override
from tests.support.deliveries import DRIFTED
from tests.support.invoked_app import App, versions_of_both
from tests.support.stored_releases import change_manifest, read_manifest, variant
from tests.support.waiting import wait_until


@pytest.fixture
def stopped(
    app: App, candidate: str, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return the version of a release that its gates stopped, beside a served one."""
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "true")
    monkeypatch.delenv("OVERRIDE_CONFIRMATION", raising=False)
    copy = variant(release, tmp_path, "drifted", "2026-02-01T00:00:00+00:00")
    store_release(app.releases, copy, change_manifest(copy, **DRIFTED))
    return "drifted"


def test_two_authenticated_persons_have_a_stopped_release_served(app: App, stopped: str) -> None:
    before = json.loads(app.get("/versiones").body)["current"]

    asked = json.loads(override(app, stopped, "ana").body)

    assert asked == {
        "version": stopped,
        "state": "refused",
        "current": before,
        "override": "requested",
    }
    assert listed(app)[stopped]["override"]["state"] == "requested"
    assert listed(app)[stopped]["override"]["valid_until"]

    confirmed = json.loads(override(app, stopped, "bea", "seen the report").body)

    assert confirmed == {
        "version": stopped,
        "state": "current",
        "current": stopped,
        "override": "made",
    }
    wait_until(lambda: versions_of_both(app)[0] == stopped)


def test_the_list_and_the_served_model_say_who_overrode_and_why(app: App, stopped: str) -> None:
    override(app, stopped, "ana")
    override(app, stopped, "bea", "seen the report")
    wait_until(lambda: versions_of_both(app)[0] == stopped)

    made = listed(app)[stopped]["override"]
    served = app.get("/modelo")

    assert (made["state"], made["gates"]) == ("made", ["stability_age"])
    assert (made["asked"]["who"], made["asked"]["why"]) == ("ana", "grown older")
    assert (made["confirmed"]["who"], made["confirmed"]["why"]) == ("bea", "seen the report")
    assert json.loads(served.body)["override"] == made
    assert served.headers["ETag"] != f'"{stopped}"'


def test_a_release_that_passed_its_gates_has_no_override(app: App, candidate: str) -> None:
    assert listed(app)[candidate]["override"] is None
    assert json.loads(app.get("/modelo").body)["override"] is None


def test_one_person_cannot_override_alone(app: App, stopped: str) -> None:
    override(app, stopped, "ana")

    again = override(app, stopped, "ana")

    assert again.status == 409
    assert "another person" in json.loads(again.body)["detail"]
    assert listed(app)[stopped]["state"] == "refused"


def test_one_person_suffices_where_the_setting_says_so(
    app: App, stopped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERRIDE_CONFIRMATION", "none")

    assert json.loads(override(app, stopped, "ana").body)["override"] == "made"

    made = listed(app)[stopped]["override"]
    assert (made["asked"]["who"], made["confirmed"]) == ("ana", None)


@pytest.mark.parametrize("confirmation", ["required", "none"])
@pytest.mark.parametrize(("enabled", "who"), [("false", "ana"), ("true", "")])
def test_an_override_needs_an_authenticated_name(
    app: App,
    stopped: str,
    monkeypatch: pytest.MonkeyPatch,
    enabled: str,
    who: str,
    confirmation: str,
) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", enabled)
    monkeypatch.setenv("OVERRIDE_CONFIRMATION", confirmation)

    answer = override(app, stopped, who)

    assert answer.status == 403
    assert "App Service Authentication" in json.loads(answer.body)["detail"]
    assert [one["action"] for one in listed(app)[stopped]["decisions"]] == ["stored"]


def test_an_override_needs_a_reason(app: App, stopped: str) -> None:
    answer = override(app, stopped, "ana", None)

    assert answer.status == 422
    assert json.loads(answer.body)["errors"][0]["field"] == "/motivo"


def test_an_approval_without_an_override_leaves_a_stopped_release(app: App, stopped: str) -> None:
    answer = decide(app, f"/versiones/{stopped}/aprobacion", "reviewed")

    assert answer.status == 409
    assert "ask for an override" in json.loads(answer.body)["detail"]


def test_a_malformed_override_is_explained(app: App, stopped: str) -> None:
    body = b'{"anulacion": "yes", "motivo": "because"}'

    answer = app.ask("POST", f"/versiones/{stopped}/aprobacion", body, APPROVAL | JSON_BODY)

    assert answer.status == 422
    assert json.loads(answer.body)["errors"] == [
        {"field": "/anulacion", "detail": 'Expected true or false, got "yes"'}
    ]


def test_a_rollback_is_never_an_override(app: App, stopped: str) -> None:
    body = b'{"anulacion": true, "motivo": "because"}'

    answer = app.ask("POST", "/versiones/regreso", body, APPROVAL | JSON_BODY)

    assert answer.status == 422
    assert json.loads(answer.body)["errors"][0]["field"] == "/anulacion"


def test_the_report_says_who_overrode_its_gates_and_why(
    app: App, candidate: str, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "true")
    copy = variant(release, tmp_path, "drifted", "2026-02-01T00:00:00+00:00")
    (copy / REPORT).write_bytes(UNSTAMPED.encode())
    report = FileFacts(file_sha256(copy / REPORT), (copy / REPORT).stat().st_size)
    files = {**read_manifest(copy).files, REPORT: report}
    store_release(app.releases, copy, change_manifest(copy, files=files, **DRIFTED))
    before = app.get("/informe/drifted")

    override(app, "drifted", "ana")
    override(app, "drifted", "bea", "seen <b>the</b> report")

    wait_until(lambda: versions_of_both(app)[0] == "drifted")
    assert b"Overrides of its gates: none." in before.body
    for path in ("/informe", "/informe/drifted"):
        answer = app.get(path)
        assert b"1; served by the one made by bea, as ana had asked," in answer.body
        assert b"because: seen &lt;b&gt;the&lt;/b&gt; report" in answer.body
        assert answer.headers["ETag"] not in {before.headers["ETag"], '"drifted-current"'}
