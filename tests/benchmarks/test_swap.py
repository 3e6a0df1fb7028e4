"""The mixed load, and what the swap's benchmark makes of it."""

import asyncio
import itertools
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.mixed_load import Sample, make_requests, send_steadily
from benchmarks.swap import Swap

USERS = list(range(5_000_000, 5_000_500))


def test_of_100_requests_9_are_batches_and_one_is_a_what_if() -> None:
    requests = itertools.islice(make_requests(USERS), 1000)

    kinds = Counter(request.split(b" ")[1].rpartition(b"/")[2] for request in requests)

    assert kinds == {b"prediccion": 910, b"predicciones": 90}
    whole = b"".join(itertools.islice(make_requests(USERS), 1000))
    assert whole.count(b"POST /api/prediccion HTTP") == 10


def test_every_request_is_timed_from_when_it_was_due(tmp_path: Path) -> None:
    stop = tmp_path / "stop"

    samples = asyncio.run(load_a_server(stop, answers=24))

    assert {one.status for one in samples} == {200, 0}, "the last connections are closed"
    assert {one.version for one in samples if one.status} == {"v1"}
    assert all(one.seconds > 0 for one in samples)
    assert len({one.due for one in samples}) == len(samples)


async def load_a_server(stop: Path, answers: int) -> list[Sample]:
    """Put load on a server that answers some requests and closes the connection on the next."""
    left = itertools.count(answers, -1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (head := await reader.read(65536)) and next(left) > 0:
            assert head.startswith((b"GET /api/user/", b"POST /api/predic"))
            writer.write(b"HTTP/1.1 200 OK\r\nX-Release-Version: v1\r\nContent-Length: 2\r\n\r\n{}")
        stop.touch()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        return await send_steadily(server.sockets[0].getsockname()[1], stop, USERS)


def test_the_parts_of_a_swap_are_judged_apart() -> None:
    samples = [Sample(due, 0.001 if due < 10 else 0.005, 200, "v") for due in range(20)]

    swap = Swap([*samples, Sample(20, 0.5, 503, "")], 5.0, 10.0, 12.0)

    assert swap.count_failed() == 1
    assert swap.p99_ms(0, swap.published) == pytest.approx(1.0)
    assert swap.p99_ms(swap.published, swap.served) == pytest.approx(5.0)
    with pytest.raises(RuntimeError, match="there are none"):
        swap.p99_ms(30, 40)
