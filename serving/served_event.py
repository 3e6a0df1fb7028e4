"""The event of an instance that begins to serve a release."""

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.telemetry import log_event

if TYPE_CHECKING:
    from shared.release.manifest import Manifest

logger = logging.getLogger(__name__)


def log_served(manifest: "Manifest") -> None:
    """Log which release is served from now on, how old it is and how many users it has."""
    log_event(
        logger,
        "release_served",
        version=manifest.version,
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
