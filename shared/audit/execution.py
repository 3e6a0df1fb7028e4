"""One execution: a run, from its upload to its outcome, as the audit tells it."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from shared.errors import CreditRiskError
from shared.release.manifest import Manifest

STATES: Final = (
    "running",
    "published",
    "pending",
    "refused",
    "rejected",
    "superseded",
    "abandoned",
    "failed",
)
"""The states of an execution; one that was killed stays running until it is taken up or closed."""

EXECUTION_PATTERN = "[0-9]{8}T[0-9]{6}Z-[0-9a-f]{10}"
"""The form of every id."""

_ID = re.compile(EXECUTION_PATTERN)
_LATEST = 10**14
_MAX_PROBLEMS = 100
_MAX_PROBLEM_CHARACTERS = 500
_MAX_ATTEMPTS = 20
_MAX_EARLIER_PROBLEMS = 10


class MalformedExecutionError(CreditRiskError):
    """A text that should be an execution's id cannot be one."""

    status = 400
    title = "The id of the execution is malformed"


class Upload(Struct, frozen=True):
    """The upload that an execution reads."""

    name: str
    etag: str | None = None
    last_modified: str | None = None
    bytes: int | None = None
    sha256: str | None = None


class ExecutedStep(Struct, frozen=True):
    """A finished step."""

    name: str
    detail: str
    seconds: float


class Attempt(Struct, frozen=True):
    """How an attempt stood when the next one began: one that was killed is running."""

    attempt: int
    started: str
    updated: str
    state: str
    problems: list[str] = []


class Execution(Struct, frozen=True, kw_only=True):
    """One execution.

    Attributes
    ----------
    id : str
        The run's.
    state : str
        One of `STATES`.
    attempt : int
        How often it was begun.
    source : Upload
        What it reads.
    started, updated : str
        When this attempt began, and when it was last heard of; UTC, ISO 8601.
    ended : str or None
        None while it runs.
    step : str or None
        The step that was begun last.
    steps : list of ExecutedStep
        The finished steps of this attempt.
    problems : list of str
        Why it failed, or why its release is not served.
    version, code_version, verdict : str or None
        Of the release that it made.
    gates : dict of str to str
        The verdict of each gate.
    counts : dict of str to int
        Loans and users of the release.
    earlier : list of Attempt
        The attempts before this one.
    """

    id: str
    state: str
    attempt: int
    source: Upload
    started: str
    updated: str
    ended: str | None = None
    step: str | None = None
    steps: list[ExecutedStep] = []
    problems: list[str] = []
    version: str | None = None
    code_version: str | None = None
    verdict: str | None = None
    gates: dict[str, str] = {}
    counts: dict[str, int] = {}
    earlier: list[Attempt] = []

    @property
    def has_ended(self) -> bool:
        """Whether this attempt is over."""
        return self.ended is not None


class _Run(Struct, frozen=True):
    """What the audit reads of a run record; it may hold more."""

    id: str
    state: str
    attempt: int
    source: Upload
    started: str
    updated: str
    step: str | None = None
    steps: list[ExecutedStep] = []
    problems: list[str] = []
    version: str | None = None
    earlier: list[Attempt] = []


def describe_execution(content: bytes, manifest: Manifest | None) -> Execution:
    """Describe an execution by its run record and the manifest of the release that it made.

    Raises
    ------
    msgspec.DecodeError, RecursionError
        When the content is no run record.
    """
    run = msgspec.json.decode(content, type=_Run)
    facts: dict[str, Any] = {name: getattr(run, name) for name in _Run.__struct_fields__}
    facts["problems"] = _shorten(run.problems, _MAX_PROBLEMS)
    facts["earlier"] = [
        msgspec.structs.replace(one, problems=_shorten(one.problems, _MAX_EARLIER_PROBLEMS))
        for one in run.earlier[-_MAX_ATTEMPTS:]
    ]
    ended = None if run.state == "running" else run.updated
    return Execution(**facts, ended=ended, **(_describe_release(manifest) if manifest else {}))


def _shorten(problems: list[str], most: int) -> list[str]:
    return [one[:_MAX_PROBLEM_CHARACTERS] for one in problems[:most]]


def forget_release(execution: Execution) -> Execution:
    """Return an execution as its run record alone describes it."""
    return msgspec.structs.replace(execution, code_version=None, verdict=None, gates={}, counts={})


def _describe_release(manifest: Manifest) -> Mapping[str, Any]:
    return {
        "code_version": manifest.code_version,
        "verdict": manifest.verdict,
        "gates": {gate.name: gate.verdict for gate in manifest.gates},
        "counts": msgspec.structs.asdict(manifest.counts),
    }


def check_execution_id(text: str) -> str:
    """Return the id if it is well-formed.

    Raises
    ------
    MalformedExecutionError
        When it is malformed.
    """
    if not _ID.fullmatch(text):
        raise MalformedExecutionError(
            "Expected the id of an execution, such as 20261123T060201Z-0a1b2c3d4e; got"
            f" {text[:60]!r}."
        )
    return text


def row_key(run: str) -> str:
    """Return the key that lists later uploads first: tables sort by key, ascending.

    Raises
    ------
    MalformedExecutionError
        When the id is malformed.
    """
    uploaded = int(check_execution_id(run)[:15].replace("T", ""))
    return f"{_LATEST - uploaded:014}-{run}"
