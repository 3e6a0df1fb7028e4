"""Answers that come late, or from two releases."""

from selenium.webdriver.remote.webdriver import WebDriver

from tests.browser.person import is_shown, look_up, read

# Answers about one user are held back until `release()`; they heed no abort, as those on their way.
SLOW = """
const genuine = fetch;
const held = [];
window.fetch = async (url, options) => {
  const answer = await genuine(url, {headers: options.headers});
  const told = await answer.json();
  if (url.includes('5000042')) await new Promise((free) => held.push(free));
  return {ok: answer.ok, status: answer.status, json: async () => told};
};
window.release = () => held.forEach((free) => free());
window.isHeld = () => held.length === 2;
"""

# The model is told of another release in its first answers.
CHANGING = """
const genuine = fetch;
window.asked = 0;
window.fetch = async (url, options) => {
  const answer = await genuine(url, options);
  if (!url.endsWith('modelo') || ++asked > arguments[0]) return answer;
  const told = await answer.json();
  return new Response(JSON.stringify({...told, version: 'another'}));
};
"""


def test_a_late_answer_does_not_take_the_place_of_a_newer_lookup(page: WebDriver) -> None:
    page.execute_script(SLOW)
    look_up(page, "5000042")
    look_up(page, "5000043")
    read(page, "who", "User 5000043")
    page.execute_async_script(
        "const done = arguments[0];"
        "const look = () => {"
        "  if (!isHeld()) return setTimeout(look);"
        "  release(); setTimeout(done);"
        "};"
        "look();"
    )

    assert read(page, "who") == "User 5000043"
    assert not is_shown(page, "problem")


def test_answers_of_two_releases_are_asked_for_once_more(page: WebDriver) -> None:
    page.execute_script(CHANGING, 1)
    look_up(page, "5000042")

    assert read(page, "verdict")
    assert "another" not in read(page, "release")
    assert page.execute_script("return asked") == 2


def test_answers_that_stay_of_two_releases_are_not_shown_as_one(page: WebDriver) -> None:
    page.execute_script(CHANGING, 9)
    look_up(page, "5000042")

    assert "The release is changing" in read(page, "problem")
    assert not is_shown(page, "found")
    assert page.execute_script("return asked") == 2
