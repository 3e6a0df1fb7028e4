"""Overriding the gates that stopped a release, as typed in a terminal."""

import getpass
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.decision_log import fetch_record
from shared.registry.publishing import publish_release
from tests.support.deliveries import DRIFTED
from tests.support.running_app import empty_releases
from tests.support.stored_releases import change_manifest, current_version, publish, variant
from training.__main__ import main

ASK = ["approve", "b", "--override", "--why", "the portfolio only grew older"]


@pytest.fixture
def stored(
    storage: str, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ContainerClient:
    """Give the configured storage with two releases: a is served, the gates stopped b."""
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    monkeypatch.delenv("OVERRIDE_CONFIRMATION", raising=False)
    container = empty_releases(storage)
    publish(container, variant(release, tmp_path, "a", "2026-02-01T00:00:00+00:00"))
    stopped = variant(release, tmp_path, "b", "2026-02-02T00:00:00+00:00")
    publish_release(container, stopped, change_manifest(stopped, **DRIFTED))
    return container


def log_in(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: name)


def test_two_persons_have_a_stopped_release_served(
    stored: ContainerClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(monkeypatch, "ana")
    assert main(ASK) == 0
    assert current_version(stored) == "a"
    log_in(monkeypatch, "bea")
    assert main(ASK) == 0
    assert current_version(stored) == "b"

    asked, made = capsys.readouterr().out.splitlines()
    assert "nothing has moved: another person confirms it" in asked
    assert made == "b is current, by an override of its gates."
    overridden = fetch_record(stored, "b").events[-2]
    assert overridden.request
    assert (overridden.request.who, overridden.who, overridden.verified) == ("ana", "bea", False)


@pytest.mark.usefixtures("stored")
def test_the_table_of_releases_says_who_overrides(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(monkeypatch, "ana")
    main(ASK)
    main(["releases"])
    log_in(monkeypatch, "bea")
    main(ASK)
    main(["releases"])

    rows = [line.strip() for line in capsys.readouterr().out.splitlines() if " stopped " in line]
    assert [row.partition(" stopped ")[2].strip() for row in rows] == [
        "refused, override asked for by ana",
        "current, overridden by ana and bea",
    ]


def test_one_person_twice_is_refused(
    stored: ContainerClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(monkeypatch, "ana")
    main(ASK)

    assert main(ASK) == 1

    assert "another person must confirm" in capsys.readouterr().err
    assert current_version(stored) == "a"


def test_one_person_suffices_where_the_setting_says_so(
    stored: ContainerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERRIDE_CONFIRMATION", "none")

    assert main(ASK) == 0

    assert current_version(stored) == "b"


def test_a_user_without_a_name_cannot_override(
    stored: ContainerClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nameless() -> str:
        raise OSError("no user name")

    monkeypatch.setattr(getpass, "getuser", nameless)

    assert main(ASK) == 1

    assert "Expected the name of the person" in capsys.readouterr().err


@pytest.mark.parametrize("why", [[], ["--why", "  "]])
def test_an_override_needs_a_reason(why: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["approve", "b", "--override", *why])

    assert "an override needs a reason" in capsys.readouterr().err
