"""Put load on a local URL with wrk."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devhost.debian import install_packages

LOAD_SECONDS = 2

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True, slots=True)
class Load:
    """The performance of a server under load.

    Attributes
    ----------
    requests_per_second : float
        The request rate.
    p50_ms, p99_ms : float
        Percentiles of the latency, in milliseconds.
    """

    requests_per_second: float
    p50_ms: float
    p99_ms: float


def find_wrk() -> str:
    """Find wrk, installing Debian's package if it is missing.

    Raises
    ------
    RuntimeError
        When it cannot be installed.
    """
    if not shutil.which("wrk"):
        install_packages(["wrk"])
    found = shutil.which("wrk")
    if not found:
        raise RuntimeError("wrk is missing and cannot be installed: install Debian's package wrk.")
    return found


def put_load(url: str, users: Sequence[int], connections: int, seconds: int = LOAD_SECONDS) -> Load:
    """Request the users in turn, over several connections, for a short while.

    Parameters
    ----------
    url : str
        With `{user}` in place of the id.
    users : sequence of int
        The ids to request.
    connections : int
        The number of open connections.
    seconds : int, optional
        How long.
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
        report = subprocess.run(
            [
                *(find_wrk(), "-t1", f"-c{connections}", f"-d{seconds}", "--latency"),
                *("-s", str(path), url.format(user=users[0])),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return parse_wrk_report(report)


def parse_wrk_report(report: str) -> Load:
    """Parse the output of wrk.

    Raises
    ------
    RuntimeError
        When it is not a report, or reports responses other than 2xx.
    """
    if "Non-2xx" in report:
        raise RuntimeError(f"Expected only 2xx responses:\n{report}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if not rate:
        raise RuntimeError(f"Expected a report of wrk:\n{report}")
    return Load(float(rate[1]), _parse_ms(report, "50%"), _parse_ms(report, "99%"))


def _parse_ms(report: str, percentile: str) -> float:
    found = re.search(rf"\s{percentile}\s+([\d.]+)(us|ms|s)\b", report)
    if not found:
        raise RuntimeError(f"Expected the {percentile} latency:\n{report}")
    return float(found[1]) * _UNITS[found[2]]


def _path(url: str, user: int) -> str:
    return "/" + url.format(user=user).split("/", 3)[3]
