"""The function key: requested, kept for the tab, and dropped when refused."""

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.support.person import enter_key, is_shown, look_up, read

# The app needs no key locally: this gate in front of it does.
GATE = """
const genuine = fetch;
window.sent = [];
window.fetch = (url, options) => {
  const key = new Headers(options.headers).get('x-functions-key');
  sent.push(key);
  if (key === 'the-key') return genuine(url, options);
  return Promise.resolve(new Response('', {status: 401}));
};
"""


@pytest.fixture
def locked(page: WebDriver) -> WebDriver:
    """Return the page once it has asked for a key."""
    page.execute_script(GATE)
    look_up(page, "5000042")
    read(page, "problem", "A function key is needed")
    return page


def kept_key(page: WebDriver) -> object:
    return page.execute_script("return sessionStorage.getItem('x-functions-key')")


def test_a_key_is_sent_with_every_request_and_kept_for_the_tab(locked: WebDriver) -> None:
    enter_key(locked, "the-key")

    assert read(locked, "verdict")
    assert locked.execute_script("return sent.slice(-3)") == ["the-key"] * 3
    assert kept_key(locked) == "the-key"
    assert "the-key" not in locked.page_source


@pytest.mark.parametrize("key", ["the-kéy", "the—key", "ключ", "   "])
def test_a_key_that_no_header_can_carry_is_refused_and_not_kept(
    locked: WebDriver, key: str
) -> None:
    n_sent = locked.execute_script("return sent.length")
    enter_key(locked, key)

    assert "plain ASCII" in read(locked, "problem", "That is no function key")
    assert kept_key(locked) is None
    assert locked.execute_script("return sent.length") == n_sent

    enter_key(locked, "the-key")
    assert read(locked, "verdict")


def test_a_refused_key_is_dropped_and_another_can_be_entered(locked: WebDriver) -> None:
    enter_key(locked, "an-old-key")

    assert read(locked, "problem", "The key was refused")
    assert is_shown(locked, "unlock")
    assert kept_key(locked) is None

    enter_key(locked, "the-key")
    assert read(locked, "verdict")
    assert not is_shown(locked, "unlock")
