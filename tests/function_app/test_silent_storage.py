"""The running app while storage is silent, trickles, or is asked by too many at a time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from devhost.running_host import RunningHost, free_port
from shared.registry.publishing import publish_release
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Fault, Silence, Trickle
from tests.support.paths import ROOT
from tests.support.requests import applicant
from tests.support.running_app import empty_releases, run_app
from tests.support.stored_releases import read_manifest
from tests.support.waiting import wait_until

DEADLINE_SECONDS = 8.0
# Far below the deadline, and far above what a busy machine needs for an answer from memory.
AT_ONCE_SECONDS = 4.0
STOP_SECONDS = 5.0
SETTINGS = {
    "REQUEST_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
    "DECISION_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
    "FIRST_LOAD_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
    "STORAGE_CONCURRENCY": "4",
    # No poll runs into the fault before the requests do.
    "RELEASE_REFRESH_SECONDS": "600",
}
PREDICTION = "/api/user/5000042/prediccion"
FAULTS = pytest.mark.parametrize("fault", [Silence(), Trickle(bytes_per_second=20)], ids=str)


@pytest.fixture
def proxy(fault_proxy: FaultProxy, storage: str, release: Path) -> FaultProxy:
    """Publish a release, and give the proxy before its storage."""
    publish_release(empty_releases(storage), release, read_manifest(release))
    return fault_proxy


@contextmanager
def failing(proxy: FaultProxy, fault: Fault) -> Iterator[None]:
    """Let every answer of the blobs fail until the block exits."""
    with proxy.inject(fault, service="Blob") as rule:
        yield
    assert rule.injected, "storage is asked"


def ask(host: RunningHost, path: str, **options: object) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    answer = httpx.request("GET", host.url + path, timeout=60, **options)  # type: ignore[arg-type]
    return answer, time.monotonic() - begun


def ask_what_if(host: RunningHost) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    answer = httpx.post(host.url + "/api/prediccion", json=applicant(), timeout=60)
    return answer, time.monotonic() - begun


def warm_up(host: RunningHost) -> None:
    wait_until(lambda: ask(host, "/api/health/ready")[0].status_code == 200, "the app is ready")


@FAULTS
def test_reports_that_wait_hold_up_nothing_else_and_come_again_once_storage_answers(
    proxy: FaultProxy, fault: Fault
) -> None:
    with run_app(proxy.connection_string, **SETTINGS) as host, ThreadPoolExecutor(8) as pool:
        warm_up(host)
        with failing(proxy, fault):
            reports = [pool.submit(ask, host, "/api/informe") for _ in range(7)]
            time.sleep(0.3)

            for path in ("/api/health", "/api/health/ready", PREDICTION):
                answer, seconds = ask(host, path)
                assert (answer.status_code, seconds < AT_ONCE_SECONDS) == (200, True), path
            answer, seconds = ask_what_if(host)
            assert (answer.status_code, seconds < AT_ONCE_SECONDS) == (200, True)

            check_refusals([report.result() for report in reports], waiting=4)
        assert ask(host, "/api/informe")[0].status_code == 200


def check_refusals(answers: list[tuple[httpx.Response, float]], waiting: int) -> None:
    assert {answer.status_code for answer, _ in answers} == {503}
    assert all(answer.headers["Retry-After"] for answer, _ in answers)
    assert sum(seconds < AT_ONCE_SECONDS for _, seconds in answers) == len(answers) - waiting
    assert all(seconds < 2 * DEADLINE_SECONDS for _, seconds in answers)


@FAULTS
def test_a_cold_instance_answers_everybody_within_one_deadline(
    proxy: FaultProxy, fault: Fault
) -> None:
    with ThreadPoolExecutor(20) as pool, ExitStack() as running:
        with failing(proxy, fault):
            # It asks storage as soon as it starts.
            host = running.enter_context(run_app(proxy.connection_string, **SETTINGS))
            reads = [pool.submit(ask, host, PREDICTION) for _ in range(12)]
            what_ifs = [pool.submit(ask_what_if, host) for _ in range(6)]
            time.sleep(0.3)
            health, seconds = ask(host, "/api/health")

            assert (health.status_code, seconds < AT_ONCE_SECONDS) == (200, True)
            answers = [one.result() for one in (*reads, *what_ifs)]
            assert {answer.status_code for answer, _ in answers} == {503}
            assert all(answer.headers["Retry-After"] for answer, _ in answers)
            assert max(seconds for _, seconds in answers) < 2 * DEADLINE_SECONDS

        wait_until(lambda: ask(host, PREDICTION)[0].status_code == 200, "the release is loaded")


def test_an_instance_loads_its_release_before_anybody_asks(proxy: FaultProxy) -> None:
    with run_app(proxy.connection_string, **SETTINGS) as host:

        def is_loaded() -> bool:
            return ask(host, "/api/health")[0].json()["release"] is not None

        # Asking for the health begins nothing.
        wait_until(is_loaded, "the release is loaded")

        assert ask(host, PREDICTION)[0].status_code == 200


@FAULTS
def test_the_process_stops_while_requests_wait_for_storage(proxy: FaultProxy, fault: Fault) -> None:
    process, host = start(proxy.connection_string)
    try:
        warm_up(host)
        with failing(proxy, fault), ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(ask, host, "/api/informe") for _ in range(4)]
            time.sleep(0.5)
            begun = time.monotonic()

            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)

            assert time.monotonic() - begun < STOP_SECONDS
            let_fail(waiting)
    finally:
        process.kill()


def start(connection_string: str) -> tuple[subprocess.Popen[bytes], RunningHost]:
    port = free_port()
    # Its requests wait for longer than it may take to stop.
    slow = {"REQUEST_DEADLINE_SECONDS": "60", "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan"}
    process = subprocess.Popen(
        [sys.executable, "-m", "devhost", "host", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | SETTINGS | {"AzureWebJobsStorage": connection_string} | slow,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    host = RunningHost(f"http://127.0.0.1:{port}", process.pid, str)

    def listens() -> bool:
        with suppress(httpx.TransportError):
            return ask(host, "/api/health")[0].status_code == 200
        return False

    wait_until(listens, "the host answers")
    return process, host


def let_fail(waiting: list[Future[tuple[httpx.Response, float]]]) -> None:
    for one in waiting:
        with suppress(httpx.TransportError):
            one.result()


def test_while_the_table_is_not_there_brief_answers_come_at_once_and_all_others_in_time(
    proxy: FaultProxy,
) -> None:
    rest = (f"{PREDICTION}?detalle=true", "/api/modelo", "/api/informe")
    with ThreadPoolExecutor(8) as pool, ExitStack() as running:
        with proxy.inject(Silence(), service="Blob", target="serving.sqlite"):
            host = running.enter_context(run_app(proxy.connection_string, **SETTINGS))
            wait_until(lambda: ask(host, PREDICTION)[0].status_code == 200, "it is loaded")
            waiting = [pool.submit(ask, host, path) for path in rest]
            waiting.append(pool.submit(ask_what_if, host))

            for path in (PREDICTION, "/api/user/5000042/caracteristicasriesgo"):
                answer, seconds = ask(host, path)
                assert (answer.status_code, seconds < AT_ONCE_SECONDS) == (200, True)
            assert ask(host, "/api/health/ready")[0].status_code == 503
            answers = [one.result() for one in waiting]
            # The manifest is there.
            assert [answer.status_code for answer, _ in answers] == [503, 200, 200, 503]
            assert all(answer.headers["Retry-After"] for answer, _ in (answers[0], answers[3]))
            assert max(seconds for _, seconds in answers) < 2 * DEADLINE_SECONDS

        wait_until(lambda: {ask(host, path)[0].status_code for path in rest} == {200}, "all come")
