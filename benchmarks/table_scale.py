"""Serve from a table of many users, in a fresh process.

Run as ``python -m benchmarks.table_scale RELEASE_DIR USERS``; prints a line of JSON.
"""

import json
import random
import sys
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.memory import own_peak_mb
from benchmarks.percentiles import describe_microseconds
from serving.loaded_release import LoadedRelease
from shared.release.manifest import check_file, load_manifest

LOOKUPS = 20_000


def serve_from(release: Path, n_users: int) -> dict[str, float]:
    """Check and open a release's table, and look up random users.

    Returns
    -------
    dict
        `ready_seconds` from the file on disk to the first lookup, `p50` and `p99` of a lookup in
        microseconds, `peak_mb` of the process, in MB.
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
    seconds = []
    for _ in range(LOOKUPS):
        user = draw.randrange(n_users)
        started = time.perf_counter()
        loaded.find_decision(user)
        loaded.find_user(user)
        seconds.append(time.perf_counter() - started)
    return {"ready_seconds": ready, **describe_microseconds(seconds), "peak_mb": own_peak_mb()}


if __name__ == "__main__":
    print(json.dumps(serve_from(Path(sys.argv[1]), int(sys.argv[2]))))
