"""The arguments of `python -m training audit`; importing this loads nothing that is slow."""

import argparse
from collections.abc import Sequence
from pathlib import Path

AUDIT = "audit"


def parse_audit_command(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse `verify` or `replay` and what follows it."""
    parser = argparse.ArgumentParser(
        prog="python -m training audit",
        description="Verify the record of what happened, or reproduce an answer.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    verification = commands.add_parser(
        "verify", help="find records that were altered, removed, reordered or cut off"
    )
    verification.add_argument(
        "--head", metavar="SHA256", help="a head of the chain, from a log line: audit {...}"
    )
    replay = commands.add_parser(
        "replay", help="reproduce the answers about a user from a stored release"
    )
    replay.add_argument("user", metavar="USER", help="the user's id")
    replay.add_argument("version", metavar="VERSION", help="version of the release")
    replay.add_argument(
        "--expect",
        type=Path,
        metavar="FILE",
        help="the body that was answered; fail unless one of the answers is it, byte for byte",
    )
    return parser.parse_args(arguments)
