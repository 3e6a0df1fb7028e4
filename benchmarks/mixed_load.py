"""A steady mixed load: 90 % predictions, 9 % batches, 1 % what-if.

Run as ``python -m benchmarks.mixed_load PORT STOP SAMPLES USER ...``: sends requests to a local
port until the file STOP exists, then writes a line for each of them to the file SAMPLES.
"""

import asyncio
import itertools
import json
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

REQUESTS_PER_SECOND = 200
CONNECTIONS = 8
BATCH_USERS = 100
TIMEOUT_SECONDS = 30.0

APPLICANT = {
    "nb_previous_loans": 2,
    "avg_amount_loans_previous": 120.5,
    "age": 41,
    "years_on_the_job": 7,
    "flag_own_car": 1,
    "nb_previous_unpaid": 0,
    "nb_known_outcomes": 2,
}
"""Plain, and with a value for every feature."""

type Streams = tuple[StreamReader, StreamWriter]


@dataclass(frozen=True, slots=True)
class Sample:
    """One request.

    Attributes
    ----------
    due : float
        When it was to be sent, in seconds since the epoch.
    seconds : float
        From then to the end of the answer, so that a wait before sending counts too.
    status : int
        Of the answer; 0 when none came.
    version : str
        The release that answered.
    """

    due: float
    seconds: float
    status: int
    version: str


def make_requests(users: Sequence[int]) -> Iterator[bytes]:
    """Yield requests in the mix, endlessly."""
    for turn in itertools.count():
        user = users[turn % len(users)]
        match turn % 100:
            case 50:
                yield _post("prediccion", APPLICANT)
            case place if place % 11 == 0 and place < 99:
                start = turn % max(1, len(users) - BATCH_USERS)
                yield _post("predicciones", {"ids": list(users[start : start + BATCH_USERS])})
            case _:
                yield f"GET /api/user/{user}/prediccion HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def _post(route: str, document: object) -> bytes:
    body = json.dumps(document).encode()
    head = f"POST /api/{route} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def send_steadily(port: int, stop: Path, users: Sequence[int]) -> list[Sample]:
    """Send requests at a fixed rate over several connections until the file exists."""
    samples: list[Sample] = []
    requests = make_requests(users)
    begin = time.time()
    await asyncio.gather(
        *(
            _send_in_turn(port, stop, requests, begin + lane / REQUESTS_PER_SECOND, samples)
            for lane in range(CONNECTIONS)
        )
    )
    return samples


async def _send_in_turn(
    port: int, stop: Path, requests: Iterator[bytes], due: float, samples: list[Sample]
) -> None:
    streams: Streams | None = None
    while not stop.exists():
        await asyncio.sleep(max(0.0, due - time.time()))
        streams, status, version = await _try(port, streams, next(requests))
        samples.append(Sample(due, time.time() - due, status, version))
        due += CONNECTIONS / REQUESTS_PER_SECOND
    if streams:
        streams[1].close()


async def _try(
    port: int, streams: Streams | None, request: bytes
) -> tuple[Streams | None, int, str]:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            streams = streams or await asyncio.open_connection("127.0.0.1", port)
            return streams, *await _ask(*streams, request)
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        if streams:
            streams[1].close()
        return None, 0, ""


async def _ask(reader: StreamReader, writer: StreamWriter, request: bytes) -> tuple[int, str]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    await reader.readexactly(int(headers["content-length"]))
    return int(first.split()[1]), headers.get("x-release-version", "")


def main() -> None:
    """Put load on the port until told to stop."""
    port, stop, out, *users = sys.argv[1:]
    samples = asyncio.run(send_steadily(int(port), Path(stop), [int(user) for user in users]))
    lines = "\n".join(json.dumps(asdict(sample)) for sample in samples)
    Path(out).write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main()
