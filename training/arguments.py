"""The arguments of the command line; importing this loads nothing that is slow."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

RELEASE_COMMANDS = (
    "releases",
    "approve",
    "reject",
    "rollback",
    "compare",
    "repair",
    "requeue",
)

_SUMMARY = """\
commands on stored releases, each with a --help of its own:
  python -m training releases                        list them, the current one marked
  python -m training approve VERSION [--why TEXT]    make one current
  python -m training approve VERSION --override --why TEXT
                                                     serve one that its gates stopped: one
                                                     person asks, another confirms
  python -m training reject VERSION --why TEXT       reject a candidate
  python -m training rollback [--from VERSION] [--why TEXT]
                                                     restore the previous release
  python -m training repair [--to VERSION]           rebuild a damaged current.json
  python -m training compare A B [--csv FILE]        show whose decision changes from A to B
  python -m training requeue RUN [--now]             take up an upload whose run failed
  python -m training idle [--wait SECONDS]           say whether a run is under way, or wait
  python -m training audit verify [--head SHA256]    find altered or missing audit records
  python -m training audit replay USER VERSION       reproduce the answers about a user

They use the storage account that AzureWebJobsStorage or DATA_STORAGE names; without them, the
account of the app that `make start` runs on this machine, on the port given by PORT (default
7071). An account in Azure: DATA_STORAGE__accountName=NAME, as whoever is logged in with `az login`.
"""


def parse_build(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments of a local build: `csv`, `out`, `as_of`, `champion`."""
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Turn a raw CSV of loans into a release directory.",
        epilog=_SUMMARY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("csv", type=Path, metavar="CSV", help="the raw file")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output directory, new or empty"
    )
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day on which ages are computed (default: AS_OF, else today, UTC)",
    )
    parser.add_argument(
        "--force-as-of", action="store_true", help="allow a day after today, as AS_OF_FORCE=true"
    )
    parser.add_argument(
        "--champion",
        type=Path,
        metavar="DIR",
        help="a release directory that the gates compare with, as they compare an upload with the"
        " current release (default: none)",
    )
    return parser.parse_args(arguments)


def parse_release_command(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse one of the `RELEASE_COMMANDS` and what follows it."""
    parser = argparse.ArgumentParser(prog="python -m training")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("releases", help="list the releases in storage")
    listing.add_argument(
        "--after", metavar="VERSION", help="show the page that begins after this version"
    )
    approval = commands.add_parser("approve", help="make a stored release current")
    rejection = commands.add_parser("reject", help="reject a candidate")
    rollback = commands.add_parser("rollback", help="restore the previous release")
    rollback.add_argument(
        "--from",
        dest="back_from",
        metavar="VERSION",
        help="the version to go back from: a repeated command then goes back only once",
    )
    for subparser in (approval, rejection):
        subparser.add_argument("version", metavar="VERSION", help="version of the release")
    for subparser in (approval, rollback):
        subparser.add_argument("--why", metavar="TEXT", help="the reason, for the record")
    approval.add_argument(
        "--override",
        action="store_true",
        help="override the gates that stopped it: ask for that, or confirm what another person"
        " asked for; needs --why",
    )
    rejection.add_argument(
        "--why", metavar="TEXT", required=True, type=_reason, help="the reason, for the record"
    )
    requeueing = commands.add_parser("requeue", help="take up an upload whose run failed")
    requeueing.add_argument("run", metavar="RUN", help="id of the run")
    requeueing.add_argument(
        "--now", action="store_true", help="train here and now; else the app's timer does it"
    )
    repairing = commands.add_parser(
        "repair", help="rebuild a damaged current.json from its history"
    )
    repairing.add_argument(
        "--to",
        metavar="VERSION",
        help="the release to make current where the history does not say which one is",
    )
    repairing.add_argument(
        "--dry-run", action="store_true", help="show what is damaged, and change nothing"
    )
    comparison = commands.add_parser("compare", help="show what changes for users from A to B")
    for name in ("a", "b"):
        comparison.add_argument(
            name, metavar=name.upper(), help="a version in storage, or a release directory"
        )
    comparison.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="write every user whom A and B tell apart, with both probabilities and decisions",
    )
    parsed = parser.parse_args(arguments)
    if getattr(parsed, "override", False) and not (parsed.why or "").strip():
        approval.error("an override needs a reason: --why TEXT")
    return parsed


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a reason, got none")
    return text
