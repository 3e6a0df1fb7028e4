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

type Measured = Mapping[int, Sequence[Mapping[str, Any]]]


def measure_scale(inputs: Inputs) -> list[Comparison]:
    """Serve from files of increasing size in turn, each in a fresh process.

    Lookup times in the table may grow with the logarithm of the users. A lookup in the index, which
    is all that brief answers take, may never cost more than one in the table.
    """
    processes = {}
    for n_users in (SMALL, LARGE, LARGEST):
        release = inputs.new_folder(f"users-{n_users}")
        run_module("benchmarks.many_users", release, inputs.release, n_users)
        processes[n_users] = partial(run_module, "benchmarks.table_scale", release, n_users)
    taken = interleave(processes, inputs.rounds(ROUNDS), warm_up=True)
    measured = {n_users: [run.output for run in runs] for n_users, runs in taken.items()}
    for n_users in processes:
        inputs.remove(f"users-{n_users}")
    return [
        *(
            _compare_sizes(measured, "table", n_users, log(n_users) / log(SMALL))
            for n_users in (LARGE, LARGEST)
        ),
        *(_compare_sizes(measured, "index", n_users) for n_users in (LARGE, LARGEST)),
        *(_compare_files(measured, n_users) for n_users in processes),
        at_most_times(
            f"memory of {LARGEST:,} users against {MAX_MEMORY_MB:.0f} MB",
            MAX_MEMORY_MB,
            [output["peak_mb"] for output in measured[LARGEST]],
            "MB",
            1.0,
        ),
        at_most_times(
            f"file of {LARGEST:,} users on disk to first answer, against {MAX_READY_SECONDS:.0f} s",
            MAX_READY_SECONDS,
            [output["ready_seconds"] for output in measured[LARGEST]],
            "s",
            1.0,
        ),
    ]


def _compare_sizes(
    measured: Measured, file: str, n_users: int, target: float | None = None
) -> Comparison:
    return at_most_times(
        f"{file}: lookup among {n_users:,} users against {SMALL:,}, p50",
        [output[file]["p50"] for output in measured[SMALL]],
        [output[file]["p50"] for output in measured[n_users]],
        "µs",
        target,
    )


def _compare_files(measured: Measured, n_users: int) -> Comparison:
    return at_most_times(
        f"index: lookup among {n_users:,} users against the table's, p50",
        [output["table"]["p50"] for output in measured[n_users]],
        [output["index"]["p50"] for output in measured[n_users]],
        "µs",
        1.0,
    )
