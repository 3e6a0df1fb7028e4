"""Timer and queue triggers, through the real worker library."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient, TextBase64DecodePolicy, TextBase64EncodePolicy

from devhost.host.blob_store import derive_host_id
from devhost.running_host import free_port, run_host_process
from tests.support.devhost_apps import app_settings, create_if_missing, read_notes, write_app
from tests.support.paths import ROOT
from tests.support.waiting import wait_until

APP = """
import json
import os
import azure.functions as func
app = func.FunctionApp()


def note(**seen):
    with open(os.environ["NOTES"], "a") as notes:
        print(json.dumps(seen), file=notes)


@app.timer_trigger("timer", schedule="%SCHEDULE%")
def ticks(timer: func.TimerRequest) -> None:
    note(past_due=timer.past_due, status=timer.schedule_status, schedule=timer.schedule)
    if timer.past_due:
        raise ValueError("a bad tick")


@app.queue_trigger("message", queue_name="%QUEUE%", connection="AzureWebJobsStorage")
def takes(message: func.QueueMessage) -> None:
    note(body=message.get_body().decode(), attempt=message.dequeue_count)
    if message.get_body() == b"bad":
        raise ValueError("a bad message")
"""


def settings_of(storage: str, folder: Path, schedule: str) -> dict[str, str]:
    queue = f"queue-{uuid4().hex[:12]}"
    return app_settings(storage, folder) | {"SCHEDULE": schedule, "QUEUE": queue}


def test_a_timer_fires_again_and_again_with_its_status(storage: str, tmp_path: Path) -> None:
    settings = settings_of(storage, tmp_path, "* * * * * *")

    with run_host_process(write_app(tmp_path, APP), settings) as host:
        wait_until(lambda: len(read_notes(tmp_path)) >= 3, "the timer has fired three times")
        output = host.read_output()

    first, second, *_ = read_notes(tmp_path)
    assert first == {"past_due": False, "status": {}, "schedule": {"AdjustForDST": True}}
    assert second["status"].keys() == {"Last", "Next", "LastUpdated"}
    assert "Executed 'Functions.ticks' (Succeeded" in output
    assert "does not support" not in output


def test_an_occurrence_that_was_missed_is_made_up_for_at_the_start(
    storage: str, tmp_path: Path
) -> None:
    settings = settings_of(storage, tmp_path, "0 0 0 1 1 *")
    app = write_app(tmp_path, APP)
    name = f"timers/{derive_host_id(app)}/Host.Functions.ticks/status"
    missed = {"Last": "2020-01-01T00:00:00+00:00", "Next": "2021-01-01T00:00:00+00:00"}
    with BlobServiceClient.from_connection_string(storage) as service:
        create_if_missing(service.get_container_client("azure-webjobs-hosts"))
        status = service.get_blob_client("azure-webjobs-hosts", name)
        status.upload_blob(json.dumps(missed))

        with run_host_process(app, settings) as host:
            wait_until(lambda: "LastUpdated" in status.download_blob().readall().decode())
            output = host.read_output()

    assert [note["past_due"] for note in read_notes(tmp_path)] == [True]
    assert "Executed 'Functions.ticks' (Failed" in output


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 40_000, b'{"Next": "soon"}'])
def test_a_damaged_status_of_a_timer_does_not_stop_it(
    storage: str, tmp_path: Path, content: bytes
) -> None:
    settings = settings_of(storage, tmp_path, "* * * * * *")
    app = write_app(tmp_path, APP)
    name = f"timers/{derive_host_id(app)}/Host.Functions.ticks/status"
    with BlobServiceClient.from_connection_string(storage) as service:
        create_if_missing(service.get_container_client("azure-webjobs-hosts"))
        service.get_blob_client("azure-webjobs-hosts", name).upload_blob(content)

    with run_host_process(app, settings):
        wait_until(lambda: len(read_notes(tmp_path)) >= 1, "the timer has fired")

    assert read_notes(tmp_path)[0]["past_due"] is False


def test_a_message_is_processed_once_and_a_bad_one_is_given_up_on(
    storage: str, tmp_path: Path
) -> None:
    settings = settings_of(storage, tmp_path, "0 0 0 1 1 *")
    with QueueServiceClient.from_connection_string(storage) as service:
        queue, poison = (
            service.get_queue_client(
                name,
                message_encode_policy=TextBase64EncodePolicy(),
                message_decode_policy=TextBase64DecodePolicy(),
            )
            for name in (settings["QUEUE"], f"{settings['QUEUE']}-poison")
        )
        with run_host_process(write_app(tmp_path, APP), settings):
            queue.create_queue()
            queue.send_message("good")
            queue.send_message("bad")
            wait_until(
                lambda: (
                    any(one.name == poison.queue_name for one in service.list_queues())
                    and poison.peek_messages()
                ),
                "the bad message is given up on",
            )

        assert [one.content for one in poison.peek_messages()] == ["bad"]
        assert queue.peek_messages() == []
    notes = read_notes(tmp_path)
    assert [one["attempt"] for one in notes if one["body"] == "good"] == [1]
    assert [one["attempt"] for one in notes if one["body"] == "bad"] == [1, 2, 3, 4, 5]


@pytest.mark.emulator
def test_a_malformed_connection_string_is_named_at_the_start(tmp_path: Path) -> None:
    settings = settings_of("nonsense", tmp_path, "0 0 0 1 1 *")

    run = subprocess.run(
        [sys.executable, "-m", "devhost", "host", "--port", str(free_port())],
        cwd=write_app(tmp_path, APP),
        env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 1
    assert "setting AzureWebJobsStorage: Connection string is either blank or" in run.stderr
    assert "Traceback" not in run.stderr
