"""Headers that host.json adds to every response that lacks them."""

from collections.abc import Iterator

import httpx
import pytest

from devhost.host.custom_headers import CustomHeaders
from devhost.running_host import run_host_process
from tests.support.devhost_apps import app_settings, write_app

_HOST = {
    "version": "2.0",
    "extensions": {"http": {"customHeaders": {"X-Own": "host", "Content-Type": "text/odd"}}},
}


@pytest.fixture(scope="module")
def client(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = write_app(tmp_path_factory.mktemp("app"), host=_HOST)
    with (
        run_host_process(app, app_settings(storage, app)) as running,
        httpx.Client(base_url=running.url) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("path", "status"), [("echo/7/x", 203), ("cookies", 204), ("fails", 500), ("nothing", 404)]
)
def test_every_response_has_them(client: httpx.Client, path: str, status: int) -> None:
    response = client.get(f"/api/{path}")

    assert response.status_code == status
    assert response.headers["x-own"] == "host"


def test_a_header_of_the_app_stays_as_it_is(client: httpx.Client) -> None:
    assert client.get("/api/echo/7/x").headers.get_list("content-type") == ["application/json"]
    assert client.get("/api/fails").headers.get_list("content-type") == ["text/odd"]


def test_names_are_the_same_in_any_case() -> None:
    custom = CustomHeaders({"X-One": "1", "X-Two": "2"})

    assert custom.encode_missing({}) == b"x-one: 1\r\nx-two: 2\r\n"
    assert custom.encode_missing({"x-ONE": "own"}) == b"x-two: 2\r\n"
    assert custom.encode_missing({"X-One": "own", "X-Two": ""}) == b""
