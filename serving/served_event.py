"""The event of an instance that begins to serve a release."""

import logging
from datetime import UTC, datetime, timedelta

from serving.loaded_release import LoadedRelease
from shared.telemetry import log_event

logger = logging.getLogger(__name__)


def log_served(release: LoadedRelease) -> None:
    """Log which release is served from now on, how old it is and how many users it has."""
    manifest = release.manifest
    log_event(
        logger,
        "release_served",
        version=release.version,
        users=manifest.counts.users,
        as_of=manifest.as_of,
        age_days=_age_days(manifest.created),
    )


def _age_days(created: str) -> float | None:
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(created)
    except (ValueError, TypeError):
        # Of a release that was made elsewhere: it is served all the same.
        return None
    return round(age / timedelta(days=1), 2)
