"""The settings of the app, read from environment variables."""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from shared.errors import SettingError
from shared.setting_values import (
    read_date,
    read_days,
    read_pauses,
    read_positive,
    read_ratio,
    read_switch,
)
from shared.storage_limits import StorageLimits, read_limits
from shared.storage_names import HOST_STORAGE, read_account

STORAGE = HOST_STORAGE

type Promotion = Literal["auto", "manual"]
type Confirmation = Literal["required", "none"]


class Settings(Struct, frozen=True):
    """The settings of the whole app.

    Attributes
    ----------
    storage_connection : str or None
        Connection string of the storage account.
    storage_blob_uri : str or None
        URL of the account's blob service, for a managed identity.
    storage_client_id : str or None
        Client id of a user-assigned managed identity.
    release_refresh_seconds : float
        Seconds between two polls of the pointer to the current release.
    approval_key : str or None
        Key that permits decisions about releases over HTTP; None disables them.
    platform_authenticates : bool
        Whether the platform identifies the caller in headers that no client can forge.
    storage_table_uri : str or None
        URL of the account's table service, for a managed identity.
    limits : StorageLimits
        How long, and how many at a time, may ask storage.
    acts_as_login : bool
        Whether whoever is logged in asks storage, and not an identity of the platform.
    """

    storage_connection: str | None = None
    storage_blob_uri: str | None = None
    storage_client_id: str | None = None
    release_refresh_seconds: float = 30.0
    approval_key: str | None = None
    platform_authenticates: bool = False
    storage_table_uri: str | None = None
    limits: StorageLimits = StorageLimits()
    acts_as_login: bool = False

    def __repr__(self) -> str:
        """Describe which account is used, without a key."""
        return f"Settings(storage_blob_uri={self.storage_blob_uri!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Describe the same to consoles that show a `Struct` field by field."""
        return [("storage_blob_uri", self.storage_blob_uri)]

    @property
    def names_storage(self) -> bool:
        """Whether the settings name a storage account."""
        return bool(self.storage_connection or self.storage_blob_uri)


class RunSettings(Struct, frozen=True):
    """The settings of a run. Serving does not read them, so none can take it down.

    Attributes
    ----------
    as_of : datetime.date or None
        Fixed as-of date; None for the date of the run, UTC.
    cost_ratio : float
        Cost of a missed default relative to refusing a good payer.
    outcome_lag_days : int
        Days until a loan's outcome is known.
    promotion : str
        auto makes a release that passes its gates current, manual leaves that to a person.
    anchor_version : str or None
        The release that populations are compared with beside the champion; None for the first.
    as_of_force : bool
        Whether the as-of date may be after today.
    keep_raw : bool
        Whether every raw file is kept under its digest.
    """

    as_of: date | None = None
    cost_ratio: float = 20.0
    outcome_lag_days: int = 90
    promotion: Promotion = "auto"
    anchor_version: str | None = None
    as_of_force: bool = False
    keep_raw: bool = False


class Retention(Struct, frozen=True):
    """How long releases are kept.

    Attributes
    ----------
    keep_releases : int
        How many releases keep all their files, the latest ones.
    retain_days : int
        How long an older one keeps what its answers need, in the cool tier.
    """

    keep_releases: int = 10
    retain_days: int = 760


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of the app from environment variables.

    Raises
    ------
    SettingError
        When a setting is malformed.
    """
    account = read_account(environment)
    return Settings(
        storage_connection=account.connection_string,
        storage_blob_uri=account.blob_uri,
        storage_client_id=account.client_id,
        release_refresh_seconds=read_positive(environment, "RELEASE_REFRESH_SECONDS", 30.0),
        approval_key=environment.get("APPROVAL_KEY") or None,
        platform_authenticates=environment.get("WEBSITE_AUTH_ENABLED", "").lower() == "true",
        storage_table_uri=account.table_uri,
        limits=read_limits(environment),
    )


def read_build(
    environment: Mapping[str, str] = os.environ, package: Path = Path(__file__).parents[1]
) -> str:
    """Read the name of the deployed build, which the package itself knows; never fails."""
    named = environment.get("BUILD_ID")
    with suppress(OSError, UnicodeDecodeError):
        named = named or (package / "build_id").read_text(encoding="utf-8").strip()
    return named or "local"


def serves_predictions(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether predictions are served here; in the training app the platform disables them.

    Notes
    -----
    Where a variable's name must not have dots, the platform writes underscores.
    """
    name = "AzureWebJobs.prediccion.Disabled"
    words = (environment.get(one, "").lower() for one in (name, name.replace(".", "_")))
    return not {"true", "1"} & set(words)


def read_run_settings(environment: Mapping[str, str] = os.environ) -> RunSettings:
    """Read the settings of a run from environment variables.

    Raises
    ------
    SettingError
        When a setting is malformed.
    """
    return RunSettings(
        as_of=read_date(environment, "AS_OF"),
        cost_ratio=read_ratio(environment, "COST_RATIO", 20.0),
        outcome_lag_days=read_days(environment, "OUTCOME_LAG_DAYS", 90),
        promotion=_promotion(environment, "PROMOTION"),
        anchor_version=environment.get("ANCHOR_VERSION", "").strip() or None,
        as_of_force=read_switch(environment, "AS_OF_FORCE"),
        keep_raw=read_switch(environment, "KEEP_RAW"),
    )


def read_retention(environment: Mapping[str, str] = os.environ) -> Retention:
    """Read how long releases are kept. The timer reads it, so no run or request needs it.

    Raises
    ------
    SettingError
        When a setting is malformed.
    """
    return Retention(
        keep_releases=read_days(environment, "KEEP_RELEASES", 10, "releases"),
        retain_days=read_days(environment, "RETAIN_DAYS", 760),
    )


def read_override_confirmation(environment: Mapping[str, str] = os.environ) -> Confirmation:
    """Read whether a second person must confirm an override of the gates.

    Read when somebody overrides: a malformed value takes nothing else down.

    Raises
    ------
    SettingError
        When the setting is malformed.
    """
    text = environment.get("OVERRIDE_CONFIRMATION", "").strip() or "required"
    if text not in ("required", "none"):
        raise SettingError(
            f"OVERRIDE_CONFIRMATION must be required or none, not {text!r}:"
            " correct the app setting."
        )
    return "none" if text == "none" else "required"


def read_decision_flush_seconds(environment: Mapping[str, str] = os.environ) -> float | None:
    """Read how soon decisions must be in their table; None where they are only logged.

    Raises
    ------
    SettingError
        When a setting is malformed.
    """
    text = environment.get("DECISION_LOG", "").strip() or "log"
    if text not in ("log", "table"):
        raise SettingError(
            f"DECISION_LOG must be log or table, not {text!r}: correct the app setting."
        )
    seconds = read_positive(environment, "DECISION_LOG_FLUSH_SECONDS", 5.0)
    return seconds if text == "table" else None


def read_retry_pauses(environment: Mapping[str, str] = os.environ) -> tuple[float, ...]:
    """Read the seconds between the attempts at an upload that fails.

    Raises
    ------
    SettingError
        When the setting is malformed.
    """
    return read_pauses(environment, "RETRY_PAUSES")


def today() -> date:
    """Return today's date in UTC, the default as-of date."""
    return datetime.now(UTC).date()


def _promotion(environment: Mapping[str, str], name: str) -> Promotion:
    text = environment.get(name, "").strip()
    if text not in ("", "auto", "manual"):
        raise SettingError(f"{name} must be auto or manual, not {text!r}: correct the app setting.")
    return "manual" if text == "manual" else "auto"
