"""The record of one run: from a dropped file to what became of it."""

import hashlib
from datetime import UTC, datetime
from typing import Literal, NotRequired, TypedDict

from shared.release.facts import Source

RunState = Literal["running", "published", "pending", "refused", "rejected", "failed"]

ENDED = frozenset[RunState]({"published", "pending", "refused", "rejected"})
"""The states after which a run is not tried again."""


class StepRecord(TypedDict):
    """One finished step of a run."""

    name: str
    detail: str
    seconds: float


class RunRecord(TypedDict):
    """What `runs/<id>.json` holds, written anew after every step."""

    id: str
    state: RunState
    attempt: int
    source: Source
    started: str
    updated: str
    step: NotRequired[str]
    steps: list[StepRecord]
    problems: list[str]
    version: NotRequired[str]
    metrics: NotRequired[dict[str, float | int | None]]


def run_id(blob_name: str, etag: str, last_modified: datetime) -> str:
    """Name the run of one upload: the same upload always has the same id.

    Parameters
    ----------
    blob_name : str
        Name inside the input container.
    etag : str
        The blob's ETag, with or without quotes.
    last_modified : datetime
        When the blob was uploaded.
    """
    upload = f"{blob_name}\n{etag.strip('"')}"
    digest = hashlib.sha256(upload.encode()).hexdigest()[:10]
    return f"{last_modified.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest}"


def run_blob_name(run: str) -> str:
    """Name the blob of a run's record inside the releases container."""
    return f"runs/{run}.json"
