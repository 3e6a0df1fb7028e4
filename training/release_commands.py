"""The commands on stored releases: list, approve, reject, roll back, compare."""

import argparse
import csv
import getpass
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.audit.recording import record_decided
from shared.errors import BrokenReleaseError, CreditRiskError
from shared.registry.account import releases_container
from shared.registry.override import Overriding, override
from shared.registry.promotion import approve, reject
from shared.registry.release_list import list_releases
from shared.registry.releases import check_version, download_serving_table
from shared.registry.repairing import diagnose, repair
from shared.registry.returning import roll_back
from shared.release.comparison import Change, Comparison, Group, compare_tables, list_changes
from shared.release.decisions import UNKNOWN, Actor, DecisionRefusedError
from shared.release.files import SERVING_TABLE
from shared.release.overrides import valid_until
from shared.settings import read_override_confirmation, read_run_settings
from training.release_list import format_releases
from training.storage_settings import find_settings


def run_release_command(parsed: argparse.Namespace) -> int:
    """Run a command and print its result, or what keeps it from running.

    Parameters
    ----------
    parsed : argparse.Namespace
        From `training.arguments.parse_release_command`.

    Returns
    -------
    int
        0 on success, 1 when the decision is not possible, 2 when the command cannot be run.
    """
    try:
        print(_run(parsed))
    except DecisionRefusedError as error:
        print(error, file=sys.stderr)
        for reason in error.errors:
            print(f"  - {reason.detail}", file=sys.stderr)
        return 1
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except AzureError as error:
        print(f"The storage account fails: {str(error).partition('\n')[0]}", file=sys.stderr)
        return 2
    return 0


def _run(parsed: argparse.Namespace) -> str:
    if parsed.command == "compare":
        return _compare(parsed.a, parsed.b, parsed.csv)
    if parsed.command == "requeue":
        from training.requeueing import requeue  # noqa: PLC0415 -- slow to import

        settings = read_run_settings() if parsed.now else None
        return requeue(find_settings(), parsed.run, _identify_user().who, settings)
    container = _find_container()
    if parsed.command == "releases":
        after = None if parsed.after is None else check_version(parsed.after)
        return format_releases(list_releases(container, after))
    done = _repair(container, parsed) if parsed.command == "repair" else _decide(container, parsed)
    record_decided(container, find_settings())
    return done


def _repair(container: ContainerClient, parsed: argparse.Namespace) -> str:
    if parsed.dry_run:
        found = diagnose(container)
        how = "" if found.is_certain else "Choose the current release with --to VERSION."
        return "\n".join(part for part in (*found.faults, how) if part) or "Nothing is damaged."
    done = repair(container, _identify_user(), parsed.to)
    return "\n".join([*done, "Repaired."]) if done else "Nothing is damaged."


def _find_container() -> ContainerClient:
    return releases_container(find_settings())


def _decide(container: ContainerClient, parsed: argparse.Namespace) -> str:
    actor = _identify_user()
    if parsed.command == "approve" and parsed.override:
        needed = read_override_confirmation() == "required"
        done = override(container, parsed.version, actor, parsed.why, needs_confirmation=needed)
        return _format_override(parsed.version, done)
    if parsed.command == "approve":
        replaced = approve(container, parsed.version, actor, parsed.why)
        return f"{parsed.version} is current; before it was {replaced or 'none'}."
    if parsed.command == "reject":
        reject(container, parsed.version, actor, parsed.why)
        return f"{parsed.version} is rejected."
    before, now = roll_back(container, actor, parsed.why, parsed.back_from)
    return f"{now} is current again; rolled back from {before}."


def _identify_user() -> Actor:
    try:
        return Actor(getpass.getuser(), verified=False)
    except OSError:
        return UNKNOWN


def _format_override(version: str, done: Overriding) -> str:
    if done.is_made:
        return f"{version} is current, by an override of its gates."
    return (
        f"The override of {version} is asked for, nothing has moved: another person confirms it"
        f" until {valid_until(done.event)} with the same command and a reason of their own."
    )


def _compare(a: str, b: str, out: Path | None) -> str:
    with tempfile.TemporaryDirectory(prefix="credit-risk-compare-") as folder:
        tables = [_find_table(name, Path(folder)) for name in (a, b)]
        found = _format_comparison(compare_tables(*tables))
        if out is None:
            return found
        return f"{found}\n{_write_changes(out, list_changes(*tables)):,} users are in {out}."


def _write_changes(path: Path, changes: Iterable[Change]) -> int:
    """Write changes as CSV: all are numbers, none of which a spreadsheet takes for a formula."""
    part = path.with_name(f"{path.name}.part")
    written = 0
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(Change._fields)
            for change in changes:
                writer.writerow(change)
                written += 1
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def _find_table(name: str, folder: Path) -> Path:
    directory = Path(name)
    if not directory.is_dir():
        return download_serving_table(_find_container(), name, folder)
    table = directory / SERVING_TABLE
    if not table.is_file():
        raise BrokenReleaseError(
            f"Expected a release directory with a {SERVING_TABLE}; {name} has none:"
            " name another directory."
        )
    return table


def _format_comparison(found: Comparison) -> str:
    lines = [
        f"users only in A          {_format_group(found.only_in_a)}",
        f"users only in B          {_format_group(found.only_in_b)}",
        f"users in both            {found.in_both:,}",
        f"decision from 0 to 1     {_format_group(found.refused_in_b)}",
        f"decision from 1 to 0     {_format_group(found.accepted_in_b)}",
    ]
    if found.mean_change is not None:
        lines += [
            f"mean change              {found.mean_change:+.6f}",
            f"mean absolute change     {found.mean_absolute_change:.6f}",
            f"largest change           {found.largest_change:+.6f} (user"
            f" {found.largest_change_user})",
        ]
    return "\n".join(lines)


def _format_group(group: Group) -> str:
    named = ", ".join(map(str, group.first))
    more = ", ..." if group.users > len(group.first) else ""
    return f"{group.users:,}" + (f" ({named}{more})" if named else "")
