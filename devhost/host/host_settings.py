"""Settings from host.json."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devhost.errors import StartError
from devhost.json_files import read_json


@dataclass(frozen=True, slots=True)
class HostSettings:
    """The part of host.json that this host supports.

    Attributes
    ----------
    route_prefix : str
        The first part of every route, without slashes around it.
    parallel_blobs : int
        How many blobs are processed at a time, by all functions together.
    blob_attempts : int
        How often a failing blob is attempted before it counts as poison.
    custom_headers : dict of str to str
        Added to every response that lacks them.
    """

    route_prefix: str = "api"
    parallel_blobs: int = 8
    blob_attempts: int = 5
    custom_headers: Mapping[str, str] = field(default_factory=dict)


def read_host_settings(app_dir: Path) -> HostSettings:
    """Read host.json; defaults are those of the real host.

    Raises
    ------
    StartError
        When it is missing or cannot be read.
    """
    path = app_dir / "host.json"
    if not path.is_file():
        raise StartError(f"{path} is missing: a Functions app needs one next to function_app.py.")
    extensions = read_json(path).get("extensions", {})
    blobs = extensions.get("blobs", {})
    http = extensions.get("http", {})
    return HostSettings(
        route_prefix=http.get("routePrefix", "api").strip("/"),
        parallel_blobs=blobs.get("maxDegreeOfParallelism", 8 * (os.cpu_count() or 1)),
        blob_attempts=blobs.get("poisonBlobThreshold", 5),
        custom_headers=http.get("customHeaders", {}),
    )
