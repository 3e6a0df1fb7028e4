"""Where other programs on this machine read how to connect to the storage of a running app."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.local_storage import connection_file


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
