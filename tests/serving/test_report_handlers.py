"""Reports that cannot be fetched: what clients read, and what operators do."""

import json

import pytest
from azure.storage.blob import BlobServiceClient

from devhost.storage.emulator import connection_string
from serving.current_release import CurrentRelease
from serving.dispatch import Request, respond
from serving.report_handlers import ReportHandlers
from shared.settings import Settings

# Nothing listens on port 1.
_NOWHERE = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))


def test_an_outage_is_told_in_words_and_its_details_are_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = BlobServiceClient.from_connection_string(_NOWHERE, retry_total=0)
    current = CurrentRelease(Settings, lambda _: service.get_container_client("releases"))
    asked = Request("GET", "informe_de_version", "r1", {"version": "v1"})

    answer = respond(asked, {"GET": ReportHandlers(current).of_version}, dict)

    assert answer.status == 503
    assert json.loads(answer.body)["detail"] == (
        "Release v1 cannot be fetched now: storage reports ServiceRequestError; the log has the"
        " details."
    )
    assert "127.0.0.1" in caplog.text
