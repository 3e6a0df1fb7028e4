"""The tables of the storage account: their client, and entities that hold documents."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.data.tables import TableClient, TableServiceClient

from shared.errors import SettingError
from shared.registry.credential import find_credential
from shared.registry.signed_transport import SignedTransport
from shared.settings import Settings
from shared.storage_names import DATA_STORAGE, HOST_STORAGE

CHAIN_TABLE = "audit"
EXECUTIONS_TABLE = "executions"
DECISIONS_TABLE = "decisions"

# Whoever records waits no longer than this: what is missing is added by the sweep.
_RETRIES: dict[str, Any] = {"retry_total": 2, "retry_backoff_factor": 0.2}
_TIMEOUTS: dict[str, Any] = {"connection_timeout": 3, "read_timeout": 10}
# A property holds 64 KiB of UTF-16 and an entity 1 MiB.
_PART_CHARACTERS = 30_000
_MAX_PARTS = 16
_SDK_LOGGER = "azure"


def table_client(settings: Settings, name: str) -> TableClient:
    """Create a client of a table, by connection string or managed identity.

    Raises
    ------
    SettingError
        When neither is configured.
    """
    logging.getLogger(_SDK_LOGGER).setLevel(logging.WARNING)
    return _service(settings).get_table_client(name)


def _service(settings: Settings) -> TableServiceClient:
    options = {"transport": SignedTransport(**_TIMEOUTS), **_RETRIES}
    # Named on its own, the table service may be another one, such as Cosmos DB for Table.
    if settings.storage_table_uri:
        credential = find_credential(settings)
        return TableServiceClient(settings.storage_table_uri, credential=credential, **options)
    if settings.storage_connection:
        return TableServiceClient.from_connection_string(settings.storage_connection, **options)
    raise SettingError(
        f"{DATA_STORAGE} or {HOST_STORAGE} must hold a connection string, or"
        f" {DATA_STORAGE}__tableServiceUri or {HOST_STORAGE}__tableServiceUri the URL of the table"
        " service; none is set: set one of them."
    )


def create_missing[T](table: TableClient, write: Callable[[], T]) -> T:
    """Write to a table, created when it is missing."""
    try:
        return write()
    except HttpResponseError as error:
        # The client does not always tell what it is that was not found.
        if error.status_code != HTTPStatus.NOT_FOUND:
            raise
    try:
        table.create_table()
    except ResourceExistsError:
        logging.getLogger(__name__).debug("Another instance has just created the table.")
    return write()


def split_text(text: str) -> dict[str, str]:
    """Split an ASCII text over as many properties as it needs.

    Raises
    ------
    ValueError
        When it does not fit into an entity.
    """
    parts = [
        text[start : start + _PART_CHARACTERS] for start in range(0, len(text), _PART_CHARACTERS)
    ]
    if len(parts) > _MAX_PARTS:
        raise ValueError(
            f"Expected at most {_MAX_PARTS * _PART_CHARACTERS:,} characters, got {len(text):,}."
        )
    return {f"part{place:02}": part for place, part in enumerate(parts)}


def join_text(entity: Mapping[str, Any]) -> str:
    """Join what `split_text` has split."""
    return "".join(str(entity[name]) for name in sorted(entity) if name.startswith("part"))
