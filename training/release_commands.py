"""The command line about stored releases: list, approve, reject, roll back, compare."""

import argparse
import getpass
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.local_storage import find_storage, local_folder
from shared.registry.account import releases_container
from shared.registry.promotion import approve, reject, roll_back
from shared.registry.releases import StoredRelease, download_serving_table, list_releases
from shared.release.comparison import Comparison, Group, compare_tables
from shared.release.decisions import Actor
from shared.release.manifest import SERVING_TABLE
from shared.settings import read_port, read_settings

COMMANDS = ("releases", "approve", "reject", "rollback", "compare")

SUMMARY = """\
commands on stored releases, each with a --help of its own:
  python -m training releases                        list them, the current one marked
  python -m training approve VERSION [--why TEXT]    make one current
  python -m training reject VERSION --why TEXT       rule a candidate out
  python -m training rollback [--why TEXT]           go back to the one that was current before
  python -m training compare A B                     tell whose decision changes from A to B

They read the storage account that AzureWebJobsStorage names; where it is not set, that of the app
that `make start` runs here, on the port that PORT names (7071).
"""
_HEADINGS = ("version", "created", "as of", "source", "AUC", "verdict", "state")


def run_release_command(arguments: Sequence[str]) -> int:
    """Do what the first word asks for.

    Returns
    -------
    int
        0 when it is done.

    Raises
    ------
    CreditRiskError
        When it cannot be done, with what to do.
    """
    asked = _parse(arguments)
    if asked.command == "compare":
        print(_tell_comparison(_compare(asked.a, asked.b)))
        return 0
    container = _find_container()
    if asked.command == "releases":
        print(_tell_releases(*list_releases(container)))
    else:
        print(_decide(container, asked))
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("releases", help="list the releases in storage")
    approval = commands.add_parser("approve", help="make a stored release the current one")
    rejection = commands.add_parser("reject", help="rule out that a candidate becomes current")
    rollback = commands.add_parser("rollback", help="go back to the release that was current")
    for parts in (approval, rejection):
        parts.add_argument("version", metavar="VERSION", help="of the release")
    for parts in (approval, rollback):
        parts.add_argument("--why", metavar="TEXT", help="the reason, for the record")
    rejection.add_argument(
        "--why", metavar="TEXT", required=True, type=_reason, help="the reason, for the record"
    )
    comparison = commands.add_parser("compare", help="tell what changes for users from A to B")
    for name in ("a", "b"):
        comparison.add_argument(
            name, metavar=name.upper(), help="a version in storage, or a release directory"
        )
    return parser.parse_args(arguments)


def _find_container() -> ContainerClient:
    settings = read_settings()
    if not settings.names_storage:
        found = find_storage(local_folder(Path.cwd(), read_port()))
        settings = replace(settings, storage_connection=found)
    return releases_container(settings)


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a reason, got none")
    return text


def _decide(container: ContainerClient, asked: argparse.Namespace) -> str:
    actor = Actor(_os_user(), verified=False)
    if asked.command == "approve":
        replaced = approve(container, asked.version, actor, asked.why)
        return f"{asked.version} is current; before it was {replaced or 'none'}."
    if asked.command == "reject":
        reject(container, asked.version, actor, asked.why)
        return f"{asked.version} is rejected."
    before, now = roll_back(container, actor, asked.why)
    return f"{now} is current again; rolled back from {before}."


def _os_user() -> str:
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"


def _tell_releases(current: str | None, releases: Sequence[StoredRelease]) -> str:
    if not releases:
        return "No release is in storage: drop a CSV into the input container."
    rows = [_HEADINGS, *(_tell_release(one, current) for one in releases)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    marks = ["  ", *("* " if one.version == current else "  " for one in releases)]
    return "\n".join(mark + line for mark, line in zip(marks, lines, strict=True))


def _tell_release(release: StoredRelease, current: str | None) -> tuple[str, ...]:
    manifest = release.manifest
    auc = manifest.metrics.get("roc_auc")
    return (
        release.version,
        manifest.created,
        manifest.as_of,
        manifest.source["name"],
        "-" if auc is None else f"{auc:.4f}",
        release.verdict,
        release.state(current).replace("_", " "),
    )


def _compare(a: str, b: str) -> Comparison:
    with tempfile.TemporaryDirectory(prefix="credit-risk-compare-") as folder:
        return compare_tables(*(_find_table(name, Path(folder)) for name in (a, b)))


def _find_table(name: str, folder: Path) -> Path:
    directory = Path(name)
    if not directory.is_dir():
        return download_serving_table(_find_container(), name, folder)
    table = directory / SERVING_TABLE
    if not table.is_file():
        raise BrokenReleaseError(
            f"A release directory has a {SERVING_TABLE}, {name} has none: name another one."
        )
    return table


def _tell_comparison(found: Comparison) -> str:
    lines = [
        f"users only in A          {_tell_group(found.only_in_a)}",
        f"users only in B          {_tell_group(found.only_in_b)}",
        f"users in both            {found.in_both:,}",
        f"decision from 0 to 1     {_tell_group(found.refused_in_b)}",
        f"decision from 1 to 0     {_tell_group(found.accepted_in_b)}",
    ]
    if found.mean_change is not None:
        lines += [
            f"mean change              {found.mean_change:+.6f}",
            f"mean absolute change     {found.mean_absolute_change:.6f}",
            f"largest change           {found.largest_change:+.6f} (user"
            f" {found.largest_change_user})",
        ]
    return "\n".join(lines)


def _tell_group(group: Group) -> str:
    named = ", ".join(map(str, group.first))
    more = ", ..." if group.users > len(group.first) else ""
    return f"{group.users:,}" + (f" ({named}{more})" if named else "")
