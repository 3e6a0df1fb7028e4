"""Event Grid, as it calls the host about blobs."""

from typing import Any

import httpx
from azure.storage.blob import BlobServiceClient

from devhost.running_host import RunningHost


def post_events(host: RunningHost, kind: str, events: Any, function: str) -> httpx.Response:
    """Call the webhook of the blob triggers."""
    return httpx.post(
        f"{host.url}/runtime/webhooks/blobs",
        params={"functionName": f"Host.Functions.{function}", "code": "any"},
        headers={"aeg-event-type": kind},
        json=events,
        timeout=60,
    )


def blob_created(storage: str, container: str, name: str) -> dict[str, Any]:
    """Describe a blob that was written, whether or not it still exists."""
    with BlobServiceClient.from_connection_string(storage) as service:
        blob = service.get_blob_client(container, name)
        etag = blob.get_blob_properties().etag.strip('"') if blob.exists() else "0x1"
        data = {"api": "PutBlob", "url": blob.url, "eTag": etag, "blobType": "BlockBlob"}
        return {"eventType": "Microsoft.Storage.BlobCreated", "data": data}
