"""Where the storage of a running copy of the app is, for programs beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The SDK's own first pause is 15 s: storage on this machine is back at once or not at all.
CLIENT_PATIENCE: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 0.5,
    "increment_base": 1,
    "random_jitter_range": 0,
    "connection_timeout": 5,
    "read_timeout": 60,
}


def local_folder(app_dir: Path, port: int) -> Path:
    """Name the folder of the copy that listens on a port."""
    return app_dir / ".local" / str(port)


@contextmanager
def publish_storage(folder: Path, connection_string: str) -> Iterator[None]:
    """Write down how to reach the storage, for as long as the block runs."""
    state = folder / "storage.json"
    folder.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps({"connection_string": connection_string}), encoding="utf-8")
    try:
        yield
    finally:
        state.unlink(missing_ok=True)


def find_storage(folder: Path) -> str | None:
    """Find how to reach the storage of a running copy, None when there is none.

    Notes
    -----
    A copy that was killed leaves the file behind: what it names need not answer.
    """
    state = folder / "storage.json"
    if not state.is_file():
        return None
    return str(json.loads(state.read_text(encoding="utf-8"))["connection_string"])
