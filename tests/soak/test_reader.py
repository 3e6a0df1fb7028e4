"""What a reader makes of the answers."""

import httpx

from tests.soak.reader import Answers, Reader

ANSWERS: Answers = {
    "old": {(7, "prediccion"): b"0", (8, "prediccion"): b"0"},
    "new": {(7, "prediccion"): b"0", (8, "prediccion"): b"1"},
}


def answer(content: bytes, version: str = "v1", status: int = 200) -> httpx.Response:
    return httpx.Response(status, headers={"X-Release-Version": version}, content=content)


def test_answers_of_one_release_are_right() -> None:
    reader = Reader("", ANSWERS)

    reader.judge(7, "prediccion", answer(b"0"))
    reader.judge(8, "prediccion", answer(b"1"))
    reader.judge(8, "prediccion", answer(b"0", "v2"))

    assert reader.losses == []
    assert reader.reads == 3


def test_an_answer_that_no_release_gives_is_a_loss() -> None:
    reader = Reader("", ANSWERS)

    reader.judge(7, "prediccion", answer(b"1"))

    assert reader.losses == ["a wrong answer of v1 for 7: 1"]


def test_answers_of_two_releases_under_one_version_are_a_loss() -> None:
    reader = Reader("", ANSWERS)

    reader.judge(8, "prediccion", answer(b"1"))
    reader.judge(8, "prediccion", answer(b"0"))

    assert reader.losses == ["a wrong answer of v1 for 8: 0"]


def test_an_error_is_a_loss() -> None:
    reader = Reader("", ANSWERS)

    reader.judge(7, "prediccion", answer(b"away", status=503))

    assert reader.losses == ["a reader got 503: away"]
