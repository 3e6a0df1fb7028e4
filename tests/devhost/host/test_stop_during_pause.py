"""A stop of the host cuts the pause before the next attempt short: the process ends at once."""

import os
import signal
from pathlib import Path

from devhost.running_host import run_host_process
from tests.support.devhost_apps import app_settings, upload, write_app
from tests.support.waiting import TIMEOUT_SECONDS, wait_until

APP = """
import azure.functions as func
from azurefunctions.extensions.bindings import blob

from training.retry_pauses import PAUSES

app = func.FunctionApp()


@app.blob_trigger("upload", path="%WATCHED%/{name}.csv", connection="AzureWebJobsStorage")
def fails(upload: blob.BlobClient) -> None:
    with PAUSES.attempt(upload.blob_name):
        raise OSError("an outage")
"""
LONGEST_PAUSE_SECONDS = 600


def test_a_stop_cuts_a_pause_short(storage: str, tmp_path: Path) -> None:
    settings = app_settings(storage, tmp_path) | {"RETRY_PAUSES": f"{LONGEST_PAUSE_SECONDS}"}
    upload(storage, settings["WATCHED"], "a.csv", "x")

    with run_host_process(write_app(tmp_path, APP), settings) as host:
        wait_until(
            lambda: f"it is delivered again in {LONGEST_PAUSE_SECONDS} s" in host.read_output(),
            "the pause begins",
        )
        os.kill(host.pid, signal.SIGTERM)
        wait_until(lambda: is_zombie(host.pid), "the process ends", TIMEOUT_SECONDS)
        output = host.read_output()

    assert output.count("New blob detected") == 1


def is_zombie(pid: int) -> bool:
    """Whether a child of this process has ended; its parent has yet to ask for its status."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "Z"
