"""No secret is in an answer, a log or a stored file, whatever goes wrong."""

import logging
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient

from serving.current_release import CurrentRelease
from serving.dispatch import Answer, Request, respond
from serving.release_handlers import ReleaseHandlers
from serving.report_handlers import ReportHandlers
from serving.user_handlers import UserHandlers
from shared.errors import CreditRiskError
from shared.settings import Settings
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.retraining import retrain

pytestmark = pytest.mark.emulator

_CANARY = "canary0secret0"
_KEY = b64encode(_CANARY.encode() * 5).decode()
_SIGNATURE = f"{_CANARY}signature"
_CLOSED = "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;"
_SECRETS = (_CANARY, _KEY, _SIGNATURE)

_CONNECTIONS: dict[str, Callable[[str], str]] = {
    "another key": lambda blobs: f"AccountName=devstoreaccount1;AccountKey={_KEY};{blobs}",
    "another signature": lambda blobs: f"{blobs}SharedAccessSignature=sv=2024&sig={_SIGNATURE}",
    "a key, nothing listens": lambda _: f"AccountName=a;AccountKey={_KEY};{_CLOSED}",
    "a signature, nothing listens": lambda _: f"{_CLOSED}SharedAccessSignature=sig={_SIGNATURE}",
    "a malformed key": lambda blobs: f"AccountName=a;AccountKey={_CANARY}!;{blobs}",
}


@pytest.mark.parametrize("kind", _CONNECTIONS)
def test_a_storage_that_refuses_or_fails_reveals_no_secret(
    storage: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    blobs = next(part for part in storage.split(";") if part.startswith("BlobEndpoint="))
    connection = _CONNECTIONS[kind](f"{blobs};")
    settings = Settings(storage_connection=connection, approval_key=f"{_CANARY} to approve")

    answers = ask_everything(settings)

    assert [answer.status for answer in answers if answer.status < 400] == []
    shown = [answer.body.decode() + str(answer.headers) for answer in answers]
    assert caplog.text
    for text in (*shown, caplog.text):
        assert not any(secret in text for secret in _SECRETS), text


def test_a_run_leaves_no_secret_in_storage_or_in_the_log(
    storage: str,
    inputs: ContainerClient,
    releases: ContainerClient,
    raw_file: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("APPROVAL_KEY", _CANARY)
    (key,) = (part[11:] for part in storage.split(";") if part.startswith("AccountKey="))
    upload = drop(inputs, raw_file.read_bytes())

    retrain(upload, releases, RUN_SETTINGS)

    assert record_of(upload, releases)["state"] == "published"
    stored = {
        name: releases.download_blob(name).readall() for name in releases.list_blob_names()
    } | {"the log": caplog.text.encode()}
    revealing = [
        name for name, content in stored.items() if key.encode() in content or b"sig=" in content
    ]
    assert len(stored) > 8
    assert revealing == []
    assert not any(_CANARY.encode() in content for content in stored.values())


def ask_everything(settings: Settings) -> list[Answer]:
    def container(_: Settings) -> ContainerClient:
        connection = settings.storage_connection or ""
        # Refused at once: how often the client tries is not the subject.
        service = BlobServiceClient.from_connection_string(connection, retry_total=0)
        return service.get_container_client("releases")

    current = CurrentRelease(lambda: settings, container)
    decisions = ReleaseHandlers(lambda: settings, container)
    deciding = {"x-approval-key": settings.approval_key or ""}
    asked = [
        (decisions.list, Request("GET", "x", "r1")),
        (decisions.roll_back, Request("GET", "x", "r1", headers=deciding)),
        (decisions.roll_back, Request("GET", "x", "r1", headers={"x-approval-key": "another"})),
        (decisions.approve, Request("GET", "x", "r1", {"version": "v1"}, headers=deciding)),
        (ReportHandlers(current).of_version, Request("GET", "x", "r1", {"version": "v1"})),
        (ReportHandlers(current).current, Request("GET", "x", "r1")),
        (UserHandlers(current).features, Request("GET", "x", "r1", {"user_id": "7"})),
    ]
    try:
        with suppress(CreditRiskError):
            current.get()
        return [respond(request, {"GET": ask}, current.headers) for ask, request in asked]
    finally:
        current.close()
