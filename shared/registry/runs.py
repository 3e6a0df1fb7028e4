"""The record of one run, from an upload to its outcome."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Literal, NotRequired, TypedDict

import msgspec

from shared.errors import BrokenReleaseError
from shared.release.source import Source

RUNS = "runs/"
"""The prefix of the run records in the releases container."""

RunState = Literal[
    "running",
    "published",
    "pending",
    "refused",
    "rejected",
    "superseded",
    "failed",
    "abandoned",
]

ENDED = frozenset[RunState](
    {"published", "pending", "refused", "rejected", "superseded", "abandoned"}
)
"""The states after which a run is not retried; after "failed" it is."""

MAX_ATTEMPTS = 5
"""How often an upload is tried, as `poisonBlobThreshold` in host.json has it."""


_KEPT_ATTEMPTS = 4 * MAX_ATTEMPTS


class StepRecord(TypedDict):
    """One finished step of a run."""

    name: str
    detail: str
    seconds: float


class FixedSettings(TypedDict):
    """What the first attempt of a run fixes for the later ones.

    Attributes
    ----------
    as_of : str
        The day on which users are described as they are served.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    outcome_lag_days : int
        After how many days a loan's outcome is known.
    """

    as_of: str
    cost_ratio: float
    outcome_lag_days: int


class EarlierAttempt(TypedDict):
    """How an attempt stood when the next one began."""

    attempt: int
    started: str
    updated: str
    state: RunState
    problems: list[str]


class RunRecord(TypedDict):
    """The content of `runs/<id>.json`, rewritten after every step.

    Attributes
    ----------
    version : str
        The release that the run makes: one for all attempts.
    fixed : FixedSettings
        The same for all attempts.
    earlier : list of EarlierAttempt
        The attempts before this one, the latest of them.
    """

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
    fixed: NotRequired[FixedSettings]
    metrics: NotRequired[dict[str, float | int | None]]
    earlier: NotRequired[list[EarlierAttempt]]


class BrokenRunError(BrokenReleaseError):
    """A run record cannot be read."""

    title = "The run record is broken"


def read_run(content: bytes) -> RunRecord:
    """Read a stored run record.

    Raises
    ------
    BrokenRunError
        When it is malformed.
    """
    try:
        return msgspec.json.decode(content, type=RunRecord)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BrokenRunError(
            f"Expected a run record, got {content[:80]!r} ({error}): upload the file again."
        ) from error


def write_run(record: RunRecord) -> bytes:
    """Encode a run record for storage."""
    return json.dumps(record, indent=2).encode()


def list_attempts(record: RunRecord) -> list[EarlierAttempt]:
    """List the attempts at a run for the record of the next one, oldest first."""
    earlier = record.get("earlier", [])
    if record["attempt"] == 0:
        return earlier
    last: EarlierAttempt = {
        "attempt": record["attempt"],
        "started": record["started"],
        "updated": record["updated"],
        "state": record["state"],
        "problems": record["problems"],
    }
    return [*earlier, last][-_KEPT_ATTEMPTS:]


def run_id(blob_name: str, etag: str, last_modified: datetime) -> str:
    """Derive the id of an upload's run: the same upload always gets the same id.

    Parameters
    ----------
    blob_name : str
        The blob's name in the input container.
    etag : str
        The blob's ETag, with or without quotes.
    last_modified : datetime
        Time of the upload.
    """
    return f"{last_modified.astimezone(UTC):%Y%m%dT%H%M%SZ}-{upload_digest(blob_name, etag)}"


def upload_digest(blob_name: str, etag: str) -> str:
    """Return the part of a run's id that tells uploads of one second apart."""
    upload = f"{blob_name}\n{etag.strip('"')}"
    return hashlib.sha256(upload.encode()).hexdigest()[:10]


def run_blob_name(run: str) -> str:
    """Return the name of a run record's blob in the releases container."""
    return f"{RUNS}{run}.json"


def is_requeued(record: RunRecord) -> bool:
    """Whether a person had the run taken up again, and no attempt has begun since."""
    return record["state"] == "failed" and record["attempt"] == 0


def describe_abandoned(run: str) -> str:
    """Say that nothing tries a run again by itself, and what does."""
    return (
        f"{MAX_ATTEMPTS} attempts ended without a result, no other follows: once the cause is"
        f" removed, `python -m training requeue {run}` takes the upload up again."
    )


def describe_interruption(interrupted: RunRecord) -> str:
    """Say that an attempt was killed, as its record shows that no end of it was written."""
    step = interrupted.get("step", "its first step")
    return (
        f"Attempt {interrupted['attempt']} was interrupted in {step}, some time after"
        f" {interrupted['updated']}: its instance was stopped, as by a deployment."
    )
