from pathlib import Path

import pytest

from devhost.drop import check_file
from devhost.errors import UsageError
from devhost.running_host import free_port
from devhost.storage.published import publish_connection
from tests.support.dropping import UNREACHABLE, dropping, run_drop, step


def test_a_published_file_is_followed_step_by_step(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path) as drop:
        drop.record("running", steps=[step("read")])
        drop.wait_for("read         detail of read (0.4 s)")
        drop.record("running", steps=[step("read"), step("train")])
        drop.wait_for("detail of train")
        metrics = {"roc_auc": 0.7512345, "n_loans": 10, "recall": None}
        drop.record("published", steps=[step("read"), step("train")], version="v1", metrics=metrics)

        assert drop.process.wait() == 0

    output = drop.output.read_text()
    assert output.count("detail of read") == 1
    assert "Published as release v1.\n  roc_auc                  0.7512\n" in output
    assert "n_loans                  10\n" in output


def test_a_pending_release_is_reported_with_the_command_that_approves_it(
    storage: str, tmp_path: Path
) -> None:
    with dropping(storage, tmp_path) as drop:
        drop.record("pending", version="v1", metrics={"roc_auc": 0.75}, problems=["ana chose v0"])

        assert drop.process.wait() == 0

    output = drop.output.read_text()
    assert "Stored as release v1, pending" in output
    assert "  - ana chose v0\n  roc_auc                  0.7500\n" in output
    assert output.endswith("  python -m training approve v1\n")


def test_a_refused_release_is_reported_with_its_gates(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path) as drop:
        drop.record("refused", version="v1", problems=["age: 3 worsen."])

        assert drop.process.wait() == 1

    assert drop.output.read_text().endswith(
        "Release v1 was refused by its gates; the served release is unchanged. Reasons:\n"
        "  - age: 3 worsen.\n"
    )


def test_a_rejected_file_is_reported_with_all_its_problems(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path) as drop:
        drop.record("rejected", problems=["no column loan_id", "no rows"])

        assert drop.process.wait() == 1

    output = drop.output.read_text()
    assert "The file was rejected" in output
    assert output.endswith("  - no column loan_id\n  - no rows\n")


def test_a_failed_run_is_followed_through_its_retries(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path) as drop:
        drop.record("failed", problems=["the disk was full"])
        drop.wait_for("Attempt 1 of 5 failed:\n  - the disk was full\n")
        drop.record("running", attempt=2, steps=[step("read")])
        drop.wait_for("Attempt 2 of 5:\n  read         detail of read")
        drop.record("published", attempt=2, steps=[step("read")], version="v2")

        assert drop.process.wait() == 0


def test_five_failed_attempts_end_the_command(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path) as drop:
        drop.record("abandoned", attempt=5, problems=["again"])

        assert drop.process.wait() == 1

    assert "The run was abandoned; the served release is unchanged." in drop.output.read_text()


def test_a_file_without_a_run_is_reported(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path, timeout="0.5") as drop:
        assert drop.process.wait() == 1

    assert "No run of this file has started for 0 seconds. Check that" in drop.output.read_text()


def test_a_large_upload_shows_its_progress(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path, content=bytes(9 * 1024 * 1024)) as drop:
        drop.record("rejected", problems=["not a CSV"])
        drop.process.wait()

    assert "  4 of 9 MB\n" in drop.output.read_text()
    assert "  9 of 9 MB\n" in drop.output.read_text()


def test_an_empty_file_is_uploaded_and_followed(storage: str, tmp_path: Path) -> None:
    with dropping(storage, tmp_path, content=b"") as drop:
        drop.record("rejected", problems=["The file is empty"])
        assert drop.process.wait() == 1

    assert "  - The file is empty\n" in drop.output.read_text()


@pytest.mark.parametrize("name", ["loans.CSV", "loans.txt", "loans.csv.gz", ".loans.csv", ".csv"])
@pytest.mark.parametrize("folder", [".", "in"])
def test_a_name_that_the_trigger_ignores_is_refused(tmp_path: Path, folder: str, name: str) -> None:
    path = tmp_path / folder / name
    path.parent.mkdir(exist_ok=True)
    path.touch()

    with pytest.raises(UsageError, match=r"hidden|does not end in \.csv"):
        check_file(str(path))


@pytest.mark.parametrize("name", ["a\\b.csv", "a\nb.csv", "a\x85b.csv"])
def test_a_name_that_storage_refuses_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    with pytest.raises(UsageError, match="is not a valid blob name"):
        check_file(str(tmp_path / name))


@pytest.mark.parametrize("name", ["a.csv", "préstamos 2022.csv", "a.b.csv", "a#?%.csv"])
def test_other_names_are_accepted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    assert check_file(str(tmp_path / name)).name == name


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        ("", "No file given: `make drop CSV=path/to/file.csv`.\n"),
        ("missing.csv", "missing.csv does not exist or is not a regular file.\n"),
        (".", ". is a directory: give the path of a CSV file.\n"),
    ],
)
def test_an_invalid_path_is_reported_in_one_line(tmp_path: Path, csv: str, message: str) -> None:
    assert run_drop(tmp_path, csv).wait() == 2
    assert (tmp_path / "output").read_text() == message


@pytest.mark.parametrize("left_behind", [False, True])
def test_a_missing_app_is_reported_in_one_line(tmp_path: Path, left_behind: bool) -> None:
    (tmp_path / "a.csv").touch()
    port = free_port()
    folder = tmp_path / ".local" / str(port)

    with publish_connection(folder, UNREACHABLE):
        if not left_behind:
            (folder / "storage.json").unlink()
        code = run_drop(tmp_path, "a.csv", PORT=str(port), AzureWebJobsStorage="").wait()

    output = (tmp_path / "output").read_text()
    assert code == 1
    assert output.count("\n") == 1
    assert f"on port {port}" in output
    assert "app" in output
