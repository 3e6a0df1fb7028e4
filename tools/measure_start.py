"""Time what a cold start imports: `python -m tools.measure_start [--out dist]`.

The app of each package against the least app with the same triggers, in turn, each in a fresh
interpreter without other packages; both read their libraries from the package.
"""

import argparse
import compileall
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from py_compile import PycInvalidationMode
from statistics import median

from tools.build_package import PACKAGES, ROOT, SITE_PACKAGES
from tools.errors import ToolError

LIMIT = 1.1
_ROUNDS = 25
_APPS = ROOT / "benchmarks" / "apps"
_LEAST_APPS = {"app": _APPS / "minimal", "serving": _APPS / "minimal_serving"}
_TIME_IMPORT = """
import sys, time
site, app = sys.argv[1:]
sys.path.insert(0, site)
sys.path.append(app)
begun = time.perf_counter()
import function_app
print(time.perf_counter() - begun)
"""


def time_import(python: Path, site_packages: Path, app: Path) -> float:
    """Return the seconds that importing an app takes in a fresh process."""
    run = subprocess.run(
        [str(python), "-I", "-c", _TIME_IMPORT, str(site_packages), str(app)],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise ToolError(f"{app} cannot be imported:\n{run.stderr}")
    return float(run.stdout)


def compare_starts(python: Path, folder: Path, least: Path) -> tuple[float, float, float]:
    """Time a package's app and the least app in turn.

    Returns
    -------
    tuple of float
        The medians in seconds, and the median ratio of the pairs.
    """
    pairs = []
    for count in range(_ROUNDS + 1):
        ours = time_import(python, folder / SITE_PACKAGES, folder)
        theirs = time_import(python, folder / SITE_PACKAGES, least)
        # The first pair fills the disk's cache.
        if count:
            pairs.append((ours, theirs))
    return (
        median(ours for ours, _ in pairs),
        median(theirs for _, theirs in pairs),
        median(ours / theirs for ours, theirs in pairs),
    )


def _compile(app: Path, folder: Path) -> Path:
    """Lay out an app in a folder as a package has it, with bytecode."""
    folder.mkdir()
    shutil.copy(app / "function_app.py", folder)
    compileall.compile_dir(folder, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return folder


def main(arguments: list[str] | None = None) -> int:
    """Print the times of both packages."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_start", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="default: dist")
    out = parser.parse_args(arguments).out
    with tempfile.TemporaryDirectory() as name:
        venv.create(Path(name) / "venv", with_pip=False)
        python = Path(name) / "venv" / "bin" / "python"
        for package in PACKAGES:
            if (out / package).is_dir():
                least = _compile(_LEAST_APPS[package], Path(name) / package)
                ours, theirs, ratio = compare_starts(python, out / package, least)
                print(
                    f"{package}: function_app is imported in {ours * 1000:.0f} ms, the least app in"
                    f" {theirs * 1000:.0f} ms: {ratio:.2f} times, at most {LIMIT}"
                    f"{'' if ratio <= LIMIT else ': **missed**'}"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
