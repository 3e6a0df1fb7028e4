"""What the first what-if of a serving process costs the lookups beside it."""

from functools import partial
from typing import Any

from benchmarks.comparisons import Comparison, at_most_times, less_is_better
from benchmarks.inputs import Inputs
from benchmarks.processes import run_module
from benchmarks.rounds import interleave

ROUNDS = 3
DURING_TARGET = 3.0


def compare_first_what_if(inputs: Inputs) -> list[Comparison]:
    """Compare lookups during first what-ifs that load the scorer with ones that load the model."""
    served = inputs.served
    processes = {
        loader: partial(
            run_module,
            "benchmarks.first_what_if",
            loader,
            served.users[0],
            settings=served.settings,
        )
        for loader in ("scorer", "joblib")
    }
    taken = {
        loader: [run.output for run in runs]
        for loader, runs in interleave(processes, inputs.rounds(ROUNDS)).items()
    }
    return [*_compare_with_lookups_alone(taken["scorer"]), *_compare_with_joblib(taken)]


def _compare_with_lookups_alone(runs: list[dict[str, Any]]) -> list[Comparison]:
    lookups = sum(run["lookups"] for run in runs)
    return [
        at_most_times(
            f"{words}, {percentile}, against those alone",
            [run["alone"][percentile] for run in runs],
            [run[when][percentile] for run in runs],
            "µs",
            target,
        )
        for words, when, percentile, target in (
            (
                f"{lookups:,} lookups in the first second of each load",
                "second",
                "p50",
                None,
            ),
            ("the same lookups", "second", "p99", DURING_TARGET),
            ("those of them until the applicant is scored", "during", "p99", None),
        )
    ]


def _compare_with_joblib(taken: dict[str, list[dict[str, Any]]]) -> list[Comparison]:
    scorer, joblib = taken["scorer"], taken["joblib"]
    measures = {
        "time until the applicant is scored, with lookups": ("load_seconds", "s"),
        "memory of the process": ("peak_mb", "MB"),
    }
    return [
        less_is_better(
            "lookups until the applicant is scored, p99, against loading the joblib file",
            [run["during"]["p99"] for run in joblib],
            [run["during"]["p99"] for run in scorer],
            "µs",
        ),
        *(
            less_is_better(
                f"{words}, against the joblib file",
                [run[name] for run in joblib],
                [run[name] for run in scorer],
                unit,
            )
            for words, (name, unit) in measures.items()
        ),
    ]
