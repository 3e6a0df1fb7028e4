"""Whether a package names the mirror from which its libraries were fetched."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tools.errors import ToolError

# Where everybody fetches from; libraries name it in their own texts.
_PUBLIC = {"pypi.org", "pypi.python.org", "files.pythonhosted.org"}
_OPTIONS = ("index-url", "extra-index-url", "find-links", "proxy", "trusted-host")


def find_origins() -> set[str]:
    """List the hosts and folders that pip is configured to fetch from here, the public index aside.

    Raises
    ------
    ToolError
        When pip cannot tell.
    """
    run = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise ToolError(f"Expected pip to list its configuration:\n{run.stderr.strip()}")
    return set(read_origins(run.stdout)) - _PUBLIC


def read_origins(configuration: str) -> Iterator[str]:
    """Read hosts and folders out of what `pip config list` prints."""
    for line in configuration.splitlines():
        option, _, value = line.partition("=")
        if option.rpartition(".")[2] not in _OPTIONS:
            continue
        for word in value.strip("'\"").replace("\\n", " ").split():
            address = urlsplit(word if "://" in word or word.startswith("/") else f"//{word}")
            found = address.hostname or address.path
            # A name without a dot, such as localhost, stands in many texts: its port tells.
            if address.hostname and "." not in found and address.port:
                found = f"{found}:{address.port}"
            yield found


def find_traces(place: Path, origins: set[str]) -> list[str]:
    """Find the files, of a folder or one alone, that name an origin.

    Returns
    -------
    list of str
        Each file with the origin that it names.
    """
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    wanted = {origin: origin.encode() for origin in origins}
    return [
        f"{path} names {origin}"
        for path in files
        if path.is_file()
        for content in [path.read_bytes()]
        for origin, text in sorted(wanted.items())
        if text in content
    ]
