"""What a storage needs before the app can do its work: containers, and a first file."""

from contextlib import suppress
from enum import Enum
from pathlib import Path

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob import BlobServiceClient

from devhost.errors import StartError
from devhost.storage.connection import CLIENT_OPTIONS
from devhost.storage.emulator import ACCOUNT
from shared.registry.account import INPUT_CONTAINER, RELEASES_CONTAINER

_POINTER = "current.json"


class StorageContent(Enum):
    """What there is to answer from, and what to tell a person about it."""

    UPLOADED = (
        "data/sample.csv was dropped into the container `input`. In about a minute, once a model is"
        "\ntrained on it, both URLs will answer for user 5008806:"
    )
    WAITING = (
        "The container `input` holds a file, and nothing is published yet. In about a minute,"
        "\nonce a model is trained on it, both URLs will answer for user 5008806, if it has them:"
    )
    PUBLISHED = (
        "A release was published before, so both URLs answer at once, for user 5008806 if the"
        "\nrelease has them:"
    )
    NONE = (
        "The container `input` is empty: hand over a file with `make drop CSV=path`. About a minute"
        "\nlater both URLs will answer, for user 5008806 if the file has them:"
    )


def set_up_storage(connection_string: str, sample: Path) -> StorageContent:
    """Create the containers; drop the sample where nothing was ever dropped or published.

    Parameters
    ----------
    connection_string : str
        Of the storage account.
    sample : Path
        The sample file, which may be missing.

    Raises
    ------
    StartError
        When the storage does not answer.
    """
    try:
        service = BlobServiceClient.from_connection_string(connection_string, **CLIENT_OPTIONS)
        for name in (INPUT_CONTAINER, RELEASES_CONTAINER):
            with suppress(ResourceExistsError):
                service.create_container(name)
        inputs = service.get_container_client(INPUT_CONTAINER)
        if service.get_blob_client(RELEASES_CONTAINER, _POINTER).exists():
            return StorageContent.PUBLISHED
        if next(iter(inputs.list_blobs()), None) is not None:
            return StorageContent.WAITING
        # Invented loans have no place in a real account.
        if service.account_name != ACCOUNT or not sample.is_file():
            return StorageContent.NONE
        with sample.open("rb") as content:
            inputs.upload_blob(sample.name, content)
    except (AzureError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StartError(f"The storage that AzureWebJobsStorage names fails: {reason}") from None
    return StorageContent.UPLOADED


def format_announcement(port: int, content: StorageContent) -> str:
    """Write what a person can do next."""
    url = f"http://localhost:{port}/api/user/5008806"
    return (
        f"{content.value}\n\n  curl {url}/caracteristicasriesgo\n  curl {url}/prediccion\n\n"
        "Ctrl-C stops the app and its storage; what is stored stays.\n"
    )
