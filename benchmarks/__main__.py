"""`make bench`: our app beside the alternatives, in one run on one machine."""

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks.comparisons import Comparison
from benchmarks.document import Circumstances, Comparisons, format_bars, format_document
from benchmarks.generated_file import USERS
from benchmarks.inputs import Inputs, open_inputs
from benchmarks.load import find_wrk
from benchmarks.parts import PARTS, Part, choose_parts
from benchmarks.processes import ROOT

REPORT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Measure all parts or some, and print their tables; a whole run also saves them.

    Returns
    -------
    int
        0 when every target is met in every run, 1 otherwise.
    """
    arguments = parse_arguments(sys.argv[1:])
    parts: Sequence[Part] = arguments.parts
    find_wrk()
    whole = is_whole(parts, arguments.users, quick=arguments.quick)
    circumstances = Circumstances.find()
    runs: list[Comparisons] = []
    for _ in range(arguments.runs):
        with open_inputs(arguments.users, quick=arguments.quick) as inputs:
            runs.append({part: _measure(part, inputs) for part in parts})
            loans = inputs.describe() if whole else ""
    if len(runs) > 1:
        print(format_bars(runs))
    if whole:
        REPORT.write_text(format_document(loans, circumstances, runs), encoding="utf-8")
    missed = count_missed(runs)
    print(f"Targets missed: {missed}." if missed else "All targets met.")
    return 1 if missed else 0


def parse_arguments(words: Sequence[str]) -> argparse.Namespace:
    """Parse the command line: `parts`, `users`, `runs` and `quick`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(part.name for part in PARTS)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {names}; default all")
    parser.add_argument(
        "--users", type=int, default=USERS, help="number of users in the generated file"
    )
    parser.add_argument("--runs", type=int, default=1, help="how many runs in a row")
    parser.add_argument(
        "--quick", action="store_true", help="a third of the rounds: a minute or so for each part"
    )
    parsed = parser.parse_args(words)
    try:
        parsed.parts = choose_parts(parsed.parts)
    except ValueError as error:
        parser.error(str(error))
    if parsed.runs < 1:
        parser.error(f"--runs: expected at least 1, got {parsed.runs}.")
    return parsed


def is_whole(parts: Sequence[Part], n_users: int, *, quick: bool) -> bool:
    """Whether a run may be written down: all of it, on the file that all runs are made on."""
    return tuple(parts) == PARTS and n_users == USERS and not quick


def count_missed(runs: Sequence[Comparisons]) -> int:
    """Count the missed targets of all runs."""
    return sum(not one.is_met for run in runs for rows in run.values() for one in rows)


def _measure(part: Part, inputs: Inputs) -> Sequence[Comparison]:
    print(f"{part.title} ...", file=sys.stderr, flush=True)
    started = time.perf_counter()
    comparisons = part.compare(inputs)
    print(f"  {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    print(part.format(comparisons), flush=True)
    return comparisons


if __name__ == "__main__":
    sys.exit(main())
