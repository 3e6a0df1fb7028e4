"""Write a release: a directory that is complete or absent."""

import hashlib
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path

import msgspec

from shared.errors import CreditRiskError
from shared.release.facts import ReleaseFacts
from shared.release.files import MANIFEST, FileFacts, file_sha256
from shared.release.manifest import Manifest
from shared.release.version import name_version, read_created

_LIBRARIES = (
    "joblib",
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
