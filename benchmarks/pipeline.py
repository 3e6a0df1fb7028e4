"""From raw CSV to training table and to model: the reference's job and ours."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times, less_is_better
from benchmarks.generated_file import fill_cache
from benchmarks.inputs import Inputs
from benchmarks.processes import ROOT, Run, run_module
from benchmarks.rounds import interleave
from benchmarks.whole_run import run_ours

_REFERENCE, _AS_APP = "benchmarks.reference.recipe", "tools.app_run"
_BARE_TABLE, _OUR_TABLE = "benchmarks.bare_table", "benchmarks.our_table"
_SAMPLE = ROOT / "data" / "sample.csv"

TABLE_ROUNDS = 9
# Further ones of the short pairs, which differ by half on a machine that others share.
BARE_ROUNDS = 21
ROUNDS = 3
TABLE_TARGET = 10.0
BARE_TARGET = 1.5
RUN_TARGET = 4.0
MAX_PEAK_MB = 500.0
TEN_TIMES_TARGET = 9.0
TEN_TIMES_MAX_PEAK_MB = 1_500.0


def compare_tables(inputs: Inputs) -> list[Comparison]:
    """Compare ours with the reference's and with a bare read and write, imports left out."""
    _warm_up(inputs, _REFERENCE, _BARE_TABLE, _OUR_TABLE)
    ours = partial(_run, inputs, inputs.csv, _OUR_TABLE)
    reference = partial(_run, inputs, inputs.csv, _REFERENCE, "table")
    bare = partial(_run, inputs, inputs.csv, _BARE_TABLE)
    short = {"bare": bare, "ours": ours}
    long = interleave({"reference": reference, **short}, inputs.rounds(TABLE_ROUNDS))
    further = interleave(short, inputs.rounds(BARE_ROUNDS))
    bares, ours_beside = (long[name] + further[name] for name in short)
    return [
        less_is_better(
            "reference: read, features, write",
            _sum_steps(long["reference"]),
            _sum_steps(long["ours"]),
            "s",
            TABLE_TARGET,
        ),
        at_most_times(
            "floor: the same columns read without a check, as much written",
            _sum_steps(bares),
            _sum_steps(ours_beside),
            "s",
            BARE_TARGET,
        ),
        *(
            at_most_times(
                f"floor, {step} alone, against our {' and '.join(parts)}",
                [run.output[step] for run in bares],
                [sum(run.output[one] for one in parts) for run in ours_beside],
                "s",
            )
            for step, parts in (("read", ("read", "engineer")), ("write", ("write",)))
        ),
    ]


def compare_pipelines(inputs: Inputs) -> list[Comparison]:
    """Compare whole processes; ours also evaluates, explains, checks gates and writes a report."""
    _warm_up(inputs, _REFERENCE, _AS_APP)
    _run_ours(inputs, _SAMPLE)
    runs = interleave(
        {
            "reference": partial(_run, inputs, inputs.csv, _REFERENCE),
            "floor": partial(run_module, "benchmarks.fit_floor", inputs.csv, inputs.release),
            "ours": partial(_run_ours, inputs, inputs.csv),
            "app": partial(_run, inputs, inputs.csv, _AS_APP),
        },
        inputs.rounds(ROUNDS),
    )
    seconds = {name: [run.seconds for run in taken] for name, taken in runs.items()}
    peaks = {name: [run.peak_mb for run in taken] for name, taken in runs.items()}
    return [
        less_is_better(
            "reference, raw CSV to model; ours, to a complete release",
            seconds["reference"],
            seconds["ours"],
            "s",
            RUN_TARGET,
        ),
        at_most_times(
            "floor: imports and one fit of the model",
            _sum_steps(runs["floor"]),
            seconds["ours"],
            "s",
        ),
        at_most_times("limit of peak memory", MAX_PEAK_MB, peaks["ours"], "MB", 1),
        less_is_better(
            "reference, CPU time",
            [run.cpu_seconds for run in runs["reference"]],
            [run.cpu_seconds for run in runs["ours"]],
            "s",
        ),
        less_is_better("reference, peak memory", peaks["reference"], peaks["ours"], "MB"),
        less_is_better(
            "reference, against a run in one process, as the app's",
            seconds["reference"],
            seconds["app"],
            "s",
        ),
        less_is_better(
            "reference, peak memory, against a run in one process",
            peaks["reference"],
            peaks["app"],
            "MB",
        ),
    ]


def compare_ten_times(inputs: Inputs) -> list[Comparison]:
    """Compare our run on a file of ten times the loans with that on the file."""
    fill_cache(inputs.csv)
    fill_cache(inputs.ten_times)
    _run_ours(inputs, _SAMPLE)
    runs = interleave(
        {
            "once": partial(_run_ours, inputs, inputs.csv),
            "ten times": partial(_run_ours, inputs, inputs.ten_times),
        },
        inputs.rounds(ROUNDS),
    )
    seconds = {name: [run.seconds for run in taken] for name, taken in runs.items()}
    return [
        at_most_times(
            "the file of a tenth of the loans, whole run",
            seconds["once"],
            seconds["ten times"],
            "s",
            TEN_TIMES_TARGET,
        ),
        at_most_times(
            "limit of peak memory",
            TEN_TIMES_MAX_PEAK_MB,
            [run.peak_mb for run in runs["ten times"]],
            "MB",
            1,
        ),
    ]


def _warm_up(inputs: Inputs, *modules: str) -> None:
    """Fill the caches: the raw file's, and those of the libraries with a run on the sample."""
    fill_cache(inputs.csv)
    for module in modules:
        _run(inputs, _SAMPLE, module)


def _run(inputs: Inputs, csv: Path, module: str, *words: str) -> Run:
    return run_module(module, csv, inputs.new_folder("made"), *words)


def _sum_steps(runs: Sequence[Run]) -> list[float]:
    return [sum(run.output.values()) for run in runs]


def _run_ours(inputs: Inputs, csv: Path) -> Run:
    return run_ours(csv, inputs.new_folder("made"))
