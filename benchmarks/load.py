"""Load on a URL of this machine, by wrk."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devhost.debian import install_packages

LOAD_SECONDS = 5

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load.

    Attributes
    ----------
    requests_per_second : float
        Answered.
    p50_ms, p99_ms : float
        Milliseconds that an answer took.
    """

    requests_per_second: float
    p50_ms: float
    p99_ms: float


def find_wrk() -> str:
    """Find wrk, and install Debian's package where it is missing.

    Raises
    ------
    RuntimeError
        When it is not to be had.
    """
    if not shutil.which("wrk"):
        install_packages(["wrk"])
    found = shutil.which("wrk")
    if not found:
        raise RuntimeError("wrk is needed and cannot be installed: install Debian's package wrk.")
    return found


def put_load(url: str, users: Sequence[int], connections: int) -> Load:
    """Ask about one user after the other, over several connections, for some seconds.

    Parameters
    ----------
    url : str
        With `{user}` where the id goes.
    users : sequence of int
        Who is asked about, in turn.
    connections : int
        How many are open at once.
    """
    paths = ", ".join(f'"{_path(url, user)}"' for user in users)
    script = (
        f"local paths = {{{paths}}}\nlocal turn = 0\n"
        "request = function()\n  turn = turn % #paths + 1\n"
        '  return wrk.format("GET", paths[turn])\nend\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "users.lua"
        path.write_text(script)
        told = subprocess.run(
            [
                *(find_wrk(), "-t1", f"-c{connections}", f"-d{LOAD_SECONDS}", "--latency"),
                *("-s", str(path), url.format(user=users[0])),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return read_wrk(told)


def read_wrk(told: str) -> Load:
    """Read what wrk prints.

    Raises
    ------
    RuntimeError
        When it is no report, or tells of answers that were not 2xx.
    """
    if "Non-2xx" in told:
        raise RuntimeError(f"Expected every answer to be 2xx:\n{told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if not rate:
        raise RuntimeError(f"Expected a report of wrk:\n{told}")
    return Load(float(rate[1]), _read_ms(told, "50%"), _read_ms(told, "99%"))


def _read_ms(told: str, percentile: str) -> float:
    found = re.search(rf"\s{percentile}\s+([\d.]+)(us|ms|s)\b", told)
    if not found:
        raise RuntimeError(f"Expected the {percentile} of the latency:\n{told}")
    return float(found[1]) * _UNITS[found[2]]


def _path(url: str, user: int) -> str:
    return "/" + url.format(user=user).split("/", 3)[3]
