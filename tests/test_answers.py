"""The answers' bodies and headers, byte by byte."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from serving.answers import (
    answer_features,
    answer_health,
    answer_prediction,
    answer_problem,
)
from serving.current_release import CurrentRelease, LoadedRelease, ReleaseStatus
from shared.errors import MalformedUserIdError, NoReleaseError, UnknownUserError
from shared.serving_table import write_serving_table

ROWS = [
    (7, 29.0, 136.44686401351728, 59.0, 3.0, 1.0, 0.0136, 0, "2020-12-22"),
    (8, 0.0, None, 40.0, None, 0.0, 0.31, 1, "2020-01-01"),
]


class FixedRelease(CurrentRelease):
    """Serves one release that lies on disk already."""

    def __init__(self, loaded: LoadedRelease) -> None:
        self._release = loaded


@pytest.fixture
def release(tmp_path: Path) -> CurrentRelease:
    folder = tmp_path / "release"
    folder.mkdir()
    write_serving_table(folder / "serving.sqlite", ROWS)
    return FixedRelease(
        LoadedRelease({"version": "v1", "as_of": "2022-03-08"}, folder / "serving.sqlite")
    )


def test_the_features_are_the_references_body_to_the_byte(release: CurrentRelease) -> None:
    answer = answer_features(release, "7")

    assert answer.body == (
        b'{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,'
        b'"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
    )
    assert (answer.status, answer.media_type) == (200, "application/json")


def test_a_missing_feature_is_null(release: CurrentRelease) -> None:
    assert answer_features(release, "8").body == (
        b'{"nb_previous_loans":0.0,"avg_amount_loans_previous":null,'
        b'"age":40.0,"years_on_the_job":null,"flag_own_car":0.0}'
    )


def test_the_prediction_is_a_list_of_one_class(release: CurrentRelease) -> None:
    assert answer_prediction(release, "7").body == b'{"resultado":[0]}'
    assert answer_prediction(release, "8").body == b'{"resultado":[1]}'


def test_headers_name_the_release_and_its_as_of_date(release: CurrentRelease) -> None:
    expected = {"X-Release-Version": "v1", "X-Release-As-Of": "2022-03-08"}

    assert answer_features(release, "7").headers == expected
    assert answer_prediction(release, "7").headers == expected


def test_a_user_without_a_loan_is_unknown(release: CurrentRelease) -> None:
    with pytest.raises(UnknownUserError, match="release v1; 9 has none"):
        answer_features(release, "9")


def test_a_malformed_id_is_told_even_before_a_release_is_there() -> None:
    with pytest.raises(MalformedUserIdError):
        answer_prediction(CurrentRelease(), "seven")


def test_an_error_is_a_problem_document() -> None:
    answer = answer_problem(UnknownUserError("Expected this; got that."))

    assert (answer.status, answer.media_type) == (404, "application/problem+json")
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "The user is not in the current release",
        "status": 404,
        "detail": "Expected this; got that.",
    }
    assert answer.headers == {}


def test_who_comes_too_early_is_told_when_to_come_again() -> None:
    answer = answer_problem(NoReleaseError("Nothing yet."))

    assert answer.status == 503
    assert answer.headers == {"Retry-After": "10"}


def test_health_tells_build_release_and_the_last_look_at_the_pointer() -> None:
    status = ReleaseStatus("v1", "2022-03-08", datetime(2026, 1, 2, 3, 4, 5, 6, UTC), None)

    answer = answer_health("b42", status)

    assert json.loads(answer.body) == {
        "status": "ok",
        "build": "b42",
        "release": "v1",
        "as_of": "2022-03-08",
        "last_checked": "2026-01-02T03:04:05+00:00",
        "problem": None,
    }
