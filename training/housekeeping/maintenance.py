"""What the timer does: finish, close, clean, and take up what nobody did."""

import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.audit.sweep import Audit, find_audit, record_missing
from shared.registry.account import INPUT_CONTAINER, RELEASES_CONTAINER, blob_service
from shared.registry.deadlines import deadline_in
from shared.registry.reconciling import reconcile
from shared.registry.retention import apply_retention
from shared.settings import Retention, RunSettings, Settings
from training.housekeeping.runs import PATIENCE, close_gone, find_neglected
from training.retraining import retrain

_CLOCK = "maintenance.json"
_CLEANED = "retention.json"
_CLEANING_EVERY = timedelta(hours=1)

# What is not done by then goes on at the next tick; a stop of the app need not wait for more.
_PART_SECONDS = 120.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stores:
    """What the maintenance puts in order.

    Attributes
    ----------
    inputs, releases : ContainerClient
        The two containers of the app.
    audit : Audit or None
        None where nothing is recorded.
    """

    inputs: ContainerClient
    releases: ContainerClient
    audit: Audit | None = None


@cache
def open_stores(settings: Settings) -> Stores:
    """Open them once for a process: the audit remembers what it has recorded."""
    service = blob_service(settings)
    return Stores(
        service.get_container_client(INPUT_CONTAINER),
        service.get_container_client(RELEASES_CONTAINER),
        find_audit(settings),
    )


def maintain(
    stores: Stores,
    settings: RunSettings,
    retention: Retention,
    patience: timedelta = PATIENCE,
) -> None:
    """Put in order what runs, deliveries and decisions may have left undone.

    Parameters
    ----------
    stores : Stores
        The container of the releases is created when it is missing.
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
    inputs, releases = stores.inputs, stores.releases
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
            retrain(inputs.get_blob_client(name), releases, settings, stores.audit)

    def record() -> None:
        missing = record_missing(releases, stores.audit) if stores.audit else 0
        if missing:
            _log([f"{missing} records were missing in the audit"])

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
            record,
        ],
        take_up,
    )


def _try_all(parts: list[Callable[[], None]], take_up: Callable[[], None]) -> None:
    errors: list[Exception] = []
    for part in (*parts, take_up):
        try:
            # A run has no deadline: it takes as long as its file is large.
            with nullcontext() if part is take_up else deadline_in(_PART_SECONDS):
                part()
        except Exception as error:  # noqa: BLE001 -- raised again, once the other parts had their turn
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
