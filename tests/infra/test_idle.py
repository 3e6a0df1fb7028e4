"""What a deployment waits for: the list of run records tells which runs are under way."""

import logging

import pytest
from azure.storage.blob import ContainerClient

from shared.settings import RunSettings
from tests.support.paths import ROOT
from training.retraining import retrain


class UnderWay(logging.Handler):
    """Lists the runs under way whenever a line is logged."""

    def __init__(self, releases: ContainerClient) -> None:
        super().__init__()
        self.releases = releases
        self.seen: list[tuple[str, list[str]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append((record.getMessage(), runs_under_way(self.releases)))


def runs_under_way(releases: ContainerClient) -> list[str]:
    """List them as `infra/scripts/wait-until-idle.sh` does."""
    records = releases.list_blobs(name_starts_with="runs/")
    return [blob.name for blob in records if blob.lease.state == "leased"]


def test_a_run_shows_as_under_way_until_it_ends(
    inputs: ContainerClient, releases: ContainerClient, request: pytest.FixtureRequest
) -> None:
    lines = UnderWay(releases)
    logger = logging.getLogger("training.retraining")
    logger.addHandler(lines)
    request.addfinalizer(lambda: logger.removeHandler(lines))
    upload = inputs.upload_blob("loans.csv", b"not a csv at all")

    retrain(upload, releases, RunSettings())

    during = next(runs for line, runs in lines.seen if "was rejected:" in line)
    assert len(during) == 1
    assert during[0].startswith("runs/")
    assert runs_under_way(releases) == []


def test_the_script_asks_for_just_that() -> None:
    script = (ROOT / "infra" / "scripts" / "wait-until-idle.sh").read_text("utf-8")

    assert "--container-name releases --prefix runs/" in script
    assert "[?properties.lease.state=='leased'].name" in script
