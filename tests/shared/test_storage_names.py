"""The account of the data: our clients and the trigger's binding reach the same one."""

import os

import pytest
from azure.identity import ManagedIdentityCredential
from azurefunctions.extensions.bindings.blob.utils import (
    service_client_factory,
    using_user_managed_identity,
)

from shared.audit.tables import table_client
from shared.errors import SettingError
from shared.registry.account import blob_service
from shared.settings import read_settings
from shared.storage_names import name_connection, settle_binding

ACCOUNT = "https://a.blob.core.windows.net"
IDENTITY = {"credential": "managedidentity", "clientId": "c"}
STRING = "UseDevelopmentStorage=true"
EMULATOR = "http://127.0.0.1:10000/devstoreaccount1"

FORMS = {
    "a connection string": ({"": STRING}, EMULATOR),
    "the blob service": ({"blobServiceUri": ACCOUNT}, ACCOUNT),
    "the blob service and an identity": ({"blobServiceUri": ACCOUNT, **IDENTITY}, ACCOUNT),
    "the service": ({"serviceUri": ACCOUNT, **IDENTITY}, ACCOUNT),
    "the account's name": ({"accountName": "a", **IDENTITY}, ACCOUNT),
    "the account's name alone": ({"accountName": "a"}, ACCOUNT),
    "an empty string beside the service": ({"": "", "blobServiceUri": ACCOUNT}, ACCOUNT),
    "an empty string and an identity": ({"": "", "accountName": "a", **IDENTITY}, ACCOUNT),
    "an empty client id": (
        {"blobServiceUri": ACCOUNT, "credential": "managedidentity", "clientId": ""},
        ACCOUNT,
    ),
    "a string beside an address": ({"": STRING, "blobServiceUri": ACCOUNT}, EMULATOR),
    "a string beside an identity": ({"": STRING, **IDENTITY}, EMULATOR),
    "a string beside a name": ({"": STRING, "accountName": "a"}, EMULATOR),
}


@pytest.fixture(autouse=True)
def no_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AzureWebJobsStorage", "DATA_STORAGE")):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("name", ["DATA_STORAGE", "AzureWebJobsStorage"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_connection_works_for_our_client_and_for_the_binding(
    name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, expected = FORMS[form]
    for key, value in settings.items():
        monkeypatch.setenv(f"{name}__{key}" if key else name, value)
    environment = dict(os.environ)
    ours = blob_service(read_settings())

    settle_binding(environment)
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(os, "getenv", environment.get)

    assert name_connection(environment) == name
    bound = service_client_factory(name)
    assert bound.url.rstrip("/") == ours.url.rstrip("/") == expected
    is_identity = isinstance(bound.credential, ManagedIdentityCredential)
    assert is_identity == (expected == ACCOUNT)
    if is_identity:
        assert using_user_managed_identity(name) == bool(settings.get("clientId"))
    assert blob_service(read_settings(environment)).url == ours.url


def test_the_data_have_an_account_of_their_own_beside_the_hosts() -> None:
    host = {"AzureWebJobsStorage": STRING, "AzureWebJobsStorage__tableServiceUri": "https://h"}
    data = {"DATA_STORAGE__accountName": "a"}

    settings = read_settings(host | data)

    assert name_connection(host) == "AzureWebJobsStorage"
    assert name_connection(host | data) == "DATA_STORAGE"
    assert settings.storage_connection is None
    assert blob_service(settings).url == f"{ACCOUNT}/"
    assert table_client(settings, "audit").url == "https://a.table.core.windows.net"


def test_an_empty_connection_string_is_an_absent_one() -> None:
    empty = {"AzureWebJobsStorage": "", "DATA_STORAGE": " "}

    assert name_connection(empty) == "AzureWebJobsStorage"
    assert not read_settings(empty).names_storage


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"clientId": "c"}, r"N__credential is not set.*Set N__credential to managedidentity\."),
        ({"credential": "clientsecret"}, "N__credential must be managedidentity, not 'client"),
        ({"managedIdentityResourceId": "/x"}, "set N__clientId to its client id instead"),
    ],
)
@pytest.mark.parametrize("name", ["DATA_STORAGE", "AzureWebJobsStorage"])
def test_an_identity_that_the_binding_would_not_ask_for_is_refused_in_words(
    name: str, settings: dict[str, str], problem: str
) -> None:
    environment = {f"{name}__{key}": value for key, value in settings.items()}

    with pytest.raises(SettingError, match=problem.replace("N__", f"{name}__")):
        read_settings({f"{name}__blobServiceUri": ACCOUNT} | environment)


def test_settings_that_name_no_account_are_left_alone() -> None:
    environment = {"AzureWebJobsStorage": "", "OTHER": "x"}

    settle_binding(environment)

    assert environment == {"AzureWebJobsStorage": "", "OTHER": "x"}
