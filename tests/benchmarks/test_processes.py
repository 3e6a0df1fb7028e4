"""Modules that run in processes of their own, and what is measured of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.memory import own_peak_mb, read_memory_mb, watch_peak
from benchmarks.processes import ROOT, deployed_environment, run_module, used_cpu_seconds

BUSY = "benchmarks.bare_table"


def test_a_run_has_its_time_and_its_output(raw_file: Path, tmp_path: Path) -> None:
    run = run_module(BUSY, raw_file, tmp_path)

    assert set(run.output) == {"read", "write"}
    assert run.seconds > sum(run.output.values())
    assert run.cpu_seconds > 0


def test_a_run_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=f"{BUSY} exited with code 1"):
        run_module(BUSY, tmp_path / "missing.csv", tmp_path)


def test_the_cpu_time_of_a_process_is_the_one_that_it_reads_itself() -> None:
    before = time.process_time()
    used = used_cpu_seconds(os.getpid())

    assert before <= used <= time.process_time()


def test_the_peak_of_a_process_is_not_that_of_the_one_that_started_it() -> None:
    print_peak = "from benchmarks.memory import own_peak_mb; print(own_peak_mb())"

    peak = subprocess.run(
        [sys.executable, "-c", print_peak], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert 5 < float(peak) < 60 < read_memory_mb(os.getpid()) <= own_peak_mb() * 1.1


def test_the_peak_of_a_run_counts_what_it_starts() -> None:
    hold = "held = b'x' * 60_000_000; import time; time.sleep(0.5)"
    both = f"import subprocess, sys; {hold.replace('time.sleep(0.5)', 'subprocess.run(HELD)')}"
    program = both.replace("HELD", repr([sys.executable, "-c", hold]))

    with (
        subprocess.Popen([sys.executable, "-c", program]) as process,
        watch_peak(process.pid) as peak,
    ):
        process.wait()

    assert process.returncode == 0
    assert 120 < peak.mb < 200


def test_processes_write_bytecode_as_the_deployed_package_holds_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "started.py").touch()

    subprocess.run(
        [sys.executable, "-c", "import started"],
        cwd=tmp_path,
        env=deployed_environment(),
        check=True,
    )

    assert list(tmp_path.glob("__pycache__/started.*.pyc"))
