"""The clients of the storage account."""

import subprocess
import sys
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.account import blob_service
from shared.settings import Settings
from tests.support.audit_tables import new_table
from tests.support.paths import ROOT

NAME_PROCESSES = """
import sys

started = []
sys.addaudithook(lambda event, about: event == "subprocess.Popen" and started.append(about[1]))

from shared.registry.account import releases_container
from shared.settings import Settings

releases_container(Settings(storage_connection="UseDevelopmentStorage=true"))
print(started)
"""


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


def test_a_client_is_made_without_another_process() -> None:
    made = subprocess.run(
        [sys.executable, "-c", NAME_PROCESSES], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert made.stdout == "[]\n"
