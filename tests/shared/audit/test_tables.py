"""The account of the tables: by connection string, or by its own address."""

import pytest

from shared.audit.tables import table_client
from shared.errors import SettingError
from shared.settings import Settings, read_settings


def test_a_table_is_found_by_connection_string_or_address() -> None:
    by_string = table_client(Settings(storage_connection="UseDevelopmentStorage=true"), "audit")
    by_address = table_client(
        Settings(storage_table_uri="https://a.table.core.windows.net", storage_client_id="c"),
        "audit",
    )

    assert by_string.account_name == "devstoreaccount1"
    assert by_address.account_name == "a"
    assert by_address.table_name == "audit"


def test_another_table_service_may_stand_beside_the_blobs() -> None:
    client = table_client(
        read_settings(
            {
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
                "AzureWebJobsStorage__tableServiceUri": "https://b.table.cosmos.azure.com",
            }
        ),
        "audit",
    )

    assert client.account_name == "b"


def test_a_missing_table_service_is_reported() -> None:
    with pytest.raises(SettingError, match="AzureWebJobsStorage__tableServiceUri"):
        table_client(Settings(storage_blob_uri="https://a.blob.core.windows.net"), "audit")
