"""How other programs on this machine find the storage of a running app."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from shared.errors import SettingError
from shared.ports import USUAL_PORT, parse_port


def read_port(environment: Mapping[str, str] = os.environ) -> int:
    """Read the port of the app on this machine.

    Raises
    ------
    SettingError
        When PORT is not a port number.
    """
    try:
        return parse_port(environment.get("PORT") or str(USUAL_PORT))
    except ValueError as error:
        raise SettingError(str(error)) from None


def local_folder(app_dir: Path, port: int) -> Path:
    """Return the folder for local data of the app that listens on a port."""
    return app_dir / ".local" / str(port)


def connection_file(folder: Path) -> Path:
    """Return the file that holds the connection string while the app runs."""
    return folder / "storage.json"


def find_storage(folder: Path) -> str | None:
    """Find the connection string of a running app's storage, None if no app runs.

    Raises
    ------
    SettingError
        When the file is damaged.

    Notes
    -----
    A killed app leaves the file behind, so the storage may not answer.
    """
    file = connection_file(folder)
    if not file.is_file():
        return None
    try:
        return str(json.loads(file.read_bytes())["connection_string"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        # What it holds is not shown: it may be part of a key.
        raise SettingError(
            f"{file} must hold the connection string of the running app's storage, it does not:"
            " start the app again."
        ) from error
