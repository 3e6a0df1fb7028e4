"""`make drop`: hand a CSV to the running app, and follow what becomes of it."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobServiceClient

from devhost.errors import DevhostError, StartError, UsageError
from devhost.local_settings import (
    choose_port,
    needs_emulator,
    read_local_settings,
)
from devhost.run_progress import follow_run, read_timeout
from devhost.storage.connection import CLIENT_OPTIONS
from shared.local_storage import find_storage, local_folder
from shared.registry.account import INPUT_CONTAINER, RELEASES_CONTAINER
from shared.registry.runs import run_id
from shared.settings import STORAGE

_MEGABYTE = 1024 * 1024
_BLOCK_BYTES = 4 * _MEGABYTE
_LONGEST_NAME = 1024


def drop(app_dir: Path, csv: str) -> int:
    """Upload a CSV into the container `input`, and follow the run to its end.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py.
    csv : str
        Path of the file, as it was typed.

    Returns
    -------
    int
        0 when a release was made from it and not refused, else 1.

    Raises
    ------
    UsageError
        When there is no such file, or the trigger would ignore it.
    StartError
        When the app's storage does not answer.
    """
    path = check_file(csv)
    timeout_seconds = read_timeout(os.environ)
    connection_string, place = _find_app(app_dir)
    try:
        service = BlobServiceClient.from_connection_string(
            connection_string,
            max_block_size=_BLOCK_BYTES,
            max_single_put_size=_BLOCK_BYTES,
            **CLIENT_OPTIONS,
        )
        etag, uploaded = _upload(service, path)
        print(f"{path.name} was uploaded; its run:", flush=True)
        run = run_id(path.name, etag, uploaded)
        return follow_run(service.get_container_client(RELEASES_CONTAINER), run, timeout_seconds)
    except (AzureError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StartError(f"{place} does not answer: is the app running? ({reason})") from None


def check_file(csv: str) -> Path:
    """Check that a file is there and that the trigger would take it.

    Raises
    ------
    UsageError
        When not.
    """
    path = Path(csv)
    name = path.name
    if not csv:
        raise UsageError("Which file? `make drop CSV=path/to/file.csv`.")
    if path.is_dir():
        raise UsageError(f"{csv} is a directory: name one CSV file.")
    if not path.is_file():
        raise UsageError(f"{csv} does not exist, or is not a file.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{csv} cannot be read: its permissions forbid it.")
    if name.startswith("."):
        raise UsageError(f"{name} is a hidden file: give it a name that does not begin with a dot.")
    if not name.endswith(".csv"):
        raise UsageError(f"{name} does not end in .csv, in small letters: the app would ignore it.")
    if not name.isprintable() or "\\" in name or len(name) > _LONGEST_NAME:
        raise UsageError(
            f"{name!r} cannot be the name of a blob: at most {_LONGEST_NAME} printable characters,"
            " no backslash."
        )
    return path


def _find_app(app_dir: Path) -> tuple[str, str]:
    settings = read_local_settings(app_dir)
    named = os.environ.get(STORAGE) or settings.values.get(STORAGE)
    if named and not needs_emulator(named):
        return named, f"The storage that {STORAGE} names"
    port = choose_port(settings)
    found = find_storage(local_folder(app_dir, port))
    if found is None:
        raise StartError(
            f"No app is running on port {port}: `make start` in another terminal starts one;"
            " PORT=... names another port."
        )
    return found, f"The storage of the app on port {port}"


def _upload(service: BlobServiceClient, path: Path) -> tuple[str, datetime]:
    size = path.stat().st_size
    blob = service.get_blob_client(INPUT_CONTAINER, path.name)
    try:
        with path.open("rb") as content:
            answer = blob.upload_blob(
                content, length=size, overwrite=True, progress_hook=_make_progress(size)
            )
    except OSError as error:
        raise DevhostError(f"{path} cannot be read: {error.strerror}.") from None
    return answer["etag"], answer["last_modified"]


def _make_progress(size: int) -> Callable[[int, int | None], None]:
    shown = 0

    def show(sent: int, _: int | None) -> None:
        nonlocal shown
        if size > _BLOCK_BYTES and 10 * sent // size > shown:
            shown = 10 * sent // size
            print(f"  {sent / _MEGABYTE:,.0f} of {size / _MEGABYTE:,.0f} MB", file=sys.stderr)

    return show
