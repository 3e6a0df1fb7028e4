"""`make start`: the storage, its initial content and the app, until Ctrl-C."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from devhost.host.host_settings import read_host_settings
from devhost.host.server import reserve_port, run_host
from devhost.local_settings import (
    apply_settings,
    choose_port,
    needs_emulator,
    read_local_settings,
)
from devhost.stop_signals import stop_on_termination
from devhost.storage.emulator import run_emulator
from devhost.storage.published import publish_connection
from devhost.storage_setup import format_announcement, set_up_storage
from shared.local_storage import local_folder
from shared.settings import STORAGE
from shared.storage_names import name_connection

_STOP_SECONDS = 10.0


def start(app_dir: Path) -> int:
    """Run the app with its storage and return the exit code.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py.

    Raises
    ------
    DevhostError
        When the app or its storage cannot start.
    """
    # Until the app handles SIGTERM itself, it acts like Ctrl-C.
    stop_on_termination()
    settings = read_local_settings(app_dir)
    port = choose_port(settings)
    read_host_settings(app_dir)
    listener = reserve_port(port)
    apply_settings(settings, os.environ)
    with ExitStack() as running:
        folder = local_folder(app_dir, port)
        if needs_emulator(os.environ.get(STORAGE)):
            print("Starting the storage emulator ...", flush=True)
            emulator = running.enter_context(run_emulator(folder / "storage"))
            os.environ[STORAGE] = emulator.connection_string
            running.enter_context(publish_connection(folder, emulator.connection_string))
        data = os.environ.get(name_connection(os.environ)) or os.environ[STORAGE]
        content = set_up_storage(data, app_dir / "data" / "sample.csv")
        return _run_app(app_dir, listener, format_announcement(port, content))


def _run_app(app_dir: Path, listener: socket.socket, announcement: str) -> int:
    func = shutil.which("func")
    if not func:
        run_host(app_dir, listener, announcement)
        return 0
    port = listener.getsockname()[1]
    listener.close()
    print(announcement, flush=True)
    return _run_func([func, "start", "--port", str(port)], app_dir)


def _run_func(command: list[str], app_dir: Path) -> int:
    # `func` takes its Python from the activated virtual environment.
    python = Path(sys.executable).parent
    os.environ["VIRTUAL_ENV"] = str(python.parent)
    os.environ["PATH"] = f"{python}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(command, cwd=app_dir)
    try:
        return process.wait()
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
