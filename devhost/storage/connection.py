"""How clients on this machine connect to the storage."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.local_storage import connection_file

# The SDK would wait 15 s before its first retry; local storage comes back at once or not at all.
CLIENT_OPTIONS: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 0.5,
    "increment_base": 1,
    "random_jitter_range": 0,
    "connection_timeout": 5,
    "read_timeout": 60,
}


@contextmanager
def publish_connection(folder: Path, connection_string: str) -> Iterator[None]:
    """Write the connection string to a file for the duration of the block."""
    file = connection_file(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"connection_string": connection_string}), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
