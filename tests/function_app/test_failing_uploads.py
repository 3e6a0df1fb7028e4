"""An upload that fails for no fault of its file: pauses between its attempts, then a redrive."""

import json
from pathlib import Path

import pytest

from devhost.errors import InvocationError
from tests.support.invoked_app import App
from training.__main__ import main
from training.retry_pauses import RetryPauses


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses that were made, without making them."""
    waited: list[float] = []
    monkeypatch.setattr(
        "training.retry_pauses.PAUSES", RetryPauses(lambda: (1, 2, 3, 4), waited.append)
    )
    return waited


def fail_for_good(app: App, raw_file: Path) -> str:
    """Drop a file while the pointer is damaged; return the run that the platform gives up on."""
    app.releases.upload_blob("current.json", b"not a pointer")
    with pytest.raises(InvocationError):
        app.drop(raw_file.read_bytes())
    for _ in range(4):
        with pytest.raises(InvocationError):
            app.deliver("loans.csv")
    (run,) = app.runs()
    message = {"BlobName": "loans.csv", "ETag": f'"{run["source"]["etag"]}"'}
    app.give_up(json.dumps(message))
    return str(run["id"])


def test_the_attempts_at_a_failing_upload_are_spread(
    app: App, raw_file: Path, waited: list[float]
) -> None:
    fail_for_good(app, raw_file)

    assert waited == [1, 2, 3, 4]
    assert [run["state"] for run in app.runs()] == ["abandoned"]


def test_a_poisoned_upload_is_taken_up_again_on_request(
    app: App, raw_file: Path, waited: list[float]
) -> None:
    run = fail_for_good(app, raw_file)
    app.releases.delete_blob("current.json")

    assert main(["requeue", run]) == 0
    app.tick()

    assert waited
    assert [one["state"] for one in app.runs()] == ["published"]
    assert app.get("/user/5000042/prediccion").status == 200


def test_a_rejected_file_is_not_held_back(app: App, waited: list[float]) -> None:
    app.drop(b"loan_id;id\nx;y\n", "broken.csv")

    assert waited == []
    assert [run["state"] for run in app.runs()] == ["rejected"]


def test_an_event_for_a_file_of_a_release_starts_no_run(
    app: App, raw_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app.drop(raw_file.read_bytes())
    made = [name for name in app.releases.list_blob_names() if name.endswith("train_model.csv")]
    assert len(made) == 2
    caplog.set_level("INFO")

    for name in made:
        app.deliver(name, "releases")

    ignored = [line for line in caplog.messages if line.endswith("is no upload: ignored.")]
    assert ignored == [f"releases/{name} is no upload: ignored." for name in made]
    assert [run["state"] for run in app.runs()] == ["published"]


@pytest.mark.parametrize("place", ["input-old/loans.csv", "input/loans.csv.sha256", "input/a.CSV"])
def test_an_event_for_another_blob_is_ignored(
    app: App, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    container, name = place.split("/")
    caplog.set_level("INFO")

    app.deliver(name, container)

    assert f"{place} is no upload: ignored." in caplog.messages
