"""Our lookups by user id, against a coroutine that returns a constant."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.comparisons import Comparison, at_most_times, more_is_better
from benchmarks.inputs import Inputs
from benchmarks.load import Load, put_load
from benchmarks.processes import ROOT, run_module
from benchmarks.rounds import interleave
from benchmarks.servers import APPS, start_bare, start_host, wait_for
from benchmarks.serving import CONNECTIONS, FEATURES, PREDICTION

CALL_ROUNDS = 9
# Short ones and many: the machine changes its pace from second to second.
HTTP_ROUNDS = 30
_HTTP_SECONDS = 1
CALL_TARGETS = {"p50": 1.5, "p99": None}
RATE_TARGET = 0.85

_APP = APPS / "constant"
_CONSTANT = "constante"
_LOOKUPS = {"caracteristicasriesgo": FEATURES, "prediccion": PREDICTION}


def compare_calls(inputs: Inputs) -> list[Comparison]:
    """Compare calls through the worker library, each run in its own process."""
    apps = {_CONSTANT: _APP} | dict.fromkeys(_LOOKUPS, ROOT)
    served = inputs.served

    def time_calls(function: str) -> dict[str, Any]:
        arguments = (apps[function], function, served.users[0])
        return run_module("benchmarks.in_process", *arguments, settings=served.settings).output

    runs = interleave(
        {name: partial(time_calls, name) for name in apps}, inputs.rounds(CALL_ROUNDS), warm_up=True
    )
    return [
        comparison
        for percentile, target in CALL_TARGETS.items()
        for comparison in compare_percentile(
            percentile,
            {name: [run[percentile] for run in taken] for name, taken in runs.items()},
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
    """Load our app, the constant app and a bare server in turn, all of them running."""
    served = inputs.served
    user = served.users[0]
    with ExitStack() as running:
        bare, constant, ours = (
            running.enter_context(start())
            for start in (start_bare(), start_host(_APP, {}), served.start_ours())
        )
        targets = {
            "bare": (bare, PREDICTION),
            _CONSTANT: (constant, f"/api/user/{{user}}/{_CONSTANT}"),
        } | {lookup: (ours, path) for lookup, path in _LOOKUPS.items()}
        loads: dict[str, Callable[[], Load]] = {}
        for name, (server, path) in targets.items():
            wait_for(server, path.format(user=user))
            loads[name] = partial(
                put_load, server.url + path, served.users, CONNECTIONS, _HTTP_SECONDS
            )
        taken = interleave(loads, inputs.rounds(HTTP_ROUNDS), warm_up=True)
    return compare_rates(
        {name: [load.requests_per_second for load in rounds] for name, rounds in taken.items()}
    )


def compare_rates(rates: Mapping[str, Sequence[float]]) -> list[Comparison]:
    """Compare request rates: ours to the constant's, and the constant's to the bare server's."""
    return [
        *(
            more_is_better(lookup, rates[_CONSTANT], rates[lookup], "/s", RATE_TARGET)
            for lookup in _LOOKUPS
        ),
        more_is_better(
            "the constant through host and worker library, against bare uvicorn",
            rates["bare"],
            rates[_CONSTANT],
            "/s",
        ),
    ]
