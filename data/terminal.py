"""What the command lines of this package share."""

import argparse
import sys
from collections.abc import Callable

import pyarrow as pa

from shared.errors import CreditRiskError


def print_status(line: str) -> None:
    """Print progress or an error to stderr."""
    print(line, file=sys.stderr, flush=True)


def whole_number(minimum: int) -> Callable[[str], int]:
    """Make an argument type for whole numbers.

    Parameters
    ----------
    minimum : int
        The smallest number accepted, at least 0.
    """

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < minimum:
            raise argparse.ArgumentTypeError(
                f"expected a whole number of at least {minimum}, got {text!r}"
            )
        return int(text)

    return parse


def run_command(command: Callable[[], None]) -> int:
    """Run a command, and print its failure in one line.

    Returns
    -------
    int
        The exit code: 0 on success, 2 when a file could not be read or written.
    """
    try:
        command()
    except OSError as error:
        print_status(f"{error.filename}: {error.strerror}.")
        return 2
    except (CreditRiskError, pa.ArrowInvalid) as error:
        print_status(str(error))
        return 2
    return 0
