"""Our lookups by user id, against a coroutine that returns a constant.

The constant is a function beside ours, in the same process: of two processes, the one whose core is
less used by others would win. They are called in turns of milliseconds, A B A B.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times, more_is_better
from benchmarks.inputs import Inputs
from benchmarks.load import Load, put_load
from benchmarks.open_connections import OpenConnections
from benchmarks.processes import ROOT, run_module
from benchmarks.rounds import interleave
from benchmarks.servers import APPS, Server, start_bare, start_host, wait_for
from benchmarks.serving import CONNECTIONS, FEATURES, PREDICTION, Served

CALL_ROUNDS = 9
HTTP_ROUNDS = 30
BARE_ROUNDS = 5
TURNS_PER_ROUND = 16
REQUESTS_PER_TURN = 100
CALL_TARGETS = {"p50": 1.5, "p99": None}
RATE_TARGET = 0.85

_CONSTANT = "constante"
_CONSTANT_PATH = f"/api/user/{{user}}/{_CONSTANT}"
_LOOKUPS = {"caracteristicasriesgo": FEATURES, "prediccion": PREDICTION}
_FUNCTIONS = {_CONSTANT: _CONSTANT_PATH} | _LOOKUPS


def link_app(folder: Path) -> Path:
    """Lay out in a folder our app with the constant beside it, and return the folder."""
    (folder / "function_app.py").symlink_to(APPS / "constant" / "function_app.py")
    (folder / "our_app.py").symlink_to(ROOT / "function_app.py")
    (folder / "host.json").symlink_to(ROOT / "host.json")
    return folder


def compare_calls(inputs: Inputs) -> list[Comparison]:
    """Compare calls through the worker library, in a fresh process each round."""
    served = inputs.served
    arguments = (link_app(inputs.new_folder("constant")), served.users[0], *_FUNCTIONS)
    measure = partial(run_module, "benchmarks.in_process", *arguments, settings=served.settings)
    runs = interleave({"calls": measure}, inputs.rounds(CALL_ROUNDS), warm_up=True)["calls"]
    return [
        comparison
        for percentile, target in CALL_TARGETS.items()
        for comparison in compare_percentile(
            percentile,
            {name: [run.output[name][percentile] for run in runs] for name in _FUNCTIONS},
            target,
        )
    ]


def compare_percentile(
    percentile: str, calls: Mapping[str, Sequence[float]], target: float | None
) -> list[Comparison]:
    """Compare one percentile of the calls of each round."""
    return [
        at_most_times(f"{lookup}, {percentile}", calls[_CONSTANT], calls[lookup], "µs", target)
        for lookup in _LOOKUPS
    ]


def compare_over_http(inputs: Inputs) -> list[Comparison]:
    """Compare request rates of our app's functions, and the constant's with a bare server's."""
    served = inputs.served
    folder = link_app(inputs.new_folder("constant"))
    with ExitStack() as running:
        ours = running.enter_context(start_host(folder, served.settings)())
        for path in _FUNCTIONS.values():
            wait_for(ours, path.format(user=served.users[0]))
        rounds = _measure_in_turns(ours, served, inputs.rounds(HTTP_ROUNDS))
        bare = running.enter_context(start_bare()())
        wait_for(bare, "/")
        loads = _load_beside(bare, ours, served, inputs.rounds(BARE_ROUNDS))
    return compare_rates(
        {name: [one[name] for one in rounds] for name in _FUNCTIONS},
        {name: [load.requests_per_second for load in taken] for name, taken in loads.items()},
    )


def compare_rates(
    turns: Mapping[str, Sequence[float]], loads: Mapping[str, Sequence[float]]
) -> list[Comparison]:
    """Compare request rates: ours to the constant's, and the constant's to the bare server's."""
    return [
        *(
            more_is_better(lookup, turns[_CONSTANT], turns[lookup], "/s", RATE_TARGET)
            for lookup in _LOOKUPS
        ),
        more_is_better(
            "the constant through host and worker library, against bare uvicorn",
            loads["bare"],
            loads[_CONSTANT],
            "/s",
        ),
    ]


def _measure_in_turns(server: Server, served: Served, rounds: int) -> list[dict[str, float]]:
    """Measure the request rate of each function, round after round."""
    paths = {
        function: cycle([path.format(user=user) for user in served.users])
        for function, path in _FUNCTIONS.items()
    }
    with OpenConnections(server.port, CONNECTIONS) as connections:
        measures = {
            function: lambda some=some: connections.get(list(islice(some, REQUESTS_PER_TURN)))
            for function, some in paths.items()
        }
        return [
            {
                function: TURNS_PER_ROUND * REQUESTS_PER_TURN / sum(seconds)
                for function, seconds in interleave(measures, TURNS_PER_ROUND).items()
            }
            for _ in range(1 + rounds)
        ][1:]


def _load_beside(bare: Server, ours: Server, served: Served, rounds: int) -> dict[str, list[Load]]:
    """Put wrk's load on both: only wrk is faster than the bare server."""
    urls = {"bare": bare.url + PREDICTION, _CONSTANT: ours.url + _CONSTANT_PATH}
    measures: dict[str, Callable[[], Load]] = {
        name: partial(put_load, url, served.users, CONNECTIONS) for name, url in urls.items()
    }
    return interleave(measures, rounds, warm_up=True)
