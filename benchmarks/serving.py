"""What the servers serve: the release in storage, some of its users, the routes about them."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.servers import Start, start_host
from shared.registry.account import releases_container
from shared.registry.publishing import publish_release
from shared.release.files import MANIFEST, SERVING_TABLE
from shared.release.manifest import load_manifest
from shared.settings import Settings

N_USERS = 500
CONNECTIONS = 8
PREDICTION = "/api/user/{user}/prediccion"
FEATURES = "/api/user/{user}/caracteristicasriesgo"


@dataclass(frozen=True, slots=True)
class Served:
    """The data that the servers serve.

    Attributes
    ----------
    settings : dict of str to str
        The app's settings, with the storage account of the release.
    users : list of int
        The ids of some of the release's users.
    """

    settings: Mapping[str, str]
    users: Sequence[int]

    def start_ours(self) -> Start:
        """Return a function that starts our app."""
        return start_host(ROOT, self.settings)


def publish(release: Path, storage: str) -> Served:
    """Publish a release to a storage account."""
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
        # On the platform the timer has instances of its own; here it would load the libraries of
        # training into the process that is measured.
        "MAINTENANCE_SCHEDULE": "0 0 0 1 1 *",
        "TWO_BLOBS": f"current.json {manifest.version}/{MANIFEST}",
    }
    return Served(settings, [user for (user,) in rows])
