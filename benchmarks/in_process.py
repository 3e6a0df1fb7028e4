"""Time an HTTP function through the worker library, in this process, without a network.

Run as ``python -m benchmarks.in_process APP_DIR FUNCTION USER``; prints a line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from benchmarks.percentiles import describe_microseconds
from devhost.host.host_log import configure_logging
from devhost.host.http_messages import HttpRequest
from devhost.host.worker import Worker

WARM_UP_CALLS = 1_000
TIMED_CALLS = 6_000
LOADING_SECONDS = 2


async def time_calls(app_dir: Path, function: str, user: str) -> list[float]:
    """Time sequential calls of a function.

    Returns
    -------
    list of float
        The seconds of each timed call.
    """
    worker = Worker(app_dir)
    await worker.index()
    url = f"http://127.0.0.1/api/user/{user}/{function}"
    headers = {"host": "127.0.0.1", "user-agent": "benchmark", "accept": "*/*"}
    seconds = []
    for call in range(WARM_UP_CALLS + TIMED_CALLS):
        request = HttpRequest("GET", url, params={"user_id": user}, headers=headers)
        started = time.perf_counter()
        answer = await worker.invoke_http(function, request)
        if call == 0:
            # What an app loads behind its first answer is no part of those that follow.
            await asyncio.sleep(LOADING_SECONDS)
        if call >= WARM_UP_CALLS:
            seconds.append(time.perf_counter() - started)
        if answer.status != 200:
            raise RuntimeError(f"Expected 200, got {answer.status}: {answer.body[:200]!r}")
    return seconds


if __name__ == "__main__":
    with Path(os.devnull).open("w") as log, redirect_stdout(log):
        # A function's log line is part of its cost.
        configure_logging()
        timed = asyncio.run(time_calls(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
    print(json.dumps(describe_microseconds(timed)), flush=True)
    # Do not wait for the app's threads.
    os._exit(0)
