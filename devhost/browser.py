"""The browser that the tests use."""

import shutil
from dataclasses import dataclass

from devhost.debian import install_packages
from devhost.errors import StartError

_PROGRAMS = ("chromium", "google-chrome")
_DRIVER = "chromedriver"
PACKAGES = ("chromium", "chromium-driver")

NO_BROWSER = "No browser with a WebDriver found: run `make browser` first, then `make test`."


@dataclass(frozen=True, slots=True)
class Browser:
    """An installed browser.

    Attributes
    ----------
    program, driver : str
        Paths of the browser and of its WebDriver.
    """

    program: str
    driver: str


def find_browser() -> Browser | None:
    """Find a browser that has a driver; None if there is none."""
    driver = shutil.which(_DRIVER)
    for program in filter(None, map(shutil.which, _PROGRAMS)):
        if driver:
            return Browser(program, driver)
    return None


def check_browser() -> None:
    """Check that the tests of the page can run.

    Raises
    ------
    StartError
        When no browser is installed.
    """
    if not find_browser():
        raise StartError(NO_BROWSER)


def install_browser() -> None:
    """Install a browser unless one is installed.

    Raises
    ------
    StartError
        When it cannot be installed; the output of apt-get is on the terminal.
    """
    if find_browser():
        return
    names = " and ".join(PACKAGES)
    print(f"Installing the Debian packages {names} ...", flush=True)
    install_packages(PACKAGES)
    if not find_browser():
        raise StartError(f"Installing {names} failed: install Chromium and its WebDriver by hand.")
