"""Serve from index and table of many users, in a fresh process.

Run as ``python -m benchmarks.table_scale RELEASE_DIR USERS``; prints a line of JSON.
"""

import json
import random
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.memory import own_peak_mb
from benchmarks.percentiles import describe_microseconds
from serving.loaded_release import LoadedRelease
from shared.release.manifest import check_file, load_manifest

LOOKUPS = 20_000


def serve_from(release: Path, n_users: int) -> dict[str, Any]:
    """Check and open a release's index and table, and look up random users in both.

    Returns
    -------
    dict
        `ready_seconds` from the files on disk to the first lookups; `index` and `table`, the
        percentiles of a lookup in each, in microseconds; `peak_mb` of the process, in MB.
    """
    manifest = load_manifest(release)
    started = time.perf_counter()
    for name in manifest.files:
        check_file(release / name, manifest)
    loaded = LoadedRelease(lambda: manifest, lambda name, _: nullcontext(release / name))
    loaded.complete()
    if loaded.find_decision(1) is None or loaded.find_user(1) is None:
        raise RuntimeError("Expected user 1 in the index and in the table.")
    ready = time.perf_counter() - started
    draw = random.Random(1)  # noqa: S311 -- not for secrets
    index, table = [], []
    for _ in range(LOOKUPS):
        user = draw.randrange(n_users)
        started = time.perf_counter()
        loaded.find_decision(user)
        between = time.perf_counter()
        loaded.find_user(user)
        index.append(between - started)
        table.append(time.perf_counter() - between)
    return {
        "ready_seconds": ready,
        "index": describe_microseconds(index),
        "table": describe_microseconds(table),
        "peak_mb": own_peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(serve_from(Path(sys.argv[1]), int(sys.argv[2]))))
