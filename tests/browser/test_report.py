"""The report in a browser, under its content security policy."""

import re
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from devhost.running_host import RunningHost
from shared.release.files import REPORT

_COMPARE = """
const [element, style] = arguments;
const names = ["fill", "stroke", "strokeWidth", "opacity", "fontSize", "textAnchor"];
const look = () => names.map((name) => getComputedStyle(element)[name]);
const before = look();
element.style.cssText = style;
return [before, look()];
"""


def test_the_figures_of_a_report_look_as_their_own_styles_say(
    browser: WebDriver, host: RunningHost, published: Path
) -> None:
    stored = (published / REPORT).read_text(encoding="utf-8")
    styles = list(dict.fromkeys(re.findall(r' style="([^"]*)"', stored)))

    browser.get(f"{host.url}/api/informe")

    for place, style in enumerate(styles):
        element = browser.find_element(By.CSS_SELECTOR, f'[data-s="{place}"]')
        before, after = browser.execute_script(_COMPARE, element, style)
        assert before == after, style
    assert len(styles) > 5
