"""`make drop`: upload a CSV to the running app and follow its run."""

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
from shared.storage_names import name_connection

_MEGABYTE = 1024 * 1024
_BLOCK_BYTES = 4 * _MEGABYTE
_MAX_NAME_LENGTH = 1024


def drop(app_dir: Path, csv: str) -> int:
    """Upload a CSV to the container `input` and follow its run to the end.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py.
    csv : str
        Path of the file, as typed.

    Returns
    -------
    int
        Exit code: 0 when a release was published or awaits approval, else 1.

    Raises
    ------
    UsageError
        When the file cannot be read, or the trigger would ignore it.
    StartError
        When the app's storage does not answer.
    """
    path = check_file(csv)
    timeout_seconds = read_timeout(os.environ)
    connection_string, description = _find_storage(app_dir)
    try:
        service = BlobServiceClient.from_connection_string(
            connection_string,
            max_block_size=_BLOCK_BYTES,
            max_single_put_size=_BLOCK_BYTES,
            **CLIENT_OPTIONS,
        )
        etag, uploaded = _upload(service, path)
        print(f"Uploaded {path.name}; its run:", flush=True)
        run = run_id(path.name, etag, uploaded)
        return follow_run(service.get_container_client(RELEASES_CONTAINER), run, timeout_seconds)
    except (AzureError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StartError(f"{description} does not answer: is the app running? ({reason})") from None


def check_file(csv: str) -> Path:
    """Check that a file can be read and that its name fires the trigger.

    Raises
    ------
    UsageError
        When either does not hold.
    """
    path = Path(csv)
    name = path.name
    if not csv:
        raise UsageError("No file given: `make drop CSV=path/to/file.csv`.")
    if path.is_dir():
        raise UsageError(f"{csv} is a directory: give the path of a CSV file.")
    if not path.is_file():
        raise UsageError(f"{csv} does not exist or is not a regular file.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{csv} cannot be read: permission denied.")
    if name.startswith("."):
        raise UsageError(
            f"{name} is a hidden file: rename it so that it does not start with a dot."
        )
    if not name.endswith(".csv"):
        raise UsageError(f"{name} does not end in .csv, in lower case: the app would ignore it.")
    if not name.isprintable() or "\\" in name or len(name) > _MAX_NAME_LENGTH:
        raise UsageError(
            f"{name!r} is not a valid blob name: use at most {_MAX_NAME_LENGTH} printable"
            " characters, and no backslash."
        )
    return path


def _find_storage(app_dir: Path) -> tuple[str, str]:
    settings = read_local_settings(app_dir)
    known = {**settings.values, **{name: value for name, value in os.environ.items() if value}}
    name = name_connection(known)
    configured = known.get(name)
    if configured and not needs_emulator(configured):
        return configured, f"The storage in {name}"
    port = choose_port(settings)
    found = find_storage(local_folder(app_dir, port))
    if found is None:
        raise StartError(
            f"No app is running on port {port}: start one with `make start` in another terminal,"
            " or give its port with PORT=..."
        )
    return found, f"The storage of the app on port {port}"


def _upload(service: BlobServiceClient, path: Path) -> tuple[str, datetime]:
    size = path.stat().st_size
    blob = service.get_blob_client(INPUT_CONTAINER, path.name)
    try:
        with path.open("rb") as content:
            response = blob.upload_blob(
                content, length=size, overwrite=True, progress_hook=_progress_printer(size)
            )
    except OSError as error:
        raise DevhostError(f"{path} cannot be read: {error.strerror}.") from None
    return response["etag"], response["last_modified"]


def _progress_printer(size: int) -> Callable[[int, int | None], None]:
    printed_tenths = 0

    def print_progress(sent: int, _: int | None) -> None:
        nonlocal printed_tenths
        if size > _BLOCK_BYTES and 10 * sent // size > printed_tenths:
            printed_tenths = 10 * sent // size
            print(f"  {sent / _MEGABYTE:,.0f} of {size / _MEGABYTE:,.0f} MB", file=sys.stderr)

    return print_progress
