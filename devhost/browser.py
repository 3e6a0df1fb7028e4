"""The browser that the tests use."""

import shutil
from dataclasses import dataclass

from devhost.debian import install_packages

_PROGRAMS = ("chromium", "google-chrome")
_DRIVER = "chromedriver"
PACKAGES = ("chromium", "chromium-driver")


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser on this machine.

    Attributes
    ----------
    program, driver : str
        Paths of the browser and of its WebDriver server.
    """

    program: str
    driver: str


def find_browser() -> Browser | None:
    """Find a browser with its driver, None if there is none."""
    driver = shutil.which(_DRIVER)
    for program in filter(None, map(shutil.which, _PROGRAMS)):
        if driver:
            return Browser(program, driver)
    return None


def install_browser() -> None:
    """Install a browser if there is none; if that fails, print what is skipped."""
    if find_browser():
        return
    print(f"Installing a browser for the tests, {' and '.join(PACKAGES)} (once) ...", flush=True)
    install_packages(PACKAGES)
    if not find_browser():
        print("No browser could be installed: the tests of the page will be skipped.", flush=True)
