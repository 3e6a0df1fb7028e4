"""Where the storage of an app that runs on this machine is, for programs beside it."""

import json
from pathlib import Path


def local_folder(app_dir: Path, port: int) -> Path:
    """Name the folder of the app that listens on a port."""
    return app_dir / ".local" / str(port)


def connection_file(folder: Path) -> Path:
    """Name the file that tells how to reach the storage, for as long as the app runs."""
    return folder / "storage.json"


def find_storage(folder: Path) -> str | None:
    """Find how to reach the storage of a running app, None when there is none.

    Notes
    -----
    An app that was killed leaves the file behind: what it names need not answer.
    """
    note = connection_file(folder)
    if not note.is_file():
        return None
    return str(json.loads(note.read_text(encoding="utf-8"))["connection_string"])
