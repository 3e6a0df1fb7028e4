"""Releases as the app serves them, refreshed quickly."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from azure.storage.blob import ContainerClient

from serving.current_release import CurrentRelease
from shared.settings import Settings

QUICK = Settings(release_refresh_seconds=0.05)
USER = 5_000_042


@contextmanager
def serving_from(
    container: Callable[[Settings], ContainerClient], settings: Settings = QUICK
) -> Iterator[CurrentRelease]:
    """Follow the releases of a container until the block is left."""
    release = CurrentRelease(lambda: settings, container)
    try:
        yield release
    finally:
        release.close()
