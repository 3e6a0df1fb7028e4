"""`make bench`: ours beside the alternatives, in one run on one machine."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.constants import compare_calls, compare_over_http
from benchmarks.figures import Figure, describe_machine, write_table
from benchmarks.load import find_wrk
from benchmarks.pipeline import compare_discrimination, compare_pipelines
from benchmarks.processes import ROOT
from benchmarks.scale import compare_first_what_if, measure_scale
from benchmarks.serving import (
    compare_cold,
    compare_with_reference,
    publish,
)
from devhost.storage.emulator import run_emulator
from shared.release.manifest import MANIFEST

FOLDER = ROOT / ".local" / "bench"
REPORT = ROOT / "docs" / "benchmarks.md"
USERS = 36_457
TEN_TIMES = 10
SEED = 1

_HEAD = """# Benchmarks

Written by `make bench`, which measures everything anew. One run on one machine, each alternative
beside ours; compare the ratios, not the seconds. "At least" ratios say how many times better ours
is, "at most" ratios how much ours adds to a floor.

The reference is the recipe that this app replaces, written from its description
(`benchmarks/reference`): whole-file read, a Python function per user, SMOTE and a forest of five
trees; a Flask app that scans the table for every request and asks itself for predictions. Ours
answers through the development host and Microsoft's worker library.

A constant comes from a plain function, as a function app has them, which the worker library runs
in a thread, and from a coroutine, which our keyed reads are; the bars are against the plain one.
The constants log nothing of their own, ours logs a line for every request. Constants and ours take
turns, and medians of the rounds are told.

The machine is noisy. Of the pipeline the fastest of three runs is told, and of each of its steps;
of the tables under "Scale" the quickest of three processes.
"""


def main() -> int:
    """Measure, print and write the tables.

    Returns
    -------
    int
        0 when every bar is reached, 1 when one is missed.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--users", type=int, default=USERS, help="users of the generated file")
    users: int = parser.parse_args().users
    find_wrk()
    FOLDER.mkdir(parents=True, exist_ok=True)
    tables = _measure(_generate(users), _generate(TEN_TIMES * users))
    text = "\n".join(tables.values())
    print(text)
    if users == USERS:
        counts = json.loads((FOLDER / "release" / MANIFEST).read_text())["counts"]
        loans = f"{counts['loans']:,} loans of {counts['users']:,} users, seed {SEED}"
        made = f"{_HEAD}\n{loans}; {describe_machine()}\n"
        REPORT.write_text(f"{made}\n{text}")
    missed = text.count("**missed**")
    print(f"{missed} bars missed." if missed else "Every bar is reached.")
    return 1 if missed else 0


def _generate(users: int) -> Path:
    csv = FOLDER / f"loans-{users}-{SEED}.csv"
    if not csv.exists():
        command = [sys.executable, "-m", "data.generate", "--users", str(users)]
        partial = csv.with_suffix(".partial")
        subprocess.run([*command, "--seed", str(SEED), "--out", str(partial)], cwd=ROOT, check=True)
        partial.replace(csv)
    return csv


def _measure(csv: Path, ten_times: Path) -> dict[str, str]:
    tables: dict[str, str] = {}

    def measure(title: str, alternative: str, compare: Callable[[], list[Figure]]) -> None:
        print(f"{title} ...", file=sys.stderr, flush=True)
        begun = time.perf_counter()
        tables[title] = write_table(title, alternative, compare())
        print(f"  {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)

    measure("The pipeline", "reference", lambda: compare_pipelines(csv, ten_times, FOLDER))
    measure("The model", "reference", lambda: compare_discrimination(csv, FOLDER))
    with run_emulator() as emulator:
        served = publish(FOLDER, emulator.connection_string)
        measure("The URLs", "reference", lambda: compare_with_reference(served))
        measure("A call, in process", "constant", lambda: compare_calls(served))
        measure("A request, over HTTP", "alternative", lambda: compare_over_http(served))
        measure("Cold", "least app", lambda: compare_cold(served))
        measure("The first what-if", "alternative", lambda: compare_first_what_if(served))
    measure("Scale", "alternative", lambda: measure_scale(FOLDER))
    return tables


if __name__ == "__main__":
    sys.exit(main())
