"""The values of app settings, or an error that names the setting and what it must be."""

from collections.abc import Mapping
from datetime import date

from shared.errors import SettingError

_MAX_DAYS = 3650
_MAX_COUNT = 1000
_MAX_PAUSE_SECONDS = 600.0
_LEAST_RATIO, _GREATEST_RATIO = 1e-3, 1e6

DEFAULT_RETRY_PAUSES = (15.0, 60.0, 180.0, 300.0)
"""With the attempts themselves, an outage of ten minutes is survived."""


def read_date(environment: Mapping[str, str], name: str) -> date | None:
    """Read a date; None where the setting is empty."""
    text = environment.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingError(
            f"{name} must be a date such as 2022-03-08, not {text!r}: correct the app setting."
        ) from None


def read_days(environment: Mapping[str, str], name: str, default: int, unit: str = "days") -> int:
    """Read a whole number of days, or of what else is counted."""
    text = environment.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_DAYS):
        raise SettingError(
            f"{name} must be a whole number of {unit} from 1 to {_MAX_DAYS:,} such as {default},"
            f" not {text!r}: correct the app setting."
        )
    return int(text)


def read_positive(environment: Mapping[str, str], name: str, default: float) -> float:
    """Read a number above 0."""
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


def read_ratio(environment: Mapping[str, str], name: str, default: float) -> float:
    """Read how many times as much one thing is as another, from 1/1,000 to 1,000,000."""
    ratio = read_positive(environment, name, default)
    if not _LEAST_RATIO <= ratio <= _GREATEST_RATIO:
        raise SettingError(
            f"{name} must be a number from {_LEAST_RATIO:g} to {_GREATEST_RATIO:,.0f} such as"
            f" {default:g}, not {environment[name].strip()!r}: correct the app setting."
        )
    return ratio


def read_count(environment: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number from 1 to 1,000."""
    text = environment.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_COUNT):
        raise SettingError(
            f"{name} must be a whole number from 1 to {_MAX_COUNT:,} such as {default}, not"
            f" {text!r}: correct the app setting."
        )
    return int(text)


def read_switch(environment: Mapping[str, str], name: str) -> bool:
    """Read true or false; false where the setting is empty."""
    text = environment.get(name, "").strip().lower()
    if text not in ("", "true", "false"):
        raise SettingError(f"{name} must be true or false, not {text!r}: correct the app setting.")
    return text == "true"


def read_pauses(environment: Mapping[str, str], name: str) -> tuple[float, ...]:
    """Read the seconds between attempts, separated by commas."""
    text = environment.get(name, "").strip()
    if not text:
        return DEFAULT_RETRY_PAUSES
    try:
        pauses = tuple(float(part) for part in text.split(","))
    except ValueError:
        pauses = (-1.0,)
    if not all(0 <= pause <= _MAX_PAUSE_SECONDS for pause in pauses):
        raise SettingError(
            f"{name} must be seconds from 0 to {_MAX_PAUSE_SECONDS:g} such as 15,60,180,300, not"
            f" {text!r}: correct the app setting."
        )
    return pauses
