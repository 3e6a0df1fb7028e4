"""The command line: build a release from a raw CSV, or list and decide about stored releases."""

import argparse
import gc
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import CreditRiskError, RejectedFileError
from shared.log_lines import keep_to_one_line
from shared.release.files import file_sha256
from shared.release.source import Source
from shared.settings import read_run_settings, today
from training.arguments import RELEASE_COMMANDS, parse_build, parse_release_command
from training.as_of import require_past
from training.audit_arguments import AUDIT, parse_audit_command
from training.dataset_process import DatasetProcess
from training.progress import LogLines, Progress, TerminalDisplay
from training.training_job import TrainingJob

if TYPE_CHECKING:
    from shared.release.manifest import Manifest
    from training.gates.champion import Champion


def main(arguments: list[str] | None = None) -> int:
    """Build a release, or run the command that the first argument names.

    Returns
    -------
    int
        0 on success, 1 when the file was rejected or the decision is not possible, 2 when the
        command cannot be run.
    """
    keep_to_one_line()
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in RELEASE_COMMANDS:
        parsed = parse_release_command(words)
        from training.release_commands import run_release_command  # noqa: PLC0415 -- slow to import

        return run_release_command(parsed)
    if words and words[0] == AUDIT:
        asked = parse_audit_command(words[1:])
        from training.audit_commands import run_audit_command  # noqa: PLC0415 -- slow to import

        return run_audit_command(asked)
    if words and words[0] == "idle":
        from training.idle import parse_idle_command, run_idle_command  # noqa: PLC0415 -- as above

        return run_idle_command(parse_idle_command(words[1:]))
    # A run leaves little garbage in cycles.
    gc.disable()
    try:
        return _build(parse_build(words))
    finally:
        gc.enable()


def _build(parsed: argparse.Namespace) -> int:
    try:
        with DatasetProcess() as dataset_process:
            manifest = _build_release(parsed, dataset_process)
    except RejectedFileError as error:
        print(f"{parsed.csv} was rejected:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return 1
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Release {manifest.version} is in {parsed.out}; its gates: {manifest.verdict}.")
    return 0


def _build_release(parsed: argparse.Namespace, dataset_process: DatasetProcess) -> "Manifest":
    settings = read_run_settings()
    as_of = parsed.as_of or settings.as_of or today()
    require_past(as_of, today(), forced=parsed.force_as_of or settings.as_of_force)
    job = TrainingJob(
        csv=parsed.csv,
        source=_describe_source(parsed.csv),
        as_of=as_of,
        cost_ratio=settings.cost_ratio,
        outcome_lag_days=settings.outcome_lag_days,
        champion=_read_champion(parsed.champion),
    )
    from training.pipeline import build_release  # noqa: PLC0415 -- slow to import

    return build_release(job, parsed.out, _progress(), dataset_process.make_dataset)


def _read_champion(directory: Path | None) -> "Champion | None":
    if directory is None:
        return None
    from training.champion_store import read_champion  # noqa: PLC0415 -- slow to import

    return read_champion(directory)


def _describe_source(csv: Path) -> Source:
    return {"name": csv.name, "bytes": csv.stat().st_size, "sha256": file_sha256(csv)}


def _progress() -> Progress:
    if sys.stderr.isatty():
        return Progress([TerminalDisplay()])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return Progress([LogLines()])


if __name__ == "__main__":
    code = main()
    # The end of the process frees everything at once: nothing is searched for garbage before.
    gc.freeze()
    sys.exit(code)
