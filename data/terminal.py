"""What the command lines of this package have in common."""

import argparse
import sys
from collections.abc import Callable

import pyarrow as pa

from shared.errors import CreditRiskError


def say(line: str) -> None:
    """Tell the person at the terminal how far the work is."""
    print(line, file=sys.stderr, flush=True)


def whole_number(least: int) -> Callable[[str], int]:
    """Make a reader of whole numbers for an argument parser.

    Parameters
    ----------
    least : int
        The smallest number to accept, at least 0.
    """

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(
                f"expected a whole number of at least {least}, got {text!r}"
            )
        return int(text)

    return read


def explain_failure(work: Callable[[], None]) -> int:
    """Do the work of a command line, and say in one line what kept it from being done.

    Returns
    -------
    int
        The exit code: 0 when it is done, 2 when a file could not be read or written.
    """
    try:
        work()
    except OSError as error:
        say(f"{error.filename}: {error.strerror}.")
        return 2
    except (CreditRiskError, pa.ArrowInvalid) as error:
        say(str(error))
        return 2
    return 0
