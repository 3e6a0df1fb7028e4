"""The page of the benchmarks, of whole runs only."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Self

from benchmarks.comparisons import Comparison
from benchmarks.parts import Part
from benchmarks.processes import ROOT
from benchmarks.spread import format_number

_LIBRARIES = ("pandas", "pyarrow", "scikit-learn", "azure-functions-runtime")
_INTRODUCTION = """# Benchmarks

`make bench` writes this page from a whole run, and nothing else does; `make bench PART=table`
prints one table and leaves the page alone. The parts are: {parts}.

Ours and the alternative are measured in turn, A B A B, on the same machine and on the same input,
which is in memory. What fills the caches is dropped: a first round, or a run on the sample. A cell
is the median of the rounds, with the lowest and the highest behind it; a single figure was measured
once. A ratio is that of the pairs, each measured in one round. An "at least" ratio is how many
times better ours is; an "at most" ratio is ours as a multiple of a floor or a limit. The median
ratio meets or misses the target. MB are 10^6 bytes. The memory of processes that run at once is
added up twenty times a second; of the libraries that they map, those of one process count.

A whole run of ours is `python -m training`, as typed in a terminal, in two processes; a run in the
app has one, and rows of its own. All processes may write bytecode, as the deployed package has it.

The reference is the recipe that this app replaces, written from its description
(`benchmarks/reference`): whole-file read, a Python function per user, SMOTE and a forest of five
trees; a Flask app that scans the table for every request and calls itself for predictions. Ours
runs in the development host with Microsoft's worker library, and so does the constant. That is
returned by a coroutine, like our lookups, and in the same process; it writes no log of its own,
ours logs a line per request, at what a line costs in this host. The constant and our lookups are
called in turns of 60 in process, and of 100 over HTTP, eight at a time. Few and many users are
looked up in turns of 200 in one process, where lookups among many leave those among few less of the
processor's caches than they would have alone. The least apps of the cold starts have the triggers
of ours, read two blobs before their first answer, pointer and manifest, with the SDK's client as it
comes, and do nothing else. Until it loads an app, the host does the same work for both: both starts
of a pair count with the mean of that time. Of what ours imports and a least app does not, it has
imported nothing by then but the empty package `shared`; to watch for uploads it also imports
`shared.registry.deadlines`, for the least app of that kind as well.
"""

type Comparisons = Mapping[Part, Sequence[Comparison]]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The code that was measured, where and when.

    Attributes
    ----------
    code : str
        The commit, and whether it was changed.
    machine : str
        Its cores and the versions of what runs on it.
    begun : datetime
        When the first run began.
    """

    code: str
    machine: str
    begun: datetime

    @classmethod
    def find(cls) -> Self:
        """Find out about the code and the machine, now."""
        libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {libraries}"
        return cls(_describe_code(), machine, datetime.now(UTC))

    def __str__(self) -> str:
        return f"{self.machine}; {self.code}; begun {self.begun:%Y-%m-%d %H:%M} UTC."


def _describe_code() -> str:
    commit = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return f"commit {commit}" + (", with changes" if changed else "")


def _git(*words: str) -> str:
    run = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def format_document(loans: str, circumstances: Circumstances, runs: Sequence[Comparisons]) -> str:
    """Format the page of one whole run or of several in a row: the bars of all, the last's tables.

    Parameters
    ----------
    loans : str
        The file that was measured on.
    circumstances : Circumstances
        Of all runs.
    runs : sequence of Comparisons
        Each with the same parts.
    """
    parts = ", ".join(f"`{part.name}`" for part in runs[-1])
    head = f"{_INTRODUCTION.format(parts=parts)}\n{loans}; {circumstances}\n"
    tables = "\n".join(part.format(comparisons) for part, comparisons in runs[-1].items())
    if len(runs) == 1:
        return f"{head}\n{tables}"
    return f"{head}\n{format_bars(runs)}\n{tables}"


def format_bars(runs: Sequence[Comparisons]) -> str:
    """Format what has a target, with the ratio of each run."""
    numbers = range(1, len(runs) + 1)
    lines = [
        "## The targets, in runs in a row",
        "",
        f"| part | measure | target | {' | '.join(f'run {number}' for number in numbers)} |",
        f"|---|---|---|{'---:|' * len(runs)}",
    ]
    for part, comparisons in runs[-1].items():
        for row, last in enumerate(comparisons):
            if last.target is not None:
                cells = [_format_ratio(run[part][row]) for run in runs]
                target = f"{last.bound} {last.target:.3g}"
                lines.append(f"| {part.title} | {last.measure} | {target} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _format_ratio(comparison: Comparison) -> str:
    ratio = format_number(comparison.ratio.median)
    return ratio if comparison.is_met else f"{ratio} **missed**"
