"""A failure is held back before the platform learns of it and delivers again at once."""

import json
import subprocess
import sys

import pytest

from shared.errors import SettingError
from shared.settings import read_retry_pauses
from tests.support.paths import ROOT
from tests.support.waiting import TIMEOUT_SECONDS
from training.retry_pauses import RetryPauses


class OutageError(Exception):
    pass


def fail(pauses: RetryPauses, upload: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(OutageError), pauses.attempt(upload):
            raise OutageError


def test_five_attempts_last_longer_than_an_outage_of_nine_minutes() -> None:
    waited: list[float] = []

    fail(RetryPauses(lambda: read_retry_pauses({}), waited.append), "a.csv", times=5)

    assert waited == [15, 60, 180, 300]
    assert sum(waited) > 9 * 60


def test_each_upload_has_pauses_of_its_own() -> None:
    waited: list[float] = []
    pauses = RetryPauses(lambda: (1, 2), waited.append)

    fail(pauses, "a.csv", times=2)
    fail(pauses, "b.csv")

    assert waited == [1, 2, 1]


def test_after_a_success_the_pauses_begin_anew() -> None:
    waited: list[float] = []
    pauses = RetryPauses(lambda: (1, 2), waited.append)

    fail(pauses, "a.csv")
    with pauses.attempt("a.csv"):
        pass
    fail(pauses, "a.csv")

    assert waited == [1, 1]


def test_after_the_last_attempt_the_pauses_begin_anew() -> None:
    waited: list[float] = []
    pauses = RetryPauses(lambda: (1, 2), waited.append)

    fail(pauses, "a.csv", times=4)

    assert waited == [1, 2, 1]


def test_an_attempt_that_ends_well_waits_for_nothing() -> None:
    waited: list[float] = []

    with RetryPauses(lambda: (1,), waited.append).attempt("a.csv"):
        pass

    assert waited == []


@pytest.mark.parametrize(("minutes", "pause"), [(1, 300), (25, 180), (29, 0)])
def test_a_pause_after_a_long_attempt_does_not_reach_the_platforms_limit(
    minutes: int, pause: int
) -> None:
    waited: list[float] = []
    moments = iter([0.0, minutes * 60.0])

    fail(RetryPauses(lambda: (300,), waited.append, lambda: next(moments)), "a.csv")

    settings = json.loads((ROOT / "host.json").read_text())
    assert settings["functionTimeout"] == "00:30:00"
    assert waited == [pause]


def test_a_malformed_setting_does_not_hide_the_failure() -> None:
    waited: list[float] = []

    fail(RetryPauses(lambda: read_retry_pauses({"RETRY_PAUSES": "soon"}), waited.append), "a.csv")

    assert waited == [15]


@pytest.mark.parametrize("text", ["soon", "-1", "5,,6", "601", "nan"])
def test_a_malformed_setting_is_named(text: str) -> None:
    with pytest.raises(SettingError, match=f"RETRY_PAUSES must be .* not '{text}'"):
        read_retry_pauses({"RETRY_PAUSES": text})


def test_the_setting_is_read() -> None:
    assert read_retry_pauses({"RETRY_PAUSES": "0, 1.5"}) == (0, 1.5)


def test_the_end_of_the_process_cuts_a_pause_short() -> None:
    code = (
        "import threading\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from training.retry_pauses import RetryPauses, _stopping\n"
        "begun = threading.Event()\n"
        "def wait(seconds):\n"
        "    begun.set()\n"
        "    print(_stopping.wait(seconds), flush=True)\n"
        "def fail():\n"
        "    with RetryPauses(lambda: (600,), wait).attempt('a.csv'):\n"
        "        raise OSError('an outage')\n"
        "ThreadPoolExecutor().submit(fail)\n"
        "begun.wait()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )

    assert ended.stdout == "True\n"
