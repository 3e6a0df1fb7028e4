"""Repairing, rolling back from a version, and paging, as typed in a terminal."""

from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

import shared.registry.release_list
from tests.support.running_app import empty_releases
from tests.support.stored_releases import current_version, publish, variant
from training.__main__ import main


@pytest.fixture
def stored(
    storage: str, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ContainerClient:
    """Give the configured storage with a, then b served."""
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    container = empty_releases(storage)
    for day, version in enumerate("ab", start=1):
        publish(container, variant(release, tmp_path, version, f"2026-02-0{day}T00:00:00+00:00"))
    return container


def test_a_damaged_pointer_is_repaired_by_the_command_that_its_error_names(
    stored: ContainerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["repair"]) == 0
    assert capsys.readouterr().out == "Nothing is damaged.\n"
    for name in ("current.json", "history/00000002.json"):
        stored.upload_blob(name, b"{}", overwrite=True)

    assert main(["approve", "a"]) == 2
    assert "python -m training repair" in capsys.readouterr().err
    assert main(["repair", "--dry-run"]) == 0
    assert capsys.readouterr().out.endswith("Choose the current release with --to VERSION.\n")
    assert main(["repair"]) == 1
    assert "  - a was current before." in capsys.readouterr().err

    assert main(["repair", "--to", "b"]) == 0
    assert capsys.readouterr().out.endswith("Repaired.\n")
    assert current_version(stored) == "b"
    assert main(["repair", "--dry-run"]) == 0
    assert "history/00000002.json must hold" in capsys.readouterr().out


def test_a_rollback_that_names_its_version_goes_back_once(
    stored: ContainerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["rollback", "--from", "b"]) == 0
        assert capsys.readouterr().out == "a is current again; rolled back from b.\n"

    assert current_version(stored) == "a"
    assert main(["rollback", "--from", "c"]) == 1


def test_the_list_has_pages_and_names_what_cannot_be_read(
    stored: ContainerClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared.registry.release_list, "LISTED", 1)
    stored.upload_blob("decisions/a.json", b"{}", overwrite=True)

    assert main(["releases"]) == 0
    heading, b, a, more = capsys.readouterr().out.splitlines()
    assert b.startswith("* b")
    assert a.startswith("! a: decisions/a.json must hold")
    assert more == "There are more: --after b"
    assert main(["releases", "--after", "b"]) == 0
    assert "There are more" not in capsys.readouterr().out
    assert heading
