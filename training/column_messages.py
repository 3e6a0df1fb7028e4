"""Objects with large columns, sent from one process of a run to another."""

import pickle
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any


@dataclass(frozen=True, slots=True)
class Announced:
    """An object without its columns, which follow it one by one.

    Attributes
    ----------
    pickled : bytes
        The object, its columns left out.
    sizes : list of int
        The bytes of each column.
    """

    pickled: bytes
    sizes: list[int]


def send_object(value: object, connection: Connection) -> None:
    """Announce an object, then send its columns.

    Notes
    -----
    Each column is released once it is sent, if nothing else holds the object.
    """
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
    columns = deque(buffer.raw() for buffer in buffers)
    connection.send(Announced(pickled, [column.nbytes for column in columns]))
    del value, buffers
    while columns:
        connection.send_bytes(columns.popleft())


def receive_object(announced: Announced, connection: Connection) -> Any:
    """Receive the columns of an object, and put it together.

    Raises
    ------
    EOFError, OSError
        When the columns do not come, or not whole.
    """
    columns = []
    for size in announced.sizes:
        column = bytearray(size)
        received = connection.recv_bytes_into(column)
        if received != size:
            raise EOFError(f"Expected a column of {size:,} bytes, got {received:,}.")
        columns.append(column)
    # From a process of the same run, by the same code.
    return pickle.loads(announced.pickled, buffers=columns)  # noqa: S301
