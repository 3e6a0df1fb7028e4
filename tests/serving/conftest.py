"""What the tests of serving share: a served release, and handlers of a fixed one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from serving.current_release import CurrentRelease
from serving.user_handlers import UserHandlers
from tests.support.fixed_release import load_fixed_release
from tests.support.served_releases import serving_from


@pytest.fixture
def served(releases: ContainerClient) -> Iterator[CurrentRelease]:
    with serving_from(lambda _: releases) as release:
        yield release


@pytest.fixture
def users(tmp_path: Path) -> UserHandlers:
    """Return the handlers of a fixed release of two users."""
    return UserHandlers(load_fixed_release(tmp_path))
