"""Cold starts of ours, each against that of the least app of its kind."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times
from benchmarks.inputs import Inputs
from benchmarks.processes import ROOT, used_cpu_seconds
from benchmarks.rounds import interleave
from benchmarks.servers import APPS, Start, start_host, wait_for
from benchmarks.serving import PREDICTION

ROUNDS = 80
TARGET = 1.05
MARKED_HOST = ("-P", str(Path(__file__).with_name("marked_host.py")))
# What the package that only serves has of ours, and the host that runs it here.
_SERVING_PARTS = ("function_app.py", "host.json", "serving", "shared", "devhost")


@dataclass(frozen=True, slots=True)
class Used:
    """The time that a process took, or the processor time of all its threads, in seconds.

    Attributes
    ----------
    host : float
        Until the host began to load the app.
    app : float
        From then to the first answer.
    """

    host: float
    app: float


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a process took to its first answer."""

    wall: Used
    cpu: Used


def compare_cold(inputs: Inputs) -> list[Comparison]:
    """Compare cold starts with minimal apps that read from storage.

    Notes
    -----
    The serving app is what answers in production. With training beside it, as on a developer's
    machine, the process also begins to watch for uploads, which on the platform its host does: the
    least app has the same triggers.

    Most of a start passes before the host loads the app. The work is the same for both apps, but
    takes up to half as long again in one start as in the next: both starts of a pair count with the
    mean of it. By then the host has imported nothing that ours alone needs.
    """
    served = inputs.served
    folder = inputs.new_folder("serving")
    # Not in the app's folder: a file that is new there makes Python list it again.
    mark = folder.with_name("loading")
    settings = {**served.settings, "LOADING_MARK": str(mark)}
    serving = link_serving_app(folder)
    apps = {
        "the serving app": (
            start_host(APPS / "minimal_serving", settings, serving, MARKED_HOST),
            start_host(serving, settings, serving, MARKED_HOST),
        ),
        "with training in its process": (
            start_host(APPS / "minimal", settings, host=MARKED_HOST),
            start_host(ROOT, settings, host=MARKED_HOST),
        ),
    }
    path = PREDICTION.format(user=served.users[0])
    return [
        comparison
        for app, (least, ours) in apps.items()
        for comparison in _compare(
            app,
            partial(_time_first_answer, least, path, mark),
            partial(_time_first_answer, ours, path, mark),
            inputs.rounds(ROUNDS),
        )
    ]


def link_serving_app(folder: Path) -> Path:
    """Lay out in a folder what the package that only serves has of ours, and return the folder."""
    for name in _SERVING_PARTS:
        (folder / name).symlink_to(ROOT / name)
    return folder


def _time_first_answer(start: Start, path: str, mark: Path) -> FirstAnswer:
    started = time.perf_counter()
    with start() as server:
        wait_for(server, path)
        answered, cpu_answered = time.perf_counter(), used_cpu_seconds(server.pid)
    loading, cpu_loading = map(float, mark.read_text().split())
    mark.unlink()
    return FirstAnswer(
        Used(loading - started, answered - loading), Used(cpu_loading, cpu_answered - cpu_loading)
    )


def _compare(
    app: str, least: Callable[[], FirstAnswer], ours: Callable[[], FirstAnswer], rounds: int
) -> list[Comparison]:
    first = interleave({"least": least, "ours": ours}, rounds, warm_up=True)
    pairs = list(zip(first["least"], first["ours"], strict=True))
    return [
        at_most_times(
            f"{app}: fresh process to first response",
            *share_host([(one.wall, other.wall) for one, other in pairs]),
            "s",
            TARGET,
        ),
        at_most_times(
            f"{app}: CPU time until then",
            *share_host([(one.cpu, other.cpu) for one, other in pairs]),
            "s",
        ),
    ]


def share_host(pairs: Sequence[tuple[Used, Used]]) -> tuple[list[float], list[float]]:
    """Give both starts of each pair the mean of what their hosts used before they loaded an app.

    Returns
    -------
    tuple of list of float
        The seconds of the first of each pair, and those of the second.
    """
    hosts = [(one.host + other.host) / 2 for one, other in pairs]
    return (
        [host + one.app for host, (one, _) in zip(hosts, pairs, strict=True)],
        [host + other.app for host, (_, other) in zip(hosts, pairs, strict=True)],
    )
