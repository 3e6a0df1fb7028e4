"""The webhook that Event Grid calls: handshake, notifications, retries, no filter by path."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.storage.queue import QueueClient

from devhost.host.blob_store import derive_host_id
from devhost.host.queues import QueueStore
from devhost.running_host import RunningHost, run_host_process
from tests.support.devhost_apps import app_settings, read_notes, upload, write_app
from tests.support.event_grid import blob_created, post_events
from tests.support.poison import read_poison_messages
from tests.support.waiting import wait_until

APP = """
import json
import os

import azure.functions as func
from azurefunctions.extensions.bindings import blob

app = func.FunctionApp()


@app.blob_trigger(
    "upload",
    path="%WATCHED%/{name}.csv",
    connection="AzureWebJobsStorage",
    source=func.BlobSource.EVENT_GRID,
)
def driven(upload: blob.BlobClient) -> None:
    content = upload.download_blob().readall().decode()
    with open(os.environ["NOTES"], "a") as notes:
        print(json.dumps({"blob": upload.blob_name, "content": content}), file=notes)
    if content == "bad":
        raise ValueError("a bad blob")
"""
NAME = "driven"


@pytest.fixture
def settings(storage: str, tmp_path: Path) -> dict[str, str]:
    return app_settings(storage, tmp_path)


@pytest.fixture
def host(settings: dict[str, str], tmp_path: Path) -> Iterator[RunningHost]:
    with run_host_process(write_app(tmp_path, APP), settings) as host:
        yield host


def post(host: RunningHost, kind: str, events: Any, function: str = NAME) -> httpx.Response:
    return post_events(host, kind, events, function)


def test_the_handshake_is_answered_with_its_code(host: RunningHost) -> None:
    answer = post(host, "SubscriptionValidation", [{"data": {"validationCode": "c-1"}}])

    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "c-1"})


def test_every_event_is_delivered_whatever_its_path(
    host: RunningHost, storage: str, settings: dict[str, str], tmp_path: Path
) -> None:
    watched = settings["WATCHED"]
    places = [(watched, "a.csv"), (watched, "note.txt"), (f"{watched}-old", "b ñ.csv")]
    for container, name in places:
        upload(storage, container, name, name)

    answer = post(host, "Notification", [blob_created(storage, *place) for place in places])
    wait_until(lambda: len(read_notes(tmp_path)) == 3, "all events are processed")

    assert answer.status_code == 202
    assert [note["blob"] for note in read_notes(tmp_path)] == [name for _, name in places]
    assert f"New blob detected(EventGrid): {watched}-old/b ñ.csv'" in host.read_output()


def test_nothing_is_polled_for(
    host: RunningHost, storage: str, settings: dict[str, str], tmp_path: Path
) -> None:
    upload(storage, settings["WATCHED"], "a.csv", "unannounced")
    upload(storage, settings["WATCHED"], "b.csv", "announced")
    gone = blob_created(storage, settings["WATCHED"], "gone.csv")

    post(host, "Notification", [gone, blob_created(storage, settings["WATCHED"], "b.csv")])
    wait_until(lambda: read_notes(tmp_path), "an event is processed")

    assert [note["content"] for note in read_notes(tmp_path)] == ["announced"]
    assert f"{settings['WATCHED']}/gone.csv no longer exists" in host.read_output()


def test_a_failing_blob_is_tried_five_times_at_once_then_poison(
    host: RunningHost, storage: str, settings: dict[str, str], tmp_path: Path
) -> None:
    watched = settings["WATCHED"]
    upload(storage, watched, "a.csv", "bad")

    post(host, "Notification", blob_created(storage, watched, "a.csv"))
    wait_until(lambda: read_poison_messages(storage, watched), "the host gives up")

    assert len(read_notes(tmp_path)) == 5
    (message,) = read_poison_messages(storage, watched)
    assert (message["FunctionId"], message["BlobName"]) == ("Host.Functions.driven", "a.csv")
    assert message["ETag"].startswith('"0x')


def test_an_event_for_another_function_is_dropped(
    host: RunningHost, storage: str, settings: dict[str, str], tmp_path: Path
) -> None:
    upload(storage, settings["WATCHED"], "a.csv", "x")
    event = blob_created(storage, settings["WATCHED"], "a.csv")

    post(host, "Notification", [event], "other")
    post(host, "Notification", [event])
    wait_until(lambda: read_notes(tmp_path), "the other event is processed")

    assert "'Host.Functions.other' is no function" in host.read_output()
    assert len(read_notes(tmp_path)) == 1


def test_a_message_of_another_kind_is_dropped(
    host: RunningHost, storage: str, settings: dict[str, str], tmp_path: Path
) -> None:
    upload(storage, settings["WATCHED"], "a.csv", "x")
    name = f"azure-webjobs-blobtrigger-{derive_host_id(tmp_path)}"

    sound = {"FunctionId": f"Host.Functions.{NAME}", "ContainerName": "c", "ETag": "e"}
    damaged: tuple[dict[str, Any], ...] = (
        *({}, {"BlobName": ""}, {"BlobName": None}, {"BlobName": "\ud800"}),
    )
    contents = ["no JSON", "[]", "7", "[" * 40_000]
    contents += [json.dumps(sound | fields) for fields in damaged]

    for content in contents:
        QueueStore(storage, name).send(content)
    with QueueClient.from_connection_string(storage, name) as queue:
        queue.send_message("%%%")
    post(host, "Notification", [blob_created(storage, settings["WATCHED"], "a.csv")])
    with QueueClient.from_connection_string(storage, name) as queue:
        wait_until(
            lambda: queue.get_queue_properties().approximate_message_count == 0,
            "all messages are gone",
        )

    assert [note["blob"] for note in read_notes(tmp_path)] == ["a.csv"]
    assert host.read_output().count("is no message about a blob: dropped") == len(contents) + 1


@pytest.mark.parametrize(
    ("kind", "events", "status"),
    [
        ("Notification", [{"data": {}}], 400),
        ("SubscriptionValidation", [], 400),
        ("Unsubscribe", [], 202),
        ("Other", [], 400),
    ],
)
def test_what_is_no_event_is_refused(
    host: RunningHost, kind: str, events: list[Any], status: int
) -> None:
    assert post(host, kind, events).status_code == status
