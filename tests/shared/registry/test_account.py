"""The clients of the storage account."""

from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.account import blob_service
from shared.settings import Settings


def test_a_netrc_file_does_not_replace_the_signature(
    storage: str, releases: ContainerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with blob_service(Settings(storage_connection=storage)) as service:
        container = service.get_container_client(releases.container_name)

        assert container.exists()
