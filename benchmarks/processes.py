"""Programs in processes of their own: how long they take, how much memory, what they print."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Run:
    """A program that has ended.

    Attributes
    ----------
    seconds : float
        Wall time from start to end, imports and all.
    peak_mb : float
        The most memory that it had at once, in MiB.
    told : dict
        The JSON of its last line of output.
    """

    seconds: float
    peak_mb: float
    told: dict[str, Any]


def run_module(module: str, *arguments: object, settings: Mapping[str, str] | None = None) -> Run:
    """Run ``python -m module arguments`` and read the JSON that it prints last.

    Parameters
    ----------
    module : str
        One of this package's.
    *arguments : object
        Written as text.
    settings : mapping of str to str, optional
        Added to the environment.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | dict(settings or {}),
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{module} ended with code {process.returncode}")
    return Run(seconds, used.ru_maxrss / 1024, json.loads(output.splitlines()[-1]))


def read_memory_mb(pid: int) -> float:
    """Read how much memory a process has now, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no memory to tell of")
