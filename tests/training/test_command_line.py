"""`python -m training`, as it is typed."""

import io
from pathlib import Path

import pytest

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


def test_a_rejected_file_is_told_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("loan_id,id\n1,2\n")

    code = main([str(bad), "--out", str(tmp_path / "out")])

    told = capsys.readouterr().err
    assert code == 1
    assert told.count("is missing: add it.") == 22
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([str(tmp_path / "none.csv"), "--out", str(tmp_path / "out")])

    assert code == 2
    assert "none.csv" in capsys.readouterr().err


def test_a_terminal_ends_the_line_of_a_step_that_failed() -> None:
    stream = io.StringIO()

    with pytest.raises(OSError, match="gone"), Progress([TerminalDisplay(stream)]).step("read"):
        raise OSError("gone")

    assert stream.getvalue().endswith("✗ read\n")


def test_a_terminal_shows_each_step_on_its_line() -> None:
    stream = io.StringIO()

    with Progress([TerminalDisplay(stream)]).step("read") as step:
        shown_meanwhile = stream.getvalue()
        step.detail = "12 loans"

    assert shown_meanwhile == "  … read"
    assert stream.getvalue().endswith("s  12 loans\n")
    assert "\r  ✓ read" in stream.getvalue()
