"""Generate a synthetic raw file of any size."""

import argparse
import sys
from pathlib import Path

import numpy as np

from data.loans import shuffle_loans
from data.portfolio import draw_portfolio
from data.raw_file import write_raw_file
from data.terminal import print_status, run_command, whole_number


def main(arguments: list[str] | None = None) -> int:
    """Generate one file.

    Returns
    -------
    int
        0 when the file was written, 2 on failure.
    """
    options = _parse(arguments)
    return run_command(lambda: generate(options.users, options.seed, options.out))


def generate(n_users: int, seed: int, path: Path) -> None:
    """Write a synthetic raw file; the same arguments give the same bytes.

    Parameters
    ----------
    n_users : int
        The number of users, at least 1.
    seed : int
        Not negative.
    path : Path
        Overwritten when it exists.
    """
    rng = np.random.default_rng(seed)
    print_status(f"Drawing {n_users:,} users")
    portfolio = draw_portfolio(rng, n_users)
    loans = shuffle_loans(rng, portfolio.loans)
    write_raw_file(path, portfolio.applicants, loans)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m data.generate", description="Generate a synthetic raw file of loans."
    )
    parser.add_argument("--users", type=whole_number(1), required=True, metavar="N")
    parser.add_argument("--seed", type=whole_number(0), default=0, metavar="S", help="default: 0")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
