"""What a deployment waits for: a run shows as under way until it ends."""

import logging

import pytest
from azure.storage.blob import ContainerClient

from shared.settings import RunSettings
from training.idle import find_active
from training.retraining import retrain


class UnderWay(logging.Handler):
    """Lists the runs under way whenever a line is logged."""

    def __init__(self, releases: ContainerClient) -> None:
        super().__init__()
        self.releases = releases
        self.seen: list[tuple[str, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append((record.getMessage(), len(find_active(self.releases))))


def test_a_run_shows_as_under_way_until_it_ends(
    inputs: ContainerClient, releases: ContainerClient, request: pytest.FixtureRequest
) -> None:
    lines = UnderWay(releases)
    logger = logging.getLogger("training.retraining")
    logger.addHandler(lines)
    request.addfinalizer(lambda: logger.removeHandler(lines))
    upload = inputs.upload_blob("loans.csv", b"not a csv at all")

    retrain(upload, releases, RunSettings())

    assert [runs for line, runs in lines.seen if "was rejected:" in line] == [1]
    assert find_active(releases) == []
