"""The storage account that commands use."""

from pathlib import Path

from msgspec.structs import replace

from shared.local_storage import find_storage, local_folder, read_port
from shared.settings import Settings, read_settings


def find_settings() -> Settings:
    """Read the settings; the storage is that of the app on this machine if they name none.

    Notes
    -----
    An account that is named by its address, without an identity, is asked as whoever is logged in
    with `az login`: a person, or the identity of a pipeline.
    """
    settings = read_settings()
    if settings.storage_connection:
        return settings
    if settings.storage_blob_uri:
        return replace(settings, acts_as_login=settings.storage_client_id is None)
    found = find_storage(local_folder(Path.cwd(), read_port()))
    return replace(settings, storage_connection=found)
