"""Records what has just been decided, if the tables can be reached; else the sweep does."""

import logging
from collections.abc import Sequence

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError
from shared.settings import Settings

logger = logging.getLogger(__name__)


def record_decided(
    container: ContainerClient, settings: Settings, versions: Sequence[str | None] | None = None
) -> None:
    """Append the decisions about some releases; a failure undoes no decision.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    settings : Settings
        Name the account of the tables.
    versions : sequence of str or None, optional
        The releases that were decided about; by default, all that is missing is recorded.
    """
    # The client of tables is slow to import, and serving needs it for nothing else.
    from shared.audit.sweep import open_audit, record_decisions, record_missing  # noqa: PLC0415

    try:
        audit = open_audit(settings)
        if versions is None:
            record_missing(container, audit)
        else:
            record_decisions(container, audit, versions)
    except (AzureError, CreditRiskError, ValueError) as error:
        logger.warning("A decision is missing in the audit until the next sweep: %s", error)
