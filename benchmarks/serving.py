"""Our URLs, against the reference's and from a cold start."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, at_most_times, less_is_better, more_is_better
from benchmarks.load import Load, put_load
from benchmarks.processes import ROOT, read_memory_mb
from benchmarks.servers import (
    APPS,
    Start,
    start_host,
    start_reference,
    time_first_answers,
    wait_for,
)
from shared.registry.account import releases_container
from shared.registry.publishing import publish_release
from shared.release.manifest import MANIFEST, SERVING_TABLE
from shared.settings import Settings

COLD_STARTS = 7
USERS_ASKED = 500
CONNECTIONS = 8
PREDICTION = "/api/user/{user}/prediccion"
FEATURES = "/api/user/{user}/caracteristicasriesgo"


@dataclass(frozen=True, slots=True)
class Served:
    """What the servers serve from.

    Attributes
    ----------
    folder : Path
        With `reference/` and `release/`.
    settings : dict of str to str
        Of the app: the storage account that holds the release.
    users : list of int
        Some of the release's users.
    """

    folder: Path
    settings: Mapping[str, str]
    users: Sequence[int]

    def start_ours(self) -> Start:
        """Give a way to start our app."""
        return start_host(ROOT, self.settings)


def publish(folder: Path, storage: str) -> Served:
    """Publish the release in the folder to a storage account."""
    release = folder / "release"
    container = releases_container(Settings(storage_connection=storage))
    container.create_container()
    manifest = json.loads((release / MANIFEST).read_text())
    publish_release(container, release, manifest)
    with closing(sqlite3.connect(release / SERVING_TABLE)) as table:
        # The reference fails for users without a job: only those with all features are asked for.
        found = table.execute(
            "SELECT user_id FROM users WHERE years_on_the_job IS NOT NULL"
            " AND avg_amount_loans_previous IS NOT NULL ORDER BY probability LIMIT ?",
            (USERS_ASKED,),
        ).fetchall()
    settings = {
        "AzureWebJobsStorage": storage,
        "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan",
        "TWO_BLOBS": f"current.json {manifest['version']}/{MANIFEST}",
    }
    return Served(folder, settings, [user for (user,) in found])


def compare_with_reference(served: Served) -> list[Figure]:
    """Put the same load on the reference's API and on ours, and start both from cold."""
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
    first = time_first_answers(starts, FEATURES.format(user=served.users[0]), COLD_STARTS)
    figures = [
        more_is_better(
            f"{what}, requests a second, {connections} connections",
            loads["reference", path, connections].requests_per_second,
            loads["ours", path, connections].requests_per_second,
            "/s",
            bar,
        )
        for what, path, bar in (("features", FEATURES, 2.5), ("predictions", PREDICTION, 5.0))
        for connections in (1, CONNECTIONS)
    ]
    return [
        *figures,
        less_is_better(
            "predictions, p99, 1 connection",
            loads["reference", PREDICTION, 1].p99_ms,
            loads["ours", PREDICTION, 1].p99_ms,
            "ms",
        ),
        less_is_better(
            "fresh process to first answer", first["reference"], first["ours"], "s", bar=2.5
        ),
        less_is_better("memory when serving", memory["reference"], memory["ours"], "MiB"),
    ]


def compare_cold(served: Served) -> list[Figure]:
    """Compare with the least app that answers from storage, from a fresh process."""
    starts = {
        "minimal": start_host(APPS / "minimal", served.settings),
        "ours": served.start_ours(),
    }
    path = PREDICTION.format(user=served.users[0])
    first = time_first_answers(starts, path, COLD_STARTS)
    return [
        at_most_times("fresh process to first answer", first["minimal"], first["ours"], "s", 1.25)
    ]
