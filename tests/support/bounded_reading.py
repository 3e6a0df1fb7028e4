"""Read a raw file in a process of its own, whose peak memory and processor time are known.

The first argument is the file. Prints JSON: the problems, and by how much memory grew, in MiB.
"""

import json
import resource
import sys
from pathlib import Path

from shared.errors import RejectedFileError
from tests.support.portfolios import AS_OF
from training.reading.raw_file import read_loans

MOST_SECONDS = 120
"""Of the processor: far more than a machine needs, far less than an unbounded reader takes."""


def main(path: Path) -> None:
    """Read the file, under a limit on the processor's time."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        read_loans(path, AS_OF)
        problems = []
    except RejectedFileError as error:
        problems = error.problems
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"problems": problems, "grown_mib": grown // 1024}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
