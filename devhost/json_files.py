"""Settings files: one JSON object each."""

import json
from pathlib import Path
from typing import Any

from devhost.errors import StartError


def read_json(path: Path) -> dict[str, Any]:
    """Read a file that is there.

    Raises
    ------
    StartError
        When it holds no JSON object.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise StartError(f"{path} is not JSON: {error}.") from None
    if not isinstance(document, dict):
        raise StartError(f"{path} must hold a JSON object.")
    return document
