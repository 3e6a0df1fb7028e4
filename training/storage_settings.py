"""The storage account that commands use."""

from dataclasses import replace
from pathlib import Path

from shared.local_storage import find_storage, local_folder
from shared.settings import Settings, read_port, read_settings


def find_settings() -> Settings:
    """Read the settings; the storage is that of the app on this machine if they name none."""
    settings = read_settings()
    if settings.names_storage:
        return settings
    found = find_storage(local_folder(Path.cwd(), read_port()))
    return replace(settings, storage_connection=found)
