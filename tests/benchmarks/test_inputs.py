"""What the parts measure on, and what they measure."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import bare_table, generated_file
from benchmarks.inputs import Inputs, open_inputs
from benchmarks.processes import run_module
from shared.release.files import TRAINING_TABLE


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where the generated files are made."""
    folder = tmp_path / "bench"
    monkeypatch.setattr(generated_file, "FOLDER", folder)
    return folder


def test_a_missing_file_is_generated_once(bench: Path) -> None:
    with open_inputs(20) as inputs:
        made = inputs.csv.stat()
        assert inputs.csv.parent == bench

    with open_inputs(20) as inputs:
        assert inputs.csv.stat() == made
        assert inputs.ten_times.stat().st_size > 5 * made.st_size


def test_a_folder_is_made_empty_again_and_again(tmp_path: Path) -> None:
    inputs = Inputs(20, tmp_path, ExitStack())
    (inputs.new_folder("made") / "left").touch()

    assert list(inputs.new_folder("made").iterdir()) == []

    inputs.remove("made")
    assert list(tmp_path.iterdir()) == []


def test_our_table_is_that_of_a_release(raw_file: Path, release: Path, tmp_path: Path) -> None:
    run = run_module("benchmarks.our_table", raw_file, tmp_path)

    assert set(run.output) == {"read", "engineer", "write"}
    assert (tmp_path / TRAINING_TABLE).read_bytes() == (release / TRAINING_TABLE).read_bytes()


def test_the_bare_table_is_as_long_and_as_wide_as_ours(
    raw_file: Path, release: Path, tmp_path: Path
) -> None:
    ours = (release / TRAINING_TABLE).read_bytes()

    bare_table.write(bare_table.read(raw_file), tmp_path / TRAINING_TABLE)

    bare = (tmp_path / TRAINING_TABLE).read_bytes()
    assert bare.splitlines()[0] == ours.splitlines()[0]
    assert bare.count(b"\n") == ours.count(b"\n")
    assert bare.count(b",") == ours.count(b",")
    assert 0.7 < len(bare) / len(ours) <= 1.05
