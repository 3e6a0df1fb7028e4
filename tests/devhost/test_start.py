import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobServiceClient

from devhost.running_host import free_port
from devhost.storage.emulator import connection_string
from devhost.storage.node import PROJECT
from tests.support.processes import find_processes
from tests.support.started_app import app_folder, list_blobs, start, stop
from tests.support.waiting import wait_until

pytestmark = pytest.mark.emulator


def test_a_first_start_brings_up_storage_sample_and_app(tmp_path: Path) -> None:
    with start(app_folder(tmp_path), free_port()) as started:
        connection = started.fetch_storage()

        assert list_blobs(connection) == {"input": ["sample.csv"], "releases": []}
        state = json.loads((tmp_path / f".local/{started.port}/storage.json").read_text())
        assert state == {"connection_string": connection}
        output = started.output.read_text()
        url = f"http://localhost:{started.port}/api"
        assert f"\tstorage: [GET] {url}/storage\n" in output
        assert "In about a minute" in output
        assert f"\n  curl {url}/user/5008806/caracteristicasriesgo\n" in output
        assert f"\n  curl {url}/user/5008806/prediccion\n" in output


def test_stored_data_survives_a_restart(tmp_path: Path) -> None:
    port = free_port()
    with start(app_folder(tmp_path), port) as started:
        first = started.fetch_storage()
        with BlobServiceClient.from_connection_string(first) as service:
            service.get_blob_client("input", "sample.csv").delete_blob()
            service.get_blob_client("releases", "current.json").upload_blob(b"{}")

    with start(tmp_path, port) as started:
        second = started.fetch_storage()
        assert list_blobs(second) == {"input": [], "releases": ["current.json"]}
        assert "A release was published before" in started.output.read_text()


def test_ctrl_c_and_sigterm_stop_everything(tmp_path: Path) -> None:
    app_folder(tmp_path)
    for with_signal in (signal.SIGINT, signal.SIGTERM):
        with start(tmp_path, free_port()) as started:
            connection = started.fetch_storage()

            assert stop(started, with_signal) == 0

            assert "Traceback" not in started.output.read_text()
            assert not (tmp_path / f".local/{started.port}/storage.json").exists()
            with (
                BlobServiceClient.from_connection_string(connection, retry_total=0) as service,
                pytest.raises(ServiceRequestError),
            ):
                service.get_service_properties()


def test_ctrl_c_during_the_start_stops_it(tmp_path: Path) -> None:
    with start(app_folder(tmp_path), free_port()) as started:
        wait_until(
            lambda: "Starting the storage" in started.output.read_text(), "the start has begun"
        )

        assert stop(started, signal.SIGINT) == 0

        assert "Traceback" not in started.output.read_text()


@pytest.mark.parametrize("moment", range(20))
def test_an_interrupted_start_leaves_no_process(tmp_path: Path, moment: int) -> None:
    draw = random.Random(moment)
    with_signal = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[moment % 3]
    with start(app_folder(tmp_path), free_port()) as started:
        wait_until(
            lambda: "Starting the storage" in started.output.read_text(), "the start has begun"
        )
        # Any moment will do: from the emulator's first instruction to the app's first answer.
        with suppress(subprocess.TimeoutExpired):
            started.process.wait(draw.uniform(0, 2.5))

        stop(started, with_signal)

        wait_until(lambda: find_processes(str(tmp_path)) == [], "no process is left")
        assert "Traceback" not in started.output.read_text()


def test_two_copies_have_separate_storage(tmp_path: Path) -> None:
    app_folder(tmp_path)
    with start(tmp_path, free_port()) as one, start(tmp_path, free_port()) as other:
        assert one.fetch_storage() != other.fetch_storage()

        stop(one, signal.SIGINT)

        assert "input" in list_blobs(other.fetch_storage())


def test_a_second_start_on_a_port_fails_and_starts_nothing(tmp_path: Path) -> None:
    with start(app_folder(tmp_path), free_port()) as first:
        connection = first.fetch_storage()
        second = subprocess.run(
            [sys.executable, "-m", "devhost", "start"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(PROJECT), "PORT": str(first.port)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert second.returncode == 1
        assert (second.stdout, second.stderr) == (
            "",
            f"Port {first.port} is in use: stop what uses it, or choose another port with"
            " PORT=7072.\n",
        )
        assert first.fetch_storage() == connection


def test_a_configured_storage_is_used_and_no_emulator_started(storage: str, tmp_path: Path) -> None:
    with start(app_folder(tmp_path), free_port(), AzureWebJobsStorage=storage) as started:
        assert started.fetch_storage() == storage

    assert "emulator" not in started.output.read_text()
    assert not (tmp_path / ".local").exists()


def test_local_settings_set_port_and_values(storage: str, tmp_path: Path) -> None:
    port = free_port()
    settings = {"Values": {"AzureWebJobsStorage": storage}, "Host": {"LocalHttpPort": port}}
    (app_folder(tmp_path) / "local.settings.json").write_text(json.dumps(settings))

    with start(tmp_path, port, PORT="") as started:
        wait_until(lambda: "Functions:" in started.output.read_text(), "the app is loaded")

        assert started.fetch_storage() == storage


def test_encrypted_settings_are_refused(tmp_path: Path) -> None:
    (app_folder(tmp_path) / "local.settings.json").write_text('{"IsEncrypted": true}')

    with start(tmp_path, free_port()) as started:
        assert started.process.wait() == 1

    assert started.output.read_text().count("\n") == 1
    assert "is encrypted" in started.output.read_text()


def test_an_unreachable_storage_is_reported(tmp_path: Path) -> None:
    unreachable = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))

    with start(app_folder(tmp_path), free_port(), AzureWebJobsStorage=unreachable) as started:
        assert started.process.wait() == 1

    assert "The storage in AzureWebJobsStorage does not work" in started.output.read_text()
    assert "Traceback" not in started.output.read_text()


@pytest.fixture(params=[False, True], ids=["in the foreground", "in a shell's background"])
def background(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start programs as a shell does: those in the background ignore Ctrl-C."""
    handler = signal.SIG_IGN if request.param else signal.default_int_handler
    usual = signal.signal(signal.SIGINT, handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("background")
def test_func_runs_the_app_if_it_is_installed(tmp_path: Path) -> None:
    func = tmp_path / "bin" / "func"
    func.parent.mkdir()
    func.write_text('#!/bin/sh\necho "$*"; echo "$AzureWebJobsStorage"; exec sleep 600\n')
    func.chmod(0o755)
    path = f"{func.parent}{os.pathsep}{os.environ['PATH']}"

    with start(app_folder(tmp_path), free_port(), PATH=path) as started:
        wait_until(lambda: "BlobEndpoint" in started.output.read_text(), "func has started")
        assert f"\nstart --port {started.port}\n" in started.output.read_text()
        assert "In about a minute" in started.output.read_text()
        assert stop(started, signal.SIGTERM) == 0

    assert "Traceback" not in started.output.read_text()
