"""Our lookups by user id, against a coroutine that returns a constant.

The constant is a function beside ours, in the same process: of two processes, the one whose core is
less used by others would win. All are called in short turns, A B A B.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
ALONE_ROUNDS = 15
BARE_ROUNDS = 5
TURNS_PER_ROUND = 16
REQUESTS_PER_TURN = 100
CALL_TARGETS = {"p50": 1.5, "p99": None}
RATE_TARGET = 0.85

_ALONE = APPS / "constant"
_CONSTANT = "constante"
_CONSTANT_PATH = f"/api/user/{{user}}/{_CONSTANT}"
_LOOKUPS = {"caracteristicasriesgo": FEATURES, "prediccion": PREDICTION}
_FUNCTIONS = {_CONSTANT: _CONSTANT_PATH} | _LOOKUPS


def link_app(folder: Path) -> Path:
    """Lay out in a folder our app with the constant beside it, and return the folder."""
    links = {
        "function_app.py": APPS / "beside" / "function_app.py",
        "constant_function.py": _ALONE / "constant_function.py",
        "our_app.py": ROOT / "function_app.py",
        "host.json": ROOT / "host.json",
    }
    for name, file in links.items():
        (folder / name).symlink_to(file)
    return folder


def compare_calls(inputs: Inputs) -> list[Comparison]:
    """Compare calls through the worker library, in a fresh process each round."""
    served = inputs.served
    arguments = (
        link_app(inputs.new_folder("constant")),
        ",".join(map(str, served.users)),
        *_FUNCTIONS,
    )
    measure = partial(run_module, "benchmarks.in_process", *arguments, settings=served.settings)
    runs = [measure() for _ in range(1 + inputs.rounds(CALL_ROUNDS))][1:]
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
    """Compare the request rates of our app's functions, and the constant's with two servers'."""
    served = inputs.served
    folder = link_app(inputs.new_folder("constant"))
    with ExitStack() as running:
        ours = running.enter_context(start_host(folder, served.settings)())
        targets = {name: (ours, path) for name, path in _FUNCTIONS.items()}
        rates = _measure_in_turns(targets, served, inputs.rounds(HTTP_ROUNDS))
        alone = running.enter_context(start_host(_ALONE, {})())
        constants = {_CONSTANT: (ours, _CONSTANT_PATH), "alone": (alone, _CONSTANT_PATH)}
        pairs = _measure_in_turns(constants, served, inputs.rounds(ALONE_ROUNDS))
        bare = running.enter_context(start_bare()())
        wait_for(bare, "/")
        loads = _load_beside(bare, ours, served, inputs.rounds(BARE_ROUNDS))
    return [
        *compare_rates(rates),
        more_is_better(
            "the constant in an app of its own, against that beside our functions",
            pairs["alone"],
            pairs[_CONSTANT],
            "/s",
        ),
        more_is_better(
            "bare uvicorn, against the constant through host and worker library, both with wrk",
            [load.requests_per_second for load in loads["bare"]],
            [load.requests_per_second for load in loads[_CONSTANT]],
            "/s",
        ),
    ]


def compare_rates(rates: Mapping[str, Sequence[float]]) -> list[Comparison]:
    """Compare the request rates of our lookups to the constant's of the same round."""
    return [
        more_is_better(lookup, rates[_CONSTANT], rates[lookup], "/s", RATE_TARGET)
        for lookup in _LOOKUPS
    ]


def _measure_in_turns(
    targets: Mapping[str, tuple[Server, str]], served: Served, rounds: int
) -> dict[str, list[float]]:
    """Measure the request rate of each target, a server and a path, round after round."""
    measures: dict[str, Callable[[], float]] = {}
    with ExitStack() as opened:
        for name, (server, path) in targets.items():
            wait_for(server, path.format(user=served.users[0]))
            connections = opened.enter_context(OpenConnections(server.port, CONNECTIONS))
            paths = cycle([path.format(user=user) for user in served.users])
            measures[name] = partial(_get_some, connections, paths)
        taken = [interleave(measures, TURNS_PER_ROUND) for _ in range(1 + rounds)][1:]
    requests = TURNS_PER_ROUND * REQUESTS_PER_TURN
    return {name: [requests / sum(one[name]) for one in taken] for name in targets}


def _get_some(connections: OpenConnections, paths: Iterator[str]) -> float:
    return connections.get(list(islice(paths, REQUESTS_PER_TURN)))


def _load_beside(bare: Server, ours: Server, served: Served, rounds: int) -> dict[str, list[Load]]:
    """Put wrk's load on both: only wrk is faster than the bare server."""
    urls = {"bare": bare.url + PREDICTION, _CONSTANT: ours.url + _CONSTANT_PATH}
    measures: dict[str, Callable[[], Load]] = {
        name: partial(put_load, url, served.users, CONNECTIONS) for name, url in urls.items()
    }
    return interleave(measures, rounds, warm_up=True)
