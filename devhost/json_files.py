"""Settings files that hold one JSON object each."""

import json
from pathlib import Path
from typing import Any

from devhost.errors import StartError


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object from an existing file.

    Raises
    ------
    StartError
        When the file does not hold a JSON object.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise StartError(f"{path} is not JSON: {error}.") from None
    if not isinstance(document, dict):
        raise StartError(f"{path} must hold a JSON object.")
    return document
