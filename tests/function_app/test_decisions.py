"""Approving, rejecting and rolling back over HTTP."""

import json

import pytest

from tests.support.decisions import APPROVAL, JSON_BODY, decide, listed
from tests.support.invoked_app import App, versions_of_both
from tests.support.waiting import wait_until


def test_an_approved_candidate_is_served(app: App, candidate: str) -> None:
    answer = decide(app, f"/versiones/{candidate}/aprobacion", "The report was reviewed.")

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "version": candidate,
        "state": "current",
        "current": candidate,
        "override": None,
    }
    wait_until(lambda: versions_of_both(app)[0] == candidate)
    decision = listed(app)[candidate]["decisions"][-1]
    assert decision["why"] == "The report was reviewed."
    assert (decision["who"], decision["verified"]) == ("unknown", False)


def test_a_rollback_serves_the_previous_release(app: App, candidate: str) -> None:
    before = json.loads(app.get("/versiones").body)["current"]
    decide(app, f"/versiones/{candidate}/aprobacion")
    wait_until(lambda: versions_of_both(app)[0] == candidate)

    answer = decide(app, "/versiones/regreso")

    assert json.loads(answer.body) == {
        "version": candidate,
        "state": "rolled_back",
        "current": before,
        "override": None,
    }
    wait_until(lambda: versions_of_both(app)[0] == before)
    assert decide(app, "/versiones/regreso").status == 409


def test_a_rejected_candidate_cannot_be_approved(app: App, candidate: str) -> None:
    rejected = decide(app, f"/versiones/{candidate}/rechazo", "the wrong month")

    approved = decide(app, f"/versiones/{candidate}/aprobacion")

    assert json.loads(rejected.body)["state"] == "rejected"
    assert approved.status == 409
    assert "the wrong month" in json.loads(approved.body)["errors"][0]["detail"]


def test_a_rejection_requires_a_reason(app: App, candidate: str) -> None:
    without = app.ask("POST", f"/versiones/{candidate}/rechazo", b"{}", APPROVAL | JSON_BODY)
    blank = decide(app, f"/versiones/{candidate}/rechazo", "  ")

    assert (without.status, blank.status) == (422, 422)
    assert (
        json.loads(without.body)["errors"][0]["detail"]
        == "Expected a string of 1 to 1,000 characters; it is missing"
    )
    assert listed(app)[candidate]["state"] == "pending"


@pytest.mark.parametrize("path", ["/versiones/x/aprobacion", "/versiones/x/rechazo"])
def test_an_unknown_version_is_not_found(app: App, candidate: str, path: str) -> None:
    assert decide(app, path, "because").status == 404


@pytest.mark.parametrize(
    "sent", [{}, {"x-approval-key": "guess"}, {"x-approval-key": "s3cr\u00e9t"}]
)
def test_a_decision_requires_the_approval_key(
    app: App, candidate: str, sent: dict[str, str]
) -> None:
    for path in (f"/versiones/{candidate}/aprobacion", "/versiones/regreso"):
        assert app.ask("POST", path, headers=sent).status == 403

    assert listed(app)[candidate]["state"] == "pending"


def test_without_a_configured_approval_key_the_answer_names_the_setting(
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
def test_a_name_is_trusted_only_where_the_platform_authenticates(
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


def test_a_rollback_that_names_its_version_goes_back_once_however_often_it_is_sent(
    app: App, candidate: str
) -> None:
    before = json.loads(app.get("/versiones").body)["current"]
    decide(app, f"/versiones/{candidate}/aprobacion")
    body = json.dumps({"motivo": "complaints", "desde": candidate}).encode()

    answers = [app.ask("POST", "/versiones/regreso", body, APPROVAL | JSON_BODY) for _ in range(2)]

    assert [one.status for one in answers] == [200, 200]
    assert {json.loads(one.body)["current"] for one in answers} == {before}


def test_a_rollback_from_another_version_than_the_current_one_is_refused(
    app: App, candidate: str
) -> None:
    for version, status in ((candidate, 409), ("..", 400)):
        body = json.dumps({"desde": version}).encode()
        answer = app.ask("POST", "/versiones/regreso", body, APPROVAL | JSON_BODY)
        assert answer.status == status
