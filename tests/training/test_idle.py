"""Whether a run is under way, as a deployment asks before it kills one."""

import threading
from uuid import uuid4

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobLeaseClient, BlobServiceClient, ContainerClient

from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Answer
from tests.support.run_records import put_run, run_name
from training.__main__ import main
from training.idle import find_active, wait_for_idle


def lease(releases: ContainerClient, run: str) -> BlobLeaseClient:
    return releases.get_blob_client(f"runs/{run}.json").acquire_lease(-1)


@pytest.fixture
def configured(storage: str, monkeypatch: pytest.MonkeyPatch) -> ContainerClient:
    """Return the container of the account that the command asks, without runs."""
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    service = BlobServiceClient.from_connection_string(storage)
    releases = service.get_container_client("releases")
    if not releases.exists():
        releases.create_container()
    for blob in list(releases.list_blobs(name_starts_with="runs/")):
        releases.delete_blob(blob.name, lease=None)
    return releases


def test_a_run_that_is_worked_on_is_under_way_and_no_other(releases: ContainerClient) -> None:
    for number, state in enumerate(["running", "running", "failed", "published"]):
        put_run(releases, run_name(number), state)
    lease(releases, run_name(1))

    assert [entry.id for entry in find_active(releases)] == [run_name(1)]


def test_without_a_container_no_run_is_under_way(storage: str) -> None:
    service = BlobServiceClient.from_connection_string(storage)

    assert find_active(service.get_container_client(f"none-{uuid4().hex[:8]}")) == []


def test_waiting_ends_as_soon_as_the_run_does(releases: ContainerClient) -> None:
    put_run(releases, run_name(0), "running")
    held = lease(releases, run_name(0))
    ended = threading.Timer(0.3, held.release)
    ended.start()

    active = wait_for_idle(releases, wait_seconds=60, poll_seconds=0.05)

    ended.join()
    assert active == []


def test_waiting_gives_up_and_names_the_run(releases: ContainerClient) -> None:
    put_run(releases, run_name(0), "running")
    lease(releases, run_name(0))

    assert [one.id for one in wait_for_idle(releases, 0.2, poll_seconds=0.05)] == [run_name(0)]


def _through(fault_proxy: FaultProxy, releases: ContainerClient) -> ContainerClient:
    return ContainerClient.from_connection_string(
        fault_proxy.connection_string, releases.container_name, retry_total=0
    )


def test_waiting_outlasts_a_role_that_does_not_count_yet(
    releases: ContainerClient, fault_proxy: FaultProxy
) -> None:
    asked = _through(fault_proxy, releases)

    with fault_proxy.inject(
        Answer(403, "AuthorizationPermissionMismatch"), "GET", "", times=2
    ) as refused:
        assert wait_for_idle(asked, wait_seconds=60, poll_seconds=0.05) == []

    assert refused.injected == 2


def test_a_role_that_is_missing_is_no_idle_app(
    releases: ContainerClient, fault_proxy: FaultProxy
) -> None:
    asked = _through(fault_proxy, releases)

    with (
        fault_proxy.inject(Answer(403, "AuthorizationPermissionMismatch"), "GET", ""),
        pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch"),
    ):
        wait_for_idle(asked, wait_seconds=0.2, poll_seconds=0.05)


def test_the_command_says_that_no_run_is_under_way(
    configured: ContainerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["idle", "--wait", "60"]) == 0
    assert capsys.readouterr().out == "No run is under way.\n"


def test_the_command_names_what_a_deployment_would_kill(
    configured: ContainerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    put_run(configured, run_name(7), "running")
    held = lease(configured, run_name(7))

    status = main(["idle"])

    held.release()
    assert status == 1
    assert f"{run_name(7)}, last written at " in capsys.readouterr().err


def test_the_command_does_not_say_idle_when_storage_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.idle.releases_container", _fail)
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")

    assert main(["idle"]) == 2
    assert "out of reach" in capsys.readouterr().err


def _fail(*_: object) -> None:
    raise OSError("out of reach")


def test_a_time_that_never_ends_is_no_time_to_wait(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["idle", "--wait", "inf"])

    assert "expected seconds from 0 on" in capsys.readouterr().err
