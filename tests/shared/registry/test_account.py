"""The clients of the storage account."""

from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.account import blob_service
from shared.settings import Settings
from tests.support.audit_tables import new_table


def hold_other_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))


def test_a_netrc_file_does_not_replace_the_signature_of_blobs(
    storage: str, releases: ContainerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_other_credentials(tmp_path, monkeypatch)

    with blob_service(Settings(storage_connection=storage)) as service:
        assert service.get_container_client(releases.container_name).exists()


def test_a_netrc_file_does_not_replace_the_signature_of_tables(
    storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_other_credentials(tmp_path, monkeypatch)
    table = new_table(storage)
    table.create_table()

    table.upsert_entity({"PartitionKey": "a", "RowKey": "b", "told": 1})

    assert table.get_entity("a", "b")["told"] == 1
