"""The events of a run in the log: its start, its steps, its end, and what it has measured."""

import logging
import time

from shared.registry.runs import RunRecord, RunState
from shared.release.manifest import Manifest
from shared.telemetry import log_event
from training.progress import Step

# A line of Application Insights holds 32,768 characters.
_MOST_CHARACTERS = 1_000

_LEVELS: dict[RunState, int] = {
    "refused": logging.WARNING,
    "rejected": logging.WARNING,
    "failed": logging.ERROR,
    "abandoned": logging.ERROR,
}

logger = logging.getLogger(__name__)


class RunEvents:
    """Logs the start and the end of one attempt at a run.

    Parameters
    ----------
    record : RunRecord
        Its record, which the attempt keeps up to date.
    """

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._began = time.monotonic()
        _log(record, "run_started")

    def end(self) -> None:
        """Log the state that the record has reached, and how long that took."""
        state = self._record["state"]
        problems = self._record["problems"]
        first = {"problem": problems[0][:_MOST_CHARACTERS]} if problems else {}
        if state == "rejected":
            _log(self._record, "file_rejected", logging.WARNING, problems=len(problems), **first)
        _log(
            self._record,
            "run_ended",
            _LEVELS.get(state, logging.INFO),
            state=state,
            version=self._record.get("version"),
            seconds=round(time.monotonic() - self._began, 3),
            **first,
        )


class StepEvents:
    """Logs an event per finished step of a run."""

    def __init__(self, record: RunRecord) -> None:
        self._record = record

    def step_started(self, step: Step) -> None:
        pass

    def step_finished(self, step: Step) -> None:
        _log(self._record, "run_step", step=step.name, seconds=round(step.seconds, 3))

    def step_failed(self, step: Step) -> None:
        """Leave it: the end of the run follows."""


def log_abandoned(record: RunRecord) -> None:
    """Log that a run is given up on, where no attempt of its own is left to say so."""
    problem = record["problems"][-1][:_MOST_CHARACTERS]
    _log(record, "run_ended", logging.ERROR, state="abandoned", problem=problem)


def log_candidate(run: str, manifest: Manifest, state: str) -> None:
    """Log what a stored release was measured to be, one line for each gate.

    Parameters
    ----------
    run : str
        The run that made it.
    manifest : Manifest
        Of the release.
    state : str
        What became of it: published, pending, refused or rejected.
    """
    for gate in manifest.gates:
        log_event(
            logger,
            "gate",
            run=run,
            version=manifest.version,
            gate=gate.name,
            verdict=gate.verdict,
            measured=gate.measured,
            limit=gate.limit,
        )
    log_event(
        logger,
        "release_stored",
        run=run,
        version=manifest.version,
        state=state,
        verdict=manifest.verdict,
        users=manifest.counts.users,
        as_of=manifest.as_of,
    )


def _log(record: RunRecord, event: str, level: int = logging.INFO, **fields: object) -> None:
    about = {"run": record["id"], "attempt": record["attempt"], "file": record["source"]["name"]}
    log_event(logger, event, level, **about, **fields)
