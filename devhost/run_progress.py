"""The progress of a run, printed from its first step to its outcome."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from devhost.errors import UsageError
from shared.registry.runs import MAX_ATTEMPTS, RunRecord, run_blob_name

_POLL_SECONDS = 0.3
_TIMEOUT_SETTING = "DROP_TIMEOUT_SECONDS"
_TIMEOUT_SECONDS = 60.0
# A step over a large file may take minutes without writing anything.
_STEP_TIMEOUT_FACTOR = 15


@dataclass(slots=True)
class _Printed:
    """How much of a run has been printed."""

    attempt: int = 0
    steps: int = 0
    failed_attempt: int = 0


def read_timeout(environment: Mapping[str, str]) -> float:
    """Read how many seconds may pass without progress.

    Raises
    ------
    UsageError
        When the setting is not a number.
    """
    text = environment.get(_TIMEOUT_SETTING) or str(_TIMEOUT_SECONDS)
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{_TIMEOUT_SETTING} must be a number, not {text!r}.") from None


def follow_run(releases: ContainerClient, run: str, timeout_seconds: float) -> int:
    """Print each step as it ends, then the outcome of the run.

    Parameters
    ----------
    releases : ContainerClient
        The container of the run records.
    run : str
        The run's id.
    timeout_seconds : float
        How long to wait for a record, or for the next attempt after a failed one.

    Returns
    -------
    int
        Exit code: 0 when a release was published or awaits approval, else 1.
    """
    printed = _Printed()
    last: RunRecord | None = None
    changed = time.monotonic()
    while True:
        record = _read(releases, run)
        if record is not None and record != last:
            last, changed = record, time.monotonic()
            _print_new(record, printed)
            exit_code = _print_outcome(record)
            if exit_code is not None:
                return exit_code
        running = last is not None and last["state"] == "running"
        timeout = timeout_seconds * (_STEP_TIMEOUT_FACTOR if running else 1)
        if time.monotonic() - changed > timeout:
            print(_describe_silence(last, timeout))
            return 1
        time.sleep(_POLL_SECONDS)


def _read(releases: ContainerClient, run: str) -> RunRecord | None:
    try:
        content = releases.download_blob(run_blob_name(run)).readall()
    except ResourceNotFoundError:
        return None
    return cast("RunRecord", json.loads(content))


def _print_new(record: RunRecord, printed: _Printed) -> None:
    if record["attempt"] != printed.attempt:
        if record["attempt"] > 1:
            print(f"Attempt {record['attempt']} of {MAX_ATTEMPTS}:")
        printed.attempt, printed.steps = record["attempt"], 0
    for step in record["steps"][printed.steps :]:
        print(f"  {step['name']:<12} {step['detail']} ({step['seconds']:.1f} s)", flush=True)
    printed.steps = len(record["steps"])
    if record["state"] == "failed" and printed.failed_attempt != record["attempt"]:
        printed.failed_attempt = record["attempt"]
        print(f"Attempt {record['attempt']} of {MAX_ATTEMPTS} failed:")
        _print_problems(record["problems"])


def _print_outcome(record: RunRecord) -> int | None:
    state, version = record["state"], record.get("version")
    if state == "published":
        print(f"Published as release {version}.")
        _print_metrics(record)
        return 0
    if state == "pending":
        print(f"Stored as release {version}, pending: it is served once it is approved.")
        _print_problems(record["problems"])
        _print_metrics(record)
        print(f"  python -m training approve {version}")
        return 0
    if state == "refused":
        print(
            f"Release {version} was refused by its gates; the served release is unchanged. Reasons:"
        )
        _print_problems(record["problems"])
        _print_metrics(record)
        return 1
    return _print_failure(record)


def _print_failure(record: RunRecord) -> int | None:
    if record["state"] == "rejected":
        print("The file was rejected; the served release is unchanged. Problems:")
        _print_problems(record["problems"])
        return 1
    if record["state"] in ("superseded", "abandoned"):
        print(f"The run was {record['state']}; the served release is unchanged. Reasons:")
        _print_problems(record["problems"])
        return 1
    return None


def _print_metrics(record: RunRecord) -> None:
    for name, value in (record.get("metrics") or {}).items():
        print(f"  {name:<24} {value:.4f}" if isinstance(value, float) else f"  {name:<24} {value}")


def _describe_silence(last: RunRecord | None, seconds: float) -> str:
    what = "No run of this file has started" if last is None else "The run has made no progress"
    return (
        f"{what} for {seconds:.0f} seconds. Check that the app is running, and check its log;"
        " it may be busy with another file, as it trains on one at a time."
    )


def _print_problems(problems: list[str]) -> None:
    for problem in problems:
        print(f"  - {problem}", flush=True)
