"""Our keyed reads, against functions that return a constant."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

from benchmarks.figures import Figure, at_most_times, more_is_better
from benchmarks.load import Load, put_load
from benchmarks.processes import ROOT, run_module
from benchmarks.servers import APPS, start_bare, start_host, wait_for
from benchmarks.serving import CONNECTIONS, FEATURES, PREDICTION, Served

ROUNDS = 5
RATE_BAR = 0.7
CALL_BARS = {"p50": 2.0, "p99": 3.0}

_CONSTANT = APPS / "constant"
_COROUTINE, _THREAD = "constante", "constante_en_hilo"
_READS = {"caracteristicasriesgo": FEATURES, "prediccion": PREDICTION}


def take_turns[T](measures: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Measure one after the other, round after round, so that no noisy moment is one's alone.

    Returns
    -------
    dict of str to list
        What each measured, by name.
    """
    taken: dict[str, list[T]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            taken[name].append(measure())
    return taken


def compare_calls(served: Served) -> list[Figure]:
    """Compare calls through the worker library, each run in a process of its own."""
    apps = {_COROUTINE: _CONSTANT, _THREAD: _CONSTANT} | dict.fromkeys(_READS, ROOT)

    def time_calls(function: str) -> dict[str, Any]:
        arguments = (apps[function], function, served.users[0])
        return run_module("benchmarks.in_process", *arguments, settings=served.settings).told

    runs = take_turns({name: partial(time_calls, name) for name in apps}, ROUNDS)
    return [
        figure
        for percentile, bar in CALL_BARS.items()
        for figure in compare_calls_at(
            percentile,
            {name: median(run[percentile] for run in taken) for name, taken in runs.items()},
            bar,
        )
    ]


def compare_calls_at(percentile: str, calls: Mapping[str, float], bar: float) -> list[Figure]:
    """Compare the same percentile of all; the plain function is the floor."""
    return [
        at_most_times(
            f"{read}, {percentile}, against a constant from {_tell(constant)}",
            calls[constant],
            calls[read],
            "µs",
            bar if constant == _THREAD else None,
        )
        for read in _READS
        for constant in (_COROUTINE, _THREAD)
    ]


def compare_over_http(served: Served) -> list[Figure]:
    """Put load on our app, the constant's and a bare server, all up at once, in turn."""
    user = served.users[0]
    with ExitStack() as running:
        bare, constant, ours = (
            running.enter_context(start())
            for start in (start_bare(), start_host(_CONSTANT, {}), served.start_ours())
        )
        asked = {
            "bare": (bare, PREDICTION),
            _COROUTINE: (constant, f"/api/user/{{user}}/{_COROUTINE}"),
            _THREAD: (constant, f"/api/user/{{user}}/{_THREAD}"),
        } | {read: (ours, path) for read, path in _READS.items()}
        loads: dict[str, Callable[[], Load]] = {}
        for name, (server, path) in asked.items():
            wait_for(server, path.format(user=user))
            loads[name] = partial(put_load, server.url + path, served.users, CONNECTIONS)
        taken = take_turns(loads, ROUNDS)
    return compare_rates(
        {name: median(one.requests_per_second for one in of) for name, of in taken.items()}
    )


def compare_rates(rates: Mapping[str, float]) -> list[Figure]:
    """Compare requests a second: ours with the constants', and the constant's with the bare one."""
    return [
        *(
            more_is_better(
                f"{read} against a constant from {_tell(constant)}",
                rates[constant],
                rates[read],
                "/s",
                RATE_BAR if constant == _THREAD else None,
            )
            for read in _READS
            for constant in (_COROUTINE, _THREAD)
        ),
        more_is_better(
            "a coroutine's constant through host and worker library, against bare uvicorn",
            rates["bare"],
            rates[_COROUTINE],
            "/s",
        ),
    ]


def _tell(constant: str) -> str:
    return "a coroutine" if constant == _COROUTINE else "a plain function"
