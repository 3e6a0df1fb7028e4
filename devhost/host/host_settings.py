"""What host.json says."""

import os
from dataclasses import dataclass
from pathlib import Path

from devhost.errors import StartError
from devhost.json_files import read_json


@dataclass(frozen=True, slots=True)
class HostSettings:
    """The part of host.json that this host acts on.

    Attributes
    ----------
    route_prefix : str
        What stands before every route, without slashes around it.
    parallel_blobs : int
        How many blobs are processed at a time.
    blob_tries : int
        How often a blob is tried before it is given up.
    """

    route_prefix: str = "api"
    parallel_blobs: int = 8
    blob_tries: int = 5


def read_host_settings(app_dir: Path) -> HostSettings:
    """Read host.json; what it does not say is as in the real host.

    Raises
    ------
    StartError
        When it is missing or cannot be read.
    """
    path = app_dir / "host.json"
    if not path.is_file():
        raise StartError(f"{path} is missing: a Functions app has one beside function_app.py.")
    extensions = read_json(path).get("extensions", {})
    blobs = extensions.get("blobs", {})
    return HostSettings(
        route_prefix=extensions.get("http", {}).get("routePrefix", "api").strip("/"),
        parallel_blobs=blobs.get("maxDegreeOfParallelism", 8 * (os.cpu_count() or 1)),
        blob_tries=blobs.get("poisonBlobThreshold", 5),
    )
