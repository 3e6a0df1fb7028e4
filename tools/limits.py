"""Measure whole runs and write what each plan can train on: `python -m tools.limits`."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from data.generate import generate
from tools.plans import MIB, PLANS, TIMEOUT_SECONDS, USABLE_MEMORY, Measured, find_limit

ROOT = Path(__file__).parents[1]
_RUNS = 5
_HEAD = """\
# Limits

| | Flex Consumption | Premium |
|---|---|---|
| memory of an instance | 512, 2,048 or 4,096 MB (`trainingMemoryMB`, `servingMemoryMB`) | 3.5, 7 or 14 GB (EP1, EP2, EP3), for training |
| duration of a run | {minutes} minutes (`functionTimeout` in `host.json`); the plan has no limit | the same |
| an HTTP answer | within 230 s | within 230 s |
| start of the app | within 30 s | |
| temporary storage | small, about 0.8 GB in 2025; check yours | by size, 21 GB and more |
| deployments | of the training app recreate its instances, and runs under way begin again; of the serving app end no run | the same |

## What each plan can train on

Written by `python -m tools.limits`, which trains five times on each of two generated files, in one
process as the app does, takes the medians of peak memory and time, and extends the line through both
until something is used up: {usable} of the memory, the temporary storage (a quarter more than the raw file, and
16 MiB), or the {minutes} minutes of a run. What a plan has are Microsoft's published figures; none of
it was measured in Azure.

A file that can never fit into temporary storage, or would take more than one and a half times the
memory of the instance, is rejected before it is downloaded, with the reason in its run record. One
that is let through and needs more memory than there is ends the process: the run is tried again,
and ends as abandoned. Where a file does not fit: a Premium plan ([deploy.md](deploy.md)).

The serving app reads its index and its table page by page (`make bench PART=scale`: ten million users
in about 300 MB of memory, most of it pages of the index, which the system takes back when it needs
them), but both must fit into temporary storage too: a release's manifest tells how many bytes they take.

| plan | setting | most loans | users, at {per_user:.0f} loans each | raw file | limited by |
|---|---|---:|---:|---:|---|
"""


def measure(users: int, folder: Path) -> Measured:
    """Train on a generated file some times, in a process of its own each, and take the medians."""
    csv = folder / f"{users}.csv"
    generate(users, 1, csv)
    runs = [_train(csv, folder / f"{users}-{number}") for number in range(_RUNS)]
    peaks, seconds = zip(*runs, strict=True)
    with csv.open("rb") as file:
        loans = sum(block.count(b"\n") for block in iter(lambda: file.read(MIB), b"")) - 1
    return Measured(loans, users, csv.stat().st_size, median(peaks), median(seconds))


def _train(csv: Path, out: Path) -> tuple[float, float]:
    """Train on a file; return the peak memory in MiB, and the seconds."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.app_run", str(csv), str(out)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"Training on {csv} failed: run `python -m tools.app_run` by hand.")
    return usage.ru_maxrss / 1024, time.perf_counter() - begun


def describe_limits(small: Measured, large: Measured) -> str:
    """Write the page."""
    per_user = large.loans / large.users
    bytes_per_loan = large.raw_bytes / large.loans
    rows = []
    for plan in PLANS:
        limit = find_limit(plan, small, large)
        rows.append(
            f"| {plan.name} | {plan.setting} | {_rounded(limit.loans):,}"
            f" | {_rounded(limit.loans / per_user):,}"
            f" | {limit.loans * bytes_per_loan / MIB:,.0f} MiB | {limit.reason} |"
        )
    measured = [
        f"| {one.users:,} | {one.loans:,} | {one.raw_bytes / MIB:,.0f} MiB"
        f" | {one.peak_mib:,.0f} MiB | {one.seconds:,.0f} s |"
        for one in (small, large)
    ]
    return "\n".join(
        [
            _HEAD.format(
                usable=f"{USABLE_MEMORY:.0%}", minutes=TIMEOUT_SECONDS // 60, per_user=per_user
            ).rstrip("\n"),
            *rows,
            "",
            f"Measured on {os.cpu_count()} cores:",
            "",
            "| users | loans | raw file | peak memory | time |",
            "|---:|---:|---:|---:|---:|",
            *measured,
            "",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and write `docs/azure/limits.md`."""
    parser = argparse.ArgumentParser(prog="python -m tools.limits", description=__doc__)
    parser.add_argument("--users", type=int, nargs=2, default=(20_000, 80_000))
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "azure" / "limits.md")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        small, large = (measure(users, Path(folder)) for users in sorted(asked.users))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(describe_limits(small, large), encoding="utf-8")
    print(f"{asked.out} is written.")
    return 0


def _rounded(count: float) -> int:
    """Round down to two digits: the line says no more."""
    whole = int(count)
    unit = int(10 ** max(0, len(str(whole)) - 2))
    return whole // unit * unit


if __name__ == "__main__":
    sys.exit(main())
