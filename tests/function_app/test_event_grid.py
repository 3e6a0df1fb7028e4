"""The way of production: Event Grid calls the app about each blob, those of releases too."""

from pathlib import Path

import httpx

from tests.support.event_grid import blob_created, post_events
from tests.support.running_app import empty, empty_releases, run_app
from tests.support.waiting import wait_until

PREDICTION = "/api/user/5000042/prediccion"


def test_an_upload_that_event_grid_announces_is_served_and_its_release_starts_no_run(
    storage: str, raw_file: Path
) -> None:
    releases, inputs = empty_releases(storage), empty(storage, "input")
    inputs.upload_blob("loans.csv", raw_file.read_bytes())

    with run_app(storage, BLOB_TRIGGER_SOURCE="EventGrid", AS_OF="2022-03-08") as host:

        def deliver(*places: tuple[str, str]) -> int:
            events = [blob_created(storage, *place) for place in places]
            return post_events(host, "Notification", events, "entrenamiento").status_code

        def is_served() -> bool:
            return httpx.get(host.url + PREDICTION, timeout=60).status_code == 200

        assert deliver(("input", "loans.csv")) == 202
        wait_until(is_served, "the upload is served")
        made = [one for one in releases.list_blob_names() if one.endswith("train_model.csv")]
        assert len(made) == 2
        deliver(*(("releases", name) for name in made))
        wait_until(
            lambda: host.read_output().count("is no upload: ignored.") == len(made),
            "the events of the release are ignored",
        )

    assert len(list(releases.list_blob_names(name_starts_with="runs/"))) == 1
