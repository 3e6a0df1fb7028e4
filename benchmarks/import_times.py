"""What a cold start imports: the packages that take longest, in a fresh process.

Run as ``python -m benchmarks.import_times [MODULE]``; the default is the app.
"""

import re
import subprocess
import sys
from collections import Counter

from benchmarks.processes import ROOT, deployed_environment

APP = "function_app"
ROWS = 15
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*([\w.]+)")
_NAMESPACES = ("azure", "azurefunctions", "google")


def time_imports(module: str) -> str:
    """Import a module in a fresh process; return Python's report."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=deployed_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(f"{module} cannot be imported:\n{run.stderr[-1000:]}")
    return run.stderr


def sum_by_package(report: str) -> Counter[str]:
    """Add up the microseconds of each package's own modules.

    Parameters
    ----------
    report : str
        What Python wrote for `-X importtime`.

    Returns
    -------
    Counter of str to int
        Microseconds by package: two names for those of a namespace, such as `azure.storage`.
    """
    packages: Counter[str] = Counter()
    for own, module in _LINE.findall(report):
        names = module.split(".")
        packages[".".join(names[: 2 if names[0] in _NAMESPACES else 1])] += int(own)
    return packages


def format_packages(packages: Counter[str], rows: int) -> str:
    """Format the packages that take longest, the rest in one line, and all in the last."""
    whole = packages.total()
    most = packages.most_common(rows)
    rest = whole - sum(own for _, own in most)
    lines = (*most, ("(others)", rest), ("all", whole))
    head = f"{'package':<28} {'share':>6} {'ms':>8}"
    return "\n".join(
        [head, *(f"{name:<28} {own / whole:6.1%} {own / 1e3:8.1f}" for name, own in lines)]
    )


def main() -> None:
    """Time the imports twice, as the first time fills caches, and print the second."""
    module = sys.argv[1] if len(sys.argv) > 1 else APP
    time_imports(module)
    print(f"Imports of {module}, in a fresh process")
    print(format_packages(sum_by_package(time_imports(module)), ROWS))


if __name__ == "__main__":
    main()
