"""The progress of a run, reported to listeners: a terminal, a log, a run record."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TextIO

logger = logging.getLogger(__name__)


@dataclass
class Step:
    """One step of a run.

    Attributes
    ----------
    name : str
        A verb, such as `read`.
    detail : str
        The outcome in words, filled in by the code that runs the step.
    seconds : float
        The duration, once the step is finished.
    """

    name: str
    detail: str = ""
    seconds: float = 0.0


type Event = Literal["step_started", "step_finished", "step_failed"]
"""The names of what a listener is notified by."""


class Listener(Protocol):
    """Is notified of each step."""

    def step_started(self, step: Step) -> None: ...

    def step_finished(self, step: Step) -> None: ...

    def step_failed(self, step: Step) -> None: ...


@dataclass
class Progress:
    """Notifies its listeners as each step starts and ends."""

    listeners: list[Listener] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Run the block as one step; the block may fill in its detail."""
        step = Step(name)
        self.tell("step_started", step)
        started = time.perf_counter()
        try:
            yield step
        except BaseException:
            self.tell("step_failed", step)
            raise
        step.seconds = time.perf_counter() - started
        self.tell("step_finished", step)

    def tell(self, event: Event, step: Step) -> None:
        """Notify the listeners of what happens to a step."""
        for listener in self.listeners:
            getattr(listener, event)(step)


class TerminalDisplay:
    """Writes a line per step, and rewrites it when the step is finished."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream

    def step_started(self, step: Step) -> None:
        self._stream.write(f"  … {step.name}")
        self._stream.flush()

    def step_finished(self, step: Step) -> None:
        self._stream.write(f"\r  ✓ {step.name:<10} {step.seconds:6.1f} s  {step.detail}\n")

    def step_failed(self, step: Step) -> None:
        self._stream.write(f"\r  ✗ {step.name}\n")


class LogLines:
    """Logs a line per finished step."""

    def step_started(self, step: Step) -> None:
        pass

    def step_finished(self, step: Step) -> None:
        logger.info("%s done in %.1f s: %s", step.name, step.seconds, step.detail)

    def step_failed(self, step: Step) -> None:
        pass
