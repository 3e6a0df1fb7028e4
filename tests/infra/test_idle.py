"""What a deployment waits for: the list of run records tells which runs are under way."""

from azure.storage.blob import ContainerClient

from tests.support.paths import ROOT
from training.run_record import open_run_record

RUN = "20261126T120000Z-0123456789"


def runs_under_way(releases: ContainerClient) -> list[str]:
    """List them as `infra/scripts/wait-until-idle.sh` does."""
    records = releases.list_blobs(name_starts_with="runs/")
    return [blob.name for blob in records if blob.lease.state == "leased"]


def test_a_run_shows_as_under_way_until_it_ends(releases: ContainerClient) -> None:
    record = open_run_record(releases, RUN, {"name": "loans.csv"})
    assert record

    with record:
        during = runs_under_way(releases)
        record.fail("the network is down")
    after = runs_under_way(releases)

    assert during == [f"runs/{RUN}.json"]
    assert after == []


def test_the_script_asks_for_just_that() -> None:
    script = (ROOT / "infra" / "scripts" / "wait-until-idle.sh").read_text("utf-8")

    assert "--container-name releases --prefix runs/" in script
    assert "[?properties.lease.state=='leased'].name" in script
