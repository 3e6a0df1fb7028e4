"""Our URLs, against the reference's and against a minimal app from a cold start."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times, less_is_better, more_is_better
from benchmarks.load import Load, put_load
from benchmarks.processes import ROOT, read_memory_mb
from benchmarks.servers import (
    APPS,
    Start,
    start_host,
    start_reference,
    time_first_responses,
    wait_for,
)
from shared.registry.account import releases_container
from shared.registry.publishing import publish_release
from shared.release.manifest import MANIFEST, SERVING_TABLE, load_manifest
from shared.settings import Settings

COLD_STARTS = 7
N_USERS = 500
CONNECTIONS = 8
PREDICTION = "/api/user/{user}/prediccion"
FEATURES = "/api/user/{user}/caracteristicasriesgo"


@dataclass(frozen=True, slots=True)
class Served:
    """The data that the servers serve.

    Attributes
    ----------
    folder : Path
        Contains `reference/` and `release/`.
    settings : dict of str to str
        The app's settings, with the storage account of the release.
    users : list of int
        The ids of some of the release's users.
    """

    folder: Path
    settings: Mapping[str, str]
    users: Sequence[int]

    def start_ours(self) -> Start:
        """Return a function that starts our app."""
        return start_host(ROOT, self.settings)


def publish(folder: Path, storage: str) -> Served:
    """Publish the release in the folder to a storage account."""
    release = folder / "release"
    container = releases_container(Settings(storage_connection=storage))
    container.create_container()
    manifest = load_manifest(release)
    publish_release(container, release, manifest)
    with closing(sqlite3.connect(release / SERVING_TABLE)) as table:
        # The reference fails for users with a missing feature: they are left out.
        rows = table.execute(
            "SELECT user_id FROM users WHERE years_on_the_job IS NOT NULL"
            " AND avg_amount_loans_previous IS NOT NULL ORDER BY probability LIMIT ?",
            (N_USERS,),
        ).fetchall()
    settings = {
        "AzureWebJobsStorage": storage,
        "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan",
        "TWO_BLOBS": f"current.json {manifest.version}/{MANIFEST}",
    }
    return Served(folder, settings, [user for (user,) in rows])


def compare_with_reference(served: Served) -> list[Comparison]:
    """Put the same load on the reference's API and on ours, and time their cold starts."""
    starts = {
        "reference": start_reference(served.folder / "reference"),
        "ours": served.start_ours(),
    }
    loads: dict[tuple[str, str, int], Load] = {}
    memory = {}
    for name, start in starts.items():
        with start() as server:
            for path in (FEATURES, PREDICTION):
                wait_for(server, path.format(user=served.users[0]))
                for connections in (1, CONNECTIONS):
                    url = server.url + path
                    loads[name, path, connections] = put_load(url, served.users, connections)
            memory[name] = read_memory_mb(server.pid)
    first = time_first_responses(starts, FEATURES.format(user=served.users[0]), COLD_STARTS)
    rates = [
        more_is_better(
            f"{name}, requests per second, connections: {connections}",
            loads["reference", path, connections].requests_per_second,
            loads["ours", path, connections].requests_per_second,
            "/s",
            target,
        )
        for name, path, target in (("features", FEATURES, 2.5), ("predictions", PREDICTION, 5.0))
        for connections in (1, CONNECTIONS)
    ]
    return [
        *rates,
        less_is_better(
            "predictions, p99, 1 connection",
            loads["reference", PREDICTION, 1].p99_ms,
            loads["ours", PREDICTION, 1].p99_ms,
            "ms",
        ),
        less_is_better(
            "fresh process to first response", first["reference"], first["ours"], "s", target=2.5
        ),
        less_is_better("memory while serving", memory["reference"], memory["ours"], "MiB"),
    ]


def compare_cold(served: Served) -> list[Comparison]:
    """Compare cold starts with a minimal app that reads from storage."""
    starts = {
        "minimal": start_host(APPS / "minimal", served.settings),
        "ours": served.start_ours(),
    }
    path = PREDICTION.format(user=served.users[0])
    first = time_first_responses(starts, path, COLD_STARTS)
    return [
        at_most_times("fresh process to first response", first["minimal"], first["ours"], "s", 1.25)
    ]
