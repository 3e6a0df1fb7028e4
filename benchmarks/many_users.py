"""Write a release of many users that are alike.

Run as ``python -m benchmarks.many_users RELEASE_DIR LIKE_DIR USERS``. In a process of its own: the
memory that it takes would count for all that the benchmark starts later.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from msgspec.structs import replace

from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES, USER
from shared.release.files import MANIFEST, SERVING_TABLE, USER_INDEX, FileFacts, file_sha256
from shared.release.manifest import load_manifest
from shared.release.serving_table import write_serving_table
from training.release.index_file import write_user_index


def write_release(release: Path, like: Path, n_users: int) -> None:
    """Write what keyed reads need of a release, with the manifest of another one."""
    write_serving_table(release / SERVING_TABLE, _make_rows(n_users))
    write_user_index(release / USER_INDEX, _make_users(n_users))
    files = {
        path.name: FileFacts(file_sha256(path), path.stat().st_size) for path in release.iterdir()
    }
    manifest = replace(load_manifest(like), version="scale", files=files)
    (release / MANIFEST).write_bytes(manifest.to_json())


def _make_users(n_users: int) -> pd.DataFrame:
    """Make users whose numbers take as many bytes as those of a real portfolio."""
    features = {name: (np.arange(n_users) % 40).astype(np.int8) for name in REFERENCE_FEATURES}
    amount = np.full(n_users, 100.1)
    return pd.DataFrame(
        {
            USER: np.arange(n_users),
            **features,
            "avg_amount_loans_previous": amount,
            "probability": amount / 1000,
            "decision": np.zeros(n_users, np.int8),
        }
    )


def _make_rows(n_users: int) -> Iterator[tuple[object, ...]]:
    features = tuple(10.5 + index for index in range(len(MODEL_FEATURES)))
    for user in range(n_users):
        yield (user, *features, 0.0136, 0, "2020-12-22", "[]")


if __name__ == "__main__":
    write_release(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    print("{}")
