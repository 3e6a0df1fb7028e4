from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from azure.storage.blob import BlobServiceClient

from devhost.running_host import run_host_process
from devhost.storage.emulator import run_emulator
from tests.support.devhost_apps import app_settings, list_receipts, read_notes, upload, write_app
from tests.support.poison import read_poison_messages
from tests.support.waiting import wait_until


def receipts_of(storage: str, settings: dict[str, str], count: int) -> Callable[[], bool]:
    return lambda: len(list_receipts(storage, settings["WATCHED"])) == count


def test_a_blob_reaches_the_function_whose_path_it_matches(storage: str, tmp_path: Path) -> None:
    settings = app_settings(storage, tmp_path)
    watched = settings["WATCHED"]

    with run_host_process(write_app(tmp_path), settings) as host:
        for name in ("in/a b ñ.csv", "note.txt", "wrong.CSV"):
            upload(storage, watched, name, name)
        wait_until(receipts_of(storage, settings, 2), "two blobs are processed")
        output = host.read_output()

    notes = sorted(read_notes(tmp_path), key=lambda note: str(note["blob"]))
    assert notes == [
        {"blob": "in/a b ñ.csv", "content": "in/a b ñ.csv"},
        {"blob": f"{watched}/note.txt", "content": "note.txt", "length": 8},
    ]
    assert f"New blob detected(LogsAndContainerScan): {watched}/in/a b ñ.csv'" in output
    assert "a line from takes_client" in output
    assert "Executed 'Functions.takes_client' (Succeeded" in output


def test_a_restart_repeats_no_blob_but_a_new_upload_runs(storage: str, tmp_path: Path) -> None:
    app, settings = write_app(tmp_path), app_settings(storage, tmp_path)
    upload(storage, settings["WATCHED"], "a.csv", "first")
    with run_host_process(app, settings):
        wait_until(receipts_of(storage, settings, 1), "the first run has a receipt")

    with run_host_process(app, settings):
        upload(storage, settings["WATCHED"], "b.csv", "other")
        wait_until(receipts_of(storage, settings, 2), "the other blob has a receipt")
        upload(storage, settings["WATCHED"], "a.csv", "second")
        wait_until(receipts_of(storage, settings, 3), "the second upload has a receipt")

    assert [note["content"] for note in read_notes(tmp_path)] == ["first", "other", "second"]


def test_a_receipt_identifies_host_function_etag_container_and_blob(
    storage: str, tmp_path: Path
) -> None:
    settings = app_settings(storage, tmp_path)
    upload(storage, settings["WATCHED"], "a.csv", "x")
    with BlobServiceClient.from_connection_string(storage) as service:
        etag = service.get_blob_client(settings["WATCHED"], "a.csv").get_blob_properties().etag

    with run_host_process(write_app(tmp_path), settings):
        wait_until(receipts_of(storage, settings, 1), "there is a receipt")

    folder, _, *rest = list_receipts(storage, settings["WATCHED"])[0].split("/")
    assert folder == "blobreceipts"
    assert rest == ["Host.Functions.takes_client", etag, settings["WATCHED"], "a.csv"]


def test_a_failing_blob_is_attempted_five_times_then_poison(storage: str, tmp_path: Path) -> None:
    app, settings = write_app(tmp_path), app_settings(storage, tmp_path)
    watched = settings["WATCHED"]
    upload(storage, watched, "a.csv", "bad")

    with run_host_process(app, settings) as host:
        wait_until(receipts_of(storage, settings, 1), "the last attempt has failed")
        upload(storage, watched, "b.csv", "good")
        wait_until(receipts_of(storage, settings, 2), "the next blob is processed")
        output = host.read_output()

    assert [note["content"] for note in read_notes(tmp_path)] == ["bad"] * 5 + ["good"]
    assert output.count("Executed 'Functions.takes_client' (Failed") == 5
    assert "ValueError: a bad blob" in output
    assert "a.csv, attempt 5 of 5'" in output
    messages = read_poison_messages(storage, watched)
    assert [one.pop("ETag")[:3] for one in messages] == ['"0x']
    assert messages == [
        {
            "Type": "BlobTrigger",
            "FunctionId": "Host.Functions.takes_client",
            "BlobType": "BlockBlob",
            "ContainerName": watched,
            "BlobName": "a.csv",
        }
    ]


def test_host_json_sets_the_number_of_attempts(storage: str, tmp_path: Path) -> None:
    app = write_app(tmp_path, host={"extensions": {"blobs": {"poisonBlobThreshold": 2}}})
    settings = app_settings(storage, tmp_path)
    upload(storage, settings["WATCHED"], "a.csv", "bad")

    with run_host_process(app, settings):
        wait_until(receipts_of(storage, settings, 1), "the last attempt has failed")

    assert len(read_notes(tmp_path)) == 2


def test_a_missing_container_is_polled_until_it_is_created(storage: str, tmp_path: Path) -> None:
    settings = app_settings(storage, tmp_path)

    with run_host_process(write_app(tmp_path), settings) as host:
        httpx.get(f"{host.url}/api/waits")
        upload(storage, settings["WATCHED"], "late.csv", "x")
        wait_until(receipts_of(storage, settings, 1), "the blob is processed")
        output = host.read_output()

    assert "WARNING" not in output


@pytest.mark.emulator
def test_http_is_served_while_the_storage_is_unreachable_which_is_logged_once(
    tmp_path: Path,
) -> None:
    with run_emulator() as gone:
        settings = app_settings(gone.connection_string, tmp_path)

    with run_host_process(write_app(tmp_path), settings) as host:
        wait_until(
            lambda: "The storage is unreachable" in host.read_output(), "the outage is logged"
        )
        response = httpx.get(f"{host.url}/api/waits")
        output = host.read_output()

    assert response.text == "waited"
    # One line for each of the two blob functions.
    assert output.count("The storage is unreachable") <= 2
