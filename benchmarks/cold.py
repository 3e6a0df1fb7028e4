"""A cold start of ours, against that of the least app."""

from benchmarks.comparisons import Comparison, at_most_times
from benchmarks.inputs import Inputs
from benchmarks.servers import APPS, start_host, time_first_responses
from benchmarks.serving import PREDICTION

ROUNDS = 31
TARGET = 1.05


def compare_cold(inputs: Inputs) -> list[Comparison]:
    """Compare cold starts with a minimal app that reads from storage."""
    served = inputs.served
    starts = {
        "minimal": start_host(APPS / "minimal", served.settings),
        "ours": served.start_ours(),
    }
    first = time_first_responses(starts, PREDICTION.format(user=served.users[0]), ROUNDS)
    return [
        at_most_times(
            "fresh process to first response", first["minimal"], first["ours"], "s", TARGET
        )
    ]
