"""The run record's lease: what happens when it lapses, by the storage's own clock."""

import pytest
from azure.storage.blob import BlobClient, ContainerClient

import shared.registry.run_lease
import training.run_record
from shared.registry.run_store import fetch_run
from shared.registry.runs import run_blob_name
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Answer
from tests.support.uploads import FIXED
from tests.support.waiting import wait_until
from training.progress import Step
from training.run_opening import open_run_record
from training.run_record import LeaseLostError

RUN = "20261123T060201Z-0a1b2c3d4e"


def is_lapsed(blob: BlobClient) -> bool:
    return bool(blob.get_blob_properties().lease.state == "expired")


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_holder_goes_on_after_its_lease_lapsed_unless_another_attempt_has_taken_over(
    releases: ContainerClient, monkeypatch: pytest.MonkeyPatch, taken_over: bool
) -> None:
    # The shortest lease that storage gives, and a holder that is too slow to renew it.
    monkeypatch.setattr(shared.registry.run_lease, "LEASE_SECONDS", 15)
    monkeypatch.setattr(training.run_record, "_RENEW_SECONDS", 3600)
    blob = releases.get_blob_client(run_blob_name(RUN))
    record = open_run_record(releases, RUN, {"name": "loans.csv"}, FIXED)
    assert record
    with record:
        wait_until(lambda: is_lapsed(blob), "the lease has lapsed")
        successor = None
        if taken_over:
            successor = open_run_record(releases, RUN, {"name": "loans.csv"}, FIXED)
            assert successor

            with pytest.raises(LeaseLostError, match="another one may have taken over"):
                record.step_started(Step("publish"))
            with pytest.raises(LeaseLostError):
                record.check()
        else:
            record.step_started(Step("publish"))

    found = fetch_run(releases, RUN)
    assert found["attempt"] == (2 if taken_over else 1)
    assert found.get("step") == (None if taken_over else "publish")
    assert found["version"] == record.version
    if successor:
        with successor:
            assert successor.version == record.version


def test_a_record_that_storage_guards_by_its_lease_is_opened_like_one_that_is_there(
    releases: ContainerClient, fault_proxy: FaultProxy
) -> None:
    proxied = ContainerClient.from_connection_string(
        fault_proxy.connection_string, releases.container_name
    )
    first = open_run_record(releases, RUN, {"name": "loans.csv"}, FIXED)
    assert first
    with first:
        pass

    with fault_proxy.inject(Answer(412, "LeaseIdMissing"), "PUT", "runs/", times=1) as refused:
        second = open_run_record(proxied, RUN, {"name": "loans.csv"}, FIXED)

    assert second
    with second:
        assert refused.injected == 1
        assert second.version == first.version
