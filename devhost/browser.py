"""The browser that the tests drive."""

import shutil
from dataclasses import dataclass

from devhost.debian import install_packages

_PROGRAMS = ("chromium", "google-chrome")
_DRIVER = "chromedriver"
PACKAGES = ("chromium", "chromium-driver")


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser of this machine.

    Attributes
    ----------
    program, driver : str
        Paths of the browser, and of the program through which it is driven.
    """

    program: str
    driver: str


def find_browser() -> Browser | None:
    """Find a browser with its driver, None when there is none."""
    driver = shutil.which(_DRIVER)
    for program in filter(None, map(shutil.which, _PROGRAMS)):
        if driver:
            return Browser(program, driver)
    return None


def install_browser() -> None:
    """Install a browser where there is none; where that fails, tell what is left out."""
    if find_browser():
        return
    print(f"Installing a browser for the tests, {' and '.join(PACKAGES)} (once) ...", flush=True)
    install_packages(PACKAGES)
    if not find_browser():
        print("There is no browser to be had: the tests of the page will be skipped.", flush=True)
