"""A run's record, followed on the terminal from the first step to the end."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from devhost.errors import UsageError
from shared.registry.runs import RunRecord, run_blob_name

_LOOK_SECONDS = 0.3
_TRIES = 5
_PATIENCE_SETTING = "DROP_PATIENCE_SECONDS"
_PATIENCE_SECONDS = 60.0
# A step over a large file writes nothing for minutes.
_STEP_PATIENCE = 15


@dataclass(slots=True)
class _Shown:
    """How much of a run was printed."""

    attempt: int = 0
    steps: int = 0
    failed_attempt: int = 0


def read_timeout(environment: Mapping[str, str]) -> float:
    """Read how many seconds may pass without a sign of the run.

    Raises
    ------
    UsageError
        When the setting is not a number.
    """
    text = environment.get(_PATIENCE_SETTING) or str(_PATIENCE_SECONDS)
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{_PATIENCE_SETTING} must be a number, not {text!r}.") from None


def follow_run(releases: ContainerClient, run: str, timeout_seconds: float) -> int:
    """Print each step as it ends, then the outcome.

    Parameters
    ----------
    releases : ContainerClient
        Where the records are.
    run : str
        The run's id.
    timeout_seconds : float
        How long to wait for a record, or for another try after a failed one.

    Returns
    -------
    int
        0 when a release was published or waits for approval, else 1.
    """
    shown = _Shown()
    last: RunRecord | None = None
    changed = time.monotonic()
    while True:
        record = _read(releases, run)
        if record is not None and record != last:
            last, changed = record, time.monotonic()
            _show(record, shown)
            code = _outcome(record)
            if code is not None:
                return code
        running = last is not None and last["state"] == "running"
        patience = timeout_seconds * (_STEP_PATIENCE if running else 1)
        if time.monotonic() - changed > patience:
            print(_silence(last, patience))
            return 1
        time.sleep(_LOOK_SECONDS)


def _read(releases: ContainerClient, run: str) -> RunRecord | None:
    try:
        content = releases.download_blob(run_blob_name(run)).readall()
    except ResourceNotFoundError:
        return None
    return cast("RunRecord", json.loads(content))


def _show(record: RunRecord, shown: _Shown) -> None:
    if record["attempt"] != shown.attempt:
        if record["attempt"] > 1:
            print(f"Try {record['attempt']} of {_TRIES}:")
        shown.attempt, shown.steps = record["attempt"], 0
    for step in record["steps"][shown.steps :]:
        print(f"  {step['name']:<12} {step['detail']} ({step['seconds']:.1f} s)", flush=True)
    shown.steps = len(record["steps"])
    if record["state"] == "failed" and shown.failed_attempt != record["attempt"]:
        shown.failed_attempt = record["attempt"]
        print(f"Try {record['attempt']} of {_TRIES} failed:")
        _list(record["problems"])


def _outcome(record: RunRecord) -> int | None:
    state, version = record["state"], record.get("version")
    if state == "published":
        print(f"Published as release {version}.")
        _show_metrics(record)
        return 0
    if state == "pending":
        print(f"Stored as release {version}, pending: it is served once a person approves it.")
        _list(record["problems"])
        _show_metrics(record)
        print(f"  python -m training approve {version}")
        return 0
    if state == "refused":
        print(f"Release {version} was refused by its gates; the release that is served stays. Why:")
        _list(record["problems"])
        _show_metrics(record)
        return 1
    return _failure(record)


def _failure(record: RunRecord) -> int | None:
    if record["state"] == "rejected":
        print("The file was rejected; the release that is served stays. What is wrong:")
        _list(record["problems"])
        return 1
    if record["state"] == "failed" and record["attempt"] >= _TRIES:
        print("The file is given up; the release that is served stays. The app's log says more.")
        return 1
    return None


def _show_metrics(record: RunRecord) -> None:
    for name, value in (record.get("metrics") or {}).items():
        print(f"  {name:<24} {value:.4f}" if isinstance(value, float) else f"  {name:<24} {value}")


def _silence(last: RunRecord | None, seconds: float) -> str:
    what = "No run of this file has begun" if last is None else "The run has stood still"
    return (
        f"{what} for {seconds:.0f} seconds. Check that the app is running and what its log says;"
        " it may be at work on another file, as it trains on one at a time."
    )


def _list(problems: list[str]) -> None:
    for problem in problems:
        print(f"  - {problem}", flush=True)
