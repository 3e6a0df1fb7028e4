"""Which settings name the storage account of the data, in every form that the platform accepts."""

from collections.abc import Mapping, MutableMapping

from msgspec import Struct

from shared.errors import SettingError

HOST_STORAGE = "AzureWebJobsStorage"
"""The connection of the host, and of the data where `DATA_STORAGE` is not set."""

DATA_STORAGE = "DATA_STORAGE"
"""The connection of the account with the containers `input` and `releases`."""

_ADDRESSES = ("blobServiceUri", "serviceUri", "queueServiceUri", "tableServiceUri", "accountName")
_MANAGED_IDENTITY = "managedidentity"
# The endpoints that the platform derives from an account's name.
_ENDPOINT = "https://{account}.{service}.core.windows.net"


class StorageAccount(Struct, frozen=True):
    """The account of the data.

    Attributes
    ----------
    name : str
        The prefix of the settings that name it: the `connection` of a trigger.
    connection_string : str or None
        Wins over the addresses, as it does for the host.
    blob_uri, table_uri : str or None
        Addresses of its services, for a managed identity.
    client_id : str or None
        Of a user-assigned identity; None for the system-assigned one.
    """

    name: str
    connection_string: str | None = None
    blob_uri: str | None = None
    table_uri: str | None = None
    client_id: str | None = None


def name_connection(environment: Mapping[str, str]) -> str:
    """Name the connection of the data: its own if any of its settings is there, or the host's.

    An empty setting counts as absent: the platform injects some.
    """
    settings = (DATA_STORAGE, *(f"{DATA_STORAGE}__{address}" for address in _ADDRESSES))
    return DATA_STORAGE if any(_read(environment, one) for one in settings) else HOST_STORAGE


def read_account(environment: Mapping[str, str]) -> StorageAccount:
    """Read how to reach the account of the data.

    Raises
    ------
    SettingError
        When the trigger's binding would ask for another identity than the one that is named.
    """
    name = name_connection(environment)
    account = _read(environment, f"{name}__accountName")
    found = StorageAccount(
        name,
        _read(environment, name),
        _read(environment, f"{name}__blobServiceUri")
        or _read(environment, f"{name}__serviceUri")
        or _derive(account, "blob"),
        _read(environment, f"{name}__tableServiceUri") or _derive(account, "table"),
        _read(environment, f"{name}__clientId"),
    )
    if found.connection_string is None and found.blob_uri is not None:
        _check_identity(environment, found)
    return found


def settle_binding(environment: MutableMapping[str, str]) -> None:
    """Rewrite the settings of the data's connection into the one form that the binding reads right.

    The binding takes an empty connection string for an address, a connection string beside an
    address for an address too, and an account's name for the host's connection only.

    Notes
    -----
    The host has read the settings before: this changes them for the worker's process alone.
    """
    name = name_connection(environment)
    connection_string = _read(environment, name)
    account = _read(environment, f"{name}__accountName")
    uri = (
        _read(environment, f"{name}__blobServiceUri")
        or _read(environment, f"{name}__serviceUri")
        or _derive(account, "blob")
    )
    if connection_string:
        for one in ("blobServiceUri", "serviceUri", "credential"):
            environment.pop(f"{name}__{one}", None)
        if name == HOST_STORAGE:
            environment.pop(f"{name}__accountName", None)
    elif uri:
        environment.pop(name, None)
        environment.pop(f"{name}__serviceUri", None)
        environment[f"{name}__blobServiceUri"] = uri
        # The binding takes an empty client id for one of a user-assigned identity.
        if not _read(environment, f"{name}__clientId"):
            environment.pop(f"{name}__clientId", None)


def _check_identity(environment: Mapping[str, str], account: StorageAccount) -> None:
    name = account.name
    credential = _read(environment, f"{name}__credential")
    if _read(environment, f"{name}__managedIdentityResourceId"):
        raise SettingError(
            f"{name}__managedIdentityResourceId names an identity that the trigger's binding does"
            f" not read: set {name}__clientId to its client id instead."
        )
    if credential and credential.lower() != _MANAGED_IDENTITY:
        raise SettingError(
            f"{name}__credential must be {_MANAGED_IDENTITY}, not {credential!r}:"
            " correct the app setting."
        )
    if account.client_id and not credential:
        raise SettingError(
            f"{name}__clientId names a user-assigned identity, but {name}__credential is not set:"
            " the trigger's binding would ask for the system-assigned one. Set"
            f" {name}__credential to {_MANAGED_IDENTITY}."
        )


def _derive(account: str | None, service: str) -> str | None:
    return _ENDPOINT.format(account=account, service=service) if account else None


def _read(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None
