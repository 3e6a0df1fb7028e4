"""Deliver releases, one a day."""

from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.publishing import Outcome, publish_release
from tests.support.deliveries import Deliver
from tests.support.stored_releases import change_manifest, variant


@pytest.fixture
def deliver(releases: ContainerClient, release: Path, tmp_path: Path) -> Deliver:
    """Give a way to deliver releases, each uploaded a day after the one before it."""
    days = iter(range(1, 29))

    def publish(version: str, uploaded: str | None = None, **facts: Any) -> Outcome:
        promotion = facts.pop("promotion", "auto")
        day = uploaded or f"2026-02-{next(days):02}T00:00:00+00:00"
        copy = variant(release, tmp_path, version, day)
        return publish_release(releases, copy, change_manifest(copy, **facts), promotion)

    return publish
