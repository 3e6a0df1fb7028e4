"""How good the chosen models are: writes `docs/models.md`.

Run as ``python -m benchmarks.models [--seeds N] [--only WORDS] [--out FILE]``.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.model_choice import PORTFOLIOS, try_choice
from benchmarks.model_document import write_document
from benchmarks.served_records import try_records

SEEDS = 8
RECORDS = "record as of the run"
DOCUMENT = Path(__file__).parents[1] / "docs" / "models.md"


def main(arguments: list[str] | None = None) -> int:
    """Try every portfolio over the seeds, print each result, and write the document."""
    options = _parse(arguments)
    seeds = range(options.seeds)
    # Read when a process starts, hence new processes.
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        tried = [
            workers.submit(try_choice, kind, seed)
            for kind in PORTFOLIOS
            if options.only in kind
            for seed in seeds
        ]
        scored = [workers.submit(try_records, seed) for seed in seeds if options.only in RECORDS]
        choices = [_print(one.result()) for one in tried]
        records = [_print(one.result()) for one in scored]
    if options.out or not options.only:
        write_document(options.out or DOCUMENT, choices, records)
    return 0


def _print[Result](result: Result) -> Result:
    print(result, flush=True)
    return result


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument(
        "--only", default="", help=f"portfolios, or '{RECORDS}', whose name contains these words"
    )
    parser.add_argument(
        "--out", type=Path, help="default: docs/models.md, or nothing is written with --only"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
