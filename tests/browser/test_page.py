"""The page for a person, driven in headless Chromium."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from devhost.running_host import RunningHost
from tests.running_app import empty_releases, run_app
from tests.test_publishing import publish

SECONDS = 30
CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=900,1250",
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and not os.environ.get("CI"),
    reason="NO BROWSER ON THIS MACHINE: the page is left untested;"
    " install Debian's chromium and chromium-driver",
)


@pytest.fixture(scope="module")
def releases(storage: str) -> ContainerClient:
    return empty_releases(storage)


@pytest.fixture(scope="module")
def host(storage: str, releases: ContainerClient) -> Iterator[RunningHost]:
    with run_app(storage) as host:
        yield host


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    assert CHROMIUM, "install Debian's chromium"
    assert DRIVER, "install Debian's chromium-driver"
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium: WebDriver, host: RunningHost) -> WebDriver:
    chromium.get("about:blank")
    chromium.get(f"{host.url}/api/")
    return chromium


def look_up(page: WebDriver, user: str) -> None:
    """Type an id and press Enter, as at a keyboard: the field has the focus from the start."""
    field = page.switch_to.active_element
    assert field.get_attribute("id") == "user"
    field.send_keys(user, Keys.ENTER)


def read(page: WebDriver, place: str) -> str:
    found = WebDriverWait(page, SECONDS).until(
        lambda driver: driver.find_element(By.ID, place).text,
        f"nothing is shown in #{place}",
    )
    return str(found)


def test_before_the_first_release_it_says_what_to_do(page: WebDriver) -> None:
    look_up(page, "5008806")

    told = read(page, "problem")

    assert "No release is loaded" in told
    assert "drop a CSV" in told


def test_a_known_user_is_shown_with_features_prediction_and_release(
    page: WebDriver, releases: ContainerClient, release: Path, host: RunningHost
) -> None:
    publish(releases, release)
    manifest = json.loads((release / "manifest.json").read_text())
    WebDriverWait(page, SECONDS).until(lambda _: is_ready(page, host))
    page.get(f"{host.url}/api/")
    look_up(page, "5000042")

    verdict = read(page, "verdict")
    features = read(page, "features")
    scale = page.find_element(By.ID, "scale").text

    assert verdict in {"Paid on time", "Not paid on time"}
    assert "Probability of default" in read(page, "probability")
    assert "threshold 4.76%" in scale
    assert "this user" in scale
    assert "Age, in completed years" in features
    assert manifest["version"] in read(page, "release")
    screenshot = os.environ.get("SCREENSHOT")
    if screenshot:
        page.save_screenshot(screenshot)


def is_ready(page: WebDriver, host: RunningHost) -> bool:
    page.get(f"{host.url}/api/health/ready")
    return '"ready"' in page.page_source


def test_an_unknown_user_and_a_malformed_id_are_told_in_words(
    page: WebDriver, host: RunningHost
) -> None:
    look_up(page, "1")
    assert "has none" in read(page, "problem")
    assert not page.find_element(By.ID, "found").is_displayed()

    page.get(f"{host.url}/api/#seven")
    page.refresh()
    assert "written in digits only" in read(page, "problem")


def test_a_key_is_asked_for_where_one_is_needed_and_sent_with_every_request(
    page: WebDriver, host: RunningHost
) -> None:
    page.execute_script(
        "const genuine = fetch; window.sent = [];"
        "window.fetch = (url, options) => {"
        "  const key = options.headers['x-functions-key']; sent.push(key || null);"
        "  return key ? genuine(url, options) : Promise.resolve(new Response('', {status: 401}));"
        "};"
    )
    look_up(page, "5000042")
    assert "A function key is needed" in read(page, "problem")

    page.switch_to.active_element.send_keys("the-key", Keys.ENTER)

    assert read(page, "verdict")
    assert page.execute_script("return sent.slice(-3)") == ["the-key"] * 3
    assert page.execute_script("return sessionStorage.getItem('x-functions-key')") == "the-key"
    assert "the-key" not in page.page_source
    page.execute_script("sessionStorage.clear()")


def test_it_fits_a_phone(page: WebDriver) -> None:
    page.set_window_size(390, 800)
    look_up(page, "5000042")
    read(page, "verdict")

    wide = page.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )

    page.set_window_size(900, 1250)
    assert wide <= 0


def test_the_docs_page_works_without_scripts_or_assets(page: WebDriver, host: RunningHost) -> None:
    page.get(f"{host.url}/api/docs")

    assert "/api/user/{user_id}/prediccion" in page.page_source
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_the_browser_complained_of_nothing_but_refused_lookups(chromium: WebDriver) -> None:
    complaints = [entry["message"] for entry in chromium.get_log("browser")]  # type: ignore[attr-defined]

    assert [text for text in complaints if "status of" not in text] == []
