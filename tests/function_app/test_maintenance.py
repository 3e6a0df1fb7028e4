"""The timer and the poison queue, through Microsoft's worker library."""

import json
from datetime import UTC, datetime

from shared.registry.run_store import list_runs
from shared.registry.runs import run_id
from tests.support.invoked_app import App
from tests.support.uploads import FIXED
from training.run_opening import open_run_record

RUN = "20261123T060201Z-0a1b2c3d4e"


def test_the_timer_runs_every_five_minutes_unless_it_is_set_otherwise(app: App) -> None:
    assert app.functions["mantenimiento"].trigger["schedule"] == "0 */5 * * * *"


def test_a_tick_ends_a_run_that_a_person_had_taken_up_and_whose_upload_is_gone(app: App) -> None:
    app.releases.upload_blob(
        f"runs/{RUN}.json",
        json.dumps(
            {
                "id": RUN,
                "state": "failed",
                "attempt": 0,
                "source": {"name": "gone.csv"},
                "started": "",
                "updated": "",
                "steps": [],
                "problems": [],
            }
        ),
        metadata={"state": "failed", "attempt": "0"},
    )

    app.tick()

    assert [run["state"] for run in app.runs()] == ["superseded"]
    assert {"maintenance.json", "retention.json"} <= set(app.releases.list_blob_names())


def test_an_upload_that_the_platform_gives_up_on_is_abandoned(app: App) -> None:
    run = run_id("loans.csv", "0x1", datetime(2026, 11, 23, tzinfo=UTC))
    opened = open_run_record(app.releases, run, {"name": "loans.csv"}, FIXED)
    assert opened
    with opened:
        pass

    app.give_up(json.dumps({"BlobName": "loans.csv", "ETag": '"0x1"', "Type": "BlobTrigger"}))

    assert [(entry.id, entry.state) for entry in list_runs(app.releases)] == [(run, "abandoned")]
