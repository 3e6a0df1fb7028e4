"""As whom a command asks an account in Azure."""

import os
from pathlib import Path

import pytest
from azure.identity import AzureCliCredential, ManagedIdentityCredential

from shared.audit.tables import table_client
from shared.registry.account import releases_container
from shared.registry.credential import find_credential
from training.__main__ import main
from training.storage_settings import find_settings

SCOPE = "https://storage.azure.com/.default"
ANSWER = '{"accessToken": "t0ken", "expires_on": 4102444800, "tokenType": "Bearer"}'


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AzureWebJobsStorage", "DATA_STORAGE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_STORAGE__accountName", "stexample")


def log_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put an Azure CLI on the path that answers with a script."""
    cli = folder / "az"
    cli.write_text(f"#!/bin/sh\n{script}\n")
    cli.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_command_asks_as_whoever_is_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(tmp_path, monkeypatch, f"echo '{ANSWER}'")
    settings = find_settings()

    token = find_credential(settings).get_token(SCOPE)

    assert token.token == "t0ken"
    assert isinstance(releases_container(settings).credential, AzureCliCredential)
    assert table_client(settings, "audit").url == "https://stexample.table.core.windows.net"


def test_a_command_of_the_app_itself_asks_as_the_apps_identity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATA_STORAGE__credential", "managedidentity")
    monkeypatch.setenv("DATA_STORAGE__clientId", "c")

    container = releases_container(find_settings())

    assert isinstance(container.credential, ManagedIdentityCredential)


def test_a_command_that_nobody_is_logged_in_for_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(tmp_path, monkeypatch, "echo 'Please run az login to set up an account' >&2; exit 1")

    assert main(["idle"]) == 2
    assert "az login" in capsys.readouterr().err
