"""What two processes of a run tell each other: a job, its progress, and the dataset."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from training.column_messages import receive_object, send_object
from training.progress import Event, Progress, Step

if TYPE_CHECKING:
    from shared.release.facts import DataQuality
    from training.dataset.dataset import Dataset
    from training.training_job import TrainingJob

    type DatasetAndQuality = tuple[Dataset, DataQuality]


class NobodyThereError(Exception):
    """The other end of the connection is gone."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A message: what happens to a step."""

    event: Event
    step: Step


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


def serve_dataset(connection: Connection) -> None:
    """Make the dataset that is asked for over a connection.

    Parameters
    ----------
    connection : Connection
        Gives a job and a directory; takes what happens to each step, and in the end what was made,
        or the error.
    """
    # Imported while the job is prepared.
    import training.pipeline  # noqa: F401, PLC0415
    from training.freed_memory import keep_little_memory  # noqa: PLC0415

    keep_little_memory()
    # Without an end where it is waited for, there is nothing to do.
    with suppress(EOFError, BrokenPipeError):
        job, directory = connection.recv()
        # Held by no name here, so that its columns can be released.
        send_object(_make_or_fail(job, directory, connection), connection)


def _make_or_fail(
    job: "TrainingJob", directory: Path, connection: Connection
) -> "DatasetAndQuality | Exception":
    from training.pipeline import make_dataset  # noqa: PLC0415 -- see above

    try:
        return make_dataset(job, directory, Progress([_Teller(connection)]))
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 -- it is raised again where it is waited for
        error.add_note(f"In the process that makes the dataset:\n{traceback.format_exc()}")
        return error


def receive_dataset(connection: Connection, progress: Progress) -> "DatasetAndQuality":
    """Wait for what `serve_dataset` makes at the other end, and tell its progress here.

    Raises
    ------
    NobodyThereError
        When that end is gone, or what comes from it is not whole.
    """
    while True:
        with _noticing_the_end():
            message = connection.recv()
        if isinstance(message, _Told):
            progress.tell(message.event, message.step)
            continue
        with _noticing_the_end():
            received = receive_object(message, connection)
        if isinstance(received, Exception):
            raise received
        made: DatasetAndQuality = received
        return made


@contextmanager
def _noticing_the_end() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise NobodyThereError from error
