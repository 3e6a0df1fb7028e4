"""A dataset made in a process of its own."""

import dataclasses
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing import Pipe, active_children
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shared.errors import RejectedFileError
from tests.support.jobs import job_of
from tests.support.paths import ROOT
from tests.support.processes import find_processes
from tests.support.step_entries import StepEntries
from tests.support.waiting import wait_until
from training.column_messages import send_object
from training.dataset_process import DatasetProcess, DatasetProcessDiedError
from training.dataset_service import NobodyThereError, receive_dataset, serve_dataset
from training.pipeline import build_release, make_dataset
from training.progress import Progress, Step

pytestmark = pytest.mark.training

_READ_FOREVER = """
import sys
from multiprocessing import active_children
from pathlib import Path
from tests.support.jobs import job_of
from training.dataset_process import DatasetProcess
from training.progress import Progress

process = DatasetProcess()
print(active_children()[0].pid, flush=True)
csv = Path(sys.argv[1])
process.make_dataset(job_of(csv), csv.parent, Progress())
"""


@pytest.fixture
def process() -> Iterator[DatasetProcess]:
    with DatasetProcess() as process:
        yield process
    assert not active_children()


def test_a_release_made_with_it_is_the_same(
    release: Path, raw_file: Path, tmp_path: Path, process: DatasetProcess
) -> None:
    listener = StepEntries()

    build_release(job_of(raw_file), tmp_path / "out", Progress([listener]), process.make_dataset)

    for name in ("train_model.csv", "serving.sqlite", "users.bin", "scorer.json"):
        assert (tmp_path / "out" / name).read_bytes() == (release / name).read_bytes()
    listener.require_whole_run()


def test_the_problems_of_a_rejected_file_come_back_whole(
    tmp_path: Path, process: DatasetProcess
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("loan_id,id\n1,2\n")
    listener = StepEntries()

    with pytest.raises(RejectedFileError) as rejected:
        build_release(job_of(bad), tmp_path / "out", Progress([listener]), process.make_dataset)

    with pytest.raises(RejectedFileError) as here:
        make_dataset(job_of(bad), tmp_path, Progress())
    assert rejected.value.problems == here.value.problems
    assert listener.entries == ["read …", "read failed"]
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_another_error_tells_where_it_arose(tmp_path: Path, process: DatasetProcess) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        process.make_dataset(job_of(tmp_path / "none.csv"), tmp_path, Progress())

    (note,) = missing.value.__notes__
    assert "in make_dataset" in note


def test_a_killed_process_ends_the_run_and_leaves_nothing(
    raw_file: Path, tmp_path: Path, process: DatasetProcess
) -> None:
    class Killer(StepEntries):
        def step_started(self, step: Step) -> None:
            (child,) = active_children()
            child.kill()

    with pytest.raises(DatasetProcessDiedError, match="exit code -9"):
        build_release(
            job_of(raw_file), tmp_path / "out", Progress([Killer()]), process.make_dataset
        )

    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_gone_before_it_has_a_job_is_reported(
    raw_file: Path, tmp_path: Path, process: DatasetProcess
) -> None:
    (child,) = active_children()
    child.kill()
    child.join()

    with pytest.raises(DatasetProcessDiedError, match="exit code -9"):
        process.make_dataset(job_of(raw_file), tmp_path, Progress())


def test_the_end_is_noticed_within_a_message() -> None:
    ours, theirs = Pipe()
    os.write(theirs.fileno(), b"\0\0\0\x09half")
    theirs.close()

    with pytest.raises(NobodyThereError):
        receive_dataset(ours, Progress())


def test_a_column_that_is_not_whole_is_never_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = Pipe()
    with monkeypatch.context() as patched:
        patched.setattr(theirs, "send_bytes", lambda column: None)
        send_object(np.ones(100), theirs)
    theirs.send(MemoryError("no room for a column"))

    with pytest.raises(NobodyThereError) as gone:
        receive_dataset(ours, Progress())

    assert "column of 800 bytes" in str(gone.value.__cause__)


def test_a_terminal_that_is_gone_ends_the_run(
    raw_file: Path, tmp_path: Path, process: DatasetProcess
) -> None:
    class Closed(StepEntries):
        def step_started(self, step: Step) -> None:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        process.make_dataset(job_of(raw_file), tmp_path, Progress([Closed()]))


def test_an_interrupted_run_ends_the_process_and_leaves_nothing(
    raw_file: Path, tmp_path: Path, process: DatasetProcess
) -> None:
    class Interrupter(StepEntries):
        def step_started(self, step: Step) -> None:
            if step.name == "write":
                raise KeyboardInterrupt

        def step_failed(self, step: Step) -> None:
            pass

    with pytest.raises(KeyboardInterrupt):
        build_release(
            job_of(raw_file), tmp_path / "out", Progress([Interrupter()]), process.make_dataset
        )

    assert not active_children()
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_does_not_reach_the_process_however_early_it_comes(
    raw_file: Path, tmp_path: Path, process: DatasetProcess
) -> None:
    (child,) = active_children()
    assert child.pid
    os.kill(child.pid, signal.SIGINT)

    made, _ = process.make_dataset(job_of(raw_file), tmp_path, Progress())

    assert len(made.loans)


def test_the_process_ends_with_the_one_that_started_it_while_it_reads(tmp_path: Path) -> None:
    csv = tmp_path / "endless.csv"
    os.mkfifo(csv)
    with subprocess.Popen(
        [sys.executable, "-c", _READ_FOREVER, csv], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        # It opens the file once it reads: only then is there an end to write to.
        with csv.open("wb"):
            assert pid in find_processes("multiprocessing")
            starter.kill()

            wait_until(lambda: pid not in find_processes("multiprocessing"), "it has ended")


def test_a_dataset_crosses_a_connection_unchanged(raw_file: Path, tmp_path: Path) -> None:
    job = dataclasses.replace(job_of(raw_file), outcome_lag_days=30)
    ours, theirs = Pipe()
    thread = threading.Thread(target=serve_dataset, args=(theirs,))
    thread.start()
    there = tmp_path / "there"
    there.mkdir()

    ours.send((job, there))
    received = receive_dataset(ours, Progress())

    thread.join()
    made = make_dataset(job, tmp_path, Progress())
    pd.testing.assert_frame_equal(received[0].loans, made[0].loans)
    pd.testing.assert_frame_equal(received[0].users, made[0].users)
    pd.testing.assert_series_equal(received[0].genders, made[0].genders)
    assert received[0].persons.tolist() == made[0].persons.tolist()
    assert received[1] == made[1]
