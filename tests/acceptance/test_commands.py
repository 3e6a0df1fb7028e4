"""`make start` and `make drop`, as typed on the terminal."""

import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pandas as pd
import pytest

from tests.support.make_commands import Started, make, make_start
from tests.support.paths import SHARED_SAMPLE
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.waiting import wait_until

KNOWN_USER = 5008806
DOCUMENTED = (
    b'{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,'
    b'"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
)
CLASSES = {b'{"resultado":[0]}', b'{"resultado":[1]}'}
START_SECONDS = 180.0

# Each test continues where the one before it ended, as somebody does who tries the app.
pytestmark = pytest.mark.usefixtures("started")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with make_start(tmp_path_factory.mktemp("start")) as started:
        yield started


def test_a_first_start_trains_on_the_sample_and_both_urls_answer(started: Started) -> None:
    wait_until(
        lambda: started.answers(f"/user/{KNOWN_USER}/prediccion"),
        "the sample is trained on",
        START_SECONDS,
    )

    features, prediction = started.both(KNOWN_USER)

    output = started.output.read_text()
    assert features == DOCUMENTED
    assert prediction in CLASSES
    assert f"/api/user/{KNOWN_USER}/caracteristicasriesgo" in output
    assert f"/api/user/{KNOWN_USER}/prediccion" in output


def test_a_second_start_on_the_same_port_is_refused_in_one_line(started: Started) -> None:
    again = make("start", started.port)

    assert again.returncode != 0
    assert str(started.port) in again.stderr
    assert "Traceback" not in again.stderr


def test_a_dropped_file_is_followed_to_its_release_while_requests_run(
    started: Started, tmp_path: Path
) -> None:
    second = write_csv(tmp_path / "second.csv", with_the_known_user(make_portfolio()))
    seen: dict[str, list[str]] = {"caracteristicasriesgo": [], "prediccion": []}
    stopped = threading.Event()

    def keep_requesting() -> None:
        with httpx.Client(timeout=30) as client:
            while not stopped.is_set():
                for name, responses in seen.items():
                    response = client.get(
                        f"http://127.0.0.1:{started.port}/api/user/{KNOWN_USER}/{name}"
                    )
                    release = response.headers.get("X-Release-Version", "none")
                    responses.append(f"{response.status_code} {release} {response.text}")

    requests = threading.Thread(target=keep_requesting)
    requests.start()
    dropped = started.drop(second)
    (version,) = set(re.findall(r"\d{8}T\d{6}Z-[0-9a-f]{12}", dropped.stdout))
    wait_until(
        lambda: all(version in responses[-1] for responses in seen.values()),
        "both routes serve the new release",
    )
    stopped.set()
    requests.join()

    assert dropped.returncode == 0, dropped.stdout + dropped.stderr
    assert "roc_auc" in dropped.stdout
    for responses in seen.values():
        assert {response.split()[0] for response in responses} == {"200"}
        assert len([None for one, next_one in pairwise(responses) if one != next_one]) == 1
    assert started.get("/health").json()["release"] == version


def with_the_known_user(portfolio: pd.DataFrame) -> pd.DataFrame:
    return portfolio.assign(id=portfolio["id"].replace(5000042, KNOWN_USER))


def test_a_malformed_file_is_reported_and_changes_nothing(started: Started, tmp_path: Path) -> None:
    malformed = tmp_path / "malformed.csv"
    malformed.write_text("loan_id,id,status\n1,2,late\n")
    before = started.both(KNOWN_USER)

    dropped = started.drop(malformed)

    assert dropped.returncode != 0
    assert "Column loan_amount is missing: add it." in dropped.stdout + dropped.stderr
    assert started.both(KNOWN_USER) == before


@pytest.mark.parametrize("name", ["loans.txt", "loans.CSV", "missing.csv"])
def test_a_name_that_the_trigger_would_ignore_is_refused(
    started: Started, tmp_path: Path, name: str
) -> None:
    if name != "missing.csv":
        (tmp_path / name).write_text("x")

    dropped = started.drop(tmp_path / name)

    assert dropped.returncode != 0
    assert name in dropped.stderr
    assert "Traceback" not in dropped.stderr


def test_the_acceptance_sample_answers_for_every_user(tmp_path: Path) -> None:
    if not SHARED_SAMPLE.exists():
        pytest.skip("the acceptance sample is not on this machine")
    # On a store of its own: to a served portfolio the gates compare it, and rightly refuse it.
    with make_start(tmp_path) as started:
        wait_until(
            lambda: started.answers(f"/user/{KNOWN_USER}/prediccion"),
            "the sample is trained on",
            START_SECONDS,
        )
        dropped = started.drop(SHARED_SAMPLE)
        assert dropped.returncode == 0, dropped.stdout + dropped.stderr
        users = sorted(set(pd.read_csv(SHARED_SAMPLE, usecols=["id"])["id"]))
        wait_until(
            lambda: started.get("/health").json()["release"] in dropped.stdout, "it is served"
        )

        answers = {user: started.both(user) for user in users}

    assert len(answers) == 412
    assert answers[KNOWN_USER][0] == DOCUMENTED
    assert {prediction for _, prediction in answers.values()} <= CLASSES
