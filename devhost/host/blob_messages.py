"""What a blob trigger passes on: messages on its queues, and what the worker library receives."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from devhost.host.blob_paths import parse_blob_path
from devhost.host.functions import Function
from devhost.host.rpc import Message, TypedData


@dataclass(frozen=True, slots=True)
class BlobDetails:
    """A blob's content and properties.

    Attributes
    ----------
    content : bytes
        Filled only for a function that takes the content instead of a client.
    uri : str
        The blob's address.
    properties, metadata : mapping
        The platform's, such as `ETag` and `ContentLength`, and the uploader's.
    """

    content: bytes = b""
    uri: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


def blob_input(function: Function, container: str, blob: str, details: BlobDetails) -> TypedData:
    """Build the trigger's input: the content, or a reference for the worker to make a client of."""
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
    """Build the trigger's metadata: the blob's path and properties, the placeholders' values."""
    values = parse_blob_path(function.trigger["path"]).match(blob) or {}
    return {
        "BlobTrigger": TypedData(string=f"{container}/{blob}"),
        "Uri": TypedData(json=json.dumps(details.uri)),
        "Properties": TypedData(json=json.dumps(details.properties)),
        "Metadata": TypedData(json=json.dumps(details.metadata)),
        **{name: TypedData(string=value) for name, value in values.items()},
    }


@dataclass(frozen=True, slots=True)
class BlobMessage:
    """A message on the trigger's queue, and on the poison queue once it has failed too often."""

    function_id: str
    container_name: str
    blob_name: str
    e_tag: str

    @classmethod
    def decode(cls, content: str) -> Self:
        """Read a message.

        Raises
        ------
        ValueError
            When the content is no such message.
        """
        names = ("FunctionId", "ContainerName", "BlobName", "ETag")
        try:
            document = json.loads(content)
            fields = [document[name] for name in names]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"Expected an object with {', '.join(names)}.") from error
        if not all(isinstance(field, str) and field for field in fields):
            raise ValueError(f"Expected text in {', '.join(names)}.")
        # JSON may hold half a character, which no name has.
        "".join(fields).encode()
        return cls(*fields)

    def encode(self) -> str:
        """Write the message as the host does."""
        return json.dumps(
            {
                "Type": "BlobTrigger",
                "FunctionId": self.function_id,
                "BlobType": "BlockBlob",
                "ContainerName": self.container_name,
                "BlobName": self.blob_name,
                "ETag": self.e_tag,
            }
        )
