"""The commands of `python -m training` on stored releases, as typed in a terminal."""

import getpass
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from devhost.storage.published import publish_connection
from shared.local_storage import local_folder
from shared.registry.decision_log import fetch_record
from shared.registry.publishing import publish_release
from tests.support.running_app import empty_releases
from tests.support.stored_releases import (
    change_manifest,
    current_version,
    publish,
    read_manifest,
    variant,
)
from training.__main__ import main


@pytest.fixture
def stored(
    storage: str, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ContainerClient:
    """Give the configured storage with two releases: a is served, b is pending."""
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    container = empty_releases(storage)
    publish(container, variant(release, tmp_path, "a", "2026-02-01T00:00:00+00:00"))
    pending = variant(release, tmp_path, "b", "2026-02-02T00:00:00+00:00")
    publish_release(container, pending, read_manifest(pending), "manual")
    return container


@pytest.mark.usefixtures("stored")
def test_releases_are_a_table_latest_first_with_the_current_one_marked(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["releases"]) == 0

    heading, b, a = capsys.readouterr().out.splitlines()
    auc = f"{read_manifest(release).metrics['roc_auc']:.4f}"
    assert heading.split() == [
        "version",
        "created",
        "as",
        "of",
        "source",
        "AUC",
        "verdict",
        "state",
    ]
    assert a.split()[:2] == ["*", "a"]
    assert a.split()[3:] == ["2022-03-08", "loans.csv", auc, "warned", "current"]
    assert b.startswith("  b ")
    assert b.endswith("pending")


def test_an_empty_storage_is_reported(
    storage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    empty_releases(storage)

    assert main(["releases"]) == 0

    assert "No release is in storage" in capsys.readouterr().out


def test_an_approval_and_a_rollback_move_the_current_release_and_name_the_user_as_unverified(
    stored: ContainerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["approve", "b", "--why", "seen"]) == 0
    assert current_version(stored) == "b"
    assert main(["rollback"]) == 0
    assert current_version(stored) == "a"

    output = capsys.readouterr().out
    event = fetch_record(stored, "b").events[1]
    assert output == "b is current; before it was a.\na is current again; rolled back from b.\n"
    assert (event.who, event.verified, event.why) == (getpass.getuser(), False, "seen")


def test_a_rejection_needs_a_reason(
    stored: ContainerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["reject", "b"], ["reject", "b", "--why", "  "]):
        with pytest.raises(SystemExit, match="2"):
            main(arguments)

    assert main(["reject", "b", "--why", "the wrong month"]) == 0
    assert fetch_record(stored, "b").events[-1].why == "the wrong month"
    assert "b is rejected." in capsys.readouterr().out


@pytest.mark.usefixtures("stored")
def test_an_impossible_decision_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    main(["reject", "b", "--why", "the wrong month"])

    assert main(["approve", "b"]) == 1

    output = capsys.readouterr().err
    assert "b was rejected" in output
    assert "  - Rejected by" in output


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("arguments", [["approve", "never"], ["compare", "a", "never"]])
def test_an_unknown_release_is_reported(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    assert "there is no never" in capsys.readouterr().err


@pytest.mark.usefixtures("stored")
def test_without_a_setting_the_storage_of_the_local_app_is_used(
    storage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("AzureWebJobsStorage")
    monkeypatch.setenv("PORT", "7099")
    monkeypatch.chdir(tmp_path)

    with publish_connection(local_folder(tmp_path, 7099), storage):
        assert main(["approve", "b"]) == 0

    assert capsys.readouterr().out == "b is current; before it was a.\n"


def test_missing_storage_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)
    monkeypatch.chdir(tmp_path)

    assert main(["releases"]) == 2

    assert "AzureWebJobsStorage must hold" in capsys.readouterr().err


@pytest.mark.usefixtures("stored")
def test_releases_are_compared_by_version_or_by_directory(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "a", str(release)]) == 0

    output = capsys.readouterr().out
    assert "users in both            120\n" in output
    assert "decision from 0 to 1     0\n" in output
    assert "mean change              +0.000000\n" in output


def test_a_directory_that_is_not_a_release_is_reported(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(release), str(tmp_path)]) == 2

    assert "Expected a release directory with a serving.sqlite" in capsys.readouterr().err


def test_help_shows_both_usages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    output = capsys.readouterr().out
    assert "CSV" in output
    assert "--out DIR" in output
    assert "approve VERSION [--why TEXT]" in output


def test_a_release_stopped_by_its_gates_is_listed_as_refused(
    stored: ContainerClient,
    release: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stopped = variant(release, tmp_path, "c", "2026-02-03T00:00:00+00:00")
    publish_release(stored, stopped, change_manifest(stopped, verdict="stopped"))

    main(["releases"])

    assert capsys.readouterr().out.splitlines()[1].split()[-2:] == ["stopped", "refused"]
