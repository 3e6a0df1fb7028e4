"""Whether a run is under way: a deployment recreates instances and kills what runs on them."""

import argparse
import sys
import time

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError
from shared.registry.account import releases_container
from shared.registry.run_store import RunEntry, list_runs
from training.storage_settings import find_settings

IDLE = "idle"
_POLL_SECONDS = 10.0
# A role that was just given takes some minutes to count.
_PATIENCE_SECONDS = 600.0


def parse_idle_command(arguments: list[str]) -> argparse.Namespace:
    """Parse what follows `idle`."""
    parser = argparse.ArgumentParser(
        prog=f"python -m training {IDLE}",
        description="Say whether a run is under way. Exit status: 0 if none is, 1 if one is, 2 if"
        " that cannot be told. A run whose instance died counts for half a minute longer.",
    )
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="wait so long for runs to end (default: do not wait)",
    )
    return parser.parse_args(arguments)


def run_idle_command(parsed: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    try:
        active = wait_for_idle(releases_container(find_settings()), parsed.wait)
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except AzureError as error:
        print(f"The storage account fails: {str(error).partition('\n')[0]}", file=sys.stderr)
        return 2
    if not active:
        print("No run is under way.")
        return 0
    print(_describe(active), file=sys.stderr)
    return 1


def wait_for_idle(
    releases: ContainerClient, wait_seconds: float, poll_seconds: float = _POLL_SECONDS
) -> list[RunEntry]:
    """Wait until no run is under way, but not longer than asked.

    Parameters
    ----------
    releases : ContainerClient
        The releases container.
    wait_seconds : float
        How long to wait at most.
    poll_seconds : float
        How often to look.

    Returns
    -------
    list of RunEntry
        The runs that are still under way.

    Raises
    ------
    AzureError
        When storage cannot be asked, and still not after ten minutes of the wait.
    """
    deadline = time.monotonic() + wait_seconds
    patience = time.monotonic() + min(wait_seconds, _PATIENCE_SECONDS)
    while True:
        try:
            active = find_active(releases)
        except AzureError:
            if time.monotonic() >= patience:
                raise
            time.sleep(poll_seconds)
            continue
        left = deadline - time.monotonic()
        if not active or left <= 0:
            return active
        time.sleep(min(poll_seconds, left))


def find_active(releases: ContainerClient) -> list[RunEntry]:
    """Find the runs that an attempt is working on: it holds a lease on the run's record."""
    try:
        return [entry for entry in list_runs(releases) if entry.leased]
    except ResourceNotFoundError:
        # Nothing was ever dropped.
        return []


def _describe(active: list[RunEntry]) -> str:
    lines = [f"  {one.id}, last written at {one.updated:%Y-%m-%d %H:%M:%S} UTC" for one in active]
    return "\n".join(["Runs under way, which a deployment would kill:", *lines])


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds from 0 on, got {text}")
    return seconds
