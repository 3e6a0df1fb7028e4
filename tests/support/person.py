"""Actions of a person on the page, and what they read."""

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

SECONDS = 30


def look_up(page: WebDriver, user: str) -> None:
    """Type an id and press Enter, as at a keyboard: the field has the focus from the start."""
    field = _focused(page, "user")
    field.send_keys(Keys.CONTROL + "a", Keys.DELETE)
    field.send_keys(user, Keys.ENTER)


def enter_key(page: WebDriver, key: str) -> None:
    """Type a key and press Enter: the page puts the focus there when it asks for one."""
    _focused(page, "key").send_keys(key, Keys.ENTER)


def _focused(page: WebDriver, name: str) -> WebElement:
    WebDriverWait(page, SECONDS).until(
        lambda driver: driver.switch_to.active_element.get_attribute("id") == name,
        f"the focus is not in #{name}",
    )
    return page.switch_to.active_element


def read(page: WebDriver, place: str, part: str = "") -> str:
    """Wait until an element shows text that contains `part`, and return the text."""

    def look(driver: WebDriver) -> str:
        text = str(driver.find_element(By.ID, place).text)
        return text if part in text else ""

    message = f"{part or 'nothing'!r} is not shown in #{place}" if part else f"#{place} is empty"
    return WebDriverWait(page, SECONDS).until(look, message)


def is_shown(page: WebDriver, place: str) -> bool:
    return page.find_element(By.ID, place).is_displayed()
