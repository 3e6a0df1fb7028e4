import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobServiceClient

from devhost.errors import StartError
from devhost.storage import node
from devhost.storage.emulator import run_emulator
from tests.support.processes import find_processes
from tests.support.waiting import wait_until


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.emulator
def test_a_persistent_store_survives_a_restart(tmp_path: Path) -> None:
    with run_emulator(tmp_path / "store") as first:
        service = BlobServiceClient.from_connection_string(first.connection_string)
        with service:
            service.create_container("kept").upload_blob("a", b"content")

    with run_emulator(tmp_path / "store") as second:
        service = BlobServiceClient.from_connection_string(second.connection_string)
        with service:
            content = service.get_blob_client("kept", "a").download_blob().readall()

    assert content == b"content"


@pytest.mark.emulator
def test_two_emulators_are_independent() -> None:
    with run_emulator() as one, run_emulator() as other:
        with BlobServiceClient.from_connection_string(one.connection_string) as service:
            service.create_container("mine")
        with BlobServiceClient.from_connection_string(other.connection_string) as service:
            assert list(service.list_containers()) == []


@pytest.mark.emulator
def test_the_emulator_has_exited_after_its_block() -> None:
    with run_emulator() as emulator:
        pass

    assert not is_alive(emulator.pid)
    with (
        BlobServiceClient.from_connection_string(
            emulator.connection_string, retry_total=0
        ) as service,
        pytest.raises(ServiceRequestError),
    ):
        service.create_container("late")


@pytest.mark.emulator
def test_the_emulator_exits_when_its_parent_is_killed() -> None:
    code = (
        "import os, signal\n"
        "from devhost.storage.emulator import run_emulator\n"
        "with run_emulator() as emulator:\n"
        "    print(emulator.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    parent = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert parent.returncode == -signal.SIGKILL
    wait_until(lambda: not is_alive(int(parent.stdout)), "the emulator has exited")


@pytest.mark.emulator
@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.1, 0.3, 0.6, 1.0])
def test_the_emulator_exits_when_its_parent_is_killed_while_it_starts(
    tmp_path: Path, seconds: float
) -> None:
    code = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from devhost.storage import emulator\n"
        "def killed(*_):\n"
        "    time.sleep(float(sys.argv[2]))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "emulator._wait_until_listening = killed\n"
        "with emulator.run_emulator(Path(sys.argv[1])):\n"
        "    pass\n"
    )
    place = str(tmp_path / "store")

    subprocess.run([sys.executable, "-c", code, place, str(seconds)], check=False)

    wait_until(lambda: find_processes(place) == [], "the emulator has exited")


@pytest.mark.emulator
def test_a_second_interrupt_does_not_leave_the_emulator_running(tmp_path: Path) -> None:
    code = (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from devhost.storage import emulator\n"
        # A shell's background jobs ignore interrupts.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "stop = emulator.subprocess.Popen.terminate\n"
        "def impatient(process):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    stop(process)\n"
        "emulator.subprocess.Popen.terminate = impatient\n"
        "with emulator.run_emulator(Path(sys.argv[1])):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
    )
    place = str(tmp_path / "store")

    parent = subprocess.run([sys.executable, "-c", code, place], capture_output=True, check=False)

    assert b"KeyboardInterrupt" in parent.stderr
    assert find_processes(place) == []


@pytest.mark.emulator
def test_an_emulator_that_does_not_start_is_reported_with_its_output(tmp_path: Path) -> None:
    (tmp_path / "__azurite_db_blob__.json").mkdir()

    with pytest.raises(StartError) as refused, run_emulator(tmp_path):
        pass

    assert "The storage emulator exited with code" in str(refused.value)
    assert "EISDIR" in str(refused.value)


@pytest.mark.emulator
def test_an_emulator_that_is_not_installed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "AZURITE", Path("/nowhere/azurite.js"))

    with pytest.raises(StartError, match="install-emulator"), run_emulator():
        pass
