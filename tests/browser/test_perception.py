"""The page on a phone, in dark mode, and with a screen reader."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.person import SECONDS, look_up, read

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True}
READABLE_PX = 12
READABLE_CONTRAST = 4.5  # WCAG 2.2, 1.4.3

COLOURS = """
const painted = (one) => getComputedStyle(one);
return [...document.querySelectorAll('#found *, main > *')]
  .filter((one) => one.checkVisibility() && !one.closest('.heard'))
  .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((one) => {
    const ink = one instanceof SVGElement ? painted(one).fill : painted(one).color;
    const paper = painted(one.closest('section') || document.body).backgroundColor;
    return [one.textContent, ink, paper];
  });
"""
LABELS = """
return [...document.querySelectorAll('#scale text')].map((one) => {
  const {left, right, height} = one.getBoundingClientRect();
  return {left, right, height};
});
"""


def command(page: WebDriver, name: str, **parameters: Any) -> dict[str, Any]:
    """Ask the browser itself, by its DevTools protocol."""
    answer: dict[str, Any] = page.execute_cdp_cmd(name, parameters)
    return answer


@pytest.fixture
def phone(page: WebDriver) -> Iterator[WebDriver]:
    command(page, "Emulation.setDeviceMetricsOverride", **PHONE)
    yield page
    command(page, "Emulation.clearDeviceMetricsOverride")


def test_it_fits_a_phone(phone: WebDriver) -> None:
    look_up(phone, "5000042")
    read(phone, "verdict")

    wide, width = phone.execute_script(
        "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
    )

    assert width == PHONE["width"]
    assert wide <= width


def test_the_scales_labels_can_be_read_on_a_phone(phone: WebDriver) -> None:
    look_up(phone, "5000042")
    read(phone, "verdict")

    labels = phone.execute_script(LABELS)

    assert len(labels) == 2
    for label in labels:
        assert label["height"] >= READABLE_PX
        assert label["left"] >= 0
        assert label["right"] <= PHONE["width"]


def test_the_scale_is_redrawn_when_the_window_is_resized(page: WebDriver) -> None:
    look_up(page, "5000042")
    read(page, "verdict")
    before = page.execute_script(LABELS)

    command(page, "Emulation.setDeviceMetricsOverride", **PHONE)
    WebDriverWait(page, SECONDS).until(lambda _: fills_its_place(page), "it keeps its old width")
    after = page.execute_script(LABELS)
    command(page, "Emulation.clearDeviceMetricsOverride")

    assert [one["height"] for one in after] == [one["height"] for one in before]


def fills_its_place(page: WebDriver) -> bool:
    redrawn: bool = page.execute_script(
        "const scale = document.getElementById('scale');"
        "const {width} = scale.getBoundingClientRect();"
        "return width < 390 && Math.abs(scale.viewBox.baseVal.width - width) < 1"
    )
    return redrawn


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_contrasts_with_its_background(page: WebDriver, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    command(page, "Emulation.setEmulatedMedia", features=[feature])
    look_up(page, "5000042")
    read(page, "verdict")

    painted = page.execute_script(COLOURS)
    grounds = {luminance(paper) < 0.2 for _, _, paper in painted}

    assert grounds == {scheme == "dark"}
    assert {"threshold 4.76%", "Features"} <= {text for text, _, _ in painted}
    for text, ink, paper in painted:
        assert contrast(ink, paper) >= READABLE_CONTRAST, text


def contrast(ink: str, paper: str) -> float:
    dark, light = sorted((luminance(ink), luminance(paper)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    found = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour)
    assert found, colour
    parts = [int(part) / 255 for part in found.groups()]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_screen_reader_announces_the_result(page: WebDriver) -> None:
    look_up(page, "5000042")
    verdict = read(page, "verdict").lower()

    heard = hear(page)

    assert heard.startswith(f"User 5000042: {verdict}, probability of default ")
    assert heard.endswith("%, threshold 4.76%.")


def test_a_screen_reader_announces_a_problem_and_not_the_previous_result(page: WebDriver) -> None:
    look_up(page, "5000042")
    read(page, "verdict")
    look_up(page, "seven")

    assert "A user id is needed" in read(page, "problem")
    assert page.find_element(By.ID, "problem").get_attribute("role") == "alert"
    assert hear(page) == ""


def hear(page: WebDriver) -> str:
    """Read the live region in the tree that assistive technology is given."""
    nodes = command(page, "Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    (status,) = (node for node in nodes if node.get("role", {}).get("value") == "status")
    assert any(one["name"] == "live" for one in status["properties"])
    said = [by_id[child] for child in status["childIds"]]
    return "".join(node["name"]["value"] for node in said)
