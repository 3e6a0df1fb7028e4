"""Who asks storage: the app's own identity or, for a command, whoever is logged in."""

from typing import TYPE_CHECKING, Any

from shared.settings import Settings

if TYPE_CHECKING:
    from azure.identity import AzureCliCredential, ManagedIdentityCredential

# The first answer of the Azure CLI may take longer than the 10 s that the library waits.
_CLI_SECONDS = 60


def find_credential(
    settings: Settings, **options: Any
) -> "ManagedIdentityCredential | AzureCliCredential":
    """Return the credential for an account that is named by its address.

    Parameters
    ----------
    settings : Settings
        The account's.
    **options
        Of the client that asks for a managed identity's tokens.
    """
    from azure.identity import (  # noqa: PLC0415 -- slow to import
        AzureCliCredential,
        ManagedIdentityCredential,
    )

    if settings.acts_as_login:
        return AzureCliCredential(process_timeout=_CLI_SECONDS)
    return ManagedIdentityCredential(client_id=settings.storage_client_id, **options)
