"""The temporary folder of a run, and those that dead runs left."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from training.run_folder import PREFIX, require_room, room_for, run_folder


def folders(place: Path) -> list[Path]:
    return sorted(place.glob(f"{PREFIX}*"))


def test_a_run_has_a_folder_of_its_own_that_vanishes(tmp_path: Path) -> None:
    with run_folder(tmp_path) as one, run_folder(tmp_path) as other:
        assert folders(tmp_path) == sorted([one, other])

    assert folders(tmp_path) == []


def test_a_run_removes_what_killed_runs_left_and_nothing_of_a_live_one(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from training.run_folder import run_folder\n"
        "with run_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'raw.csv').write_text('left')\n"
        "    print(folder, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with (
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as killed,
        run_folder(tmp_path) as live,
    ):
        assert killed.stdout
        left = Path(killed.stdout.readline().strip())
        with run_folder(tmp_path) as beside:
            assert folders(tmp_path) == sorted([left, live, beside])
        killed.kill()
        killed.wait()

        with run_folder(tmp_path) as next_one:
            assert folders(tmp_path) == sorted([live, next_one])


def test_a_folder_without_a_lock_is_one_of_an_earlier_version(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}old").mkdir()

    with run_folder(tmp_path) as folder:
        assert folders(tmp_path) == [folder]


def test_too_little_room_is_reported_with_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=room_for(1000) - 1))

    with pytest.raises(OSError, match=r"for a file of 1,000 bytes, found .* give the instance"):
        require_room(tmp_path, 1000)

    require_room(tmp_path, 999)
