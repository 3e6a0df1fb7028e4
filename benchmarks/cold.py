"""Cold starts of ours, each against that of the least app of its kind."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times
from benchmarks.inputs import Inputs
from benchmarks.processes import ROOT, used_cpu_seconds
from benchmarks.rounds import interleave
from benchmarks.servers import APPS, Start, start_host, wait_for
from benchmarks.serving import PREDICTION

# A single start takes up to half as long again on a machine that others share; the serving app
# lies so close to its target that the median of fewer pairs would meet or miss it by chance.
ROUNDS = 80
SERVING_ROUNDS = 160
TARGET = 1.05
# What the package that only serves has of ours, and the host that runs it here.
_SERVING_PARTS = ("function_app.py", "host.json", "serving", "shared", "devhost")


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a process took to its first answer.

    Attributes
    ----------
    seconds : float
        From the start of the process.
    cpu_seconds : float
        Of all its threads.
    """

    seconds: float
    cpu_seconds: float


def compare_cold(inputs: Inputs) -> list[Comparison]:
    """Compare cold starts with minimal apps that read from storage.

    Notes
    -----
    The serving app is what answers in production. With training beside it, as on a developer's
    machine, the process also begins to watch for uploads, which on the platform its host does: the
    least app has the same triggers.
    """
    served = inputs.served
    serving = link_serving_app(inputs.new_folder("serving"))
    least = start_host(APPS / "minimal_serving", served.settings, serving)
    ours = start_host(serving, served.settings, serving)
    triggered = start_host(APPS / "minimal", served.settings)
    path = PREDICTION.format(user=served.users[0])
    return [
        *_compare("the serving app", least, ours, path, inputs.rounds(SERVING_ROUNDS)),
        *_compare(
            "with training in its process",
            triggered,
            served.start_ours(),
            path,
            inputs.rounds(ROUNDS),
        ),
    ]


def link_serving_app(folder: Path) -> Path:
    """Lay out in a folder what the package that only serves has of ours, and return the folder."""
    for name in _SERVING_PARTS:
        (folder / name).symlink_to(ROOT / name)
    return folder


def _time_first_answer(start: Start, path: str) -> FirstAnswer:
    started = time.perf_counter()
    with start() as server:
        wait_for(server, path)
        return FirstAnswer(time.perf_counter() - started, used_cpu_seconds(server.pid))


def _compare(app: str, least: Start, ours: Start, path: str, rounds: int) -> list[Comparison]:
    measures = {
        "least": partial(_time_first_answer, least, path),
        "ours": partial(_time_first_answer, ours, path),
    }
    first = interleave(measures, rounds, warm_up=True)
    return [
        at_most_times(
            f"{app}: fresh process to first response",
            [one.seconds for one in first["least"]],
            [one.seconds for one in first["ours"]],
            "s",
            TARGET,
        ),
        at_most_times(
            f"{app}: CPU time until then",
            [one.cpu_seconds for one in first["least"]],
            [one.cpu_seconds for one in first["ours"]],
            "s",
        ),
    ]
