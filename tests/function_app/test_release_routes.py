"""The list of stored releases, and their comparison."""

import json

import pytest
from azure.storage.blob import ContainerClient

from devhost.storage.emulator import connection_string
from serving.release_handlers import ReleaseHandlers
from shared.settings import Settings
from tests.support.decisions import listed
from tests.support.invoked_app import App


def test_the_list_of_releases_has_the_state_and_decisions_of_each(app: App, candidate: str) -> None:
    current = json.loads(app.get("/versiones").body)["current"]

    found = listed(app)

    assert {version: one["state"] for version, one in found.items()} == {
        candidate: "pending",
        current: "current",
    }
    assert found[candidate]["source"] == "next.csv"
    assert found[candidate]["verdict"] == "warned", "the test defaults are too few"
    assert [one["action"] for one in found[current]["decisions"]] == ["stored", "promoted"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?a=x", 400), ("?a=x&b=..", 400), ("?a=x&b=y", 404)],
)
def test_a_comparison_needs_two_releases(app: App, query: str, status: int) -> None:
    assert app.get(f"/versiones/comparacion{query}").status == status


def test_two_releases_are_compared_over_the_whole_population(app: App, candidate: str) -> None:
    current = json.loads(app.get("/versiones").body)["current"]

    answer = app.get(f"/versiones/comparacion?a={current}&b={candidate}")

    comparison = json.loads(answer.body)
    assert (comparison["a"], comparison["b"]) == (current, candidate)
    assert comparison["changes"]["in_both"] == 120
    assert comparison["changes"]["refused_in_b"] == {"users": 0, "first": []}


def test_unavailable_storage_is_a_503(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))
    handlers = ReleaseHandlers(
        lambda: Settings(storage_connection=nowhere),
        lambda _: ContainerClient.from_connection_string(nowhere, "releases", retry_total=0),
    )
    monkeypatch.setattr("function_app.HANDLERS.releases", handlers)

    answer = app.get("/versiones")

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"


def test_a_page_of_the_list_begins_after_a_version(app: App, candidate: str) -> None:
    first = json.loads(app.get("/versiones").body)
    second = json.loads(app.get(f"/versiones?after={candidate}").body)

    assert [one["version"] for one in first["releases"]] == [candidate, first["current"]]
    assert [one["version"] for one in second["releases"]] == [first["current"]]
    assert (first["next"], first["unreadable"]) == (None, [])
    assert app.get("/versiones?after=..").status == 400


def test_a_release_that_cannot_be_read_is_named_in_the_list(app: App, candidate: str) -> None:
    app.releases.upload_blob(f"decisions/{candidate}.json", b"{}", overwrite=True)

    found = json.loads(app.get("/versiones").body)

    assert [one["version"] for one in found["unreadable"]] == [candidate]
    assert "must hold a list of decisions" in found["unreadable"][0]["problem"]
