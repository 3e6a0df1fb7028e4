"""A whole run of ours, as typed in a terminal."""

from pathlib import Path

from benchmarks.generated_file import AS_OF
from benchmarks.processes import Run, run_module


def run_ours(csv: Path, out: Path) -> Run:
    """Turn a raw file into a complete release, with its model evaluated, checked and reported."""
    return run_module("training", csv, "--out", out, "--as-of", AS_OF, with_children=True)
