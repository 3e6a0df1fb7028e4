"""The archive of a package."""

import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

from tools.archive import write_archive


def fill(folder: Path, names: list[str], time: int) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
        os.utime(path, (time, time))
    return folder


def test_the_same_files_give_the_same_bytes_whenever_and_in_whatever_order_they_were_made(
    tmp_path: Path,
) -> None:
    names = ["host.json", "shared/a.py", "shared/b.py"]
    early = fill(tmp_path / "early", names, 1_000_000_000)
    late = fill(tmp_path / "late", names[::-1], 1_700_000_000)
    (late / "host.json").chmod(0o600)

    digests = [write_archive(folder, tmp_path / "app.zip") for folder in (early, late)]

    assert digests[0] == digests[1]


def test_another_byte_gives_another_digest(tmp_path: Path) -> None:
    folder = fill(tmp_path / "app", ["host.json"], 1_000_000_000)
    before = write_archive(folder, tmp_path / "app.zip")
    (folder / "host.json").write_text("{}")

    assert write_archive(folder, tmp_path / "app.zip") != before


def test_the_digest_beside_the_archive_is_one_that_sha256sum_checks(tmp_path: Path) -> None:
    folder = fill(tmp_path / "app", ["host.json"], 1_000_000_000)
    write_archive(folder, tmp_path / "app.zip")

    check = subprocess.run(
        ["sha256sum", "--check", "app.zip.sha256"], cwd=tmp_path, capture_output=True, check=False
    )

    assert check.returncode == 0


def test_hidden_folders_are_archived_too(tmp_path: Path) -> None:
    folder = fill(tmp_path / "app", [".python_packages/lib/x.py"], 1_000_000_000)
    write_archive(folder, tmp_path / "app.zip")

    assert ZipFile(tmp_path / "app.zip").namelist() == [".python_packages/lib/x.py"]
