"""Look users up in the indexes and the tables of one release or of several.

Run as ``python -m benchmarks.table_scale USERS=RELEASE_DIR...``; prints a line of JSON.
"""

import json
import random
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.memory import own_peak_mb
from benchmarks.percentiles import describe_microseconds
from serving.loaded_release import LoadedRelease
from shared.release.manifest import check_file, load_manifest

TURNS = 100
# So few take a few milliseconds: whatever slows the machine down slows all sizes down.
LOOKUPS_PER_TURN = 200


def serve_from(releases: Mapping[int, Path]) -> dict[str, Any]:
    """Check and open each release's index and table, and look up random users in turns.

    Parameters
    ----------
    releases : mapping of int to Path
        The directories, by number of users.

    Returns
    -------
    dict
        `ready_seconds` from the files on disk to the first lookups in all; `index` and `table`, by
        number of users the percentiles of a lookup, in microseconds; `peak_mb` of the process.
    """
    started = time.perf_counter()
    opened = {n_users: _open(release) for n_users, release in releases.items()}
    ready = time.perf_counter() - started
    draw = random.Random(1)  # noqa: S311 -- not for secrets
    index: dict[int, list[float]] = {n_users: [] for n_users in releases}
    table: dict[int, list[float]] = {n_users: [] for n_users in releases}
    for _ in range(TURNS):
        for n_users, release in opened.items():
            for user in [draw.randrange(n_users) for _ in range(LOOKUPS_PER_TURN)]:
                started = time.perf_counter()
                release.find_decision(user)
                between = time.perf_counter()
                release.find_user(user)
                index[n_users].append(between - started)
                table[n_users].append(time.perf_counter() - between)
    return {
        "ready_seconds": ready,
        "index": {n_users: describe_microseconds(taken) for n_users, taken in index.items()},
        "table": {n_users: describe_microseconds(taken) for n_users, taken in table.items()},
        "peak_mb": own_peak_mb(),
    }


def _open(release: Path) -> LoadedRelease:
    manifest = load_manifest(release)
    for name in manifest.files:
        check_file(release / name, manifest)
    opened = LoadedRelease(lambda: manifest, lambda name, _: nullcontext(release / name))
    opened.complete()
    if opened.find_decision(1) is None or opened.find_user(1) is None:
        raise RuntimeError("Expected user 1 in the index and in the table.")
    return opened


if __name__ == "__main__":
    named = (word.partition("=") for word in sys.argv[1:])
    print(json.dumps(serve_from({int(n_users): Path(folder) for n_users, _, folder in named})))
