"""Two accounts, the host's and the data's: which one each of the host's queues is in.

As in Microsoft's extension (`SharedBlobQueueListenerFactory`): the trigger's queue is in the
account of the host, the poison queue in that of the blobs.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from devhost.running_host import RunningHost, run_host_process
from devhost.storage.emulator import run_emulator
from tests.support.devhost_apps import app_settings, list_receipts, read_notes, upload, write_app
from tests.support.event_grid import blob_created, post_events
from tests.support.poison import read_poison_messages
from tests.support.waiting import wait_until

APP = """
import json
import os

import azure.functions as func
from azurefunctions.extensions.bindings import blob

app = func.FunctionApp()


def note(**seen):
    with open(os.environ["NOTES"], "a") as notes:
        print(json.dumps(seen), file=notes)


@app.blob_trigger("upload", path="%WATCHED%/{name}.csv", connection="DATA_STORAGE")
def polled(upload: blob.BlobClient) -> None:
    raise ValueError(upload.download_blob().readall())


@app.blob_trigger(
    "upload",
    path="%WATCHED%/{name}.txt",
    connection="DATA_STORAGE",
    source=func.BlobSource.EVENT_GRID,
)
def driven(upload: blob.BlobClient) -> None:
    raise ValueError(upload.download_blob().readall())


@app.queue_trigger("message", queue_name="%GIVEN_UP%", connection="DATA_STORAGE")
def given_up(message: func.QueueMessage) -> None:
    note(given_up=json.loads(message.get_body())["BlobName"])
"""


@pytest.fixture(scope="module")
def data() -> Iterator[str]:
    """Return the connection string of an account that is not the host's."""
    with run_emulator() as emulator:
        yield emulator.connection_string


@pytest.fixture
def settings(storage: str, data: str, tmp_path: Path) -> dict[str, str]:
    given = app_settings(storage, tmp_path)
    return given | {"DATA_STORAGE": data, "GIVEN_UP": "another-queue"}


@pytest.fixture
def host(settings: dict[str, str], tmp_path: Path) -> Iterator[RunningHost]:
    with run_host_process(write_app(tmp_path, APP), settings) as host:
        yield host


def queues_of(account: str) -> set[str]:
    with QueueServiceClient.from_connection_string(account) as service:
        return {str(queue.name) for queue in service.list_queues()}


def test_the_poison_queue_is_in_the_account_of_the_blobs(
    host: RunningHost, storage: str, data: str, settings: dict[str, str]
) -> None:
    watched = settings["WATCHED"]
    upload(data, watched, "a.csv", "bad")
    upload(data, watched, "b.txt", "bad")

    post_events(host, "Notification", blob_created(data, watched, "b.txt"), "driven")
    wait_until(lambda: len(read_poison_messages(data, watched)) == 2, "the host gives up")

    given_up = {message["BlobName"] for message in read_poison_messages(data, watched)}
    assert given_up == {"a.csv", "b.txt"}
    assert read_poison_messages(storage, watched) == []


def test_the_queue_of_the_trigger_and_the_receipts_are_in_the_hosts_account(
    host: RunningHost, storage: str, data: str, settings: dict[str, str]
) -> None:
    watched = settings["WATCHED"]
    upload(data, watched, "a.csv", "bad")

    post_events(host, "Notification", blob_created(data, watched, "b.txt"), "driven")
    wait_until(lambda: list_receipts(storage, watched), "the host gives up")

    assert any(name.startswith("azure-webjobs-blobtrigger-") for name in queues_of(storage))
    assert not any(name.startswith("azure-webjobs-blobtrigger-") for name in queues_of(data))
    assert list_receipts(data, watched) == []


def test_a_trigger_on_the_poison_queue_reads_the_account_of_the_blobs(
    storage: str, data: str, settings: dict[str, str], tmp_path: Path
) -> None:
    upload(data, settings["WATCHED"], "c.csv", "bad")
    settings |= {"GIVEN_UP": "webjobs-blobtrigger-poison"}

    with run_host_process(write_app(tmp_path, APP), settings):
        wait_until(lambda: {"given_up": "c.csv"} in read_notes(tmp_path), "the message is read")

    assert read_poison_messages(data, settings["WATCHED"]) == []
