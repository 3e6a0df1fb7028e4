"""What storage refuses for a moment is tried again."""

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import RequestsTransport

import shared.registry.patience
from shared.registry.account import releases_container
from shared.settings import Settings


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared.registry.patience, "_PAUSES_SECONDS", (0.0, 0.0, 0.0))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(("refusals", "is_read"), [(1, True), (3, True), (4, False)])
def test_a_refusal_is_tried_again_a_few_times(
    storage: str, monkeypatch: pytest.MonkeyPatch, status: int, refusals: int, is_read: bool
) -> None:
    send = RequestsTransport.send
    seen: list[bytes] = []

    def refuse(transport: RequestsTransport, request: Any, **options: Any) -> Any:
        body = request.body
        seen.append(body.read() if hasattr(body, "read") else body)
        if hasattr(body, "seek"):
            body.seek(0)
        response = send(transport, request, **options)
        if len(seen) <= refusals:
            response.status_code = status
        return response

    with releases_container(Settings(storage_connection=storage)) as container:
        if not container.exists():
            container.create_container()
        blob = container.get_blob_client(f"patience-{status}-{refusals}")
        monkeypatch.setattr(RequestsTransport, "send", refuse)

        if is_read:
            blob.upload_blob(b"content", overwrite=True)
        else:
            with pytest.raises(HttpResponseError):
                blob.upload_blob(b"content", overwrite=True)

    assert len(seen) == min(refusals + 1, 4)
    assert set(seen) == {b"content"}
