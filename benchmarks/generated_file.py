"""The generated raw files that are measured, made once."""

import subprocess
import sys
from datetime import date
from pathlib import Path

from benchmarks.processes import ROOT

FOLDER = ROOT / ".local" / "bench"
USERS = 36_457
TEN_TIMES = 10
SEED = 1
AS_OF = date(2022, 3, 8)


def generate(n_users: int) -> Path:
    """Generate a raw file of so many users, unless it is there."""
    csv = FOLDER / f"loans-{n_users}-{SEED}.csv"
    if not csv.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        partial = csv.with_suffix(".partial")
        command = [sys.executable, "-m", "data.generate", "--users", str(n_users)]
        subprocess.run([*command, "--seed", str(SEED), "--out", str(partial)], cwd=ROOT, check=True)
        partial.replace(csv)
    return csv


def fill_cache(path: Path) -> None:
    """Read a file, so that the next process reads it from memory."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass
