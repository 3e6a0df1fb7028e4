"""A running `python -m devhost drop`, and the run records that it follows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from azure.storage.blob import BlobServiceClient, ContainerClient

from devhost.storage.emulator import connection_string
from devhost.storage.node import PROJECT
from shared.registry.runs import run_blob_name, run_id
from tests.support.devhost_apps import create_if_missing
from tests.support.waiting import wait_until

UNREACHABLE = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))


@dataclass(frozen=True, slots=True)
class Dropping:
    """A running `drop`, with the storage that it uploads to."""

    process: subprocess.Popen[bytes]
    output: Path
    service: BlobServiceClient
    name: str

    def record(self, state: str, **more: Any) -> None:
        """Write the run's record, as the app would."""
        wait_until(self._upload().exists, "the file is uploaded")
        uploaded = self._upload().get_blob_properties()
        run = run_id(self.name, uploaded.etag, uploaded.last_modified)
        record = {"id": run, "state": state, "attempt": 1, "steps": [], "problems": []} | more
        self._releases().upload_blob(run_blob_name(run), json.dumps(record), overwrite=True)

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.output.read_text(), f"{text!r} is printed")

    def _upload(self) -> Any:
        return self.service.get_blob_client("input", self.name)

    def _releases(self) -> ContainerClient:
        container = self.service.get_container_client("releases")
        create_if_missing(container)
        return container


def run_drop(folder: Path, csv: str, **environment: str) -> subprocess.Popen[bytes]:
    with (folder / "output").open("wb") as written:
        return subprocess.Popen(
            [sys.executable, "-m", "devhost", "drop", csv],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(PROJECT)} | environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def dropping(
    storage: str, folder: Path, content: bytes = b"loans", timeout: str = "60"
) -> Iterator[Dropping]:
    name = f"{uuid4().hex[:12]}.csv"
    (folder / name).write_bytes(content)
    with BlobServiceClient.from_connection_string(storage) as service:
        create_if_missing(service.get_container_client("input"))
        process = run_drop(folder, name, AzureWebJobsStorage=storage, DROP_TIMEOUT_SECONDS=timeout)
        try:
            yield Dropping(process, folder / "output", service, name)
        finally:
            process.kill()
            process.wait()


def step(name: str) -> dict[str, Any]:
    return {"name": name, "detail": f"detail of {name}", "seconds": 0.4}
