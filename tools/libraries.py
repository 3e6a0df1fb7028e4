"""The libraries of the app, installed for the platform that runs it."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tools.errors import ToolError
from tools.package_rules import is_left_out

PYTHON = (3, 13)
# Azure Functions on Linux runs on glibc 2.31 or newer.
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def require_python() -> None:
    """Require the minor version that the platform runs: bytecode of another is not read there.

    Raises
    ------
    ToolError
        When this is another one.
    """
    if sys.version_info[:2] != PYTHON:
        raise ToolError(
            f"Expected Python {PYTHON[0]}.{PYTHON[1]}, which runs the app in Azure, found"
            f" {sys.version.split()[0]}: build with that version."
        )


def install(requirements: Path, cache: Path) -> Path:
    """Install the pinned libraries once for each list of them.

    Parameters
    ----------
    requirements : Path
        The pinned libraries.
    cache : Path
        Where installations are kept, by the digest of their list.

    Returns
    -------
    Path
        A folder that must not be changed.
    """
    digest = hashlib.sha256(repr((_PLATFORMS, PYTHON)).encode() + requirements.read_bytes())
    place = cache / digest.hexdigest()[:16]
    if place.is_dir():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".installing-", dir=cache))
    try:
        _run_pip(requirements, partial)
        partial.chmod(0o755)
        partial.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return place


def select(installed: Path) -> Iterator[PurePosixPath]:
    """List what is deployed of an installation, as paths below it, in order."""
    for path in sorted(installed.rglob("*")):
        relative = PurePosixPath(path.relative_to(installed).as_posix())
        if path.is_file() and not is_left_out(relative):
            yield relative


def _run_pip(requirements: Path, target: Path) -> None:
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-compile", "--only-binary", ":all:", "--implementation", "cp"),
        *("--python-version", f"{PYTHON[0]}.{PYTHON[1]}", *platforms),
        *("--target", str(target), "--requirement", str(requirements)),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise ToolError(f"The libraries cannot be installed:\n{run.stderr.strip()}")
