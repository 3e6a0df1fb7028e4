"""Where the time of a run goes: its steps with their share, wall and CPU time, and peak memory.

Run as ``python -m benchmarks.profile [CSV]``; the default is the generated file. Imports count as a
step.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.generated_file import AS_OF, USERS, fill_cache, generate
from benchmarks.memory import own_peak_mb
from training.progress import Progress, Step

IMPORTS, BETWEEN, WHOLE = "imports", "(between steps)", "whole run"


@dataclass(frozen=True, slots=True)
class Reading:
    """The clocks of this process, at one moment.

    Attributes
    ----------
    wall, cpu : float
        In seconds; that of all threads together.
    """

    wall: float
    cpu: float

    @classmethod
    def take(cls) -> "Reading":
        """Read the clocks."""
        return cls(time.perf_counter(), time.process_time())


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step took.

    Attributes
    ----------
    name : str
        The step's.
    wall, cpu : float
        In seconds; CPU time of all threads, whichever step they work for.
    peak_mb : float
        Peak memory of the process so far, at the step's end.
    """

    name: str
    wall: float
    cpu: float
    peak_mb: float

    @classmethod
    def since(cls, name: str, begun: Reading) -> "Cost":
        """Measure what has begun, at its end."""
        now = Reading.take()
        return cls(name, now.wall - begun.wall, now.cpu - begun.cpu, own_peak_mb())


class StepCosts:
    """Records what each step costs, in the order of their ends."""

    def __init__(self) -> None:
        self.costs: list[Cost] = []
        self._begun: dict[str, Reading] = {}

    def step_started(self, step: Step) -> None:
        """Read the clocks."""
        self._begun[step.name] = Reading.take()

    def step_finished(self, step: Step) -> None:
        """Record the cost."""
        self.costs.append(Cost.since(step.name, self._begun[step.name]))

    def step_failed(self, step: Step) -> None:
        """Record it all the same: the time was spent."""
        self.step_finished(step)


def profile(csv: Path, as_of: date, out: Path) -> list[Cost]:
    """Build a release in this process; return the cost of each step, and of the whole last."""
    begun, steps = Reading.take(), StepCosts()
    from training.pipeline import TrainingJob, build_release  # noqa: PLC0415 -- this is measured

    imports = Cost.since(IMPORTS, begun)
    job = TrainingJob(csv, {"name": csv.name}, as_of, cost_ratio=20.0)
    build_release(job, out, Progress([steps]))
    whole = Cost.since(WHOLE, begun)
    return [imports, *steps.costs, whole]


def format_costs(costs: Sequence[Cost]) -> str:
    """Format the costs as a table.

    Parameters
    ----------
    costs : sequence of Cost
        Of the steps, and of the whole last. What no step accounts for gets a line of its own.
    """
    *steps, whole = costs
    between = Cost(
        BETWEEN,
        whole.wall - sum(step.wall for step in steps),
        whole.cpu - sum(step.cpu for step in steps),
        whole.peak_mb,
    )
    rows = [
        f"{one.name:<16} {one.wall / whole.wall:6.1%} {one.wall:8.2f} {one.cpu:8.2f}"
        f" {one.peak_mb:12,.0f}"
        for one in (*steps, between, whole)
    ]
    head = f"{'step':<16} {'share':>6} {'wall s':>8} {'CPU s':>8} {'peak MB then':>12}"
    return "\n".join([head, *rows])


def main() -> None:
    """Profile one run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("csv", nargs="?", type=Path, help="raw file; default: a generated one")
    parser.add_argument("--as-of", type=date.fromisoformat, help="day of the run")
    arguments = parser.parse_args()
    csv: Path = arguments.csv or generate(USERS)
    as_of = arguments.as_of or (datetime.now(UTC).date() if arguments.csv else AS_OF)
    fill_cache(csv)
    with tempfile.TemporaryDirectory() as folder:
        costs = profile(csv, as_of, Path(folder) / "release")
    print(f"{csv.name}, as of {as_of}")
    print(format_costs(costs))


if __name__ == "__main__":
    main()
