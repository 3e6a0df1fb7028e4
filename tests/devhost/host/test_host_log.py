"""The host keeps a line only with the id of an invocation."""

from pathlib import Path
from threading import Thread

import httpx
import pytest

from devhost.host.host_log import find_invocation
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
        for route in ("tasks", "threads"):
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


def test_a_thread_of_nobody_has_no_invocation() -> None:
    found: list[str | None] = []
    thread = Thread(target=lambda: found.append(find_invocation()))
    thread.start()
    thread.join()

    assert found == [None]
