"""`make bench`: our app beside the alternatives, in one run on one machine."""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.comparisons import Comparison, describe_machine, format_table
from benchmarks.constant_functions import compare_calls, compare_over_http
from benchmarks.load import find_wrk
from benchmarks.pipeline import compare_discrimination, compare_pipelines
from benchmarks.processes import ROOT
from benchmarks.scale import compare_first_what_if, measure_scale
from benchmarks.serving import (
    compare_cold,
    compare_with_reference,
    publish,
)
from benchmarks.swap import compare_swap
from devhost.storage.emulator import run_emulator
from shared.release.manifest import load_manifest

FOLDER = ROOT / ".local" / "bench"
REPORT = ROOT / "docs" / "benchmarks.md"
USERS = 36_457
TEN_TIMES = 10
SEED = 1

_INTRODUCTION = """# Benchmarks

Written by `make bench`, which repeats every measurement. All alternatives are measured beside ours
in one run on one machine, so compare the ratios, not the seconds. An "at least" ratio is how many
times better ours is; an "at most" ratio is ours as a multiple of a floor or a limit.

The reference is the recipe that this app replaces, written from its description
(`benchmarks/reference`): whole-file read, a Python function per user, SMOTE and a forest of five
trees; a Flask app that scans the table for every request and calls itself for predictions. Ours
runs in the development host with Microsoft's worker library.

A constant is returned by a plain function, the usual kind, which the worker library runs in a
thread, and by a coroutine, like our lookups; the targets are relative to the plain function. The
constants write no log of their own; ours logs a line per request. Constants and ours are measured
in turn, and the tables give the medians of the rounds.

The machine is noisy. For the pipeline the tables give the fastest of three runs, for the whole and
for each step; under "Scale" they give the fastest of three processes.
"""


def main() -> int:
    """Measure everything, then print and save the tables.

    Returns
    -------
    int
        0 when every target is met, 1 otherwise.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--users", type=int, default=USERS, help="number of users in the generated file"
    )
    users: int = parser.parse_args().users
    find_wrk()
    FOLDER.mkdir(parents=True, exist_ok=True)
    tables = _measure(_generate(users), _generate(TEN_TIMES * users))
    text = "\n".join(tables.values())
    print(text)
    if users == USERS:
        counts = load_manifest(FOLDER / "release").counts
        loans = f"{counts.loans:,} loans of {counts.users:,} users, seed {SEED}"
        head = f"{_INTRODUCTION}\n{loans}; {describe_machine()}\n"
        REPORT.write_text(f"{head}\n{text}")
    missed = text.count("**missed**")
    print(f"Targets missed: {missed}." if missed else "All targets met.")
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

    def measure(title: str, alternative: str, compare: Callable[[], list[Comparison]]) -> None:
        print(f"{title} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        tables[title] = format_table(title, alternative, compare())
        print(f"  {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)

    measure("The pipeline", "reference", lambda: compare_pipelines(csv, ten_times, FOLDER))
    measure("The model", "reference", lambda: compare_discrimination(csv, FOLDER))
    with run_emulator() as emulator:
        served = publish(FOLDER, emulator.connection_string)
        measure("The URLs", "reference", lambda: compare_with_reference(served))
        measure("A call, in process", "constant", lambda: compare_calls(served))
        measure("A request, over HTTP", "alternative", lambda: compare_over_http(served))
        measure("Cold", "minimal app", lambda: compare_cold(served))
        measure("The first what-if", "alternative", lambda: compare_first_what_if(served))
        measure("A swap under load", "before", lambda: compare_swap(served, csv))
    measure("Scale", "alternative", lambda: measure_scale(FOLDER))
    return tables


if __name__ == "__main__":
    sys.exit(main())
