"""Make a dataset in another process, while this one imports the model's libraries.

Reading and importing both hold Python's lock most of the time: in one process they take turns.
"""

import gc
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from shared.errors import CreditRiskError
from training.dataset_service import NobodyThereError, receive_dataset, serve_dataset
from training.progress import Progress

if TYPE_CHECKING:
    from training.dataset_service import DatasetAndQuality
    from training.training_job import TrainingJob

_SECONDS_TO_END = 5.0


class DatasetProcessDiedError(CreditRiskError):
    """The process that makes the dataset ended before it was done."""

    title = "The process that reads the raw file died"


class DatasetProcess:
    """A process that makes one dataset, and ends with the block.

    It starts at once, and imports what it needs while the job is prepared here.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs,), daemon=True)
        with _interrupts_held_back():
            self._process.start()
        # With no other end left here, the connection tells when the process dies.
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
        self._connection.close()
        self._process.close()

    def make_dataset(
        self, job: "TrainingJob", directory: Path, progress: Progress
    ) -> "DatasetAndQuality":
        """Do what `training.pipeline.make_dataset` does, in that process.

        Raises
        ------
        DatasetProcessDiedError
            When the process crashes or is killed.
        """
        try:
            # If it is gone already, so is its answer.
            with suppress(BrokenPipeError):
                # What the review compares with is not needed there.
                self._connection.send((replace(job, champion=None), directory))
            return receive_dataset(self._connection, progress)
        except NobodyThereError as error:
            self._process.join(_SECONDS_TO_END)
            raise DatasetProcessDiedError(
                "Expected the process that reads the raw file to finish; it ended with exit code"
                f" {self._process.exitcode}. -9 means that the system killed it, as it does where"
                " memory runs out: train on a machine with more. Else look into what was printed"
                " above."
            ) from error
        finally:
            # Whatever happened: nothing is written into the directory any more.
            self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.join()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let a process start that no interrupt reaches: whoever waits for it is told, and ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(connection: Connection) -> None:
    # Where interrupts cannot be held back; the one that waits for this process ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()
    serve_dataset(connection)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
