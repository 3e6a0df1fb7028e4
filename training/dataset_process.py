"""Make a dataset in another process, while this one imports the model's libraries.

Reading and importing both hold Python's lock most of the time: in one process they take turns.
"""

import gc
import pickle
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from shared.errors import CreditRiskError
from training.progress import Event, Progress, Step

if TYPE_CHECKING:
    from shared.release.facts import DataQuality
    from training.dataset.dataset import Dataset
    from training.training_job import TrainingJob

    type DatasetAndQuality = tuple[Dataset, DataQuality]


class ProcessStoppedError(CreditRiskError):
    """The process that makes the dataset ended before it was done."""

    title = "The run was stopped"


@dataclass(frozen=True, slots=True)
class _Told:
    """A message: what happens to a step."""

    event: Event
    step: Step


@dataclass(frozen=True, slots=True)
class _Made:
    """The last message but its buffers: what was made, its columns left out.

    The columns follow one by one, so that neither process holds all of them twice.
    """

    pickled: bytes
    sizes: list[int]

    @classmethod
    def send(cls, made: "DatasetAndQuality", connection: Connection) -> None:
        buffers: list[pickle.PickleBuffer] = []
        pickled = pickle.dumps(made, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
        columns = [buffer.raw() for buffer in buffers]
        connection.send(cls(pickled, [column.nbytes for column in columns]))
        for column in columns:
            connection.send_bytes(column)

    def receive_rest(self, connection: Connection) -> "DatasetAndQuality":
        columns = [bytearray(size) for size in self.sizes]
        for column in columns:
            connection.recv_bytes_into(column)
        # From a process of our own, by the same code.
        made: DatasetAndQuality = pickle.loads(self.pickled, buffers=columns)  # noqa: S301
        return made


class DatasetProcess:
    """A process that makes one dataset, and ends with the block.

    It starts at once, and imports what it needs while the job is prepared here.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs,), daemon=True)
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
        ProcessStoppedError
            When the process crashes or is killed.
        """
        try:
            # If it is gone already, so is its answer.
            with suppress(BrokenPipeError):
                # What the review compares with is not needed there.
                self._connection.send((replace(job, champion=None), directory))
            return receive_dataset(self._connection, progress)
        except EOFError as error:
            self._process.join()
            raise ProcessStoppedError(
                "Expected the process that reads the raw file to finish; it ended with exit code"
                f" {self._process.exitcode}. Below 0 that is the number of a signal: the system"
                " sends -9 where memory runs out. Train on a machine with more of it, or look into"
                " what was printed above."
            ) from error
        finally:
            # Whatever happened: nothing is written into the directory any more.
            self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.join()


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells whoever waits for the process what happens to each step."""

    connection: Connection

    def step_started(self, step: Step) -> None:
        self.connection.send(_Told("step_started", step))

    def step_finished(self, step: Step) -> None:
        self.connection.send(_Told("step_finished", step))

    def step_failed(self, step: Step) -> None:
        self.connection.send(_Told("step_failed", step))


def receive_dataset(connection: Connection, progress: Progress) -> "DatasetAndQuality":
    """Wait for what `serve_dataset` makes at the other end, and tell its progress here.

    Raises
    ------
    EOFError
        When nobody is at the other end any more.
    """
    while True:
        with _noticing_the_end():
            message = connection.recv()
        match message:
            case _Told(event, step):
                progress.tell(event, step)
            case _Made() as made:
                with _noticing_the_end():
                    return made.receive_rest(connection)
            case error:
                raise error


@contextmanager
def _noticing_the_end() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # So it is told within a message.
        raise EOFError("the other end is gone") from error


def _run(connection: Connection) -> None:
    # An interrupt reaches both processes; the one that waits for this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    serve_dataset(connection)


def serve_dataset(connection: Connection) -> None:
    """Make the dataset that is asked for over a connection.

    Parameters
    ----------
    connection : Connection
        Gives a job and a directory; takes what happens to each step, and in the end what was made,
        or the error.
    """
    # Imported while the job is prepared.
    import training.pipeline  # noqa: PLC0415
    from training.freed_memory import keep_little_memory  # noqa: PLC0415

    keep_little_memory()
    # Without an end where it is waited for, there is nothing to do.
    with suppress(EOFError, BrokenPipeError):
        job, directory = connection.recv()
        try:
            made = training.pipeline.make_dataset(job, directory, Progress([_Teller(connection)]))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 -- it is raised again where it is waited for
            error.add_note(f"In the process that makes the dataset:\n{traceback.format_exc()}")
            connection.send(error)
        else:
            _Made.send(made, connection)
