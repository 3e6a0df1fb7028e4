"""An app that `python -m devhost start` runs in a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from azure.storage.blob import BlobServiceClient

from devhost.storage.node import PROJECT
from tests.support.devhost_apps import write_app
from tests.support.waiting import wait_until

APP = """
import os
import azure.functions as func
app = func.FunctionApp()

@app.route("storage", methods=["GET"])
def storage(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(os.environ["AzureWebJobsStorage"])
"""


@dataclass(frozen=True, slots=True)
class Started:
    process: subprocess.Popen[bytes]
    port: int
    output: Path

    def fetch_storage(self) -> str:
        wait_until(self._listens, "the port is taken")
        return httpx.get(f"http://127.0.0.1:{self.port}/api/storage", timeout=60).text

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def app_folder(folder: Path) -> Path:
    write_app(folder, APP)
    (folder / "data").mkdir()
    (folder / "data" / "sample.csv").write_text("the sample")
    return folder


@contextmanager
def start(folder: Path, port: int, **environment: str) -> Iterator[Started]:
    inherited = {name: value for name, value in os.environ.items() if name != "AzureWebJobsStorage"}
    output = folder / f"output-{port}"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "devhost", "start"],
            cwd=folder,
            env=inherited | {"PYTHONPATH": str(PROJECT), "PORT": str(port)} | environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Started(process, port, output)
    finally:
        process.terminate()
        process.wait()


def stop(started: Started, with_signal: signal.Signals) -> int:
    started.process.send_signal(with_signal)
    return started.process.wait()


def list_blobs(connection_string: str) -> dict[str, list[str]]:
    with BlobServiceClient.from_connection_string(connection_string) as service:
        return {
            container.name: list(service.get_container_client(container.name).list_blob_names())
            for container in service.list_containers()
        }
