"""What the storage needs before the app can work: containers and a first file."""

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
    """What the storage holds at start, each with the text that announces it."""

    SAMPLE = (
        "data/sample.csv was uploaded to the container `input`. In about a minute, once a model is"
        "\ntrained on it, both URLs will answer for user 5008806:"
    )
    UNPROCESSED_FILE = (
        "The container `input` holds a file, and no release is published yet. In about a minute,"
        "\nonce a model is trained on it, both URLs will answer for user 5008806, if the file"
        "\nhas that user:"
    )
    RELEASE = (
        "A release was published before, so both URLs answer at once for user 5008806, if the"
        "\nrelease has that user:"
    )
    EMPTY = (
        "The container `input` is empty: upload a file with `make drop CSV=path`. About a minute"
        "\nlater both URLs will answer for user 5008806, if the file has that user:"
    )


def set_up_storage(connection_string: str, sample: Path) -> StorageContent:
    """Create the containers; upload the sample if no file was ever uploaded or published.

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
            return StorageContent.RELEASE
        if next(iter(inputs.list_blobs()), None) is not None:
            return StorageContent.UNPROCESSED_FILE
        # Generated loans have no place in a real account.
        if service.account_name != ACCOUNT or not sample.is_file():
            return StorageContent.EMPTY
        with sample.open("rb") as content:
            inputs.upload_blob(sample.name, content)
    except (AzureError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StartError(f"The storage in AzureWebJobsStorage does not work: {reason}") from None
    return StorageContent.SAMPLE


def format_announcement(port: int, content: StorageContent) -> str:
    """Format what the storage holds and which commands to try next."""
    url = f"http://localhost:{port}/api/user/5008806"
    return (
        f"{content.value}\n\n  curl {url}/caracteristicasriesgo\n  curl {url}/prediccion\n\n"
        "Ctrl-C stops the app and its storage; stored data is kept.\n"
    )
