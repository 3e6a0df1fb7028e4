"""Run modules in separate processes, measuring their time, memory and output."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.memory import Peak, kib_to_mb, watch_peak

ROOT = Path(__file__).resolve().parent.parent

_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Run:
    """A completed run of a module.

    Attributes
    ----------
    seconds : float
        Wall time of the whole process, including imports.
    cpu_seconds : float
        CPU time of all its threads.
    peak_mb : float
        Peak memory of the process, or of it and its children together, in MB of 10^6 bytes; at
        least that of the process that started it, as the system counts.
    printed : str
        Its last line of output.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    printed: str

    @property
    def output(self) -> dict[str, Any]:
        """What it printed last, as JSON."""
        printed: dict[str, Any] = json.loads(self.printed)
        return printed


def deployed_environment() -> dict[str, str]:
    """Return this process's environment, for a start as of the deployed package.

    The package holds bytecode: processes may write it here, so that only the first one compiles.
    """
    return {name: text for name, text in os.environ.items() if name != _NO_BYTECODE}


def used_cpu_seconds(pid: int) -> float:
    """Read the CPU time of all threads of a process, on Linux."""
    # How the system numbers the clocks of processes: clock_getcpuclockid(3).
    return time.clock_gettime((~pid << 3) | 2)


def run_module(
    module: str,
    *arguments: object,
    settings: Mapping[str, str] | None = None,
    with_children: bool = False,
) -> Run:
    """Run ``python -m module arguments``, as from the deployed package.

    Parameters
    ----------
    module : str
        Its name.
    *arguments : object
        Converted to text.
    settings : mapping of str to str, optional
        Added to the environment.
    with_children : bool, optional
        Whether to look at the memory of the processes that it starts as well, while it runs: this
        takes some time from what is measured.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=deployed_environment() | dict(settings or {}),
        stdout=subprocess.PIPE,
        text=True,
    )
    watched = watch_peak(process.pid) if with_children else nullcontext(Peak())
    with process, watched as together:
        assert process.stdout
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{module} exited with code {process.returncode}")
    peak_mb = max(together.mb, kib_to_mb(used.ru_maxrss))
    printed = output.rstrip().rpartition("\n")[2]
    return Run(seconds, used.ru_utime + used.ru_stime, peak_mb, printed)
