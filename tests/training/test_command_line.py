"""`python -m training`, as typed in a terminal."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from training.__main__ import main
from training.progress import Progress, TerminalDisplay


@pytest.mark.training
def test_a_raw_file_becomes_a_release_directory(
    raw_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([str(raw_file), "--out", str(tmp_path / "out"), "--as-of", "2022-03-08"])

    assert code == 0
    assert f"is in {tmp_path / 'out'}" in capsys.readouterr().out
    assert (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["releases", "--help"], ["audit", "replay", "--help"]]
)
def test_help_imports_no_slow_library(arguments: list[str]) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "training", *arguments]

    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr

    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in output.splitlines()}
    assert "argparse" in imported
    assert imported.isdisjoint({"azure", "numpy", "pandas", "pyarrow", "sklearn"})


def test_the_problems_of_a_rejected_file_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("loan_id,id\n1,2\n")

    code = main([str(bad), "--out", str(tmp_path / "out")])

    output = capsys.readouterr().err
    assert code == 1
    assert output.count("is missing: add it.") == 22
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(tmp_path / "none.csv"), "--out", str(tmp_path / "out")])

    assert code == 2
    assert "none.csv" in capsys.readouterr().err


def test_a_terminal_ends_the_line_of_a_failed_step() -> None:
    stream = io.StringIO()

    with pytest.raises(OSError, match="gone"), Progress([TerminalDisplay(stream)]).step("read"):
        raise OSError("gone")

    assert stream.getvalue().endswith("✗ read\n")


def test_a_terminal_shows_one_line_per_step() -> None:
    stream = io.StringIO()

    with Progress([TerminalDisplay(stream)]).step("read") as step:
        shown_during = stream.getvalue()
        step.detail = "12 loans"

    assert shown_during == "  … read"
    assert stream.getvalue().endswith("s  12 loans\n")
    assert "\r  ✓ read" in stream.getvalue()
