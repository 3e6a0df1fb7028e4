"""A CSV dropped into the input container, up to the answers it changes."""

import json
import threading
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from devhost.errors import InvocationError
from shared.registry.publishing import publish_release
from tests.support.invoked_app import App, bodies, versions_of_both
from tests.support.jobs import job_of
from tests.support.paths import SAMPLE, SHARED_SAMPLE
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.waiting import wait_until
from training.pipeline import build_release
from training.progress import Progress


def test_a_dropped_csv_is_served_from_both_urls(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())

    features = app.get("/user/5000042/caracteristicasriesgo")
    prediction = app.get("/user/5000042/prediccion")

    assert list(json.loads(features.body)) == [
        "nb_previous_loans",
        "avg_amount_loans_previous",
        "age",
        "years_on_the_job",
        "flag_own_car",
    ]
    assert prediction.body in {b'{"resultado":[0]}', b'{"resultado":[1]}'}
    assert features.headers["X-Release-Version"] == app.runs()[0]["version"]
    assert features.headers["X-Release-As-Of"] == "2022-03-08"
    assert features.headers["content-type"] == "application/json"


def test_a_rejected_csv_changes_no_answer(served: App) -> None:
    before = bodies(served, 5000042)

    served.drop(b"loan_id;id\nx;y\n", "broken.csv")

    rejected = [run for run in served.runs() if run["state"] == "rejected"]
    assert [run["source"]["name"] for run in rejected] == ["broken.csv"]
    assert len(rejected[0]["problems"]) == 22
    assert bodies(served, 5000042) == before


def test_a_blob_delivered_twice_makes_one_release(app: App, raw_file: Path) -> None:
    app.drop(raw_file.read_bytes())

    app.deliver("loans.csv")

    assert len([run for run in app.runs() if run["state"] == "published"]) == 1


def test_an_unexpected_error_is_raised_to_the_platform(app: App, raw_file: Path) -> None:
    app.releases.delete_container()
    app.releases.create_container()
    app.releases.upload_blob("current.json", b"not a pointer")

    with pytest.raises(InvocationError, match=r"current\.json must hold"):
        app.drop(raw_file.read_bytes())

    assert [run["state"] for run in app.runs()] == ["failed"]


def test_both_routes_switch_to_a_new_release_at_once_under_load(
    app: App, raw_file: Path, tmp_path: Path
) -> None:
    app.drop(raw_file.read_bytes())
    first = bodies(app, 5000042)
    other = write_csv(tmp_path / "other.csv", make_portfolio(seed=7))
    delivery = threading.Thread(target=publish_offline, args=(app, other, tmp_path / "release"))
    seen = [versions_of_both(app)]

    def has_changed() -> bool:
        seen.append(versions_of_both(app))
        return seen[-1] != seen[0]

    delivery.start()
    wait_until(has_changed)
    seen += [versions_of_both(app) for _ in range(200)]
    delivery.join()

    versions = [version for both in seen for version in both]
    assert bodies(app, 5000042) != first
    assert len([None for before, after in pairwise(versions) if before != after]) == 1, "one change"


def publish_offline(app: App, csv: Path, out: Path) -> None:
    """Train and publish beside the app, as another instance does."""
    order = job_of(csv)
    order.source["last_modified"] = "2999-01-01T00:00:00+00:00"
    publish_release(app.releases, out, build_release(order, out, Progress()))


@pytest.mark.parametrize("sample", [SAMPLE, SHARED_SAMPLE], ids=["own", "shared"])
def test_the_documented_answer_is_exact_and_every_user_is_served(app: App, sample: Path) -> None:
    if sample == SHARED_SAMPLE and not sample.exists():
        pytest.skip("the acceptance sample is not on this machine")
    app.drop(sample.read_bytes())

    features, prediction = bodies(app, 5008806)
    assert features == (
        b'{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,'
        b'"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
    )
    assert prediction in {b'{"resultado":[0]}', b'{"resultado":[1]}'}
    for user in users_of(sample):
        bodies(app, user)


def users_of(csv: Path) -> list[int]:
    return sorted(set(pd.read_csv(csv, usecols=["id"])["id"]))
