"""The ground of the campaigns, started once."""

from collections.abc import Iterator

import pytest

from tests.soak.ground import Ground, prepare_ground


@pytest.fixture(scope="package")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with prepare_ground(tmp_path_factory.mktemp("soak")) as ground:
        yield ground
