"""Build what is deployed: `python -m tools.build_package [--out dist] [--package NAME]`."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.archive import size_of, write_archive
from tools.bill_of_materials import describe_materials
from tools.errors import ToolError
from tools.libraries import install, require_python, select

ROOT = Path(__file__).parents[1]
SITE_PACKAGES = Path(".python_packages/lib/site-packages")
# Where the platform unpacks the app: what tracebacks say until a file is imported from elsewhere.
_DEPLOYED_AT = "/home/site/wwwroot"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Package:
    """What a package contains.

    Attributes
    ----------
    name : str
        Its folder and archive.
    requirements : str
        The list of its libraries.
    sources : tuple of str
        Files and folders of the app.
    """

    name: str
    requirements: str
    sources: tuple[str, ...]


APP = Package(
    "app", "requirements.txt", ("function_app.py", "host.json", "serving", "shared", "training")
)
SERVING = Package(
    "serving", "requirements-serving.txt", ("function_app.py", "host.json", "serving", "shared")
)
PACKAGES = {package.name: package for package in (APP, SERVING)}


def main(arguments: list[str] | None = None) -> int:
    """Build a package and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tools.build_package", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="default: dist")
    parser.add_argument(
        "--package",
        choices=sorted(PACKAGES),
        default=APP.name,
        help="app trains and serves (default); serving only serves",
    )
    asked = parser.parse_args(arguments)
    try:
        require_python()
        print(build_package(PACKAGES[asked.package], asked.out))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build_package(package: Package, out: Path, build: str | None = None) -> str:
    """Build one package: `NAME/`, `NAME.zip`, `NAME.zip.sha256` and `NAME.cdx.json` in `out`.

    Parameters
    ----------
    package : Package
        What goes into it.
    out : Path
        Where it is written; an earlier one is replaced.
    build : str, optional
        Name of the build; by default that of BUILD_ID, else a digest of the sources.

    Returns
    -------
    str
        What was built, in words.
    """
    folder = lay_out(package, out, build)
    materials = out / f"{package.name}.cdx.json"
    name = (folder / "build_id").read_text(encoding="utf-8").strip()
    materials.write_bytes(describe_materials(folder / SITE_PACKAGES, name))
    archive = out / f"{package.name}.zip"
    sha256 = write_archive(folder, archive)
    return (
        f"{archive}: build {name}, {archive.stat().st_size / _MEGABYTE:,.1f} MB,"
        f" {size_of(folder) / _MEGABYTE:,.1f} MB unpacked\n"
        f"  SHA-256            {sha256}\n"
        f"  bill of materials  {materials}"
    )


def lay_out(package: Package, out: Path, build: str | None = None) -> Path:
    """Make the folder that is deployed: sources, libraries, bytecode of both."""
    folder = out / package.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in package.sources:
        _copy_source(ROOT / name, folder / name)
    requirements = ROOT / package.requirements
    shutil.copyfile(requirements, folder / "requirements.txt")
    build = build or os.environ.get("BUILD_ID") or _digest(folder)
    (folder / "build_id").write_text(f"{build}\n", encoding="utf-8")
    installed = install(requirements, ROOT / ".local" / "packages")
    for relative in select(installed):
        target = folder / SITE_PACKAGES / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(installed / relative, target)
    _compile(folder)
    return folder


def _copy_source(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copyfile(source, target)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _compile(folder: Path) -> None:
    # Unchecked: the files do not change there, and to check each costs more than to read it. The
    # order of sets in bytecode follows from the hash seed; how names are shared, from what the
    # process compiled before: one process, in one order.
    run = subprocess.run(
        [
            *(sys.executable, "-m", "compileall", "-q", "-j", "1"),
            *("--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", _DEPLOYED_AT),
            str(folder),
        ],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise ToolError(f"Expected every source to compile:\n{run.stdout}{run.stderr}")


if __name__ == "__main__":
    sys.exit(main())
