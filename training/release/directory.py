"""Write a release: a directory that is complete or absent."""

import hashlib
import platform
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from shared.errors import CreditRiskError
from shared.release.facts import ReleaseFacts
from shared.release.features import (
    ADDED_FEATURES,
    FEATURES,
    LOAN,
    LOAN_DATE,
    REFERENCE_FEATURES,
    STATUS,
    USER,
)
from shared.release.manifest import MANIFEST, FileFacts, Manifest, file_sha256
from shared.release.version import name_version, read_created

TRAINING_COLUMNS = (USER, *REFERENCE_FEATURES, STATUS, LOAN, LOAN_DATE, *ADDED_FEATURES)

# Whole numbers are written faster than floats, and look the same.
_WRITTEN_AS = {
    **{name: pa.int32() for name, feature in FEATURES.items() if feature.whole},
    STATUS: pa.int8(),
    LOAN_DATE: pa.date32(),
}
_ROWS_PER_BLOCK = 100_000
_LIBRARIES = (
    "joblib",
    "narwhals",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scipy",
)


class DirectoryTakenError(CreditRiskError):
    """There is something where the release is to be written."""

    status = 409
    title = "The release directory is taken"


@contextmanager
def new_release_directory(out: Path) -> Iterator[Path]:
    """Give a directory to fill, which becomes `out` when all went well, and vanishes if not.

    Raises
    ------
    DirectoryTakenError
        When `out` is there and not an empty directory.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DirectoryTakenError(
            f"The release directory must be new or empty, {out} is not:"
            " name another one, or remove it first."
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield partial
        partial.chmod(0o755)
        partial.replace(out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def write_training_table(path: Path, described: pd.DataFrame) -> None:
    """Write every loan's features and status as CSV.

    Parameters
    ----------
    path : Path
        The file to write.
    described : pandas.DataFrame of shape (n_loans, 12)
        From `training.features.definitions.loan_features`.
    """
    parts = (
        described.iloc[start : start + _ROWS_PER_BLOCK]
        for start in range(0, len(described), _ROWS_PER_BLOCK)
    )
    with path.open("wb") as file:
        file.write(",".join(TRAINING_COLUMNS).encode() + b"\n")
        with ThreadPoolExecutor() as pool:
            for block in pool.map(_write_rows, parts):
                file.write(block)


def _write_rows(described: pd.DataFrame) -> pa.Buffer:
    """Write a block of rows; Arrow leaves Python's lock alone, so blocks are written at once."""
    table = pa.Table.from_pandas(described[list(TRAINING_COLUMNS)], preserve_index=False)
    for name, kind in _WRITTEN_AS.items():
        table = table.set_column(TRAINING_COLUMNS.index(name), name, table[name].cast(kind))
    stream = pa.BufferOutputStream()
    pa_csv.write_csv(table, stream, pa_csv.WriteOptions(include_header=False))
    return stream.getvalue()


def describe_libraries() -> dict[str, str]:
    """Return the versions of the libraries that a release is made with."""
    return {"python": platform.python_version()} | {
        name: installed_version(name) for name in _LIBRARIES
    }


def write_manifest(release: Path, facts: ReleaseFacts, version: str | None = None) -> Manifest:
    """Write the manifest, last of the release's files.

    Parameters
    ----------
    release : Path
        The directory with all other files.
    facts : ReleaseFacts
        All that the run knows of the release; its version, the time of its creation and its
        files' digests are added here.
    version : str, optional
        The version that the run was given when it began; by default, one of this moment and of
        the content.
    """
    files = {
        path.name: FileFacts(file_sha256(path), path.stat().st_size)
        for path in sorted(release.iterdir())
    }
    if version is None:
        # The facts too: the same loans uploaded twice within a second make two releases.
        content = msgspec.json.encode([facts, files])
        version = name_version(datetime.now(UTC), hashlib.sha256(content).hexdigest())
    manifest = Manifest(
        version=version,
        created=read_created(version).isoformat(),
        files=files,
        **msgspec.structs.asdict(facts),
    )
    (release / MANIFEST).write_bytes(manifest.to_json())
    return manifest
