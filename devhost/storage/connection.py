"""The storage of this machine: told of while the app runs, and asked without patience."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.local_storage import connection_file

# The SDK's own first pause is 15 s: storage on this machine is back at once or not at all.
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
    """Write down how to reach the storage, for as long as the block runs."""
    note = connection_file(folder)
    folder.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"connection_string": connection_string}), encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
