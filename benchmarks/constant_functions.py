"""Our lookups by user id, against functions that return a constant."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

from benchmarks.comparisons import Comparison, at_most_times, more_is_better
from benchmarks.load import Load, put_load
from benchmarks.processes import ROOT, run_module
from benchmarks.servers import APPS, start_bare, start_host, wait_for
from benchmarks.serving import CONNECTIONS, FEATURES, PREDICTION, Served

ROUNDS = 5
RATE_TARGET = 0.7
CALL_TARGETS = {"p50": 2.0, "p99": 3.0}

_CONSTANT = APPS / "constant"
_COROUTINE, _THREAD = "constante", "constante_en_hilo"
_LOOKUPS = {"caracteristicasriesgo": FEATURES, "prediccion": PREDICTION}


def interleave[T](measures: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Measure all in turn, round after round, so that noise affects them equally.

    Returns
    -------
    dict of str to list
        Each one's measurements, by name.
    """
    taken: dict[str, list[T]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            taken[name].append(measure())
    return taken


def compare_calls(served: Served) -> list[Comparison]:
    """Compare calls through the worker library, each run in its own process."""
    apps = {_COROUTINE: _CONSTANT, _THREAD: _CONSTANT} | dict.fromkeys(_LOOKUPS, ROOT)

    def time_calls(function: str) -> dict[str, Any]:
        arguments = (apps[function], function, served.users[0])
        return run_module("benchmarks.in_process", *arguments, settings=served.settings).output

    runs = interleave({name: partial(time_calls, name) for name in apps}, ROUNDS)
    return [
        comparison
        for percentile, target in CALL_TARGETS.items()
        for comparison in compare_percentile(
            percentile,
            {name: median(run[percentile] for run in taken) for name, taken in runs.items()},
            target,
        )
    ]


def compare_percentile(
    percentile: str, calls: Mapping[str, float], target: float
) -> list[Comparison]:
    """Compare one percentile; the target is relative to the plain function."""
    return [
        at_most_times(
            f"{lookup}, {percentile}, against a constant from {_describe_constant(constant)}",
            calls[constant],
            calls[lookup],
            "µs",
            target if constant == _THREAD else None,
        )
        for lookup in _LOOKUPS
        for constant in (_COROUTINE, _THREAD)
    ]


def compare_over_http(served: Served) -> list[Comparison]:
    """Load our app, the constant app and a bare server in turn, all of them running."""
    user = served.users[0]
    with ExitStack() as running:
        bare, constant, ours = (
            running.enter_context(start())
            for start in (start_bare(), start_host(_CONSTANT, {}), served.start_ours())
        )
        targets = {
            "bare": (bare, PREDICTION),
            _COROUTINE: (constant, f"/api/user/{{user}}/{_COROUTINE}"),
            _THREAD: (constant, f"/api/user/{{user}}/{_THREAD}"),
        } | {lookup: (ours, path) for lookup, path in _LOOKUPS.items()}
        loads: dict[str, Callable[[], Load]] = {}
        for name, (server, path) in targets.items():
            wait_for(server, path.format(user=user))
            loads[name] = partial(put_load, server.url + path, served.users, CONNECTIONS)
        taken = interleave(loads, ROUNDS)
    return compare_rates(
        {
            name: median(load.requests_per_second for load in rounds)
            for name, rounds in taken.items()
        }
    )


def compare_rates(rates: Mapping[str, float]) -> list[Comparison]:
    """Compare request rates: ours to the constants', and the coroutine's to the bare server's."""
    return [
        *(
            more_is_better(
                f"{lookup} against a constant from {_describe_constant(constant)}",
                rates[constant],
                rates[lookup],
                "/s",
                RATE_TARGET if constant == _THREAD else None,
            )
            for lookup in _LOOKUPS
            for constant in (_COROUTINE, _THREAD)
        ),
        more_is_better(
            "a coroutine's constant through host and worker library, against bare uvicorn",
            rates["bare"],
            rates[_COROUTINE],
            "/s",
        ),
    ]


def _describe_constant(constant: str) -> str:
    return "a coroutine" if constant == _COROUTINE else "a plain function"
