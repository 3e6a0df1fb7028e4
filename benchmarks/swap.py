"""A mixed load while a release is trained and published on the same machine.

One host serves and another trains, as on the platform, where each trigger kind scales on instances
of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times
from benchmarks.inputs import Inputs
from benchmarks.mixed_load import Sample
from benchmarks.percentiles import describe_microseconds
from benchmarks.processes import ROOT
from benchmarks.servers import start_host, wait_for
from benchmarks.serving import PREDICTION, Served
from shared.registry.account import blob_service, releases_container
from shared.registry.published import fetch_pointer
from shared.settings import STORAGE, Settings

REFRESH_SECONDS = 1.0
MAX_SWAP_SECONDS = 2.0
MAX_SWAP_RATIO = 3.0
BEFORE_SECONDS = 15.0
AFTER_SECONDS = 5.0
MIN_SECONDS = 60.0
MAX_SECONDS = 900.0
WARM_UP_SECONDS = 2.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Swap:
    """What happened under the load.

    Attributes
    ----------
    samples : sequence of Sample
        Every request, in any order.
    dropped, published : float
        When the file was uploaded and when the pointer had moved, in seconds since the epoch.
    served : float
        When the first answer of the new release came.
    """

    samples: Sequence[Sample]
    dropped: float
    published: float
    served: float

    def p99_ms(self, begin: float, end: float) -> float:
        """Compute the 99th percentile of the requests that were due in between."""
        seconds = [one.seconds for one in self.samples if begin <= one.due < end]
        if not seconds:
            raise RuntimeError("Expected requests in every part of the load; there are none.")
        return describe_microseconds(seconds)["p99"] / 1e3

    def count_failed(self) -> int:
        """Count the requests without an answer of 200."""
        return sum(one.status != 200 for one in self.samples)


def compare_swap(inputs: Inputs) -> list[Comparison]:
    """Put the load on our app while a file is trained and published."""
    swap = measure_swap(inputs.served, inputs.csv)
    begin = min(one.due for one in swap.samples) + WARM_UP_SECONDS
    before = swap.p99_ms(begin, swap.dropped)
    total = f"{len(swap.samples):,} requests"
    return [
        at_most_times(f"failed of {total}, against one", 1.0, float(swap.count_failed()), "", 0),
        at_most_times(
            "p99 while a release is trained, against before",
            before,
            swap.p99_ms(swap.dropped, swap.published),
            "ms",
        ),
        at_most_times(
            "p99 while the release is swapped, against before",
            before,
            swap.p99_ms(swap.published, swap.served + 1.0),
            "ms",
            MAX_SWAP_RATIO,
        ),
        at_most_times(
            f"from published to served, RELEASE_REFRESH_SECONDS={REFRESH_SECONDS:g},"
            " against the limit on the left",
            MAX_SWAP_SECONDS,
            swap.served - swap.published,
            "s",
            1,
        ),
    ]


def measure_swap(served: Served, csv: Path) -> Swap:
    """Run the load and, after a while, drop the file.

    Raises
    ------
    RuntimeError
        When the file is not published, or its release not served, in time.
    """
    settings = dict(served.settings) | {
        "AS_OF": "2022-03-08",
        "RELEASE_REFRESH_SECONDS": str(REFRESH_SECONDS),
    }
    training = start_host(ROOT, settings | {"DEVHOST_POLL_SECONDS": "0.2"})
    with start_host(ROOT, settings)() as app, training(), tempfile.TemporaryDirectory() as folder:
        wait_for(app, PREDICTION.format(user=served.users[0]))
        with _load(app.port, served.users, Path(folder)) as samples:
            began = time.time()
            time.sleep(BEFORE_SECONDS)
            before = _current_version(served)
            dropped = time.time()
            _drop(served, csv)
            published = _wait_until_published(served, before)
            time.sleep(max(REFRESH_SECONDS + AFTER_SECONDS, MIN_SECONDS - (time.time() - began)))
    found = [one for one in samples if one.version not in ("", before)]
    if not found:
        raise RuntimeError("Expected the new release to be served; no answer came from it.")
    first = min(found, key=lambda one: one.due + one.seconds)
    return Swap(samples, dropped, published, max(published, first.due + first.seconds))


@contextmanager
def _load(port: int, users: Sequence[int], folder: Path) -> Iterator[list[Sample]]:
    """Put load on a port until the block exits; the samples are there afterwards."""
    samples: list[Sample] = []
    stop, out = folder / "stop", folder / "samples"
    command = [sys.executable, "-m", "benchmarks.mixed_load", str(port), str(stop), str(out)]
    with subprocess.Popen([*command, *map(str, users)], cwd=ROOT) as process:
        try:
            yield samples
        finally:
            stop.touch()
    if process.returncode:
        raise RuntimeError(f"benchmarks.mixed_load exited with code {process.returncode}")
    lines = out.read_text(encoding="utf-8").splitlines()
    samples += [Sample(**json.loads(line)) for line in lines]


def _storage(served: Served) -> Settings:
    return Settings(storage_connection=served.settings[STORAGE])


def _current_version(served: Served) -> str:
    found = fetch_pointer(releases_container(_storage(served)))
    if found is None:
        raise RuntimeError("Expected a release to be published before the load.")
    return found.pointer.version


def _drop(served: Served, csv: Path) -> None:
    inputs = blob_service(_storage(served)).get_container_client("input")
    if not inputs.exists():
        inputs.create_container()
    with csv.open("rb") as content:
        inputs.upload_blob(csv.name, content, overwrite=True)


def _wait_until_published(served: Served, before: str) -> float:
    deadline = time.time() + MAX_SECONDS
    while _current_version(served) == before:
        if time.time() > deadline:
            raise RuntimeError(
                f"Expected {before} to be replaced within {MAX_SECONDS:.0f} s; the runs:"
                f" {_describe_runs(served)}"
            )
        time.sleep(_POLL_SECONDS)
    return time.time()


def _describe_runs(served: Served) -> str:
    container = releases_container(_storage(served))
    names = container.list_blob_names(name_starts_with="runs/")
    runs = [json.loads(container.download_blob(name).readall()) for name in names]
    return "; ".join(f"{run['state']} {run['problems']}" for run in runs)
