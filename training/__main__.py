"""The command line: a raw CSV to a release directory."""

import argparse
import logging
import sys
from datetime import date
from pathlib import Path

from shared.errors import CreditRiskError, RejectedFileError
from shared.release import file_sha256
from shared.runs import Source
from shared.settings import read_run_settings, today
from training.pipeline import Order, build_release
from training.progress import LogLines, Progress, TerminalDisplay


def main(arguments: list[str] | None = None) -> int:
    """Run the pipeline once.

    Returns
    -------
    int
        0 when the release was made, 1 when the file was rejected, 2 when the order was wrong.
    """
    asked = _parse(arguments)
    try:
        settings = read_run_settings()
        order = Order(
            csv=asked.csv,
            source=_describe_source(asked.csv),
            as_of=asked.as_of or settings.as_of or today(),
            cost_ratio=settings.cost_ratio,
        )
        manifest = build_release(order, asked.out, _progress())
    except RejectedFileError as error:
        print(f"{asked.csv} was rejected:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return 1
    except (CreditRiskError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Release {manifest['version']} is in {asked.out}.")
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training", description="Turn a raw CSV of loans into a release directory."
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
