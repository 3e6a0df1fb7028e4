"""The parts of the benchmark: a table each, which can be made alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.cold import compare_cold
from benchmarks.comparisons import Comparison, format_table
from benchmarks.constant_functions import compare_calls, compare_over_http
from benchmarks.inputs import Inputs
from benchmarks.model import compare_discrimination
from benchmarks.pipeline import compare_pipelines, compare_tables, compare_ten_times
from benchmarks.scale import measure_scale
from benchmarks.swap import compare_swap
from benchmarks.urls import compare_with_reference
from benchmarks.what_if import compare_first_what_if


@dataclass(frozen=True, slots=True)
class Part:
    """One table.

    Attributes
    ----------
    name : str
        What it is chosen by.
    title : str
        The table's heading.
    alternative : str
        The heading of what ours is compared with.
    compare : callable
        Measures and compares.
    """

    name: str
    title: str
    alternative: str
    compare: Callable[[Inputs], Sequence[Comparison]]

    def format(self, comparisons: Sequence[Comparison]) -> str:
        """Format the table below its heading."""
        return f"## {self.title}\n\n{format_table(self.alternative, comparisons)}"


PARTS = (
    Part("table", "Raw CSV to train_model.csv", "alternative", compare_tables),
    Part("pipeline", "The whole run", "alternative", compare_pipelines),
    Part("ten-times", "Ten times the loans", "alternative", compare_ten_times),
    Part("model", "The model", "reference", compare_discrimination),
    Part("urls", "The reference's URLs", "reference", compare_with_reference),
    Part("calls", "A keyed read, in process", "constant", compare_calls),
    Part("http", "A keyed read, over HTTP", "constant", compare_over_http),
    Part("cold", "A cold start", "least app", compare_cold),
    Part("what-if", "The first what-if", "alternative", compare_first_what_if),
    Part("swap", "A swap under load", "before", compare_swap),
    Part("scale", "Many users", "alternative", measure_scale),
)
"""In the order of a full run."""


def choose_parts(names: Sequence[str]) -> tuple[Part, ...]:
    """Choose parts by name, in the order of a full run; all of them without a name.

    Raises
    ------
    ValueError
        When there is no part of a name.
    """
    known = [part.name for part in PARTS]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"There is no part {' or '.join(unknown)}: expected some of {', '.join(known)}."
        )
    return tuple(part for part in PARTS if not names or part.name in names)
