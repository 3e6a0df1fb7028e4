"""What every answer tells browsers that they may not do, with it or with what it names."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.running_app import empty_releases, run_app


@pytest.fixture(scope="module")
def client(storage: str) -> Iterator[httpx.Client]:
    empty_releases(storage)
    with run_app(storage) as host, httpx.Client(base_url=f"{host.url}/api") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "health", 200),
        ("HEAD", "health", 200),
        ("GET", "user/x/prediccion", 400),
        ("GET", "user/5/prediccion", 503),
        ("PUT", "openapi.json", 405),
        ("GET", "no/such/route", 404),
    ],
)
def test_it_may_do_nothing(client: httpx.Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)

    assert response.status_code == status
    assert {name: response.headers.get_list(name) for name in _EXPECTED} == _EXPECTED


@pytest.mark.parametrize("path", ["", "docs"])
def test_a_page_has_a_policy_of_its_own_alone(client: httpx.Client, path: str) -> None:
    response = client.get(path)

    (policy,) = response.headers.get_list("content-security-policy")
    assert "'sha256-" in policy
    assert response.headers.get_list("x-frame-options") == ["DENY"]


_EXPECTED = {
    "content-security-policy": [
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ],
    "x-content-type-options": ["nosniff"],
    "x-frame-options": ["DENY"],
    "referrer-policy": ["no-referrer"],
    "cross-origin-resource-policy": ["same-origin"],
    "strict-transport-security": ["max-age=31536000"],
}
