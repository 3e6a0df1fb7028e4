"""The version of a release: when it was made, and what tells it from others of that second."""

from datetime import UTC, datetime

_TIME = "%Y%m%dT%H%M%SZ"
_DIGITS = 12


def name_version(created: datetime, digest: str) -> str:
    """Name a release, so that versions sort by time."""
    return f"{created.astimezone(UTC):{_TIME}}-{digest[:_DIGITS]}"


def read_created(version: str) -> datetime:
    """Read the time of creation from a version.

    Raises
    ------
    ValueError
        When the version was not made by `name_version`.
    """
    return datetime.strptime(version.partition("-")[0], _TIME).replace(tzinfo=UTC)
