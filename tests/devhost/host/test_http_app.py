import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devhost.errors import StartError
from devhost.running_host import RunningHost, run_host_process
from tests.support.devhost_apps import app_settings, write_app
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    app = write_app(tmp_path_factory.mktemp("app"))
    with run_host_process(app, app_settings(storage, app)) as running:
        yield running


@pytest.fixture
def client(host: RunningHost) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=host.url) as client:
        yield client


def test_a_request_reaches_the_function_complete(client: httpx.Client, host: RunningHost) -> None:
    response = client.post(
        "/api/echo/7/a%20b%2Fc?x=1&x=2&y=%C3%B1&empty=", content="sent", headers={"X-Probe": "p"}
    )

    assert response.status_code == 203
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "method": "POST",
        "url": f"{host.url}/api/echo/7/a%20b%2Fc?x=1&x=2&y=%C3%B1&empty=",
        "route": {"id": "7", "rest": "a b%2Fc"},
        "query": {"x": "1,2", "y": "ñ"},
        "probe": "p",
        "body": "sent",
    }


def test_a_body_of_unknown_length_is_read_to_the_end(client: httpx.Client) -> None:
    response = client.post("/api/echo/7/x", content=iter([b"one, ", b"two"]))

    assert response.json()["body"] == "one, two"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing"),
        ("GET", "/api/echo/seven/x"),
        ("DELETE", "/api/echo/7/x"),
        ("HEAD", "/api/echo/7/x"),
        ("GET", "/"),
    ],
)
def test_a_request_without_a_route_is_an_empty_404(
    client: httpx.Client, method: str, path: str
) -> None:
    response = client.request(method, path)

    assert (response.status_code, response.content) == (404, b"")
    assert response.headers["content-length"] == "0"


def test_the_prefix_itself_can_be_served(client: httpx.Client) -> None:
    assert client.get("/api/").text == client.get("/api").text == "root"


def test_cookies_are_passed_on(client: httpx.Client) -> None:
    response = client.get("/api/cookies")

    assert response.status_code == 204
    assert response.headers.get_list("set-cookie") == [
        "one=1; path=/; samesite=lax; httponly",
        "two=2; max-age=5",
    ]


def test_a_function_that_raises_is_an_empty_500_with_the_reason_in_the_log(
    client: httpx.Client, host: RunningHost
) -> None:
    response = client.get("/api/fails")

    assert (response.status_code, response.content) == (500, b"")
    wait_until(lambda: "ValueError: as expected" in host.read_output(), "the error is in the log")
    assert re.search(
        r"ERROR: Executed 'Functions.fails' \(Failed, Id=[0-9a-f-]{36}, Duration=\d+ms\)",
        host.read_output(),
    )


def test_an_invocation_is_logged_together_with_its_own_lines(
    client: httpx.Client, host: RunningHost
) -> None:
    assert client.get("/api/waits").text == "waited"

    wait_until(lambda: "Executed 'Functions.waits'" in host.read_output(), "it is logged")
    found = re.search(r"Executing 'Functions.waits' \(Reason='.*', Id=(\S+)\)", host.read_output())
    assert found
    assert f"[{found[1][:8]}] a line from waits" in host.read_output()
    assert f"Executed 'Functions.waits' (Succeeded, Id={found[1]}" in host.read_output()
    assert "an SDK line" not in host.read_output()


def test_the_functions_are_listed_with_their_urls(host: RunningHost) -> None:
    url = host.url.replace("127.0.0.1", "localhost")

    assert f"\techo: [GET,POST] {url}/api/echo/{{id:int}}/{{rest}}\n" in host.read_output()
    assert f"\twaits: [GET] {url}/api/waits\n" in host.read_output()
    assert "\ttakes_client: blobTrigger\n" in host.read_output()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("x = 1", "Could not find top level function app instances in function_app.py"),
        (
            "import azure.functions as func\napp = func.FunctionApp()\n"
            "@app.route('x')\ndef wrong(req: func.HttpRequest) -> dict:\n    return {}\n",
            "wrong",
        ),
        (
            "import azure.functions as func\napp = func.FunctionApp()\n"
            "@app.route('{x:guid}')\ndef wrong(req: func.HttpRequest) -> str:\n    return ''\n",
            "Function 'wrong', route '{x:guid}'",
        ),
        (
            "import azure.functions as func\napp = func.FunctionApp()\n"
            "@app.blob_trigger('x', path='%UNSET%/{n}', connection='AzureWebJobsStorage')\n"
            "def wrong(x: func.InputStream) -> None:\n    pass\n",
            "Function 'wrong': '%UNSET%' in 'path' does not resolve to a value",
        ),
        (
            "import azure.functions as func\napp = func.FunctionApp()\n"
            "@app.blob_trigger('x', path='a/{n}', connection='UNSET')\n"
            "def wrong(x: func.InputStream) -> None:\n    pass\n",
            "Function 'wrong': the setting UNSET must hold the connection string",
        ),
    ],
)
def test_the_host_of_an_app_that_cannot_be_loaded_exits_with_the_reason(
    storage: str, tmp_path: Path, code: str, message: str
) -> None:
    app = write_app(tmp_path, code)

    with (
        pytest.raises(StartError) as refused,
        run_host_process(app, app_settings(storage, tmp_path)),
    ):
        pass

    assert message in str(refused.value)
