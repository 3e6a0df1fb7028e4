import json
from pathlib import Path
from typing import Any

import pytest

from devhost.errors import StartError
from devhost.host.host_settings import read_host_settings


def write_host_json(folder: Path, extensions: dict[str, Any]) -> Path:
    (folder / "host.json").write_text(json.dumps({"version": "2.0", "extensions": extensions}))
    return folder


def test_host_json_is_read(tmp_path: Path) -> None:
    blobs = {"maxDegreeOfParallelism": 1, "poisonBlobThreshold": 2}
    http = {"routePrefix": "/v1/", "customHeaders": {"X-Own": "1"}}
    write_host_json(tmp_path, {"http": http, "blobs": blobs})

    settings = read_host_settings(tmp_path)

    assert (settings.route_prefix, settings.parallel_blobs, settings.blob_attempts) == ("v1", 1, 2)
    assert settings.custom_headers == {"X-Own": "1"}


def test_an_empty_host_json_means_the_defaults(tmp_path: Path) -> None:
    settings = read_host_settings(write_host_json(tmp_path, {}))

    assert (settings.route_prefix, settings.blob_attempts) == ("api", 5)
    assert settings.custom_headers == {}


def test_a_missing_host_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"host\.json is missing"):
        read_host_settings(tmp_path)
