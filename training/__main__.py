"""The command line: a raw CSV to a release directory, and what is decided about releases."""

import argparse
import logging
import sys
from datetime import date
from pathlib import Path

from azure.core.exceptions import AzureError

from shared.errors import CreditRiskError, RejectedFileError
from shared.release.decisions import DecisionRefusedError
from shared.release.facts import Source
from shared.release.manifest import file_sha256
from shared.settings import read_run_settings, today
from training.pipeline import TrainingJob, build_release
from training.progress import LogLines, Progress, TerminalDisplay
from training.release_commands import COMMANDS, SUMMARY, run_release_command


def main(arguments: list[str] | None = None) -> int:
    """Run the pipeline once, or do what a first word asks about stored releases.

    Returns
    -------
    int
        0 when it is done, 1 when the file was rejected or the decision is not possible, 2 when
        the job was wrong.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in COMMANDS:
        return _explain_failure(words)
    asked = _parse(words)
    try:
        settings = read_run_settings()
        job = TrainingJob(
            csv=asked.csv,
            source=_describe_source(asked.csv),
            as_of=asked.as_of or settings.as_of or today(),
            cost_ratio=settings.cost_ratio,
            outcome_lag_days=settings.outcome_lag_days,
        )
        manifest = build_release(job, asked.out, _progress())
    except RejectedFileError as error:
        print(f"{asked.csv} was rejected:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return 1
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Release {manifest.version} is in {asked.out}.")
    return 0


def _explain_failure(words: list[str]) -> int:
    try:
        return run_release_command(words)
    except DecisionRefusedError as error:
        print(error, file=sys.stderr)
        for reason in error.errors:
            print(f"  - {reason.detail}", file=sys.stderr)
        return 1
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
    except AzureError as error:
        print(f"The storage account fails: {str(error).partition('\n')[0]}", file=sys.stderr)
    return 2


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Turn a raw CSV of loans into a release directory.",
        epilog=SUMMARY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("csv", type=Path, metavar="CSV", help="the raw file")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the directory to make, new or empty"
    )
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day on which served ages are counted (default: AS_OF, else today, UTC)",
    )
    return parser.parse_args(arguments)


def _describe_source(csv: Path) -> Source:
    return {"name": csv.name, "bytes": csv.stat().st_size, "sha256": file_sha256(csv)}


def _progress() -> Progress:
    if sys.stderr.isatty():
        return Progress([TerminalDisplay()])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return Progress([LogLines()])


if __name__ == "__main__":
    sys.exit(main())
