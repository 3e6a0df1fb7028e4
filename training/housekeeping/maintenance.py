"""What the timer does: finish, close, clean, and take up what nobody did."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError
from shared.registry.reconciling import reconcile
from shared.registry.retention import apply_retention
from shared.settings import Retention, RunSettings
from training.housekeeping.runs import PATIENCE, close_gone, find_neglected
from training.retraining import retrain

_CLOCK = "maintenance.json"
_CLEANED = "retention.json"
_CLEANING_EVERY = timedelta(hours=1)

logger = logging.getLogger(__name__)


def maintain(
    inputs: ContainerClient,
    releases: ContainerClient,
    settings: RunSettings,
    retention: Retention,
    patience: timedelta = PATIENCE,
) -> None:
    """Put in order what runs, deliveries and decisions may have left undone.

    Parameters
    ----------
    inputs, releases : ContainerClient
        The two containers of the app; that of the releases is created when it is missing.
    settings : RunSettings
        For a run that is taken up.
    retention : Retention
        How long releases are kept.
    patience : datetime.timedelta
        How long nothing may have happened to an upload before it is taken up.

    Raises
    ------
    Exception
        The first error, once every other part has been tried, so that the platform shows it.

    Notes
    -----
    At most one upload is taken up at a time, and last: it may train for minutes. Times are
    compared by the clock of the storage alone.
    """
    if not releases.exists():
        releases.create_container()
    at = _ask_time(releases)

    def clean() -> None:
        if _is_due(releases, at):
            _log(apply_retention(releases, retention, at))
            releases.upload_blob(_CLEANED, b"{}", overwrite=True)

    def take_up() -> None:
        for name in find_neglected(inputs, releases, at, patience)[:1]:
            logger.warning("%s was not delivered, or its run died: it is taken up.", name)
            retrain(inputs.get_blob_client(name), releases, settings)

    _try_all(
        [
            lambda: _log(
                f"{one.version} was made current as entry {one.number}"
                for one in reconcile(releases)
            ),
            lambda: _log(
                f"run {run} is superseded" for run in close_gone(inputs, releases, at, patience)
            ),
            clean,
            take_up,
        ]
    )


def _try_all(parts: list[Callable[[], None]]) -> None:
    errors: list[Exception] = []
    for part in parts:
        try:
            part()
        except (CreditRiskError, AzureError, OSError) as error:
            logger.warning("A part of the maintenance failed: %s", error)
            errors.append(error)
    if errors:
        raise errors[0]


def _ask_time(releases: ContainerClient) -> datetime:
    """Ask the storage for the time: what is removed must not depend on this machine's clock."""
    blob = releases.get_blob_client(_CLOCK)
    blob.upload_blob(b"{}", overwrite=True)
    return blob.get_blob_properties().last_modified


def _is_due(releases: ContainerClient, at: datetime) -> bool:
    try:
        cleaned = releases.get_blob_client(_CLEANED).get_blob_properties().last_modified
    except ResourceNotFoundError:
        return True
    return at - cleaned >= _CLEANING_EVERY


def _log(lines: Iterable[str]) -> None:
    for line in lines:
        logger.info("Maintenance: %s.", line)
