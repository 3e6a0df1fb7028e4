"""The reference's routes, served by its API and by ours."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks.comparisons import Comparison, less_is_better, more_is_better
from benchmarks.inputs import Inputs
from benchmarks.load import Load, put_load
from benchmarks.memory import read_memory_mb
from benchmarks.rounds import interleave
from benchmarks.servers import Start, start_reference, time_first_responses, wait_for
from benchmarks.serving import CONNECTIONS, FEATURES, PREDICTION, Served

LOAD_ROUNDS = 3
COLD_STARTS = 5
COLD_TARGET = 2.5

_ROUTES = {"features": FEATURES, "predictions": PREDICTION}
_RATE_TARGETS = {"features": 2.5, "predictions": 5.0}

type Loads = Mapping[tuple[str, str, int], Sequence[Load]]
"""By side, route and number of connections."""


def compare_with_reference(inputs: Inputs) -> list[Comparison]:
    """Put the same load on both in turn, both of them running, and time their cold starts."""
    served = inputs.served
    starts = {"reference": start_reference(inputs.reference), "ours": served.start_ours()}
    loads, memory = _load_in_turn(starts, served, inputs.rounds(LOAD_ROUNDS))
    path = FEATURES.format(user=served.users[0])
    first = time_first_responses(starts, path, inputs.rounds(COLD_STARTS))
    return [
        *_compare_rates(loads),
        less_is_better(
            "predictions, p99, 1 connection",
            [load.p99_ms for load in loads["reference", "predictions", 1]],
            [load.p99_ms for load in loads["ours", "predictions", 1]],
            "ms",
        ),
        less_is_better(
            "fresh process to first response", first["reference"], first["ours"], "s", COLD_TARGET
        ),
        less_is_better("memory while serving", memory["reference"], memory["ours"], "MB"),
    ]


def _load_in_turn(
    starts: Mapping[str, Start], served: Served, rounds: int
) -> tuple[Loads, dict[str, float]]:
    with ExitStack() as running:
        servers = {side: running.enter_context(start()) for side, start in starts.items()}
        measures: dict[tuple[str, str, int], Callable[[], Load]] = {}
        for route, path in _ROUTES.items():
            for server in servers.values():
                wait_for(server, path.format(user=served.users[0]))
            measures |= {
                (side, route, connections): partial(
                    put_load, server.url + path, served.users, connections
                )
                for connections in (1, CONNECTIONS)
                for side, server in servers.items()
            }
        loads = interleave(measures, rounds, warm_up=True)
        return loads, {side: read_memory_mb(server.pid) for side, server in servers.items()}


def _compare_rates(loads: Loads) -> list[Comparison]:
    return [
        more_is_better(
            f"{route}, requests per second, connections: {connections}",
            [load.requests_per_second for load in loads["reference", route, connections]],
            [load.requests_per_second for load in loads["ours", route, connections]],
            "/s",
            target,
        )
        for route, target in _RATE_TARGETS.items()
        for connections in (1, CONNECTIONS)
    ]
