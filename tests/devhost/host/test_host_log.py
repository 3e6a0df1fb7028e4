"""The host keeps a line only with the id of an invocation."""

import fcntl
import logging
import os
import re
import sys
from io import StringIO
from pathlib import Path
from threading import Thread

import httpx
import pytest

from devhost.host.host_log import HostHandler, find_invocation
from devhost.running_host import run_host_process
from tests.support.devhost_apps import write_app

pytestmark = pytest.mark.emulator

APP = """
import asyncio
import logging
import threading

import azure.functions as func

app = func.FunctionApp()
log = logging.getLogger("own")
log.setLevel(logging.INFO)
log.warning("a line of the import")
make_record = logging.getLogRecordFactory()


def make_upper(name, level, fn, lno, msg, *args, **kwargs):
    return make_record(name, level, fn, lno, str(msg).upper(), *args, **kwargs)


@app.route("factories", methods=["GET"])
def factories(req: func.HttpRequest) -> func.HttpResponse:
    logging.setLogRecordFactory(make_upper)
    log.warning("a line of a factory of the app's")
    return func.HttpResponse("done")


def tell(where):
    log.warning("a line of %s", where)


@app.route("tasks", methods=["GET"])
async def tasks(req: func.HttpRequest) -> func.HttpResponse:
    tell("the task")
    await asyncio.create_task(asyncio.sleep(0))
    async with asyncio.TaskGroup() as group:
        group.create_task(tell_later("a child task"))
    await asyncio.to_thread(tell, "a thread of a task")
    return func.HttpResponse("done")


async def tell_later(where):
    tell(where)


@app.route("threads", methods=["GET"])
def threads(req: func.HttpRequest) -> func.HttpResponse:
    tell("the worker's thread")
    thread = threading.Thread(target=tell, args=("a thread of a thread",))
    thread.start()
    thread.join()
    asyncio.run(asyncio.to_thread(tell, "a copied context"))
    return func.HttpResponse("done")
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    app: Path = write_app(tmp_path_factory.mktemp("app"), APP)
    with run_host_process(app, {}) as host:
        for route in ("tasks", "threads", "factories"):
            assert httpx.get(f"{host.url}/api/{route}").text == "done"
        return host.read_output()


@pytest.mark.parametrize(
    "where", ["the task", "a child task", "the worker's thread", "a copied context"]
)
def test_a_line_of_an_invocation_is_printed(output: str, where: str) -> None:
    assert f"WARNING: a line of {where}\n" in output


@pytest.mark.parametrize("where", ["the import", "a thread of a task", "a thread of a thread"])
def test_a_line_without_an_invocation_is_dropped(output: str, where: str) -> None:
    assert f"a line of {where}\n" not in output


def test_the_hosts_own_lines_are_printed(output: str) -> None:
    assert "Executing 'Functions.tasks'" in output


def test_an_app_makes_its_own_records_and_not_the_hosts(output: str) -> None:
    assert "WARNING: A LINE OF A FACTORY OF THE APP'S\n" in output
    assert "Executed 'Functions.factories' (Succeeded" in output


def test_a_line_begins_with_its_time_and_its_invocation(output: str) -> None:
    time = r"\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\]"
    started = re.search(time + r" Executing 'Functions.tasks' \(.*, Id=(\w{8})", output)
    told = re.search(time + r" \[(\w{8})\] WARNING: a line of the task\n", output)

    assert started
    assert told
    assert started[2] == told[2]
    assert started[1] <= told[1]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "00.000"), (0.0011, "00.001"), (1.0011, "01.001"), (1.9996, "01.999"), (61.5, "01.500")],
)
def test_a_line_tells_the_thousandth_that_it_was_made_in(seconds: float, shown: str) -> None:
    stream = StringIO()
    handler = HostHandler(stream)
    facts = {"name": "devhost", "msg": "x", "levelno": logging.INFO}
    earlier, record = (logging.makeLogRecord(facts) for _ in range(2))
    earlier.created, earlier.msecs = 0.0, 1.0
    record.created, record.msecs = seconds, seconds % 1 * 1000

    for one in (earlier, record):
        handler.handle(one)

    assert re.fullmatch(rf".*\n\[1970-01-01T00:0\d:{shown}Z\] x\n", stream.getvalue())


def test_lines_and_what_functions_print_stay_in_order(tmp_path: Path) -> None:
    path = tmp_path / "log"
    facts = {"name": "devhost", "levelno": logging.INFO}
    with path.open("w", encoding="utf-8") as stream:
        handler = HostHandler(stream)

        for number in range(3):
            stream.write(f"printed {number}, ")
            handler.handle(logging.makeLogRecord(facts | {"msg": f"ñ {number}"}))
            shown = path.read_text("utf-8")

            assert shown.endswith(f" ñ {number}\n")
            assert shown.count("printed") == number + 1

    assert re.findall(r"printed \d|ñ \d", path.read_text("utf-8")) == [
        *("printed 0", "ñ 0", "printed 1", "ñ 1", "printed 2", "ñ 2")
    ]


def test_a_line_that_the_system_takes_in_parts_is_written_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[:10]))
    record = logging.makeLogRecord({"name": "devhost", "levelno": logging.INFO, "msg": "x" * 99})
    with (tmp_path / "log").open("w") as stream:
        HostHandler(stream).handle(record)

    assert (tmp_path / "log").read_text().endswith(f" {'x' * 99}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe has a size of its own")
def test_lines_wait_for_a_pipe_that_is_full_and_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is late is told on the standard error, by the library.
    monkeypatch.setattr(logging, "raiseExceptions", False)
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write_end, False)
    facts = {"name": "devhost", "levelno": logging.INFO}
    with open(write_end, "w", encoding="utf-8") as stream, open(read_end, "rb") as pipe:  # noqa: PTH123
        handler = HostHandler(stream)
        for number in range(60):
            handler.handle(logging.makeLogRecord(facts | {"msg": f"{number} {'ñ' * 30}"}))
        shown = pipe.read1()
        stream.flush()
        shown += pipe.read1()

    texts = [line.partition("] ")[2] for line in shown.decode().splitlines()]
    assert texts == [f"{number} {'ñ' * 30}" for number in range(60)]


def test_a_thread_of_nobody_has_no_invocation() -> None:
    found: list[str | None] = []
    thread = Thread(target=lambda: found.append(find_invocation()))
    thread.start()
    thread.join()

    assert found == [None]
