"""The app settings: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from shared.errors import SettingError

STORAGE = "AzureWebJobsStorage"

_MAX_DAYS = 3650
USUAL_PORT = 7071
_LAST_PORT = 65535

type Promotion = Literal["auto", "manual"]


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
    approval_key : str or None
        What who decides about releases over HTTP must know; None for nobody.
    platform_authenticates : bool
        Whether the platform tells by headers, that no client can forge, who asks.
    """

    storage_connection: str | None = None
    storage_blob_uri: str | None = None
    storage_client_id: str | None = None
    release_refresh_seconds: float = 30.0
    approval_key: str | None = field(default=None, repr=False)
    platform_authenticates: bool = False

    @property
    def names_storage(self) -> bool:
        """Whether the settings tell where the storage account is."""
        return bool(self.storage_connection or self.storage_blob_uri)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What can be set of a run. Serving does not read these: none of them can take it down.

    Attributes
    ----------
    as_of : datetime.date or None
        Fixed as-of date of a run; None for the day of the run, UTC.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    outcome_lag_days : int
        After how many days a loan's outcome is known.
    promotion : str
        auto makes what passes the gates current, manual leaves it to a person.
    """

    as_of: date | None = None
    cost_ratio: float = 20.0
    outcome_lag_days: int = 90
    promotion: Promotion = "auto"


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
        approval_key=environment.get("APPROVAL_KEY") or None,
        platform_authenticates=environment.get("WEBSITE_AUTH_ENABLED", "").lower() == "true",
    )


def read_build(environment: Mapping[str, str] = os.environ) -> str:
    """Read the name of the deployed build; no setting is so wrong that this fails."""
    return environment.get("BUILD_ID") or "local"


def read_port(environment: Mapping[str, str] = os.environ) -> int:
    """Read on which port an app of this machine listens.

    Raises
    ------
    SettingError
        When it is no port.
    """
    return parse_port(environment.get("PORT") or str(USUAL_PORT))


def parse_port(text: str) -> int:
    """Read a port's number.

    Raises
    ------
    SettingError
        When it is none.
    """
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _LAST_PORT):
        raise SettingError(
            f"A port is a number from 1 to {_LAST_PORT}, not {text!r}: correct PORT."
        )
    return int(text)


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
        outcome_lag_days=_days(environment, "OUTCOME_LAG_DAYS", 90),
        promotion=_promotion(environment, "PROMOTION"),
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


def _promotion(environment: Mapping[str, str], name: str) -> Promotion:
    text = environment.get(name, "").strip()
    if text not in ("", "auto", "manual"):
        raise SettingError(f"{name} must be auto or manual, not {text!r}: correct the app setting.")
    return "manual" if text == "manual" else "auto"


def _days(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_DAYS):
        raise SettingError(
            f"{name} must be a whole number of days from 1 to {_MAX_DAYS:,} such as {default}, not"
            f" {text!r}: correct the app setting."
        )
    return int(text)


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
