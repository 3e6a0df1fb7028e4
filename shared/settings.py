"""The app settings: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shared.errors import SettingError

STORAGE = "AzureWebJobsStorage"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set from outside.

    Attributes
    ----------
    storage_connection : str or None
        Connection string of the storage account.
    storage_blob_uri : str or None
        Address of the account's blob service, for a managed identity.
    storage_client_id : str or None
        Client id of a user-assigned managed identity.
    release_refresh_seconds : float
        Seconds between two looks at the pointer to the current release.
    """

    storage_connection: str | None = None
    storage_blob_uri: str | None = None
    storage_client_id: str | None = None
    release_refresh_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What can be set of a run. Serving does not read these: none of them can take it down.

    Attributes
    ----------
    as_of : datetime.date or None
        Fixed as-of date of a run; None for the day of the run, UTC.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    """

    as_of: date | None = None
    cost_ratio: float = 20.0


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read what the whole app needs from environment variables.

    Raises
    ------
    SettingError
        When a setting is there and cannot be read.
    """
    return Settings(
        storage_connection=environment.get(STORAGE) or None,
        storage_blob_uri=environment.get(f"{STORAGE}__blobServiceUri") or None,
        storage_client_id=environment.get(f"{STORAGE}__clientId") or None,
        release_refresh_seconds=_positive(environment, "RELEASE_REFRESH_SECONDS", 30.0),
    )


def read_build(environment: Mapping[str, str] = os.environ) -> str:
    """Read the name of the deployed build; no setting is so wrong that this fails."""
    return environment.get("BUILD_ID") or "local"


def read_run_settings(environment: Mapping[str, str] = os.environ) -> RunSettings:
    """Read what a run needs from environment variables.

    Raises
    ------
    SettingError
        When a setting is there and cannot be read.
    """
    return RunSettings(
        as_of=_date(environment, "AS_OF"),
        cost_ratio=_positive(environment, "COST_RATIO", 20.0),
    )


def today() -> date:
    """Tell the day it is, UTC: the as-of date where none is set."""
    return datetime.now(UTC).date()


def _date(environment: Mapping[str, str], name: str) -> date | None:
    text = environment.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingError(
            f"{name} must be a day such as 2022-03-08, not {text!r}: correct the app setting."
        ) from None


def _positive(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise SettingError(
            f"{name} must be a number above 0 such as {default:g}, not {text!r}:"
            " correct the app setting."
        )
    return number
