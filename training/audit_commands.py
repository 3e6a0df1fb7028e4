"""The commands on the record of what happened: verify, replay."""

import argparse
import sys

from azure.core.exceptions import AzureError

from shared.audit.sweep import open_audit
from shared.audit.verification import verify
from shared.errors import CreditRiskError
from shared.registry.account import releases_container
from training.replay import replay
from training.storage_settings import find_settings


def run_audit_command(parsed: argparse.Namespace) -> int:
    """Run a command and print its result.

    Parameters
    ----------
    parsed : argparse.Namespace
        From `training.audit_arguments.parse_audit_command`.

    Returns
    -------
    int
        0 on success, 1 when the record has a fault or no answer is as expected, 2 when the
        command cannot be run.
    """
    try:
        return _verify(parsed) if parsed.command == "verify" else _replay(parsed)
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
    except AzureError as error:
        print(f"The storage account fails: {str(error).partition('\n')[0]}", file=sys.stderr)
    return 2


def _verify(parsed: argparse.Namespace) -> int:
    settings = find_settings()
    found = verify(releases_container(settings), open_audit(settings), parsed.head)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    state = "sound" if not found.faults else f"not sound: {len(found.faults)} faults"
    print(
        f"The record is {state}. {found.records:,} records, {found.vouching:,} manifests vouch for"
        f" them; the last one is {found.head.number} with the SHA-256 {found.head.sha256}."
    )
    return 1 if found.faults else 0


def _replay(parsed: argparse.Namespace) -> int:
    container = releases_container(find_settings())
    expected = None if parsed.expect is None else parsed.expect.read_bytes()
    bodies = replay(container, parsed.user, parsed.version)
    for path, body in bodies.items():
        print(f"GET /api{path}\n{body.decode()}")
    if expected is None:
        return 0
    matching = [path for path, body in bodies.items() if body == expected]
    if not matching:
        print(f"No answer of {parsed.version} is {parsed.expect}.", file=sys.stderr)
        return 1
    print(f"{parsed.expect} is the answer to GET /api{matching[0]}, byte for byte.")
    return 0
