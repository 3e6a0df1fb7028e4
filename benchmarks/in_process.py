"""Time HTTP functions through the worker library, in this process, without a network.

Run as ``python -m benchmarks.in_process APP_DIR USERS FUNCTION...``, the users with commas
between them; prints a line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from itertools import cycle
from pathlib import Path

from benchmarks.percentiles import describe_microseconds
from devhost.host.host_log import configure_logging
from devhost.host.http_messages import HttpRequest
from devhost.host.worker import Worker

WARM_UP_TURNS = 20
TIMED_TURNS = 100
# So few take some milliseconds: whatever slows the machine down slows all functions down.
CALLS_PER_TURN = 60
LOADING_SECONDS = 2


async def time_calls(
    app_dir: Path, users: Sequence[str], functions: Sequence[str]
) -> dict[str, list[float]]:
    """Time sequential calls of functions, in turns of some calls of each.

    Returns
    -------
    dict of str to list of float
        The seconds of each timed call, by function.
    """
    worker = Worker(app_dir)
    await worker.index()
    for function in functions:
        await _call(worker, function, users[0])
    # What an app loads behind its first answer is no part of those that follow.
    await asyncio.sleep(LOADING_SECONDS)
    next_users = cycle(users)
    seconds: dict[str, list[float]] = {function: [] for function in functions}
    for turn in range(WARM_UP_TURNS + TIMED_TURNS):
        for function in functions:
            some = [next(next_users) for _ in range(CALLS_PER_TURN)]
            taken = [await _call(worker, function, user) for user in some]
            if turn >= WARM_UP_TURNS:
                seconds[function] += taken
    return seconds


async def _call(worker: Worker, function: str, user: str) -> float:
    url = f"http://127.0.0.1/api/user/{user}/{function}"
    headers = {"host": "127.0.0.1", "user-agent": "benchmark", "accept": "*/*"}
    request = HttpRequest("GET", url, params={"user_id": user}, headers=headers)
    started = time.perf_counter()
    answer = await worker.invoke_http(function, request)
    seconds = time.perf_counter() - started
    if answer.status != 200:
        raise RuntimeError(f"Expected 200, got {answer.status}: {answer.body[:200]!r}")
    return seconds


if __name__ == "__main__":
    with Path(os.devnull).open("w") as log, redirect_stdout(log):
        # A function's log line is part of its cost.
        configure_logging()
        timed = asyncio.run(time_calls(Path(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:]))
    described = {function: describe_microseconds(seconds) for function, seconds in timed.items()}
    print(json.dumps(described), flush=True)
    # Do not wait for the app's threads.
    os._exit(0)
