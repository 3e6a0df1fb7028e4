"""Run records in storage, written without a run."""

import json
from typing import Any

from azure.storage.blob import ContainerClient


def run_record(run: str, state: str = "published", **changed: Any) -> dict[str, Any]:
    """Describe a run."""
    plain = {
        "id": run,
        "state": state,
        "attempt": 1,
        "source": {"name": "loans.csv", "etag": "0x1", "bytes": 12, "sha256": "ab" * 32},
        "started": "2026-11-23T06:02:01.000+00:00",
        "updated": "2026-11-23T06:02:09.000+00:00",
        "step": "publish",
        "steps": [{"name": "read", "detail": "12 loans", "seconds": 0.5}],
        "problems": [],
    }
    return plain | changed


def put_run(releases: ContainerClient, run: str, state: str = "published", **changed: Any) -> None:
    """Store the record of a run."""
    content = json.dumps(run_record(run, state, **changed)).encode()
    releases.upload_blob(f"runs/{run}.json", content, overwrite=True)


def run_name(number: int) -> str:
    """Name a run; a greater number was uploaded later."""
    return f"20261123T0602{number:02}Z-{number:010x}"
