"""Answers that arrive late, or from two releases."""

from selenium.webdriver.remote.webdriver import WebDriver

from tests.support.person import is_shown, look_up, read

# Answers about one user are held back until `release()`, and ignore an abort.
SLOW = """
const genuine = fetch;
const held = [];
window.fetch = async (url, options) => {
  const answer = await genuine(url, {headers: options.headers});
  const body = await answer.json();
  if (url.includes('5000042')) await new Promise((free) => held.push(free));
  return {ok: answer.ok, status: answer.status, json: async () => body};
};
window.release = () => held.forEach((free) => free());
window.isHeld = () => held.length === 2;
"""

# The model is body of another release in its first answers.
CHANGING = """
const genuine = fetch;
window.models = 0;
window.fetch = async (url, options) => {
  const answer = await genuine(url, options);
  if (!url.endsWith('modelo') || ++models > arguments[0]) return answer;
  const body = await answer.json();
  return new Response(JSON.stringify({...body, version: 'another'}));
};
"""


def test_a_late_answer_does_not_replace_a_newer_lookup(page: WebDriver) -> None:
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


def test_answers_from_two_releases_are_fetched_once_more(page: WebDriver) -> None:
    page.execute_script(CHANGING, 1)
    look_up(page, "5000042")

    assert read(page, "verdict")
    assert "another" not in read(page, "release")
    assert page.execute_script("return models") == 2


def test_answers_that_stay_from_two_releases_are_not_shown_together(page: WebDriver) -> None:
    page.execute_script(CHANGING, 9)
    look_up(page, "5000042")

    assert "The release is changing" in read(page, "problem")
    assert not is_shown(page, "found")
    assert page.execute_script("return models") == 2
