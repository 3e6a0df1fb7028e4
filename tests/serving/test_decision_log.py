"""Every prediction that is answered, as a line of the log."""

import json
import logging
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serving.decision_log import DecisionLog
from serving.decision_log_table import DecisionWriter
from serving.dispatch import Answer, Request, respond
from serving.user_decision import UserDecision
from serving.user_handlers import UserHandlers
from shared.errors import SettingError
from tests.support.fixed_release import load_fixed_release
from tests.support.requests import about, applicant, posting

ASKED = about("7")
ANSWER = Answer(b"")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "serving.decision_log")
    return caplog


def lines(logged: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Read the lines as a query does: JSON behind one word."""
    texts = [one.getMessage() for one in logged.records if one.name == "serving.decision_log"]
    assert all(text.startswith("decision {") for text in texts)
    return [json.loads(text.removeprefix("decision ")) for text in texts]


def test_a_prediction_is_one_line_without_personal_features(
    users: UserHandlers, logged: pytest.LogCaptureFixture
) -> None:
    respond(about("7"), {"GET": users.prediction}, dict)
    respond(about("8", detalle="true"), {"GET": users.prediction}, dict)

    assert lines(logged) == [
        {
            "request": "r1",
            "version": "v1",
            "decisions": [{"user": user, "probability": probability, "decision": decision}],
            "method": "GET",
            "function": "prediccion",
            "status": 200,
        }
        for user, probability, decision in ((7, 0.0136, 0), (8, 0.31, 1))
    ]


def test_a_batch_is_one_line_of_the_users_that_were_decided_about(
    users: UserHandlers, logged: pytest.LogCaptureFixture
) -> None:
    respond(posting({"ids": [7, "8", 9, "x"]}), {"POST": users.batch}, dict)

    (line,) = lines(logged)
    assert [one["user"] for one in line["decisions"]] == [7, 8]


def test_a_large_batch_is_cut_into_lines_that_the_platform_keeps_whole(
    users: UserHandlers, logged: pytest.LogCaptureFixture
) -> None:
    respond(posting({"ids": [7] * 1000}), {"POST": users.batch}, dict)

    assert [len(line["decisions"]) for line in lines(logged)] == [300, 300, 300, 100]
    longest = UserDecision(2**63 - 1, 0.12345678901234567, 1)
    asked = Request("OPTIONS", "prediccion_hipotetica", "r" * 36)
    DecisionLog(lambda: None).record("v" * 80, [longest] * 300, asked, Answer(b""))
    assert max(len(one.getMessage()) for one in logged.records) < 32_768


def test_a_what_if_is_a_line_without_a_user(
    users: UserHandlers, logged: pytest.LogCaptureFixture
) -> None:
    answer = respond(posting(applicant()), {"POST": users.what_if}, dict)

    (line,) = lines(logged)
    (decided,) = line["decisions"]
    assert decided["user"] is None
    assert decided["probability"] == json.loads(answer.body)["probabilidad"]


def test_what_is_no_prediction_is_not_logged(
    users: UserHandlers, logged: pytest.LogCaptureFixture
) -> None:
    respond(about("7"), {"GET": users.features}, dict)
    respond(posting({"ids": ["x"]}), {"POST": users.batch}, dict)
    respond(about("9"), {"GET": users.prediction}, dict)

    assert lines(logged) == []


class _Writer(DecisionWriter):
    """Keeps what is offered, drops what is asked for, and writes nothing."""

    def __init__(self, dropped: int = 0) -> None:
        self._dropped = dropped
        self.offered: list[UserDecision] = []
        self.drained = threading.Event()

    def offer(self, request: str, version: str, decisions: Any) -> int:
        self.offered += decisions
        return self._dropped

    def drain(self, timeout_seconds: float) -> None:
        self.drained.set()

    def close(self, timeout_seconds: float) -> None:
        pass


@pytest.fixture
def unchanged_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("unchanged_signals")
def test_a_table_that_does_not_keep_up_is_reported_where_the_platform_sees_it(
    tmp_path: Path, logged: pytest.LogCaptureFixture
) -> None:
    log = DecisionLog(lambda: 5.0, lambda _: _Writer(dropped=1))
    users = UserHandlers(load_fixed_release(tmp_path), log)

    respond(about("7"), {"GET": users.prediction}, dict)

    assert "1 decisions are in the log only" in logged.text


@pytest.mark.usefixtures("unchanged_signals")
def test_a_table_is_opened_once(tmp_path: Path) -> None:
    opened: list[_Writer] = []

    def open_writer(_: float) -> _Writer:
        opened.append(_Writer())
        return opened[-1]

    log = DecisionLog(lambda: 5.0, open_writer)
    threads = [
        threading.Thread(target=log.record, args=("v1", [UserDecision(n, 0.5, 0)], ASKED, ANSWER))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (writer,) = opened
    assert sorted(one.user or 0 for one in writer.offered) == list(range(8))


@pytest.mark.usefixtures("unchanged_signals")
def test_a_termination_drains_the_table_and_then_does_what_it_did() -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    writer = _Writer()
    log = DecisionLog(lambda: 5.0, lambda _: writer)
    log.record("v1", [UserDecision(7, 0.5, 0)], ASKED, ANSWER)

    signal.raise_signal(signal.SIGTERM)

    assert writer.drained.is_set()
    assert ended.is_set()


def test_a_malformed_setting_leaves_predictions_alone(
    tmp_path: Path, logged: pytest.LogCaptureFixture
) -> None:
    def read() -> float | None:
        raise SettingError("DECISION_LOG must be log or table.")

    users = UserHandlers(load_fixed_release(tmp_path), DecisionLog(read))

    for _ in range(2):
        assert respond(about("7"), {"GET": users.prediction}, dict).status == 200
    assert logged.text.count("DECISION_LOG must be log or table.") == 1
    assert len([one for one in logged.records if one.levelno == logging.INFO]) == 2
