"""A headless Chromium in front of the running app; unexpected console messages fail the test."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from azure.storage.blob import ContainerClient
from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

from devhost.browser import NO_BROWSER, find_browser
from devhost.running_host import RunningHost
from tests.support.running_app import empty_releases, run_app
from tests.support.stored_releases import publish
from tests.support.waiting import wait_until

WINDOW = (900, 1250)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def releases(storage: str) -> ContainerClient:
    return empty_releases(storage)


@pytest.fixture(scope="module")
def host(storage: str, releases: ContainerClient) -> Iterator[RunningHost]:
    with run_app(storage) as host:
        yield host


@pytest.fixture(scope="module")
def published(host: RunningHost, releases: ContainerClient, release: Path) -> Path:
    """Publish a release and wait until it is served."""
    publish(releases, release)
    wait_until(lambda: httpx.get(f"{host.url}/api/health/ready").is_success)
    return release


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    found = find_browser()
    if not found:
        assert not os.environ.get("CI"), NO_BROWSER
        pytest.skip(f"{NO_BROWSER} The page is not tested.")
    options = webdriver.ChromeOptions()
    options.binary_location = found.program
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options, webdriver.ChromeService(found.driver))
    yield driver
    driver.quit()


@pytest.fixture
def expected() -> list[str]:
    """Return the list of expected console messages, for a test to fill: a part of each one."""
    return []


@pytest.fixture
def browser(chromium: WebDriver, expected: list[str]) -> Iterator[WebDriver]:
    """Open a fresh tab; afterwards the console must hold the expected messages and no others."""
    before = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    chromium.set_window_size(*WINDOW)
    yield chromium
    complaints: list[str] = []

    def are_all_there() -> bool:
        log = chromium.get_log("browser")  # type: ignore[attr-defined]
        complaints.extend(entry["message"] for entry in log)
        return len(complaints) >= len(expected)

    try:
        # One that comes after the tab is closed is taken for the next test's.
        wait_until(are_all_there, f"the console shows {len(expected)} messages: {expected}")
    finally:
        chromium.close()
        chromium.switch_to.window(before)
    for one in expected:
        assert sum(one in text for text in complaints) == expected.count(one), complaints
    assert len(complaints) == len(expected), complaints


@pytest.fixture
def page(browser: WebDriver, host: RunningHost, published: Path) -> WebDriver:
    """Open the page, with a release behind it."""
    browser.get(f"{host.url}/api/")
    return browser
