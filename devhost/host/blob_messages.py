"""Blobs as the worker library takes them: what the trigger hands over and what it tells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devhost.host.blob_paths import parse_blob_path
from devhost.host.functions import Function
from devhost.host.rpc import Message, TypedData


@dataclass(frozen=True, slots=True)
class BlobDetails:
    """What is known of a blob besides its name.

    Attributes
    ----------
    content : bytes
        Only for a function that takes the content instead of a client.
    uri : str
        The blob's address.
    properties, metadata : mapping
        As the platform hands them over: `ETag`, `ContentLength`; the uploader's own.
    """

    content: bytes = b""
    uri: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


def blob_input(function: Function, container: str, blob: str, details: BlobDetails) -> TypedData:
    """Write what the trigger hands over: the content, or a reference to make a client from."""
    if not function.takes_client:
        return TypedData(bytes=details.content)
    content = {"Connection": function.connection, "ContainerName": container, "BlobName": blob}
    return TypedData(
        model_binding_data=Message(
            version="1.0",
            source="AzureStorageBlobs",
            content_type="application/json",
            content=json.dumps(content).encode(),
        )
    )


def blob_metadata(
    function: Function, container: str, blob: str, details: BlobDetails
) -> dict[str, TypedData]:
    """Write what the trigger tells: the blob's path, and the values in it."""
    values = parse_blob_path(function.trigger["path"]).match(blob) or {}
    return {
        "BlobTrigger": TypedData(string=f"{container}/{blob}"),
        "Uri": TypedData(json=json.dumps(details.uri)),
        "Properties": TypedData(json=json.dumps(details.properties)),
        "Metadata": TypedData(json=json.dumps(details.metadata)),
        **{name: TypedData(string=value) for name, value in values.items()},
    }
