import json
from pathlib import Path

import pytest

from devhost.errors import StartError
from devhost.local_settings import (
    LocalSettings,
    apply_settings,
    choose_port,
    needs_emulator,
    read_local_settings,
    read_port,
)


def write_local_settings(folder: Path, document: object) -> Path:
    (folder / "local.settings.json").write_text(json.dumps(document))
    return folder


def test_local_settings_are_read(tmp_path: Path) -> None:
    document = {
        "IsEncrypted": False,
        "Values": {"A": "1", "B": 2},
        "Host": {"LocalHttpPort": 7080},
    }

    settings = read_local_settings(write_local_settings(tmp_path, document))

    assert settings == LocalSettings({"A": "1", "B": "2"}, 7080)


def test_local_settings_may_be_missing(tmp_path: Path) -> None:
    assert read_local_settings(tmp_path) == LocalSettings({}, None)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"IsEncrypted": True, "Values": {}}, "is encrypted"),
        (["x"], "must hold a JSON object"),
        ({"Host": {"LocalHttpPort": "x"}}, "A port is a number"),
    ],
)
def test_invalid_local_settings_are_refused(tmp_path: Path, document: object, message: str) -> None:
    with pytest.raises(StartError, match=message):
        read_local_settings(write_local_settings(tmp_path, document))


def test_a_settings_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_text("{")

    with pytest.raises(StartError, match="is not JSON"):
        read_local_settings(tmp_path)


def test_the_environment_wins_and_a_line_reports_it(capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"A": "mine", "BLOB_TRIGGER_SOURCE": "EventGrid"}

    apply_settings(LocalSettings({"A": "theirs", "B": "theirs"}, None), environment)

    assert environment == {
        "A": "mine",
        "B": "theirs",
        "BLOB_TRIGGER_SOURCE": "EventGrid",
        "FUNCTIONS_WORKER_RUNTIME": "python",
    }
    assert capsys.readouterr().out == (
        "Skipping 'A' from local settings as it's already defined in current environment"
        " variables.\n"
    )


def test_blobs_are_polled_locally() -> None:
    environment: dict[str, str] = {}

    apply_settings(LocalSettings({}, None), environment)

    assert environment["BLOB_TRIGGER_SOURCE"] == "LogsAndContainerScan"


@pytest.mark.parametrize(
    ("from_environment", "local", "expected"),
    [("7072", 7080, 7072), ("", 7080, 7080), (None, None, 7071)],
)
def test_the_environment_chooses_the_port_first(
    monkeypatch: pytest.MonkeyPatch, from_environment: str | None, local: int | None, expected: int
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    if from_environment is not None:
        monkeypatch.setenv("PORT", from_environment)

    assert choose_port(LocalSettings({}, local)) == expected


@pytest.mark.parametrize("text", ["x", "0", "65536", "-1", "7071.5"])
def test_an_invalid_port_is_refused(text: str) -> None:
    with pytest.raises(StartError, match="A port is a number from 1 to 65535"):
        read_port(text)


@pytest.mark.parametrize(
    ("connection_string", "expected"),
    [
        (None, True),
        ("", True),
        ("UseDevelopmentStorage=true", True),
        ("UseDevelopmentStorage=true;", True),
        ("AccountName=mine;AccountKey=x", False),
    ],
)
def test_only_a_configured_account_needs_no_emulator(
    connection_string: str | None, expected: bool
) -> None:
    assert needs_emulator(connection_string) is expected
