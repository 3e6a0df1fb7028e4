"""The cost of many users in a serving process."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import log
from typing import Any

from benchmarks.comparisons import Comparison, at_most_times
from benchmarks.inputs import Inputs
from benchmarks.processes import run_module
from benchmarks.rounds import interleave

SMALL, LARGE, LARGEST = 36_457, 1_000_000, 10_000_000
MAX_READY_SECONDS = 3.0
# An instance has 512 MB. The index counts with every page that was looked at, though the system
# takes its pages back when it needs them.
MAX_MEMORY_MB = 400.0
ROUNDS = 5

type Runs = Sequence[Mapping[str, Any]]


def measure_scale(inputs: Inputs) -> list[Comparison]:
    """Serve from files of increasing size, each time in a fresh process.

    Lookups are compared in a process that serves all sizes in turns, memory and start in one that
    serves the largest alone. Lookup times in the table may grow with the logarithm of the users. A
    lookup in the index, which is all that brief answers take, may never cost more than one in the
    table.
    """
    named = {}
    for n_users in (SMALL, LARGE, LARGEST):
        release = inputs.new_folder(f"users-{n_users}")
        run_module("benchmarks.many_users", release, inputs.release, n_users)
        named[n_users] = f"{n_users}={release}"
    processes = {
        "all": partial(run_module, "benchmarks.table_scale", *named.values()),
        "largest": partial(run_module, "benchmarks.table_scale", named[LARGEST]),
    }
    taken = interleave(processes, inputs.rounds(ROUNDS), warm_up=True)
    runs, largest = ([run.output for run in taken[name]] for name in processes)
    for n_users in named:
        inputs.remove(f"users-{n_users}")
    return [
        *(
            _compare_sizes(runs, "table", n_users, log(n_users) / log(SMALL))
            for n_users in (LARGE, LARGEST)
        ),
        *(_compare_sizes(runs, "index", n_users) for n_users in (LARGE, LARGEST)),
        *(_compare_files(runs, n_users) for n_users in named),
        at_most_times(
            f"memory of {LARGEST:,} users against {MAX_MEMORY_MB:.0f} MB",
            MAX_MEMORY_MB,
            [output["peak_mb"] for output in largest],
            "MB",
            1.0,
        ),
        at_most_times(
            f"file of {LARGEST:,} users on disk to first answer, against {MAX_READY_SECONDS:.0f} s",
            MAX_READY_SECONDS,
            [output["ready_seconds"] for output in largest],
            "s",
            1.0,
        ),
    ]


def _compare_sizes(runs: Runs, file: str, n_users: int, target: float | None = None) -> Comparison:
    return at_most_times(
        f"{file}: lookup among {n_users:,} users against {SMALL:,}, p50",
        _read_medians(runs, file, SMALL),
        _read_medians(runs, file, n_users),
        "µs",
        target,
    )


def _compare_files(runs: Runs, n_users: int) -> Comparison:
    return at_most_times(
        f"index: lookup among {n_users:,} users against the table's, p50",
        _read_medians(runs, "table", n_users),
        _read_medians(runs, "index", n_users),
        "µs",
        1.0,
    )


def _read_medians(runs: Runs, file: str, n_users: int) -> list[float]:
    # JSON has no numbers as keys.
    return [output[file][str(n_users)]["p50"] for output in runs]
