import json
import socket
from pathlib import Path
from typing import Any

import pytest

from devhost.errors import IndexingError, StartError
from devhost.host.functions import describe_function
from devhost.host.host_settings import read_host_settings
from devhost.host.server import reserve_port
from devhost.local_settings import (
    LocalSettings,
    apply_settings,
    choose_port,
    needs_emulator,
    read_local_settings,
    read_port,
)


def describe(binding: dict[str, Any], settings: dict[str, str]) -> dict[str, Any]:
    raw = {"type": "blobTrigger", "name": "upload", "direction": "IN"} | binding
    return dict(describe_function("mine", "id", [json.dumps(raw)], settings).trigger)


def test_settings_in_bindings_are_resolved() -> None:
    trigger = describe({"path": "%WHERE%/{name}.%KIND%"}, {"WHERE": "input", "KIND": "csv"})

    assert trigger["path"] == "input/{name}.csv"


def test_a_missing_setting_is_named_with_its_function() -> None:
    with pytest.raises(IndexingError, match="'mine': '%WHERE%' in 'path' does not resolve"):
        describe({"path": "%WHERE%/{name}"}, {})


def test_a_connection_names_a_setting_by_itself() -> None:
    assert describe({"connection": "%X%"}, {})["connection"] == "%X%"


def test_a_function_without_a_trigger_is_refused() -> None:
    with pytest.raises(IndexingError, match="'mine' must have one trigger; it has 0"):
        describe_function("mine", "id", ['{"type": "blob", "name": "x"}'], {})


def write_host_json(folder: Path, extensions: dict[str, Any]) -> Path:
    (folder / "host.json").write_text(json.dumps({"version": "2.0", "extensions": extensions}))
    return folder


def test_host_json_is_read(tmp_path: Path) -> None:
    blobs = {"maxDegreeOfParallelism": 1, "poisonBlobThreshold": 2}
    write_host_json(tmp_path, {"http": {"routePrefix": "/v1/"}, "blobs": blobs})

    settings = read_host_settings(tmp_path)

    assert (settings.route_prefix, settings.parallel_blobs, settings.blob_tries) == ("v1", 1, 2)


def test_host_json_says_nothing_and_the_usual_holds(tmp_path: Path) -> None:
    settings = read_host_settings(write_host_json(tmp_path, {}))

    assert (settings.route_prefix, settings.blob_tries) == ("api", 5)


def test_an_app_without_host_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"host\.json is missing"):
        read_host_settings(tmp_path)


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


def test_there_need_be_no_local_settings(tmp_path: Path) -> None:
    assert read_local_settings(tmp_path) == LocalSettings({}, None)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"IsEncrypted": True, "Values": {}}, "is encrypted"),
        (["x"], "must hold a JSON object"),
        ({"Host": {"LocalHttpPort": "x"}}, "A port is a number"),
    ],
)
def test_local_settings_that_cannot_be_used_are_refused(
    tmp_path: Path, document: object, message: str
) -> None:
    with pytest.raises(StartError, match=message):
        read_local_settings(write_local_settings(tmp_path, document))


def test_a_settings_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_text("{")

    with pytest.raises(StartError, match="is not JSON"):
        read_local_settings(tmp_path)


def test_the_environment_wins_and_a_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_blobs_are_polled_for_on_this_machine() -> None:
    environment: dict[str, str] = {}

    apply_settings(LocalSettings({}, None), environment)

    assert environment["BLOB_TRIGGER_SOURCE"] == "LogsAndContainerScan"


@pytest.mark.parametrize(
    ("asked", "local", "expected"),
    [("7072", 7080, 7072), ("", 7080, 7080), (None, None, 7071)],
)
def test_port_is_chosen_by_the_environment_first(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, local: int | None, expected: int
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    if asked is not None:
        monkeypatch.setenv("PORT", asked)

    assert choose_port(LocalSettings({}, local)) == expected


@pytest.mark.parametrize("text", ["x", "0", "65536", "-1", "7071.5"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
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
def test_a_named_storage_needs_no_emulator(connection_string: str | None, expected: bool) -> None:
    assert needs_emulator(connection_string) is expected


def test_a_port_in_use_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(StartError, match=f"Port {port} is in use"):
            reserve_port(port)


def test_a_reserved_port_cannot_be_reserved_again() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with reserve_port(port), pytest.raises(StartError, match="is in use"):
        reserve_port(port)


def test_answers_do_not_wait_for_an_acknowledgement() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with reserve_port(port) as listener:
        # What asyncio looks at before it switches Nagle's algorithm off.
        assert listener.proto == socket.IPPROTO_TCP
