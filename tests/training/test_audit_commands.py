"""The commands on the record of what happened, as typed in a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from serving.user_handlers import UserHandlers
from shared.audit.sweep import open_audit, record_missing
from shared.audit.tables import CHAIN_TABLE, EXECUTIONS_TABLE, table_client
from shared.settings import Settings
from tests.support.requests import about
from tests.support.running_app import empty_releases
from tests.support.served_releases import USER, serving_from
from tests.support.stored_releases import publish, variant
from training.__main__ import main


@pytest.fixture
def stored(
    storage: str, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ContainerClient]:
    """Give the configured storage with two releases, both on record; b is served."""
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    container = empty_releases(storage)
    forget(storage)
    for version, day in (("a", 1), ("b", 2)):
        publish(container, variant(release, tmp_path, version, f"2026-02-0{day}T00:00:00+00:00"))
    record_missing(container, open_audit(Settings(storage_connection=storage)))
    yield container
    forget(storage)


def forget(storage: str) -> None:
    for table in (CHAIN_TABLE, EXECUTIONS_TABLE):
        table_client(Settings(storage_connection=storage), table).delete_table()


@pytest.mark.usefixtures("stored")
def test_a_sound_record_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 0

    assert "The record is sound. " in capsys.readouterr().out


@pytest.mark.usefixtures("stored")
def test_a_removed_record_fails_the_verification_and_is_named(
    storage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = table_client(Settings(storage_connection=storage), CHAIN_TABLE)
    chain.delete_entity("chain", "r-000000000002")

    assert main(["audit", "verify"]) == 1

    output = capsys.readouterr()
    assert "Record 2 was removed." in output.err.splitlines()
    assert "not sound" in output.out


@pytest.mark.usefixtures("stored")
def test_a_head_from_a_log_line_must_be_in_the_chain(
    storage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    head = open_audit(Settings(storage_connection=storage)).journal.head().sha256

    assert main(["audit", "verify", "--head", head]) == 0
    assert main(["audit", "verify", "--head", "ab" * 32]) == 1

    assert f"No record has the SHA-256 {'ab' * 32}" in capsys.readouterr().err


def answers(stored: ContainerClient) -> list[bytes]:
    with serving_from(lambda _: stored) as served:
        served.get()
        users = UserHandlers(served)
        return [
            answer(about(str(USER), **query)).body
            for answer in (users.features, users.prediction)
            for query in ({}, {"detalle": "true"})
        ]


def test_the_answers_of_a_release_are_reproduced_byte_for_byte(
    stored: ContainerClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = answers(stored)
    expected = tmp_path / "answer.json"
    expected.write_bytes(given[3])

    assert main(["audit", "replay", str(USER), "b", "--expect", str(expected)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.encode() for line in lines[1:8:2]] == given
    assert lines[0] == f"GET /api/user/{USER}/caracteristicasriesgo"
    assert lines[8].endswith(f"GET /api/user/{USER}/prediccion?detalle=true, byte for byte.")


@pytest.mark.usefixtures("stored")
def test_a_release_that_is_no_longer_served_is_replayed_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "replay", str(USER), "a"]) == 0

    assert '"version":"a"' in capsys.readouterr().out


def test_an_answer_that_the_release_does_not_give_is_reported(
    stored: ContainerClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = tmp_path / "answer.json"
    expected.write_bytes(answers(stored)[3] + b"\n")

    assert main(["audit", "replay", str(USER), "b", "--expect", str(expected)]) == 1

    assert "No answer of b is" in capsys.readouterr().err


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("user", "version", "message"),
    [
        ("7", "b", "7 has none"),
        ("x", "b", "Expected a user id"),
        (str(2**63), "b", "Expected a user id"),
        ("7", "absent", "there is no absent"),
    ],
)
def test_what_cannot_be_replayed_is_reported(
    user: str, version: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "replay", user, version]) == 2

    assert message in capsys.readouterr().err


def test_storage_that_fails_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(
        "AzureWebJobsStorage",
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        "BlobEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:1/a;",
    )

    assert main(["audit", "verify"]) == 2

    assert "The storage account fails" in capsys.readouterr().err
