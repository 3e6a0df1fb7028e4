"""An archive whose bytes follow from its files alone, and its digest."""

import hashlib
import zipfile
from pathlib import Path

# The earliest that a zip file can say.
_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16


def write_archive(folder: Path, archive: Path) -> str:
    """Zip a folder in a fixed order, without times or owners.

    Returns
    -------
    str
        The archive's SHA-256, which also stands beside it as `sha256sum --check` reads it.
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _TIME)
                entry.external_attr = _REGULAR_FILE
                entry.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(entry, path.read_bytes(), compresslevel=6)
    with archive.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    Path(f"{archive}.sha256").write_text(f"{sha256}  {archive.name}\n", encoding="utf-8")
    return sha256


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
