"""Looking a user up, as a person does."""

import json
import os
from pathlib import Path

import httpx
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from devhost.running_host import RunningHost
from tests.support.person import is_shown, look_up, read


def test_before_the_first_release_it_says_what_to_do(
    browser: WebDriver, host: RunningHost, expected: list[str]
) -> None:
    browser.get(f"{host.url}/api/")
    look_up(browser, "5008806")
    expected += ["status of 503"] * 3

    problem = read(browser, "problem")

    assert "No release is loaded" in problem
    assert "drop a CSV" in problem


def test_a_known_user_is_shown_with_features_prediction_and_release(
    page: WebDriver, published: Path
) -> None:
    manifest = json.loads((published / "manifest.json").read_text())
    look_up(page, "5000042")

    verdict = read(page, "verdict")
    features = read(page, "features")
    scale = page.find_element(By.ID, "scale").text

    assert read(page, "who") == "User 5000042"
    assert verdict in {"Paid on time", "Not paid on time"}
    assert "Probability of default" in read(page, "probability")
    assert "threshold 4.76%" in scale
    assert "this user" in scale
    assert "Age, in completed years" in features
    assert manifest["version"] in read(page, "release")
    screenshot = os.environ.get("SCREENSHOT")
    if screenshot:
        page.save_screenshot(screenshot)


def test_an_unknown_user_is_reported_in_words(page: WebDriver, expected: list[str]) -> None:
    look_up(page, "1")
    expected += ["status of 404"] * 2

    assert "has none" in read(page, "problem")
    assert not is_shown(page, "found")


def test_a_malformed_id_is_reported_in_the_words_of_the_service(
    page: WebDriver, expected: list[str]
) -> None:
    look_up(page, "12a")
    expected += ["status of 400"] * 2

    assert "written in digits only" in read(page, "problem")


@pytest.mark.parametrize("text", ["   ", "seven", ".."])
def test_text_without_a_digit_is_refused_without_a_request(page: WebDriver, text: str) -> None:
    look_up(page, text)

    assert "A user id is needed" in read(page, "problem")
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("address", ["#%E0%A4", "#%20"])
def test_an_address_without_a_readable_id_is_reported_in_words(
    page: WebDriver, host: RunningHost, address: str
) -> None:
    page.get("about:blank")
    page.get(f"{host.url}/api/{address}")

    assert "A user id is needed" in read(page, "problem")


def test_a_change_of_the_address_looks_up_the_other_user(page: WebDriver) -> None:
    look_up(page, "5000042")
    read(page, "who", "User 5000042")

    page.execute_script("location.hash = '#5000043'")

    assert read(page, "who", "User 5000043")
    assert page.find_element(By.ID, "user").get_property("value") == "5000043"


def test_an_address_without_an_id_shows_no_user(page: WebDriver) -> None:
    look_up(page, "5000042")
    read(page, "verdict")

    page.execute_async_script(
        "const done = arguments[0];"
        "addEventListener('hashchange', () => done(), {once: true}); location.hash = '';"
    )

    assert not is_shown(page, "found")


@pytest.mark.parametrize("address", ["/api", "/api/"])
def test_the_page_leads_to_the_docs_from_either_address(
    page: WebDriver, host: RunningHost, address: str
) -> None:
    page.get(host.url + address)

    page.find_element(By.ID, "docs").click()

    assert page.current_url == f"{host.url}/api/docs"
    assert "/api/user/{user_id}/prediccion" in page.page_source


@pytest.mark.parametrize("address", ["/api/docs", "/api/docs/"])
def test_the_docs_lead_to_the_description_from_either_address(
    browser: WebDriver, host: RunningHost, address: str
) -> None:
    browser.get(host.url + address)

    link = str(browser.find_element(By.LINK_TEXT, "openapi.json").get_property("href"))

    assert httpx.get(link).json()["openapi"] == "3.1.0"


def test_the_docs_page_works_without_scripts_or_assets(
    browser: WebDriver, host: RunningHost
) -> None:
    browser.get(f"{host.url}/api/docs")

    assert "/api/user/{user_id}/prediccion" in browser.page_source
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
